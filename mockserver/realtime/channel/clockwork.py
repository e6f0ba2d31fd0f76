"""The timers of one connection: each tick at its moment, the next a drawn time after it."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Final, TypeAlias

from mockserver.agenda import Agenda, Appointment
from mockserver.generation.seeding import Stream
from mockserver.realtime.channel.channel import TimerPush
from mockserver.value import dataclass

_MOST_MADE_UP: Final = 100
"""So many ticks of one timer are made up for when the clock jumps."""

Tick: TypeAlias = Callable[[TimerPush, int, float], bool]
"""What a tick does: from its timer, its number and the moment it was due to whether there may be more of them."""


@dataclass(slots=True, eq=False)
class _Timer:
    """One of them: how many ticks there were, and how many of these at once."""

    push: TimerPush
    ticks: int = 0
    made_up: int = 0
    next: Appointment | None = None


class Clockwork:
    """All of them."""

    __slots__ = ("_agenda", "_draws", "_tick", "_timers")

    def __init__(self, agenda: Agenda, draws: Callable[[str], Callable[[], Stream]], tick: Tick) -> None:
        self._agenda = agenda
        self._draws = draws
        self._tick = tick
        self._timers: list[_Timer] = []

    def wind_up(self, pushes: Iterable[TimerPush]) -> None:
        """Begin anew, with these."""
        self.stop()
        self._timers = [_Timer(push) for push in pushes]
        for timer in self._timers:
            after_s = timer.push.after.draw(self._draws(f"t{timer.push.number}/after")())
            self._arm(timer, self._agenda.now_s + after_s)

    def stop(self) -> None:
        """No more ticks."""
        for timer in self._timers:
            if timer.next is not None:
                self._agenda.call_off(timer.next)
        self._timers = []

    def _arm(self, timer: _Timer, due_s: float) -> None:
        timer.next = self._agenda.at(due_s, partial(self._go, timer))

    def _go(self, timer: _Timer, due_s: float) -> None:
        timer.ticks += 1
        push = timer.push
        has_more = self._tick(push, timer.ticks, due_s)
        if not has_more or timer.ticks == push.times or timer not in self._timers:
            return
        every_s = push.every.draw(self._draws(f"t{push.number}/{timer.ticks}/every")())
        now_s, next_s = self._agenda.now_s, due_s + every_s
        timer.made_up = timer.made_up + 1 if next_s <= now_s else 0
        if timer.made_up >= _MOST_MADE_UP:
            timer.made_up, next_s = 0, now_s + every_s
        self._arm(timer, next_s)
