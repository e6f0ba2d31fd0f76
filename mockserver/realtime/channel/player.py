"""Does what rules say for one connection: one after the other, and what waits when it is due."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial

from mockserver.errors import Problem
from mockserver.realtime.channel.delays import Delays
from mockserver.realtime.channel.house import Guest, House
from mockserver.realtime.channel.rule import Rule
from mockserver.realtime.channel.turn import Turn


class Player:
    """All that goes on for one client."""

    __slots__ = ("_delays", "_guest", "_house")

    def __init__(self, house: House, guest: Guest) -> None:
        self._house = house
        self._guest = guest
        self._delays = Delays(house.agenda)

    def play(self, rules: Iterable[Rule], turn: Turn, since_s: float | None = None) -> None:
        """Do what rules say, as of a moment that is past where one is named."""
        self._go_on(self._steps(rules, turn), turn, since_s)

    def moment(self, due_s: float) -> datetime:
        """When something was due, by the clock that is shown."""
        late_s = max(0.0, self._house.agenda.now_s - due_s)
        return self._guest.reading.store.now() - timedelta(seconds=late_s)

    def stop(self) -> None:
        """Nothing goes on."""
        self._delays.call_off()

    def _steps(self, rules: Iterable[Rule], turn: Turn) -> Iterator[float]:
        """All that rules do, stopping for the seconds to be waited."""
        for rule in rules:
            try:
                yield from rule.steps(turn)
            except Problem as problem:
                self._guest.fail(problem)
            if self._guest.is_over:
                return

    def _go_on(self, steps: Iterator[float], turn: Turn, since_s: float | None) -> None:
        """Do what can be done now, and the rest when it is due."""
        pause_s = next(steps, None)
        if pause_s is None:
            return

        def resume(due_s: float) -> None:
            self._house.attend(self._guest, partial(self._resume, steps, turn, due_s))

        try:
            self._delays.put_off((self._house.agenda.now_s if since_s is None else since_s) + pause_s, resume)
        except Problem as problem:
            self._guest.fail(problem)

    def _resume(self, steps: Iterator[float], turn: Turn, due_s: float) -> None:
        if self._guest.is_admitted():
            turn.move(self.moment(due_s))
            self._go_on(steps, turn, due_s)
