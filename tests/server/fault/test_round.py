"""How a change of faults is taken to what is open: to whom, in which order, in turns, and past the bugs of one rule."""

import socket
from dataclasses import dataclass, field, replace
from typing import Any

import gevent
import gevent.socket
import pytest

from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.fault import Fault
from mockserver.faults.kinds.close import Close
from mockserver.faults.load import read_fault
from mockserver.faults.occasion import Occasion
from mockserver.messages import Json, Request
from mockserver.realtime.session import Opening
from mockserver.server.fault.connection import Oversight
from mockserver.server.fault.round import Round
from mockserver.server.limits import Limits
from mockserver.server.log import ExchangeLog
from mockserver.server.socket.connection import Connection
from mockserver.server.socket.handshake import Accepted
from mockserver.server.socket.register import Sockets
from tests.server.fixture_service import FixtureService
from tests.server.fixture_session import FixtureSession


def fault(**settings: Json) -> Fault:
    return read_fault("x", {"match": "WS *", **settings}, {})


@dataclass(eq=False)
class Guest:
    """One that is visited, and tells where."""

    number: int
    visited: list[int]
    stalls: bool = False

    def renew(self) -> bool:
        return self.stalls

    def visit(self, moment_s: float) -> None:
        assert moment_s >= 0
        self.visited.append(self.number)


@dataclass
class House:
    """A round of so many on a clock that stands still."""

    count: int
    visited: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.service = FixtureService()
        self.service.clock.freeze()
        self.faults, self.agenda = self.service.faults, self.service.agenda
        self.round = Round(self.service)
        self.guests = [Guest(number, self.visited) for number in range(self.count)]
        for guest in self.guests:
            self.round.enter(guest)

    def change(self, times: int = 1) -> None:
        """Faults that are nothing to a connection."""
        for number in range(times):
            self.faults.put("other", fault(match="GET /nothing", status=503 + number % 2))

    def walk(self) -> list[int]:
        """Who has been visited since the last time."""
        with gevent.Timeout(5):
            while len(self.agenda):
                self.agenda.advance()
                gevent.sleep(0)
        found = self.visited[:]
        self.visited.clear()
        return found


def test_all_are_visited_in_order_when_a_rule_is_new_that_acts_on_connections() -> None:
    house = House(5)
    house.faults.put("x", fault(drop=True))
    assert house.walk() == [0, 1, 2, 3, 4]
    house.faults.put("y", fault(drop=True, match="GET *"))
    assert house.walk() == [0, 1, 2, 3, 4]


def test_nobody_is_visited_for_what_is_nothing_to_them() -> None:
    house = House(5)
    house.faults.put("x", fault(drop=True))
    house.walk()
    house.change(3)
    house.faults.put("lossy", fault(direction="out", lose=True))
    house.faults.disable("x")
    assert house.walk() == []


def test_however_often_faults_change_meanwhile_each_is_visited_once() -> None:
    house = House(5)
    house.faults.put("x", fault(drop=True))
    house.change(60)
    assert len(house.agenda) == 1
    assert house.walk() == [0, 1, 2, 3, 4]


def test_whoever_stalls_by_what_is_over_is_visited_for_whatever_change() -> None:
    house = House(5)
    house.guests[3].stalls = house.guests[1].stalls = True
    house.change(4)
    assert house.walk() == [1, 3]


def test_whoever_leaves_is_not_visited_any_more() -> None:
    house = House(3)
    house.faults.put("x", fault(drop=True))
    assert house.round.leave(house.guests[1])
    assert house.walk() == [0, 2]
    house.faults.put("y", fault(drop=True))
    house.round.close()
    assert len(house.agenda) == 0


def test_a_great_many_are_visited_in_turns() -> None:
    house = House(300)
    house.faults.put("x", fault(drop=True))
    house.agenda.advance()
    assert len(house.visited) <= 128
    gevent.sleep(0)
    assert house.walk() == [*range(300)]


class Broken(Close):
    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        raise RuntimeError("canary-in-a-rule")


def broken(**settings: Json) -> Fault:
    """One that breaks where it acts."""
    sound = fault(close=4000, **settings)
    (rule,) = sound.rules
    return replace(sound, rules=(replace(rule, acts=dict.fromkeys(rule.acts, (Broken(close=4000),))),))


def connected() -> tuple[socket.socket, Any]:
    """The two ends of a connection: the client's, and the server's as gevent has it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        return client, gevent.socket.socket(fileno=listener.accept()[0].detach())


@dataclass
class Talks:
    """Sockets that are open in a sandbox, each with its client."""

    service: FixtureService

    def __post_init__(self) -> None:
        self.oversight = Oversight(Sockets(Limits(close_s=0.05), ExchangeLog("quiet")))
        self.open: list[tuple[Connection, Any, gevent.Greenlet]] = []

    def begin(self, path: str) -> Connection:
        client, sock = connected()
        companion = self.oversight.companion(self.service, Request("GET", path), "ws")
        opening = Opening(FixtureSession(self.service.sessions), 0)
        connection = Connection(Accepted(sock, opening, companion, None, (), b"", path), self.oversight.sockets)
        self.open.append((connection, client, gevent.spawn(connection.run, b"", b"")))
        gevent.sleep(0)
        return connection

    def end(self) -> list[bytes]:
        """What each client has been sent."""
        found = []
        for _, client, walker in self.open:
            client.shutdown(socket.SHUT_WR)
            walker.join(5)
            found.append(client.recv(1 << 16))
            client.close()
        return found


@pytest.mark.parametrize("begins", ["before", "after"])
def test_a_bug_in_a_rule_ends_its_connection_and_no_other(begins: str) -> None:
    service = FixtureService()
    service.clock.freeze()
    talks = Talks(service)
    if begins == "before":
        one, other = talks.begin("/a"), talks.begin("/b")
    service.faults.put("x", broken(match="WS /a"))
    if begins == "after":
        one, other = talks.begin("/a"), talks.begin("/b")
    for _ in range(3):
        service.advance()
    assert (one.state, other.state) == ("closing", "open")
    assert [b"The mock server itself failed" in sent for sent in talks.end()] == [True, False]
    assert len(service.agenda) == 0
