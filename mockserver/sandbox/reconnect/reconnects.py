"""The clients of one sandbox that come back: which of them somebody is who comes, and what is known of each.

Whoever opens connections tells it; all times are arguments, seconds of the time of day.
"""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from typing import Final

from mockserver.messages import Json
from mockserver.realtime.witness import Loss, Resumption, Told, Topics
from mockserver.sandbox.journal import Entry, Journal
from mockserver.sandbox.reconnect.continuity import Progress
from mockserver.sandbox.reconnect.link import End, Link, Polling
from mockserver.sandbox.reconnect.record import Record
from mockserver.sandbox.reconnect.visitor import Visitor
from mockserver.store.feed import Feed, Place

LIMIT: Final = 256
"""So many clients are known; of more the longest idle is forgotten, one that is connected last."""
_READS: Final = ("GET", "HEAD")
_PATIENCE: Final = 3
"""A poll is late after so many of the pauses that it was told to make, and the time it may be held for."""
_LEAST_S: Final = 1.0
_FAR: Final = 1 << 53
_AWAY, _POLLING, _ELSEWHERE = range(3)


class Member:
    """A connection of a client whose record is known; tells it how the listener goes on."""

    __slots__ = ("_reconnects", "link", "record")

    def __init__(self, reconnects: "Reconnects", record: Record, link: Link) -> None:
        self._reconnects = reconnects
        self.record = record
        self.link = link

    def resume(self, found: Resumption) -> None:
        """It goes on from a place."""
        self.record.continuity.resume(found)

    def lose(self, found: Loss) -> None:
        """It is told of a gap."""
        self.record.continuity.lose(found)
        self._reconnects.follow_reading()

    def part(self, end: End, at: float) -> None:
        """Its end has begun."""
        self.record.part(self.link, end, at)

    def end(self, end: End, at: float) -> None:
        """It is over."""
        self.record.end(self.link, end, at)


class Reconnects:
    """One record a client; `journal` tells what is read after a gap."""

    __slots__ = ("_feed", "_journal", "_limit", "_numbers", "_records", "_stop_reading")

    def __init__(self, feed: Feed, journal: Journal, limit: int = LIMIT) -> None:
        self._feed = feed
        self._journal = journal
        self._limit = limit
        self._numbers = 0
        self._records: dict[str, Record] = {}
        self._stop_reading: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._records)

    def open(self, visitor: Visitor, link: Link, status: int, at: float) -> Member:
        """A connection stands; `end` of what is given back must follow."""
        record = self._find(visitor, link.window, link.started, link.topics(), at)
        record.open(link, status, at)
        return Member(self, record, link)

    def refuse(self, visitor: Visitor, window: str, end: End, status: int, at: float) -> None:
        """Somebody was not let in, or got no answer."""
        self._find(visitor, window, None, None, at).refuse(window, end, status, at)

    def answer(self, visitor: Visitor, window: str, told: Told, times: tuple[float, float], *, is_sure: bool) -> None:
        """A poll was answered, of which it is known when it came and when that was.

        Unless `is_sure`, that may not be what its client has got.
        """
        resumption, (asked_at, at) = told.resumption, times
        record = self._find(visitor, window, resumption.place, resumption.topics, asked_at)
        if record.has_moved_on(asked_at):
            record.deliver(told.events)
            return
        due_at = at + max(_LEAST_S, _PATIENCE * told.next_s) + told.hold_s
        record.poll(Polling(window, at, due_at, resumption.topics), HTTPStatus.OK)
        if told.loss is None:
            record.continuity.resume(resumption)
        else:
            record.continuity.lose(told.loss)
            self.follow_reading()
        progress = Progress(told.place, told.place if is_sure else resumption.place)
        record.deliver(told.events)
        record.continuity.leave(progress, resumption.topics)

    def clear(self) -> None:
        """Forget everything; of those that are connected nothing is known but that they are."""
        self._records = {label: one for label, one in self._records.items() if one.is_connected}
        for one in self._records.values():
            one.forget()
        self.follow_reading()

    def to_json(self, at: float) -> list[Json]:
        """All records, the oldest first."""
        for record in self._records.values():
            record.settle(at)
        return [record.to_json() for record in self._records.values()]

    def follow_reading(self) -> None:
        """Look on while somebody has yet to read what a gap named."""
        is_owed = any(one.continuity.owes_reading for one in self._records.values())
        if is_owed and self._stop_reading is None:
            self._stop_reading = self._journal.watch(self._note_reading)
        elif not is_owed and self._stop_reading is not None:
            self._stop_reading()
            self._stop_reading = None

    def _note_reading(self, entry: Entry) -> None:
        if entry.method in _READS and HTTPStatus.OK <= entry.status < HTTPStatus.BAD_REQUEST:
            for record in self._records.values():
                record.continuity.read(entry.target)
            self.follow_reading()

    def _find(self, visitor: Visitor, window: str, place: Place | None, topics: Topics, at: float) -> Record:
        """The record of whoever comes to a window: one that is away, one that is elsewhere, or a new one."""
        likely = []
        for one in self._records.values():
            if one.visitor.may_be(visitor):
                one.settle(at)
                if not one.is_at(window):
                    likely.append(one)
        if not likely:
            return self._begin(visitor)
        record = min(likely, key=partial(_unlikeness, window, place, topics))
        if visitor.user and not record.visitor.user:
            record.visitor = visitor
        return record

    def _begin(self, visitor: Visitor) -> Record:
        if len(self._records) >= self._limit:
            idle = min(self._records.values(), key=lambda one: (one.is_connected, one.used_at))
            del self._records[idle.label]
            if idle.continuity.owes_reading:
                self.follow_reading()
        self._numbers += 1
        name = label = visitor.label
        number = 1
        while label in self._records:
            number += 1
            label = f"{name}#{number}"
        record = self._records[label] = Record(label, visitor, self._feed, self._numbers)
        return record


def _unlikeness(window: str, place: Place | None, topics: Topics, record: Record) -> tuple[float, ...]:
    """How unlike a client is to be the one who comes to a window, asking to go on from a place with topics."""
    is_poll = window in ("poll", "longpoll")
    # Who polls is there between two polls too, and nobody can be told from another by that.
    order = (_POLLING, _AWAY, _ELSEWHERE) if is_poll else (_AWAY, _POLLING, _ELSEWHERE)
    presence = order.index(_AWAY if not record.is_connected else _ELSEWHERE if record.has_links else _POLLING)
    if place is None:
        return (presence, record.tried, record.number)
    was_at = record.place
    distance = _FAR if was_at is None or was_at.epoch != place.epoch else abs(was_at.offset - place.offset)
    return (topics != record.topics, presence, distance, record.number)
