"""Appointments: in the order of their moments, called off without a trace, and never more at once than can be borne."""

from hypothesis import given
from hypothesis import strategies as st

from mockserver.agenda import Agenda


class Ticking:
    """A clock for one agenda."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.worked_s = 0.0
        self.agenda = Agenda(lambda: self.now_s, lambda: self.worked_s)
        self.done: list[float] = []

    def note(self, due_s: float) -> None:
        self.done.append(due_s)

    def go_to(self, now_s: float) -> list[float]:
        self.now_s = now_s
        self.agenda.advance()
        done, self.done = self.done, []
        return done


@given(st.lists(st.floats(0, 100)), st.floats(0, 100), st.sets(st.integers(0, 20)))
def test_what_is_due_is_done_in_order_and_nothing_that_was_called_off(
    moments: list[float], now_s: float, off: set[int]
) -> None:
    clock = Ticking()
    made = [clock.agenda.at(moment, clock.note) for moment in moments]
    for place in off & set(range(len(made))):
        clock.agenda.call_off(made[place])
        clock.agenda.call_off(made[place])
    kept = [moment for place, moment in enumerate(moments) if place not in off]
    assert len(clock.agenda) == len(kept)
    assert clock.go_to(now_s) == sorted(moment for moment in kept if moment <= now_s)
    later = [moment for moment in kept if moment > now_s]
    assert clock.agenda.next_due_s() == (min(later) - now_s if later else None)
    assert clock.go_to(200) == sorted(later)
    assert (len(clock.agenda), clock.agenda.next_due_s()) == (0, None)


def test_what_becomes_due_meanwhile_is_done_too_and_nothing_twice() -> None:
    clock = Ticking()

    def act(due_s: float) -> None:
        clock.note(due_s)
        clock.agenda.advance()
        if due_s < 3:
            clock.agenda.at(due_s + 1, act)

    clock.agenda.at(1, act)
    assert clock.go_to(2.5) == [1, 2]
    assert clock.go_to(9) == [3]


def test_what_takes_long_is_done_in_parts_and_in_order() -> None:
    clock = Ticking()

    def act(due_s: float) -> None:
        clock.note(due_s)
        clock.worked_s += 0.004

    for due_s in range(8):
        clock.agenda.at(due_s, act)
    assert clock.go_to(9) == [0, 1, 2]
    assert clock.agenda.next_due_s() == 0
    clock.agenda.at(2.5, act)
    assert clock.go_to(9) == [2.5, 3, 4]
    assert clock.go_to(9) == [5, 6, 7]
    assert clock.agenda.next_due_s() is None


def test_what_was_called_off_is_let_go_before_its_time() -> None:
    clock = Ticking()
    for _ in range(1000):
        clock.agenda.call_off(clock.agenda.at(1e6, clock.note))
    clock.agenda.at(2, clock.note)
    assert len(clock.agenda) == 1
    assert clock.agenda.next_due_s() == 2
    assert clock.go_to(1e7) == [2]
