"""What followers of one feed have been told, and whether that was all, once, and in order."""

from array import array
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from time import monotonic
from typing import Any, NamedTuple

import orjson

_MEMORY = 512


class Told(NamedTuple):
    """An event, read."""

    offset: int
    topic: str
    action: str


class Word(NamedTuple):
    """Anything else that the server says: a word of the system, or the reply to a command."""

    method: str
    said: dict[str, Any]


class Track:
    """What one follower was told: the offsets in the order in which they came, from the place where it began."""

    __slots__ = ("cursor", "doubled", "name", "offsets", "start", "topics")

    def __init__(self, name: str, topics: tuple[str, ...] = ()) -> None:
        self.name = name
        self.topics = topics
        self.offsets = array("I")
        self.start: int | None = None
        self.cursor = ""

    def begin(self, cursor: str) -> None:
        """The place from which it is told of events, unless it is known already."""
        if self.start is None:
            self.start = offset_of(cursor)
            self.cursor = cursor

    def take(self, epoch: str, offset: int) -> None:
        self.offsets.append(offset)
        self.cursor = f"{epoch}.{offset}"


class Verdict(NamedTuple):
    """How many events followers have lost, had twice, or had out of order; and what is wrong, in words."""

    followers: int
    told: int
    lost: int
    doubled: int
    disordered: int
    words: list[str]


def offset_of(cursor: str) -> int:
    return int(cursor.partition(".")[2])


class Ledger:
    """The events of a feed as far as anybody was told of them, and the tracks of all who are."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self.events: dict[int, Told] = {}
        self.epoch = ""
        self.spread: dict[int, list[float]] = {}
        """When the first follower had an event, and when the last."""
        self._memory: dict[bytes, Told] = {}

    def follow(self, name: str, topics: tuple[str, ...] = ()) -> Track:
        self.tracks.append(track := Track(name, topics))
        return track

    def read(self, payload: bytes) -> Told | Word:
        """What the server said. The same bytes go to hundreds: they are read once."""
        found = self._memory.get(payload)
        if found is not None:
            return found
        said = orjson.loads(payload)
        if said["method"].startswith("/sys/") or "topic" not in said:
            return Word(said["method"], said)
        told = self.note(said)
        if len(self._memory) >= _MEMORY:
            self._memory.clear()
        self._memory[payload] = told
        return told

    def note(self, event: dict[str, Any]) -> Told:
        epoch, _, offset = event["id"].partition(".")
        self.epoch = self.epoch or epoch
        assert epoch == self.epoch, "the feed has begun anew"
        told = Told(int(offset), event["topic"], event["action"])
        assert self.events.setdefault(told.offset, told) == told, "one event is told as two"
        return told

    def time(self, offset: int) -> None:
        """Somebody who is never cut has been told of an event."""
        now = monotonic()
        self.spread.setdefault(offset, [now, now])[1] = now

    def count(self) -> Counter[tuple[str, str]]:
        """How many events there were, by topic and action."""
        return Counter((told.topic, told.action) for told in self.events.values())

    def expected(self, track: Track, last: int) -> list[int]:
        """What a follower should have been told of by the time the feed was at `last`."""
        start = last if track.start is None else track.start
        wanted = range(start + 1, last + 1)
        if not track.topics:
            return [*wanted]
        return [one for one in wanted if one in self.events and self.events[one].topic in track.topics]

    def is_complete(self, last: int) -> bool:
        """Whether everybody has come as far as they will."""
        latest: dict[tuple[str, ...], int] = {}
        for track in self.tracks:
            if track.topics not in latest:
                latest[track.topics] = max(
                    (n for n, told in self.events.items() if not track.topics or told.topic in track.topics), default=0
                )
            reached = track.offsets[-1] if track.offsets else track.start or 0
            if reached < latest[track.topics] and (track.start or 0) < latest[track.topics]:
                return False
        return last in self.events or not last

    def judge(self, last: int) -> Verdict:
        """What the tracks come to when the feed is at `last`."""
        first = min((track.start for track in self.tracks if track.start is not None), default=0) + 1
        missing = [one for one in range(first, last + 1) if one not in self.events]
        words = [f"nobody was told of {len(missing)} events: {missing[:5]}"] if missing else []
        lost = doubled = disordered = told = 0
        for track in self.tracks:
            wanted, got = self.expected(track, last), list(track.offsets)
            told += len(got)
            if got == wanted:
                continue
            gone, twice = set(wanted) - set(got), len(got) - len(set(got))
            wrong = sum(one <= before for before, one in pairwise(got)) - twice
            lost, doubled, disordered = lost + len(gone), doubled + twice, disordered + max(0, wrong)
            words.append(f"{track.name}: without {sorted(gone)[:5]} ({len(gone)}), {twice} twice, {len(got)} in all")
        return Verdict(len(self.tracks), told, lost + len(missing), doubled, disordered, words)


def percentile(values: Iterable[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
