"""When the listener is closed by faults that are on: their windows, and an end by the real clock for each."""

from collections.abc import Iterator, Sequence

from mockserver.faults.course import Outage
from mockserver.faults.run import Run
from mockserver.faults.slot import Moment, Slot


class Outages:
    """Follows the rules that keep the listener closed; a duration of theirs is over by whichever clock gets there."""

    def __init__(self) -> None:
        self._runs: tuple[tuple[Slot, Run], ...] = ()
        self._began: dict[Run, float] = {}
        self.now: tuple[Outage, ...] = ()
        """Those in force when it was last looked."""

    def follow(self, slots: Sequence[Slot]) -> None:
        """From now on, those of these faults."""
        self._runs = tuple((slot, run) for slot in slots for run in slot.runs if run.outage is not None)
        runs = {run for _, run in self._runs}
        self._began = {run: began for run, began in self._began.items() if run in runs}

    def look(self, now: Moment) -> bool:
        """Find those in force now; whether they are others than before."""
        before, self.now = self.now, tuple(self._find(now))
        return self.now != before

    def next_due_s(self, now: Moment) -> float | None:
        """In how many seconds one of them begins or ends."""
        due = [one for slot, run in self._runs for one in self._edges(slot, run, now)]
        return min(due, default=None)

    def _find(self, now: Moment) -> Iterator[Outage]:
        for slot, run in self._runs:
            if run.outage is None or not run.is_open(now.clock_s - slot.since_s):
                self._began.pop(run, None)
                run.is_spent = False
                continue
            began = self._began.setdefault(run, now.real_s)
            lasts_s = run.outage.seconds
            run.is_spent = lasts_s is not None and now.real_s - began >= lasts_s
            if not run.is_spent:
                yield run.outage

    def _edges(self, slot: Slot, run: Run, now: Moment) -> Iterator[float]:
        edge_s = run.next_edge_s(now.clock_s - slot.since_s)
        if edge_s is not None:
            yield edge_s
        if run.outage is not None and run.outage.seconds is not None and run in self._began and not run.is_spent:
            yield self._began[run] + run.outage.seconds - now.real_s
