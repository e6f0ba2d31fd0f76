"""One rule of a fault at work in a sandbox: how often it matched, whether it acts now, and what it remembers."""

from dataclasses import replace

from mockserver.faults.course import Course, Decision, Outage
from mockserver.faults.draw import Draw
from mockserver.faults.fault import Rule
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.schedule import Schedule
from mockserver.messages import Request

_ANY_REQUEST = Occasion("request", "http", Request("GET", "/"), ((),))


class Run:
    """Counts the matches of a rule, from 1, and has its kinds act where its schedule says so."""

    __slots__ = (
        "_begins_s", "_memory", "_place", "_schedule", "_seed", "fault", "fired", "is_spent", "is_terminal", "n",
        "outage", "overflow", "rule",
    )  # fmt: skip

    def __init__(self, rule: Rule, fault: str, seed: int, place: int) -> None:
        self.rule = rule
        self.fault = fault
        self._seed = seed
        self._place = place
        self.n = 0
        self.fired = 0
        self.overflow = 0
        self._memory: dict[str, object] = {}
        self.is_terminal = rule.is_terminal
        after = rule.schedule.after
        self._begins_s = Draw(seed, rule.name, 0).between(after.least_s, after.most_s, "after")
        self.is_spent = False
        """Whether its outage is over by the real clock, and the sandbox's stands still."""
        self.outage = self._find_outage()
        self._schedule = rule.schedule if self.outage is None else _cut_to(rule.schedule, self.outage.seconds)

    def decide(self, course: Course, occasion: Occasion, since_s: float, *, is_decided: bool) -> bool:
        """Count a match, and act if that is due `since_s` after the fault was switched on; whether it decides the end.

        Where the end is decided already, a rule that would decide it does not act.
        """
        self.n += 1
        draw = Draw(self._seed, self.rule.name, self.n)
        drawn = draw.share()
        fires = self._is_due(course.scope, since_s, drawn) and not (is_decided and self.is_terminal)
        fires = fires and self._act(course, occasion, draw)
        self._record(course, drawn, fires=fires)
        return fires and self.is_terminal

    def decide_asked(self, course: Course, occasion: Occasion, *, is_decided: bool) -> bool:
        """The same for an occasion that asks for the fault: it acts, whatever its schedule says."""
        self.n += 1
        draw = Draw(self._seed, self.rule.name, self.n)
        fires = not (is_decided and self.is_terminal) and self._act(course, occasion, draw)
        self._record(course, draw.share(), fires=fires)
        return fires and self.is_terminal

    def is_open(self, since_s: float) -> bool:
        """Whether a window is open, so many seconds after the fault was switched on."""
        return self._schedule.is_open(since_s - self._begins_s)

    def next_edge_s(self, since_s: float) -> float | None:
        """In how many seconds a window opens or closes, if one ever will."""
        return self._schedule.next_edge_s(since_s - self._begins_s)

    def _is_due(self, scope: Scope, since_s: float, drawn: float) -> bool:
        schedule = self._schedule
        # How long a connection stands is counted from its own beginning.
        begun_s = since_s if scope == "connection" else since_s - self._begins_s
        is_due = not self.is_spent and schedule.picks(self.n, self.fired)
        return is_due and schedule.is_open(begun_s) and drawn < schedule.chance(begun_s)

    def _act(self, course: Course, occasion: Occasion, draw: Draw) -> bool:
        """Have the kinds act, those that decide the end first; whether there was anything to do for them."""
        kinds = self.rule.acts[occasion.scope, occasion.transport]
        course.fault, course.is_passed = self.fault, False
        course.lapse = self._lapse_alone if len(kinds) == 1 else self._lapse
        for kind in kinds:
            kind.act(course, occasion, draw, self._memory)
            if course.is_passed:
                return False
        course.commits = course.commits or self.rule.commits
        if course.scope == "connection" and self.is_terminal:
            after = self.rule.schedule.after
            course.after_s += draw.between(after.least_s, after.most_s, "after")
        return True

    def _record(self, course: Course, drawn: float, *, fires: bool) -> None:
        self.fired += fires
        course.decisions.append(Decision(self.fault, self.n, drawn, fires, self._place))
        if fires and self.fault not in course.fired:
            course.fired.append(self.fault)

    def _lapse_alone(self, course: Course) -> None:
        """The same where nothing else of it acts."""
        self._lapse(course)
        if not any(one.fired for one in course.decisions if one.fault == self.fault):
            course.fired.remove(self.fault)

    def _lapse(self, course: Course) -> None:
        """Have it not fired after all, though another of its kinds may act."""
        mine = next(one for one in course.decisions if (one.fault, one.rule) == (self.fault, self._place))
        if not mine.fired:
            return
        self.fired -= 1
        self.overflow += 1
        course.decisions = [replace(one, fired=False) if one is mine else one for one in course.decisions]

    def _find_outage(self) -> Outage | None:
        """What keeps the listener closed as long as the fault is on; nothing where a request has to fire first."""
        if self.rule.schedule.counts or not self.rule.match.takes_every_request:
            return None
        course = Course("request", self.fault)
        for kind in self.rule.acts.get(("request", "http"), ()):
            if kind.is_terminal:
                kind.act(course, _ANY_REQUEST, Draw(self._seed, self.rule.name, 0), {})
        return course.outage


def _cut_to(schedule: Schedule, lasts_s: float | None) -> Schedule:
    """A schedule whose windows are open no longer than this."""
    if lasts_s is None or (schedule.lasts_s is not None and schedule.lasts_s <= lasts_s):
        return schedule
    return replace(schedule, lasts_s=lasts_s)
