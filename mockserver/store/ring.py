"""The latest events of one topic: so many, of so many bytes, and for so long."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from operator import attrgetter
from typing import Final, NamedTuple

import orjson

from mockserver.messages import Key
from mockserver.store.change import Change
from mockserver.store.event import Event

KEPT: Final = 1000
"""How many events of a topic are held for those who come back, and how many at most they are given."""
KEPT_S: Final = 600.0
"""How long an event is held."""
KEPT_BYTES: Final = 16 * 1024 * 1024
"""How long the events of a topic may be together, as JSON."""
offset_of = attrgetter("offset")


class Span(NamedTuple):
    """How much of a topic is held; the latest event is in any case, but for its age."""

    events: int = KEPT
    seconds: float = KEPT_S
    size_bytes: int = KEPT_BYTES


SPAN: Final = Span()


class Ring:
    """The latest events of one topic, each with the feed's age at that time; `dropped` is the last offset gone."""

    __slots__ = ("_by_key", "_bytes", "_sizes", "_sorted", "_span", "dropped", "held", "last")

    def __init__(self, dropped: int, span: Span) -> None:
        self._span = span
        self.dropped = dropped
        self.last = 0
        self.held: deque[tuple[float, Event]] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0
        self._by_key: dict[str, list[Event]] = {}
        self._sorted = 0

    def put(self, age_s: float, event: Event) -> None:
        """Hold one more event; of too many the oldest goes."""
        size = _size_of(event)
        self.held.append((age_s, event))
        self._sizes.append(size)
        self._bytes += size
        self.last = event.offset
        while len(self.held) > self._span.events or (self._bytes > self._span.size_bytes and len(self.held) > 1):
            self._drop()

    def expire(self, age_s: float) -> None:
        """Let go of what has been held long enough."""
        held, oldest_s = self.held, age_s - self._span.seconds
        while held and held[0][0] <= oldest_s:
            self._drop()

    def _drop(self) -> None:
        self.dropped = self.held.popleft()[1].offset
        self._bytes -= self._sizes.popleft()

    def after(self, offset: int) -> Iterator[Event]:
        """The events behind a place, the latest first."""
        for _, event in reversed(self.held):
            if event.offset <= offset:
                return
            yield event

    def newer(self, age_s: float) -> Iterator[Event]:
        """The events of later than an age of the feed, the latest first."""
        for happened_s, event in reversed(self.held):
            if happened_s <= age_s:
                return
            yield event

    def next_change(self, key: Key, offset: int) -> Event | None:
        """The first change of a document behind a place; nothing where there is none, or it is held no longer."""
        if self._sorted != self.last:
            # Not before somebody asks: hardly anybody does.
            self._sort()
        # `1` and `"1"` are one id.
        changes = self._by_key.get(str(key), [])
        number = bisect_right(changes, offset, key=offset_of)
        return changes[number] if number < len(changes) else None

    def _sort(self) -> None:
        self._by_key.clear()
        self._sorted = self.last
        for _, event in self.held:
            if isinstance(event.content, Change):
                self._by_key.setdefault(str(event.content.key), []).append(event)


def _size_of(event: Event) -> int:
    """How long what an event tells is as JSON; a deletion tells what there was."""
    content = event.content
    told = (content.document or content.before) if isinstance(content, Change) else content.data
    try:
        return len(orjson.dumps(told))
    except TypeError:  # a number or a text that orjson can't write
        return len(repr(told))
