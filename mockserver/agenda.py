"""What is to happen at which moment of a clock, in order. Never waits, and works for a moment only at a time."""

from collections.abc import Callable
from heapq import heapify, heappop, heappush
from itertools import count
from time import perf_counter
from typing import Final

from mockserver.value import dataclass

_AT_ONCE_S: Final = 0.01
"""So long it works at a time: when a clock jumps, whoever serves meanwhile waits for no more."""


@dataclass(eq=False, slots=True)
class Appointment:
    """One thing to be done; `act` is told when it was due. One that was called off does nothing."""

    due_s: float
    number: int
    act: Callable[[float], None] | None

    def __lt__(self, other: "Appointment") -> bool:
        return (self.due_s, self.number) < (other.due_s, other.number)


class Agenda:
    """Appointments of one sandbox, by the seconds that have elapsed on its clock.

    `hasten` is called when something is due sooner than all that was known; it must neither block nor raise. `worked`
    is a stopwatch in seconds, by which it is known how long something took.
    """

    __slots__ = ("_called_off", "_elapsed", "_is_advancing", "_numbers", "_seen_s", "_waiting", "_worked", "hasten")

    def __init__(self, elapsed: Callable[[], float], worked: Callable[[], float] = perf_counter) -> None:
        self._elapsed = elapsed
        self._worked = worked
        self._waiting: list[Appointment] = []
        self._numbers = count()
        self._called_off = 0
        self._seen_s = 0.0
        self._is_advancing = False
        self.hasten: Callable[[], None] | None = None

    def __len__(self) -> int:
        return len(self._waiting) - self._called_off

    @property
    def now_s(self) -> float:
        """Where the clock stands. When it was put back, what waits goes on waiting for as long as it had to."""
        now_s = self._elapsed()
        if now_s < self._seen_s:
            for one in self._waiting:
                one.due_s += now_s - self._seen_s
        self._seen_s = now_s
        return now_s

    def at(self, due_s: float, act: Callable[[float], None]) -> Appointment:
        """Make an appointment."""
        made = Appointment(due_s, next(self._numbers), act)
        heappush(self._waiting, made)
        if self.hasten is not None and self._waiting[0] is made and not self._is_advancing:
            self.hasten()
        return made

    def call_off(self, appointment: Appointment) -> None:
        """Nothing comes of it; what it held on to is let go at once."""
        if appointment.act is None:
            return
        appointment.act = None
        self._called_off += 1
        if self._called_off > len(self._waiting) // 2 + 100:
            self._waiting = [one for one in self._waiting if one.act is not None]
            heapify(self._waiting)
            self._called_off = 0

    def advance(self) -> None:
        """Do what is due by now, in the order of its moments, what becomes due meanwhile too.

        What would take long is gone on with the next time.
        """
        # What is done may ask for something that is answered only when all is done that was due before.
        if self._is_advancing or not self._waiting:
            return
        self._is_advancing = True
        try:
            now_s, until_s = self.now_s, self._worked() + _AT_ONCE_S
            while self._waiting and self._waiting[0].due_s <= now_s:
                self._do(heappop(self._waiting))
                if self._worked() >= until_s:
                    return
        finally:
            self._is_advancing = False

    def _do(self, one: Appointment) -> None:
        act, one.act = one.act, None
        if act is None:
            self._called_off -= 1
        else:
            act(one.due_s)

    def next_due_s(self) -> float | None:
        """In how many seconds something is due, at the earliest; nothing when nothing will be."""
        while self._waiting and self._waiting[0].act is None:
            heappop(self._waiting)
            self._called_off -= 1
        return max(0.0, self._waiting[0].due_s - self.now_s) if self._waiting else None
