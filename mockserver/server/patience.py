"""How long a kept connection is waited for: one timer for all its requests, set anew only when it has run out.

A timer for every wait would cost as much as answering does.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

import gevent

_NEVER: Final = float("inf")


class Patience:
    """Calls `give_up` when a wait has lasted as long as it was to; one that ended before does nothing."""

    def __init__(self, give_up: Callable[[], None]) -> None:
        self._give_up = give_up
        self._timer: Any = None
        self._until = _NEVER
        self._looks_at = _NEVER

    def begin(self, wait_s: float) -> None:
        """Something is waited for."""
        self._until = until = monotonic() + wait_s
        if until < self._looks_at:
            self._look_in(wait_s)

    def end(self) -> None:
        """It has come."""
        self._until = _NEVER

    def close(self) -> None:
        """Nothing is waited for any more."""
        self._until = self._looks_at = _NEVER
        if self._timer is not None:
            self._timer.close()
            self._timer = None

    def _look_in(self, seconds: float) -> None:
        if self._timer is not None:
            self._timer.close()
        self._looks_at = monotonic() + seconds
        self._timer = gevent.get_hub().loop.timer(seconds)
        self._timer.start(self._look)

    def _look(self) -> None:
        left_s = self._until - monotonic()
        self._looks_at = _NEVER
        if left_s <= 0:
            self._give_up()
        elif left_s < _NEVER:
            self._look_in(left_s)
