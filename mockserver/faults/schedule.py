"""When a rule acts: which of its matches, and in which windows of time. Arithmetic alone; it knows no clock."""

from typing import Final

from mockserver.realtime.channel.span import Span
from mockserver.value import dataclass

_AT_ONCE: Final = Span(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The keys that say which matches of a rule act; all of them must agree.

    The first `skip` pass; of the rest acts each `every`-th, and each that is an F in the `pattern`, which repeats.
    `lasts_s` is how long a window is open, `repeat_s` how long after its beginning the next one begins, `ramp_s` how
    long `probability` takes to grow from nothing.
    """

    skip: int = 0
    times: int | None = None
    every: int = 1
    probability: float = 1.0
    pattern: str = ""
    after: Span = _AT_ONCE
    lasts_s: float | None = None
    repeat_s: float | None = None
    ramp_s: float = 0.0

    @property
    def counts(self) -> bool:
        """Whether it matters how many matches there were, or what is drawn for one."""
        return bool(
            self.skip or self.times is not None or self.every > 1 or self.probability < 1 or self.pattern or self.ramp_s
        )

    def picks(self, n: int, fired: int) -> bool:
        """Whether the `n`-th match, from 1, is one of those that act, `fired` having done so before."""
        place = n - self.skip
        if place < 1 or place % self.every or (self.times is not None and fired >= self.times):
            return False
        return not self.pattern or self.pattern[(place - 1) % len(self.pattern)] == "F"

    def chance(self, since_s: float) -> float:
        """The share of matches that act so many seconds after the beginning."""
        return self.probability * min(1.0, since_s / self.ramp_s) if self.ramp_s else self.probability

    def is_open(self, since_s: float) -> bool:
        """Whether a window is open so many seconds after the first one began; a time before that is negative."""
        return since_s >= 0 and (self.lasts_s is None or self._phase(since_s) < self.lasts_s)

    def next_edge_s(self, since_s: float) -> float | None:
        """In how many seconds a window opens or closes, nothing when none ever will."""
        if since_s < 0:
            return -since_s
        if self.lasts_s is None:
            return None
        phase = self._phase(since_s)
        if phase < self.lasts_s:
            return self.lasts_s - phase
        return None if self.repeat_s is None else self.repeat_s - phase

    def _phase(self, since_s: float) -> float:
        return since_s if self.repeat_s is None else since_s % self.repeat_s
