"""What we want to be, as data, and whether we are.

A goal is about requests a second; the CPU time for each request is told beside it, because it is the steadier figure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from benchmarks.peers.figure import Results
from benchmarks.peers.peer import OURS, PEERS, Group

SIZES: Final = (1_000, 10_000, 100_000)


class Verdict(NamedTuple):
    """What was found, and whether that is enough; None: it was not measured."""

    found: str
    is_met: bool | None


class Goal(Protocol):
    """Something to be reached."""

    @property
    def subject(self) -> str: ...

    @property
    def wanted(self) -> str: ...

    def judge(self, results: Results) -> Verdict: ...


UNKNOWN: Final = Verdict("not measured", None)


@dataclass(frozen=True, slots=True)
class Faster:
    """So many times the requests a second of each server of a group."""

    scenario: str
    group: Group
    rows: int
    least: float

    @property
    def subject(self) -> str:
        return f"{self.scenario}, {self.group.value} peers, {self.rows:,} rows"

    @property
    def wanted(self) -> str:
        return f"≥ {self.least:,g}×"

    def judge(self, results: Results) -> Verdict:
        """By the server that is the nearest."""
        ours = results.figures.get((self.scenario, OURS.name, self.rows))
        if ours is not None and not ours.counts:
            return Verdict("ours does not count", is_met=False)
        ratios = results.ratios(self.scenario, self.group, self.rows)
        if not ratios:
            return UNKNOWN
        label, ratio = min(ratios.items(), key=lambda found: found[1].by_rate)
        told = f"{write_ratio(ratio.by_rate)} {label} (by CPU {write_ratio(ratio.by_cpu)})"
        return Verdict(told, ratio.by_rate >= self.least)


@dataclass(frozen=True, slots=True)
class SoonerStart:
    """First answered no later than another server."""

    peer: str
    rows: int

    @property
    def subject(self) -> str:
        return f"start to first answer, {self.rows:,} rows"

    @property
    def wanted(self) -> str:
        return f"≤ {label_of(self.peer)}"

    def judge(self, results: Results) -> Verdict:
        ours, theirs = (results.starts_s.get((name, self.rows)) for name in (OURS.name, self.peer))
        if ours is None or theirs is None:
            return UNKNOWN
        return Verdict(f"{ours:.2f} s, {theirs:.2f} s", ours <= theirs)


@dataclass(frozen=True, slots=True)
class LessMemory:
    """After all rounds, at most a share of another server's memory."""

    peer: str
    rows: int
    most: float

    @property
    def subject(self) -> str:
        return f"memory after the run, {self.rows:,} rows"

    @property
    def wanted(self) -> str:
        return f"≤ {self.most:g} of {label_of(self.peer)}"

    def judge(self, results: Results) -> Verdict:
        ours, theirs = (results.memories.get((name, self.rows)) for name in (OURS.name, self.peer))
        if ours is None or theirs is None:
            return UNKNOWN
        share = ours.after_bytes / theirs.after_bytes
        return Verdict(f"{share:.2f}: {ours.after_bytes / 1e6:,.0f} MB", share <= self.most)


@dataclass(frozen=True, slots=True)
class Steady:
    """Slowed down by more rows less than so many times."""

    scenario: str
    few: int
    many: int
    below: float

    @property
    def subject(self) -> str:
        return f"{self.scenario}, {self.few:,} to {self.many:,} rows"

    @property
    def wanted(self) -> str:
        return f"slower by < {self.below:g}×"

    def judge(self, results: Results) -> Verdict:
        few, many = (results.figures.get((self.scenario, OURS.name, rows)) for rows in (self.few, self.many))
        if few is None or many is None:
            return UNKNOWN
        if not (few.counts and many.counts):
            return Verdict("ours does not count", is_met=False)
        slower = few.rate / many.rate
        told = f"{write_ratio(slower)} (by CPU {write_ratio(many.cpu_us / few.cpu_us)})"
        return Verdict(told, slower < self.below)


def label_of(name: str) -> str:
    return next(peer.label for peer in PEERS if peer.name == name)


def write_ratio(ratio: float) -> str:
    """With what counts of it: 1.23×, 34×, 5,601×."""
    return f"{ratio:.2f}×" if round(ratio, 2) < 10 else f"{ratio:,.0f}×"


_STORING: Final = {
    "item": (3, 4, 15),
    "page": (4, 8, 100),
    "filter": (8, 50, 500),
    "uncached": (1.2, 10, 50),
    "search": (10, 20, 50),
    "mixed": (4, 15, 100),
    "post": (20, 150, 1_000),
}
"""The least ratios for 1,000, 10,000 and 100,000 rows."""
_CANNED: Final = {"item": 3, "page": 4, "filter": 2, "post": 1}
"""At 1,000 rows: canned answers cost the same for any number, and store nothing."""


def _goals() -> Iterator[Goal]:
    for scenario, least in _STORING.items():
        for rows, ratio in zip(SIZES, least, strict=True):
            yield Faster(scenario, Group.STORING, rows, ratio)
    for scenario, ratio in _CANNED.items():
        yield Faster(scenario, Group.CANNED, SIZES[0], ratio)
    for rows in (SIZES[0], SIZES[-1]):
        yield SoonerStart("json-server-1", rows)
    yield LessMemory("json-server-1", SIZES[-1], 0.75)
    for scenario in ("item", "page", "filter"):
        yield Steady(scenario, SIZES[0], SIZES[-1], 1.5)


GOALS: Final = tuple(_goals())
