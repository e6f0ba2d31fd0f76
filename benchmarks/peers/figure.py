"""Figures from records: medians of rounds, and how many times better ours are."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median
from typing import NamedTuple

from benchmarks.peers.peer import OURS, PEERS, Group, Peer
from benchmarks.peers.record import Failure, Memory, Record, Round, Setting, Start
from benchmarks.peers.scenario import SCENARIOS, Scenario


@dataclass(frozen=True, slots=True)
class Figure:
    """A server in a scenario: medians of its rounds, and all their errors."""

    rate: float
    """Requests a second."""
    p50_ms: float
    p99_ms: float
    cpu_us: float
    """CPU time for each request."""
    errors: int

    @property
    def counts(self) -> bool:
        """Whether it may be compared: a server that errs, or ends no request, is no measure."""
        return not self.errors and self.rate > 0


class Ratio(NamedTuple):
    """How many times as fast ours is."""

    by_rate: float
    by_cpu: float


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that was measured."""

    figures: dict[tuple[str, str, int], Figure] = field(default_factory=dict)
    """By scenario, server and rows."""
    starts_s: dict[tuple[str, int], float] = field(default_factory=dict)
    memories: dict[tuple[str, int], Memory] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    settings: list[Setting] = field(default_factory=list)

    def ratio(self, scenario: str, peer: str, rows: int) -> Ratio | None:
        """None where one of the two was not measured or does not count."""
        ours = self.figures.get((scenario, OURS.name, rows))
        theirs = self.figures.get((scenario, peer, rows))
        if ours is None or theirs is None or not (ours.counts and theirs.counts):
            return None
        return Ratio(ours.rate / theirs.rate, theirs.cpu_us / ours.cpu_us)

    def ratios(self, scenario: str, group: Group, rows: int) -> dict[str, Ratio]:
        """Against each server of a group, by its label."""
        found = {peer.label: self.ratio(scenario, peer.name, rows) for peer in PEERS if peer.group is group}
        return {label: ratio for label, ratio in found.items() if ratio is not None}

    def sizes(self) -> list[int]:
        return sorted({rows for _, _, rows in self.figures} | {rows for _, rows in self.starts_s})

    def scenarios(self) -> list[Scenario]:
        """Those of which something was measured, in their order."""
        measured = {name for name, _, _ in self.figures}
        return [scenario for scenario in SCENARIOS if scenario.name in measured]

    def peers(self) -> list[Peer]:
        measured = {name for name, _ in self.starts_s}
        return [peer for peer in PEERS if peer.name in measured]


def gather(records: Iterable[Record]) -> Results:
    """Figures of all records; of what is told once, the last counts."""
    results = Results()
    rounds: dict[tuple[str, str, int], list[Round]] = defaultdict(list)
    starts: dict[tuple[str, int], list[float]] = defaultdict(list)
    for record in records:
        match record:
            case Round():
                rounds[record.scenario, record.peer, record.rows].append(record)
            case Start():
                starts[record.peer, record.rows].append(record.seconds)
            case Memory():
                results.memories[record.peer, record.rows] = record
            case Failure():
                results.failures.append(record)
            case Setting():
                results.settings.append(record)
    results.figures.update({key: _summarise(found) for key, found in rounds.items()})
    results.starts_s.update({key: median(found) for key, found in starts.items()})
    return results


def _summarise(rounds: list[Round]) -> Figure:
    loads = [one.load for one in rounds]
    return Figure(
        rate=median(load.requests / load.seconds for load in loads),
        p50_ms=median(load.p50_ms for load in loads),
        p99_ms=median(load.p99_ms for load in loads),
        cpu_us=median(one.cpu_s * 1e6 / max(1, one.load.requests) for one in rounds),
        errors=sum(load.errors for load in loads),
    )
