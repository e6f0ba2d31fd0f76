"""What one client was handed of the feed, over all its connections: what it missed, and what it was handed again.

What it could not be told is a gap, and what was in it is missed as long as the paths to read anew have not been asked
for. Knows nothing of connections and times.
"""

from collections.abc import Iterator, Mapping
from itertools import chain, islice
from typing import Final

from mockserver.realtime.witness import Loss, Resumption, Topics
from mockserver.store.event import Event
from mockserver.store.feed import Feed, Missed, Place, read_cursor
from mockserver.value import dataclass

_MOST: Final = 1000
"""So many missed events are known by their ids; of more only how many there are."""
_SHOWN: Final = 20
_NOTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a client has come: everything up to `reached` was handed to it, and has arrived up to `sure`.

    Behind `doubtful` it is the client that knows: where it goes on from there, it has not had what is behind.
    """

    reached: Place
    sure: Place
    doubtful: Place | None = None

    def is_sure_behind(self, place: Place) -> bool:
        """Whether it has certainly had something behind a place."""
        is_same = place.epoch == self.sure.epoch and place.offset < self.sure.offset
        return is_same and (self.doubtful is None or place.offset <= self.doubtful.offset)


class Continuity:
    """`progress` is how far it has come, where that is known, `topics` what it listened to by then."""

    __slots__ = ("_debts", "_feed", "_missing", "_resumed", "_uncounted", "doubled", "gaps", "progress", "topics")

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._missing: dict[str, str] = {}
        self._uncounted = 0
        self._debts: dict[str, list[str]] = {}
        self._resumed: Topics = _NOTHING
        self.progress: Progress | None = None
        self.topics: Topics = _NOTHING
        self.doubled = 0
        self.gaps = 0

    @property
    def missed(self) -> int:
        """How many events it should have been handed and never was."""
        return len(self._missing) + self._uncounted + sum(max(1, len(ids)) for ids in self._debts.values())

    @property
    def missed_ids(self) -> list[str]:
        """The ids of some of them, in order."""
        return sorted(islice(chain(self._missing, *self._debts.values()), _SHOWN), key=_order)

    @property
    def owes_reading(self) -> bool:
        """Whether there is a path that it was told to read anew, and has not."""
        return bool(self._debts)

    def leave(self, progress: Progress | None, topics: Topics) -> None:
        """A connection has come to its end, or may: how far that was, where it was one to the feed."""
        self.reach(progress, topics)
        self._resumed = _NOTHING

    def reach(self, progress: Progress | None, topics: Topics) -> None:
        """It has come so far by one of its connections, unless it has come further by another."""
        if progress is not None and not self._is_further(progress.reached):
            self.progress, self.topics = progress, topics

    def forget(self) -> None:
        """What was missed, doubled and lost counts no more."""
        self._missing.clear()
        self._debts.clear()
        self._uncounted = self.doubled = self.gaps = 0

    def skip(self, events: Mapping[str, str], more: int) -> None:
        """Events, with their topics, were lost on their way to it, and so many more."""
        for cursor, topic in events.items():
            self._miss(cursor, topic)
        self._uncounted += more

    def resume(self, found: Resumption) -> None:
        """It goes on from a place: what is in between is missed, and what is behind it is handed again."""
        wanted = self._return_to(found.topics)
        place, progress = found.place, self.progress
        self._recover(place, found.topics)
        if progress is None or wanted == _NOTHING:
            return
        reached = progress.reached
        if reached.epoch != place.epoch:
            # It has not been told of the new life of the feed, but goes on in it.
            reached = Place(place.epoch, 0)
        if place.offset > reached.offset:
            for event in self._between(reached, place, wanted, found):
                self._miss(event.cursor, event.topic)
        elif progress.is_sure_behind(place):
            self.doubled += sum(1 for _ in self._between(place, progress.sure, wanted, found))

    def lose(self, found: Loss) -> None:
        """It is told that something is lost, and what to read anew."""
        self.gaps += 1
        self._return_to(found.topics)
        here = found.gap.place
        known = read_cursor(found.gap.asked) if self.progress is None else self.progress.reached
        since = known.offset if known is not None and known.epoch == here.epoch else 0
        for topic, path in found.paths.items():
            events = self._feed.held(Place(here.epoch, since), topic)
            held = found.mine(event for event in events if not _is_behind(event, here))
            ids = [cursor for cursor, one in self._missing.items() if one == topic] + [one.cursor for one in held]
            for cursor in ids:
                self._missing.pop(cursor, None)
            # Of what is held no longer nobody knows; that something was there says the gap.
            if ids or found.gap.reason == "epoch" or self._feed.has_dropped(topic, since):
                self._debts.setdefault(path, []).extend(ids[: _MOST - len(self._debts.get(path, ()))])
        self.progress = Progress(here, here)

    def read(self, path: str) -> None:
        """Somebody has read what is at a path."""
        self._debts.pop(path, None)

    def _is_further(self, reached: Place) -> bool:
        """Whether it is known to have come further than to a place."""
        known = None if self.progress is None else self.progress.reached
        if known is None or known.epoch != reached.epoch:
            return known is not None and known.epoch == self._feed.place.epoch
        return known.offset > reached.offset

    def _return_to(self, topics: Topics) -> Topics:
        """Those of the topics that it listened to before, and has not come back to since."""
        before = _common(self.topics, topics)
        wanted = _without(before, self._resumed)
        self._resumed = None if self._resumed is None or topics is None else self._resumed | topics
        return wanted

    def _between(self, after: Place, goal: Place, topics: Topics, found: Resumption) -> Iterator[Event]:
        """The events that are for it, behind one place and up to another, as far as they are held."""
        events = self._feed.since(after, topics)
        if isinstance(events, Missed):
            yield from found.mine(event for event in events.events if not _is_behind(event, goal))
            return
        names = self._feed.topics if topics is None else topics
        held = chain.from_iterable(self._feed.held(after, topic) for topic in names)
        yield from found.mine(event for event in held if not _is_behind(event, goal))

    def _miss(self, cursor: str, topic: str) -> None:
        if len(self._missing) < _MOST:
            self._missing[cursor] = topic
        elif cursor not in self._missing:
            self._uncounted += 1

    def _recover(self, place: Place, topics: Topics) -> None:
        """What was missed behind a place is told now, of some topics."""
        for cursor, topic in [*self._missing.items()]:
            is_behind = _order(cursor) > place.offset and cursor.startswith(f"{place.epoch}.")
            if is_behind and (topics is None or topic in topics):
                del self._missing[cursor]


def _is_behind(event: Event, place: Place) -> bool:
    return event.offset > place.offset


def _order(cursor: str) -> int:
    return int(cursor.rpartition(".")[2])


def _common(some: Topics, others: Topics) -> Topics:
    if some is None or others is None:
        return others if some is None else some
    return some & others


def _without(some: Topics, others: Topics) -> Topics:
    if others is None:
        return _NOTHING
    return some if some is None else some - others
