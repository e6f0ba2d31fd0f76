"""Records as a comparison leaves them, with figures that are easy to reckon with."""

from collections.abc import Iterator

from benchmarks.peers.load import Load
from benchmarks.peers.peer import OURS, PEERS, Group
from benchmarks.peers.record import Memory, Record, Round, Setting, Start
from benchmarks.peers.scenario import SCENARIOS

SIZES = (1_000, 10_000, 100_000)


def round_of(peer: str, rate: float, *, rows: int = 1_000, scenario: str = "item", bad_statuses: int = 0) -> Round:
    """Two seconds at a rate, of which the server worked one."""
    load = Load(
        requests=round(rate * 2),
        seconds=2,
        p50_ms=16_000 / max(rate, 1),
        p99_ms=40_000 / max(rate, 1),
        bad_statuses=bad_statuses,
        timeouts=0,
        broken=0,
    )
    return Round(peer=peer, rows=rows, scenario=scenario, connections=16, load=load, cpu_s=1)


def whole_run() -> Iterator[Record]:
    """Everything measured once: ours is 100 times as fast as each peer at 1,000 rows and stays so; they get slower."""
    yield Setting(
        day="2026-01-15",
        machine="Two cores",
        versions={"wrk": "4.1.0"},
        commands={peer.name: f"run {peer.name}" for peer in PEERS},
        reps=1,
        seconds=2,
    )
    for peer in PEERS:
        for rows in SIZES[:1] if peer.group is Group.CANNED else SIZES:
            times = 1 if peer is OURS else rows // 10
            yield Start(peer=peer.name, rows=rows, seconds=rows / 10_000 + (peer is not OURS))
            yield Memory(peer=peer.name, rows=rows, before_bytes=10**7, after_bytes=rows * (2 if peer is OURS else 4))
            for scenario in SCENARIOS:
                if scenario.suits(peer):
                    yield round_of(peer.name, 20_000 / times, rows=rows, scenario=scenario.name)
