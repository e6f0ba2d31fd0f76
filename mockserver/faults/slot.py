"""One fault's place in a sandbox: what is set there, whether it is on, until when, and its rules at work."""

from mockserver.faults.fault import Fault
from mockserver.faults.run import Run
from mockserver.faults.state import Source, State
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happens: by a sandbox's clock and by the real one, which both only grow, and the change it is."""

    clock_s: float
    real_s: float
    revision: int

    def plus(self, seconds: float) -> "Moment":
        """So much later."""
        return Moment(self.clock_s + seconds, self.real_s + seconds, self.revision)

    def left_s(self, end: "Moment") -> float:
        """The seconds to an end, by the clock that gets there first: a frozen one must not keep what is forgotten."""
        return min(end.clock_s - self.clock_s, end.real_s - self.real_s)


class Slot:
    """A fault that is set.

    `order` is its place among those that are set alike, `armed` the change by which it came on. `ttl_s` is how long it
    was told to stay when it was switched on, where that was said.
    """

    __slots__ = ("armed", "enabled", "ends", "fault", "order", "runs", "since_s", "source", "ttl_s")

    def __init__(self, fault: Fault, source: Source, order: int, seed: int) -> None:
        self.fault = fault
        self.source: Source = source
        self.order = order
        self.enabled = False
        self.armed = 0
        self.since_s = 0.0
        self.ends: Moment | None = None
        self.ttl_s: float | None = None
        self.begin(seed)

    @property
    def rank(self) -> tuple[int, bool, int]:
        """What orders the faults that are on: priority, then those set at run time, the newest first."""
        is_declared = self.source == "file"
        return self.fault.priority, is_declared, self.order if is_declared else -self.order

    def begin(self, seed: int) -> None:
        """Count from the beginning, and remember nothing."""
        self.runs = runs_of(self.fault, seed)

    def switch_on(self, now: Moment, ttl_s: float | None) -> None:
        """On from now, or still on; for so long, or for good."""
        if not self.enabled:
            self.enabled, self.since_s, self.armed = True, now.clock_s, now.revision
        self.end_in(now, ttl_s)

    def switch_off(self) -> None:
        """Off; what is the definition's stays so, the rest is gone when its time has come."""
        self.enabled = False
        if self.source == "file":
            self.ends = None

    def end_in(self, now: Moment, ttl_s: float | None) -> None:
        """Have its time come so much later, or never."""
        self.ends = None if ttl_s is None else now.plus(ttl_s)

    def go_on_from(self, before: "Slot") -> None:
        """Be on or off, and count, as the one before that did the same."""
        self.runs, self.enabled, self.since_s, self.armed = before.runs, before.enabled, before.since_s, before.armed

    def succeed(self, before: "Slot", now: Moment) -> None:
        """Take the place of the one before in another version of the definition."""
        if self.fault.content == before.fault.content:
            self.runs = before.runs
        if self.fault.declared_life != before.fault.declared_life:
            return
        self.enabled, self.ends, self.ttl_s = before.enabled, before.ends, before.ttl_s
        if self.fault.content == before.fault.content:
            self.since_s, self.armed = before.since_s, before.armed
        else:
            self.since_s, self.armed = now.clock_s, now.revision

    def state(self, now: Moment, *, is_barred: bool) -> State:
        """How it stands."""
        return State(
            self.fault.name,
            self.fault,
            self.enabled and not is_barred,
            self.source,
            None if self.ends is None else max(0.0, now.left_s(self.ends)),
            sum(run.n for run in self.runs),
            sum(run.fired for run in self.runs),
            sum(run.overflow for run in self.runs),
            None if self.ends is None else self.ttl_s,
        )


def runs_of(fault: Fault, seed: int) -> tuple[Run, ...]:
    """The rules of a fault, at work from now on."""
    return tuple(Run(rule, fault.name, seed, place) for place, rule in enumerate(fault.rules))
