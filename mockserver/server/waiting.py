"""Answers that wait for the feed: held in their request's greenlet until there is something to tell (long poll)."""

from collections.abc import Callable
from time import monotonic
from typing import Any, TypeAlias

from gevent.event import Event

from mockserver.errors import Unavailable
from mockserver.messages import Reply
from mockserver.realtime.session import Held
from mockserver.server.departure import Departure

Watch: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]


class WaitingRoom:
    """All answers being waited for, so many at most; emptied when the server stops."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._changed: set[Event] = set()
        self._is_open = True

    def __len__(self) -> int:
        return len(self._changed)

    def wait(self, held: Held, sock: Any, watch: Watch) -> Reply:
        """The answer, when there is one or the time is over; at once when the server stops or nobody waits for it.

        `watch` tells of changes of the feed it waits for.
        *Raises* `Unavailable` when too many wait, and whatever the answer does.
        """
        if len(self._changed) >= self._most:
            raise Unavailable(f"{self._most} requests wait already.", headers={"Retry-After": "1"})
        changed, left_alone = Event(), Event()

        def leave() -> None:
            left_alone.set()
            changed.set()

        departure = Departure(sock, leave)
        forget = watch(changed.set)
        self._changed.add(changed)
        deadline = monotonic() + held.wait_s
        try:
            while self._is_open and not left_alone.is_set():
                changed.clear()
                reply = held.poll()
                if reply is not None:
                    return reply
                if not changed.wait(max(0.0, deadline - monotonic())):
                    break
            return held.last()
        finally:
            self._changed.discard(changed)
            departure.stop()
            forget()

    def empty(self) -> None:
        """Let everybody have what there is, from now on at once."""
        self._is_open = False
        for changed in tuple(self._changed):
            changed.set()
