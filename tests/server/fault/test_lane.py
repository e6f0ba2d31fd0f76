"""Messages that are kept back: when each goes on, in which order, and that nothing stays of one that has left."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import gevent
import pytest

from mockserver.agenda import Agenda
from mockserver.faults.course import Course
from mockserver.server.fault.lane import Lane, Room
from mockserver.server.limits import Limits
from tests.server.greenlets import going_on


@dataclass
class Road:
    """A lane on a clock that stands still, and what has gone on from it."""

    room: Room = field(default_factory=lambda: Room(Limits(socket_queue_messages=3, socket_queue_bytes=100)))
    passed: list[str] = field(default_factory=list)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.agenda = Agenda(lambda: self.now_s)
        self.lane: Lane[str] = Lane(self.agenda, self.room, self.passed.append)

    def advance(self, seconds: float) -> list[str]:
        self.now_s += seconds
        self.agenda.advance()
        return self.passed

    def await_passed(self, count: int) -> list[str]:
        with gevent.Timeout(5):
            while len(self.passed) < count:
                gevent.sleep(0.005)
        return self.passed


@pytest.fixture
def road() -> Iterator[Road]:
    road = Road()
    yield road
    road.lane.let_go()
    assert len(road.agenda) == 0
    assert (road.room.messages, road.room.size) == (0, 0)


def by(fault: str, seconds: float = 0.0) -> Course:
    return Course("frame", fired=[fault], delay_s=seconds)


def test_a_delayed_message_goes_on_when_the_clock_says_so(road: Road) -> None:
    road.lane.delay("a", by("slow", 300))
    assert road.advance(299.9) == []
    assert road.advance(0.2) == ["a"]


def test_a_delayed_message_goes_on_in_real_time_though_the_clock_stands_still(road: Road) -> None:
    road.lane.delay("a", by("slow", 0.03))
    assert road.await_passed(1) == ["a"]


def test_of_messages_due_at_the_same_time_the_first_goes_on_first(road: Road) -> None:
    for one in "abcdefgh":
        road.lane.delay(one, by("slow", 0.02))
    assert "".join(road.await_passed(8)) == "abcdefgh"


def test_a_shorter_delay_overtakes_a_longer_one(road: Road) -> None:
    road.lane.delay("a", by("slow", 20))
    road.lane.delay("b", by("slow", 10))
    assert road.advance(10) == ["b"]
    assert road.advance(10) == ["b", "a"]


def test_a_swapped_message_comes_behind_the_next(road: Road) -> None:
    assert list(road.lane.swap("a", by("swap"))) == []
    assert list(road.lane.follow("b")) == ["b", "a"]
    assert list(road.lane.follow("c")) == ["c"]


def test_the_next_may_be_one_that_is_to_be_swapped_too(road: Road) -> None:
    assert [list(road.lane.swap(one, by("swap"))) for one in "abcd"] == [[], ["b", "a"], [], ["d", "c"]]


def test_a_swapped_message_waits_a_second_for_the_next(road: Road) -> None:
    road.lane.swap("a", by("swap"))
    assert road.advance(0.9) == []
    assert road.advance(0.2) == ["a"]
    assert list(road.lane.follow("b")) == ["b"]


def test_what_was_kept_by_a_fault_goes_on_when_that_is_over(road: Road) -> None:
    road.lane.delay("a", by("slow", 300))
    road.lane.swap("b", by("swap"))
    road.lane.delay("c", by("slower", 300))
    road.lane.release(lambda course: course.fired != ["slow"])
    assert road.passed == ["a"]
    road.lane.release(lambda course: course.fired != ["swap"])
    assert road.passed == ["a", "b"]
    assert list(road.lane.follow("d")) == ["d"]
    assert road.lane.let_go() == ["c"]


def test_a_room_is_full_by_messages_or_by_bytes(road: Road) -> None:
    road.lane.delay("ab", by("slow", 300))
    assert not road.room.is_full
    road.lane.delay("c", by("slow", 300))
    assert road.room.is_full
    road.lane.let_go()
    assert not road.room.is_full
    road.lane.delay(["x" * 100], by("slow", 300))
    assert road.room.is_full


def test_nothing_is_left_of_a_thousand_delays_that_were_let_go(road: Road) -> None:
    before = going_on()
    for number in range(1000):
        road.lane.delay(str(number), by("slow", 0.05))
    assert len(road.lane.let_go()) == len("".join(map(str, range(1000))))
    assert going_on() <= before
    assert road.passed == []
