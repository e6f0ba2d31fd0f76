"""The feed: all that happened in one sandbox, numbered in the one order there is, and the latest of it at hand.

A place in it is a cursor `<epoch>.<offset>`: the epoch names one life of the feed, the offset counts its events. Knows
nothing of who reads it, nor of how events look to them.
"""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from secrets import token_hex
from typing import Final, Literal, NamedTuple, Protocol, TypeAlias

from mockserver.definitions.name import LABEL
from mockserver.messages import Json, Key
from mockserver.registry import Registry
from mockserver.store.change import Change
from mockserver.store.event import Event, Publication
from mockserver.store.ring import SPAN, Ring, Span, offset_of
from mockserver.value import dataclass

MOST_TOPICS: Final = 1000
_CURSOR: Final = re.compile(r"([0-9a-z]{1,32})\.(0|[1-9][0-9]{0,15})", re.ASCII)
_TOPIC: Final = re.compile(LABEL)


class Place(NamedTuple):
    """A cursor, read."""

    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}.{self.offset}"


def read_cursor(text: str) -> Place | None:
    """The place that a cursor means; nothing for a text that is none."""
    found = _CURSOR.fullmatch(text)
    return None if found is None else Place(found[1], int(found[2]))


def is_topic(name: str) -> bool:
    """Whether something may be published under a name: 1 to 64 letters, digits, `.`, `_` and `-`."""
    return _TOPIC.fullmatch(name) is not None


class Backend(Protocol):
    """Where what happens is kept beyond the process, if anywhere."""

    def append(self, changes: Sequence[Change], moment: datetime) -> None:
        """Keep one batch, whole or not at all. *Raises* `OSError` when it can't; the batch is then not made."""
        ...

    def replacing(self) -> AbstractContextManager[None]:
        """While this lasts, collections are put in the place of others: what they come to is kept, not how."""
        ...


backends: Registry[type[Backend]] = Registry("backend", "mockserver.store.backends")


Reason: TypeAlias = Literal["epoch", "trimmed", "limit"]
"""Why there is a gap: another life of the feed; something is held no longer; more than is given at once."""


@dataclass(frozen=True, slots=True)
class Missed:
    """Everything between a place and `place`, in order."""

    events: Sequence[Event]
    place: Place


@dataclass(frozen=True, slots=True)
class Gap:
    """Not everything since the place `asked` can be told, and so nothing is; it goes on from `place`."""

    reason: Reason
    asked: str
    place: Place


@dataclass(frozen=True, slots=True)
class Lately:
    """The place that was the latest a while ago, and the changes of some topics behind it, in order."""

    place: Place
    changes: Sequence[Change]


class Feed:
    """Numbers events and holds the latest of each topic; changes go to its backend first.

    What is published alters no data and ends with the epoch, which no process outlives: no backend keeps it. `clock`
    gives the sandbox's elapsed seconds; where it goes back, nothing grows older by that.
    """

    __slots__ = (
        "_age_s", "_backend", "_clock", "_clock_s", "_epoch", "_forgotten", "_offset", "_rings", "_shown",
        "_watchers", "span",
    )  # fmt: skip

    def __init__(self, backend: Backend, clock: Callable[[], float], span: Span = SPAN) -> None:
        self._backend = backend
        self.span = span
        self._clock = clock
        self._clock_s = clock()
        self._age_s = 0.0
        self._watchers: dict[object, Callable[[], None]] = {}
        self.begin()

    def begin(self) -> None:
        """Start a new epoch: what was known of earlier cursors holds no longer."""
        # Not seeded on purpose: a cursor of an earlier life must never be taken for one of this.
        self._epoch = token_hex(4)
        self._offset = 0
        self._shown: Place | None = None
        self._forgotten = 0
        self._rings: dict[str, Ring] = {}
        self._notify()

    @property
    def place(self) -> Place:
        """The place of the latest event."""
        return Place(self._epoch, self._offset)

    @property
    def at(self) -> str:
        """The cursor of the latest event, or of the place that is shown in its stead."""
        return f"{self._epoch}.{self._offset}" if self._shown is None else str(self._shown)

    @contextmanager
    def showing(self, place: Place) -> Iterator[None]:
        """Give `at` as it was when a place was the latest, until something happens."""
        before, self._shown = self._shown, place
        try:
            yield
        finally:
            self._shown = before

    @property
    def start(self) -> Place:
        """The place before the first event of this epoch."""
        return Place(self._epoch, 0)

    @property
    def topics(self) -> Collection[str]:
        """The topics that something happened under in this epoch, as far as they are remembered."""
        return self._rings.keys()

    def append(self, changes: Sequence[Change], moment: datetime) -> None:
        """Put a batch at the end of the feed. *Raises* `OSError` when it can't be kept; nothing is numbered then."""
        self._backend.append(changes, moment)
        age_s = self._age()
        first, last = self._offset + 1, self._offset + len(changes)
        for offset, change in enumerate(changes, first):
            self._put(Event(self._epoch, offset, change.resource, change, moment, first, last), age_s)
        self._notify()

    def publish(self, topic: str, method: str, data: Json, moment: datetime) -> Event:
        """Say something under a topic. *Raises* `ValueError` for a name that can't be one."""
        if not is_topic(topic):
            raise ValueError(f"'{topic}' can't be a topic")
        offset = self._offset + 1
        event = Event(self._epoch, offset, topic, Publication(method, data), moment, offset, offset)
        self._put(event, self._age())
        self._notify()
        return event

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` whenever something happened or an epoch began, until the returned function is called.

        It must neither block nor raise: it is called in the middle of a write.
        """
        token = object()
        self._watchers[token] = notify

        def stop() -> None:
            self._watchers.pop(token, None)

        return stop

    def last(self, topics: Collection[str] | None) -> int:
        """The offset of the latest event of these topics, of all where none are named; 0 where there was none."""
        if topics is None:
            return self._offset
        return max((ring.last for one in topics if (ring := self._rings.get(one)) is not None), default=0)

    def since(self, place: Place, topics: Collection[str] | None) -> Missed | Gap:
        """Everything of these topics after a place, of all where none are named; or why that can't be told."""
        here = self.place
        if place.epoch != here.epoch or place.offset > here.offset:
            return Gap("epoch", str(place), here)
        if place.offset == here.offset:
            return Missed((), here)
        rings, dropped = self._asked(topics)
        if dropped > place.offset:
            return Gap("trimmed", str(place), here)
        found: list[Event] = []
        for ring in rings:
            for event in ring.after(place.offset):
                if len(found) == self.span.events:
                    return Gap("limit", str(place), here)
                found.append(event)
        found.sort(key=offset_of)
        return Missed(found, here)

    def held(self, place: Place, topic: str) -> Sequence[Event]:
        """What is still held of a topic behind a place, in order, whatever is missing of it."""
        ring = self._rings.get(topic)
        return [] if ring is None or place.epoch != self._epoch else [*ring.after(place.offset)][::-1]

    def has_dropped(self, topic: str, offset: int) -> bool:
        """Whether something of a topic behind an offset is held no longer."""
        ring = self._rings.get(topic)
        return (self._forgotten if ring is None else ring.dropped) > offset

    def _asked(self, topics: Collection[str] | None) -> tuple[list[Ring], int]:
        """The rings of topics, and the offset of the last event that was dropped of any."""
        known = self._rings
        rings = list(known.values()) if topics is None else [known[one] for one in topics if one in known]
        is_whole = topics is not None and len(rings) == len(topics)
        dropped, age_s = 0 if is_whole else self._forgotten, self._age()
        for ring in rings:
            ring.expire(age_s)
            dropped = max(dropped, ring.dropped)
        return rings, dropped

    def lately(self, seconds: float, topics: Collection[str]) -> Lately:
        """What became of topics within so many seconds, or in as many as it is held: between two batches, never in one.

        A batch of exactly so long ago had happened already.
        """
        rings, dropped = self._asked(topics)
        then_s = self._age() - seconds
        newer = [event.offset for ring in self._rings.values() for event in ring.newer(then_s)]
        offset = max(dropped, min(newer, default=self._offset + 1) - 1)
        events = sorted((event for ring in rings for event in ring.after(offset)), key=offset_of)
        if events and events[0].first <= offset:
            # The rest of a batch alone was never to be seen.
            offset = events[0].last
        changes = [event.content for event in events if event.offset > offset and isinstance(event.content, Change)]
        return Lately(Place(self._epoch, offset), changes)

    def next_change(self, resource: str, key: Key, offset: int) -> Event | None:
        """The first change of a document behind a place, as far as it is held: what the document was there."""
        ring = self._rings.get(resource)
        return None if ring is None else ring.next_change(key, offset)

    def _put(self, event: Event, age_s: float) -> None:
        ring = self._rings.get(event.topic)
        if ring is None:
            ring = self._add_ring(event.topic)
        self._offset = event.offset
        self._shown = None
        ring.expire(age_s)
        ring.put(age_s, event)

    def _add_ring(self, topic: str) -> Ring:
        """A ring for a new topic; of too many the one that has been silent longest is forgotten."""
        if len(self._rings) >= MOST_TOPICS:
            silent = min(self._rings, key=lambda one: self._rings[one].last)
            self._forgotten = max(self._forgotten, self._rings.pop(silent).last)
        # It may be one of those that were forgotten.
        ring = self._rings[topic] = Ring(self._forgotten, self.span)
        return ring

    def _age(self) -> float:
        """How much time has passed for the feed."""
        now_s = self._clock()
        if now_s > self._clock_s:
            self._age_s += now_s - self._clock_s
        self._clock_s = now_s
        return self._age_s

    def _notify(self) -> None:
        for notify in tuple(self._watchers.values()):
            notify()
