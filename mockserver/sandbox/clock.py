"""A sandbox's clock: monotonic, so that setting the machine's clock moves nothing; it can be stopped and moved."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic, time


class Clock:
    """What time it is in a sandbox. Time runs on from `start`; a frozen clock moves only when it is advanced."""

    __slots__ = ("_frozen", "_monotonic", "_moved", "_origin", "_start", "_started", "_watchers", "turns")

    def __init__(self, frozen_at: datetime | None = None, source: Callable[[], float] = monotonic) -> None:
        self._monotonic = source
        self._start = frozen_at
        self._watchers: dict[object, Callable[[], None]] = {}
        self.turns = 0
        """How often it was moved, stopped or set going."""
        self.reset()

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` whenever it is moved or stopped, until the returned function is called; it must not block."""
        token = object()
        self._watchers[token] = notify

        def stop() -> None:
            self._watchers.pop(token, None)

        return stop

    def reset(self) -> None:
        """Back to how the definition has it: the time of day, or the moment it is frozen at."""
        self._origin = self._start or datetime.fromtimestamp(time(), UTC)
        self._frozen = self._start is not None
        self._started = self._monotonic()
        self._moved = 0.0
        self._notify()

    def declare(self, frozen_at: datetime | None) -> None:
        """Go by another declaration; the same one changes nothing."""
        if frozen_at != self._start:
            self._start = frozen_at
            self.reset()

    def elapsed(self) -> float:
        """Seconds since the clock was set going, never fewer than before."""
        running = 0.0 if self._frozen else self._monotonic() - self._started
        return running + self._moved

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen

    def now(self) -> datetime:
        """The time it shows, in UTC, to the millisecond."""
        shown = self._origin + timedelta(seconds=self.elapsed())
        return shown.replace(microsecond=shown.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> None:
        """Move it forward. *Raises* `ValueError` for a step back."""
        if seconds < 0:
            raise ValueError("a clock goes forward only")
        self._moved += seconds
        self._notify()

    def freeze(self) -> None:
        """Stop it where it is."""
        self._moved = self.elapsed()
        self._frozen = True
        self._notify()

    def run_on(self) -> None:
        """Let it go on from where it is."""
        self._moved = self.elapsed()
        self._started = self._monotonic()
        self._frozen = False
        self._notify()

    def set(self, moment: datetime) -> None:
        """Show another time from now on, earlier or later; what has elapsed stays what it is."""
        self._origin = moment - timedelta(seconds=self.elapsed())
        self._notify()

    def set_real(self) -> None:
        """Show the time of day, and run."""
        self.run_on()
        self.set(datetime.fromtimestamp(time(), UTC))

    def _notify(self) -> None:
        self.turns += 1
        for notify in tuple(self._watchers.values()):
            notify()
