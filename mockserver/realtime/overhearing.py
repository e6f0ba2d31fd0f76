"""Somebody who overhears a feed: everything that is told on it, whoever it is for, as values and not as frames.

For those who look on from outside, and may see all. Knows nothing of where it goes.
"""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mockserver.messages import Json
from mockserver.query.view import sees_all
from mockserver.realtime.audience import Audience
from mockserver.realtime.event import EventWriter, passes_all
from mockserver.store.feed import Gap, Missed

Note: TypeAlias = Callable[[Mapping[str, Json]], None]
"""Takes one event as `{cursor, topic, action, resource, key, method, data}`, or `{cursor, gap}`; must not wait."""


class Overhearer:
    """A listener to everything from now on; `writer` gives what writes events at present."""

    __slots__ = ("_note", "_writer", "place")

    topics: frozenset[str] | None = None

    def __init__(self, audience: Audience, writer: Callable[[], EventWriter], note: Note) -> None:
        self._writer = writer
        self._note = note
        self.place = audience.feed.place
        audience.join(self)

    def tell(self, found: Missed | Gap) -> None:
        """Pass on what happened, or that it can't be told."""
        self.place = found.place
        if isinstance(found, Gap):
            self._note({"cursor": str(found.place), "gap": {"reason": found.reason, "asked": found.asked}})
            return
        writer = self._writer()
        for event in found.events:
            kind = writer.judge(event, sees_all, passes_all)
            if kind is not None:
                body = writer.body(event, kind)
                named = {name: body.get(name) for name in ("topic", "resource", "key", "method", "data")}
                self._note({"cursor": event.cursor, "action": kind, **named})

    def fail(self) -> None:
        """Nothing: whoever overhears has nothing to end."""


def overhear(audience: Audience, writer: Callable[[], EventWriter], note: Note) -> Callable[[], None]:
    """Have everything noted from now on, until the returned function is called."""
    listener = Overhearer(audience, writer, note)
    return lambda: audience.leave(listener)
