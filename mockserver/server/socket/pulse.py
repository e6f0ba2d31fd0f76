"""The heartbeat of everything that is open: one greenlet for all, there as long as anybody has one."""

from collections.abc import Callable
from heapq import heappop, heappush
from time import monotonic
from typing import Final

import gevent
from gevent.event import Event

_TURN_BEATS: Final = 64
_GOLDEN: Final = 0.6180339887498949


class Pulse:
    """`beat` is called with the number of whoever is due; it says whether there is to be a next time."""

    def __init__(self, beat: Callable[[int], bool]) -> None:
        self._beat = beat
        self._due: list[tuple[float, int, float]] = []
        self._sooner = Event()
        self._walker: gevent.Greenlet | None = None

    def follow(self, number: int, beat_s: float) -> None:
        """Beat every so often from now on, never if not above zero.

        The first time comes after half of it to all of it, so that those who came together do not beat together.
        """
        if beat_s <= 0:
            return
        first = monotonic() + beat_s * (0.5 + number * _GOLDEN % 1 / 2)
        heappush(self._due, (first, number, beat_s))
        if self._walker is None:
            self._walker = gevent.spawn(self._walk)
        elif self._due[0][1] == number:
            self._sooner.set()

    def _walk(self) -> None:
        beats = 0
        while self._due:
            due, number, beat_s = self._due[0]
            wait_s = due - monotonic()
            if wait_s > 0:
                self._sooner.wait(wait_s)
                self._sooner.clear()
                continue
            heappop(self._due)
            if self._beat(number):
                heappush(self._due, (max(due + beat_s, monotonic()), number, beat_s))
            beats += 1
            if beats % _TURN_BEATS == 0:
                gevent.sleep(0)
        self._walker = None
