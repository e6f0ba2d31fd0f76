"""Faults that single requests ask for by name: they act there and then, and count apart from those that are on."""

from collections.abc import Sequence

from mockserver.faults.course import Course
from mockserver.faults.fault import Fault, Place
from mockserver.faults.occasion import Occasion
from mockserver.faults.roster import Roster
from mockserver.faults.run import Run
from mockserver.faults.slot import runs_of


class Asking:
    """Knows the rules at work of every fault that was asked for, until everything is switched off."""

    def __init__(self, roster: Roster) -> None:
        self._roster = roster
        self._runs: dict[str, tuple[Fault, tuple[Run, ...]]] = {}

    def act(self, course: Course, occasion: Occasion, names: Sequence[str], more: Fault | None = None) -> bool:
        """Have these act, before them one that is made up; whether one has decided the end. *Raises* `UnknownFault`."""
        runs = [] if more is None else [*runs_of(more, self._roster.seed)]
        for name in names:
            runs += self._find(name)
        is_decided = False
        for run in runs:
            if (occasion.scope, occasion.transport) in run.rule.acts and run.rule.match.takes(occasion):
                is_decided |= run.decide_asked(course, occasion, is_decided=is_decided)
        return is_decided

    def acts(self, names: Sequence[str], place: Place) -> bool:
        """Whether any of these acts there; one that there is not does not."""
        found = [self._roster.known(name) for name in names if name in self._roster]
        return any(place in rule.acts for fault in found for rule in fault.rules)

    def awaits(self, name: str, occasion: Occasion) -> bool:
        """Whether a fault is for the connection of an occasion, or for any message on it."""
        places = ("connection", occasion.transport), ("frame", occasion.transport)
        return any(
            rule.match.takes_connection(occasion) and any(place in rule.acts for place in places)
            for rule in self._roster.known(name).rules
        )

    def check(self, names: Sequence[str]) -> None:
        """*Raises* `UnknownFault` for one that there is not."""
        for name in names:
            self._roster.known(name)

    def clear(self) -> None:
        """Count from the beginning, and remember nothing."""
        self._runs.clear()

    def forget(self) -> None:
        """Remember nothing of what there is no more."""
        self._runs = {name: found for name, found in self._runs.items() if name in self._roster}

    def _find(self, name: str) -> tuple[Run, ...]:
        fault = self._roster.known(name)
        found = self._runs.get(name)
        if found is None or found[0] is not fault:
            found = self._runs[name] = (fault, runs_of(fault, self._roster.seed))
        return found[1]
