"""How what has changed is taken to the connections of one sandbox: in the order of their ids, and nobody else waits.

Knows nothing of what becomes of them.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Final, Protocol

import gevent

from mockserver.agenda import Appointment
from mockserver.server.service import Instance

_TURN_VISITS: Final = 128
"""So many at a time: those that end by it have something to do then, and the others must have their turn."""


class Visited(Protocol):
    """One of those that stand. None of this raises."""

    def renew(self) -> bool:
        """Do what can't wait now that faults have changed; whether a visit is to follow in any case."""
        ...

    def visit(self, moment_s: float) -> None:
        """Do the rest, at a moment of the clock."""
        ...


class Round:
    """The connections of one sandbox. All are visited when a rule has come into force that acts on connections."""

    def __init__(self, instance: Instance) -> None:
        self._faults = instance.faults
        self._agenda = instance.agenda
        self._standing: dict[Visited, None] = {}
        self._ahead: OrderedDict[Visited, None] = OrderedDict()
        self._next: Appointment | None = None
        self._visits = 0
        self._armed = self._faults.last_armed("connection")
        self._forget: Callable[[], None] = instance.faults.watch(self._note_change)

    def enter(self, standing: Visited) -> None:
        """Take one in."""
        self._standing[standing] = None

    def leave(self, standing: Visited) -> bool:
        """Let one go; whether there are others."""
        self._standing.pop(standing, None)
        self._ahead.pop(standing, None)
        return bool(self._standing)

    def close(self) -> None:
        """Take no notice any more."""
        self._forget()
        self._ahead.clear()
        if self._next is not None:
            self._agenda.call_off(self._next)

    def _note_change(self) -> None:
        """Faults have come into force, or gone out of it."""
        self._ahead.update((standing, None) for standing in tuple(self._standing) if standing.renew())
        armed = self._faults.last_armed("connection")
        if armed > self._armed:
            self._armed = armed
            # From the beginning again, so that each new rule too meets them in their order.
            self._ahead = OrderedDict(self._standing)
        self._go_on(self._agenda.now_s)

    def _go_on(self, due_s: float) -> None:
        if self._ahead and self._next is None:
            self._next = self._agenda.at(due_s, self._visit_next)

    def _visit_next(self, due_s: float) -> None:
        self._next = None
        if self._ahead:
            standing, _ = self._ahead.popitem(last=False)
            standing.visit(due_s)
        self._visits += 1
        # Due at the same moment, so that one moment of the clock is one round, however long it takes.
        if self._visits % _TURN_VISITS == 0:
            gevent.spawn(self._go_on, due_s)
        else:
            self._go_on(due_s)
