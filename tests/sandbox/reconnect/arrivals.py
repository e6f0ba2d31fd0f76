"""Clients of a feed without connections: what is handed to them is said, and the time is what it is told to be."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from mockserver.faults.course import Decision
from mockserver.messages import Reply, Request
from mockserver.realtime.frame import Frame
from mockserver.realtime.witness import Loss, Resumption, Told, Topics
from mockserver.sandbox.journal import Journal
from mockserver.sandbox.reconnect.flow import Flow
from mockserver.sandbox.reconnect.link import End, Link
from mockserver.sandbox.reconnect.reconnects import Member, Reconnects
from mockserver.sandbox.reconnect.visitor import Visitor
from mockserver.store.event import Event
from mockserver.store.feed import Feed, Gap, Place, backends

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
CLOSED = End("close", "server", 1012, is_whole=True)
DROPPED = End("drop", "network")
DECISIONS: Sequence[Decision] = ()


def all_of(events: Iterable[Event]) -> Sequence[Event]:
    return [*events]


class Town:
    """A feed, its journal and its record; `now` is the time of day."""

    def __init__(self, limit: int = 256) -> None:
        self.now = 1000.0
        self.feed = Feed(backends.get("memory")(), lambda: 0.0)
        self.journal = Journal()
        self.reconnects = Reconnects(self.feed, self.journal, limit)

    def publish(self, *topics: str) -> list[str]:
        return [self.feed.publish(topic, "", None, MOMENT).cursor for topic in topics]

    def read(self, path: str, status: int = 200) -> None:
        self.journal.record(Request("GET", path, (), {}, b""), Reply(status), self.now, 0, DECISIONS)

    def refuse(self, name: str, window: str = "ws", status: int = 503) -> None:
        self.reconnects.refuse(Visitor(name), window, End("status", "server", status), status, self.now)

    def poll(
        self,
        name: str,
        since: Place,
        *,
        wait_s: float = 0,
        topics: Topics = None,
        is_sure: bool = True,
        asked_at: float | None = None,
    ) -> Place:
        """The place a poll got to."""
        found = self.feed.since(since, topics)
        loss = Loss(topics, found, {}, all_of) if isinstance(found, Gap) else None
        count = 0 if isinstance(found, Gap) else len(found.events)
        told = Told(Resumption(topics, since, all_of), found.place, count, loss, wait_s, 0.0 if wait_s else 2.0)
        window = "longpoll" if wait_s else "poll"
        self.reconnects.answer(
            Visitor(name), window, told, (self.now if asked_at is None else asked_at, self.now), is_sure=is_sure
        )
        return found.place

    @property
    def records(self) -> list[dict[str, Any]]:
        found: list[Any] = self.reconnects.to_json(self.now)
        return found

    @property
    def record(self) -> dict[str, Any]:
        (found,) = self.records
        return found


class Tab:
    """One connection of somebody's, told what it is told to be told."""

    def __init__(
        self, town: Town, name: str = "tab", window: str = "ws", *, since: Place | None = None, topics: Topics = None
    ) -> None:
        self.town = town
        self.flow = Flow()
        self.topics = topics
        started = since or town.feed.place
        link = Link(window, town.now, started, self.flow, lambda: self.topics, lambda: self.flow.events)
        self.member: Member = town.reconnects.open(Visitor(name), link, 101, town.now)
        found = town.feed.since(started, topics)
        if isinstance(found, Gap):
            self.lose(found)
        else:
            self.member.resume(Resumption(topics, started, all_of))
            for event in found.events:
                self.hand(event.cursor)

    def lose(self, gap: Gap) -> None:
        self.member.lose(Loss(self.topics, gap, {"zoos": "/zoos", "animals": "/animals"}, all_of))
        self.flow.hand(Frame({}, str(gap.place), is_system=True))

    def hand(self, *cursors: str) -> None:
        for cursor in cursors:
            self.flow.hand(frame(cursor))

    def end(self, end: End = CLOSED) -> None:
        self.member.end(end, self.town.now)


def frame(cursor: str, topic: str = "zoos") -> Frame:
    return Frame({"topic": topic}, cursor)
