"""A call that comes after a while: by the real clock or by a sandbox's, whichever is first. Knows nothing of why."""

from collections.abc import Callable

import gevent

from mockserver.agenda import Agenda


class Alarm:
    """Calls `act` once, in so many seconds, unless it is called off before."""

    __slots__ = ("_act", "_agenda", "_appointment", "_timer")

    def __init__(self, agenda: Agenda, seconds: float, act: Callable[[], None]) -> None:
        self._act = act
        self._agenda = agenda
        self._appointment = agenda.at(agenda.now_s + seconds, self._ring)
        self._timer = gevent.spawn_later(seconds, self._ring, 0.0)

    def call_off(self) -> None:
        """Never call."""
        self._agenda.call_off(self._appointment)
        if self._timer is not gevent.getcurrent():
            self._timer.kill(block=False)

    def _ring(self, _due_s: float) -> None:
        self.call_off()
        self._act()
