"""The latest events of one topic: so many, and for so long."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from mockserver.messages import Key
from mockserver.store.change import Change
from mockserver.store.event import Event

KEPT: Final = 1000
"""How many events of a topic are held for those who come back, and how many at most they are given."""
KEPT_S: Final = 600.0
"""How long an event is held."""
offset_of = attrgetter("offset")


class Ring:
    """The latest events of one topic, each with the feed's age at that time; `dropped` is the last offset gone."""

    __slots__ = ("_by_key", "_sorted", "dropped", "held", "last")

    def __init__(self, dropped: int) -> None:
        self.dropped = dropped
        self.last = 0
        self.held: deque[tuple[float, Event]] = deque()
        self._by_key: dict[str, list[Event]] = {}
        self._sorted = 0

    def put(self, age_s: float, event: Event) -> None:
        """Hold one more event; of too many the oldest goes."""
        held = self.held
        if len(held) == KEPT:
            self.dropped = held.popleft()[1].offset
        held.append((age_s, event))
        self.last = event.offset

    def expire(self, age_s: float) -> None:
        """Let go of what has been held long enough."""
        held, oldest_s = self.held, age_s - KEPT_S
        while held and held[0][0] <= oldest_s:
            self.dropped = held.popleft()[1].offset

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
