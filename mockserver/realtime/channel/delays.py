"""What one connection has put off: the rest of rules that wait."""

from collections.abc import Callable
from typing import Final

from mockserver.agenda import Agenda, Appointment
from mockserver.errors import ServerError

_MOST: Final = 1000


class Delays:
    """All of it, each with when it goes on."""

    __slots__ = ("_agenda", "_waiting")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._waiting: dict[Appointment, None] = {}

    def put_off(self, due_s: float, go_on: Callable[[float], None]) -> None:
        """Go on then. *Raises* `ServerError` when too much waits already."""
        if len(self._waiting) >= _MOST:
            raise ServerError(f"More than {_MOST} answers are waiting here already: this one is not given.")

        def act(due_s: float) -> None:
            self._waiting.pop(made, None)
            go_on(due_s)

        made = self._agenda.at(due_s, act)
        self._waiting[made] = None

    def call_off(self) -> None:
        """Nothing goes on."""
        for one in self._waiting:
            self._agenda.call_off(one)
        self._waiting.clear()
