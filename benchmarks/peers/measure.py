"""The comparison: every server on the same rows, and rounds in which they take turns, so that noise hits them all."""

import math
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.peers.dataset import write_dataset
from benchmarks.peers.load import Load, LoadError, put_load
from benchmarks.peers.package import packages_of
from benchmarks.peers.peer import Group, Peer
from benchmarks.peers.process import settle
from benchmarks.peers.record import Failure, Keep, Memory, Round, Start
from benchmarks.peers.scenario import Probe, Scenario, make_requests
from benchmarks.peers.server import Server, StartError, running
from benchmarks.peers.ticket import Rows

ANSWERS: Final = 8
"""A round is long enough for so many, where that is not more than `STRETCH` times as long."""
STRETCH: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, in which sizes, how often, and for how many seconds a round."""

    peers: Sequence[Peer]
    scenarios: Sequence[Scenario]
    sizes: Sequence[int]
    reps: int
    seconds: int
    cache: Path

    def peers_at(self, rows: int) -> list[Peer]:
        """Canned answers cost the same for any number of rows: once is enough."""
        return [peer for peer in self.peers if peer.group is not Group.CANNED or rows == min(self.sizes)]


def measure(plan: Plan, keep: Keep) -> None:
    """Measures all that is planned, one size after the other."""
    for rows in plan.sizes:
        with TemporaryDirectory(dir=plan.cache) as name, ExitStack() as stack:
            folder = Path(name) / "data"
            made = write_dataset(folder, rows)
            servers = _start_all(plan, rows, folder, stack, keep)
            _Size(plan, rows, made, servers, keep).measure()


def _start_all(plan: Plan, rows: int, folder: Path, stack: ExitStack, keep: Keep) -> list[Server]:
    """Starts each as often as there are rounds, by turns; those of the last turn stay."""
    servers: list[Server] = []
    peers = plan.peers_at(rows)
    for rep in range(plan.reps):
        for peer in list(peers):
            try:
                server = stack.enter_context(running(peer, folder, packages_of(peer, plan.cache)))
            except StartError as error:
                keep(Failure(peer=peer.name, rows=rows, text=str(error)))
                peers.remove(peer)
                continue
            keep(Start(peer=peer.name, rows=rows, seconds=server.started_s))
            if rep < plan.reps - 1:
                stack.pop_all().close()
            else:
                servers.append(server)
    return servers


@dataclass(frozen=True, slots=True)
class _Size:
    """The rounds with one number of rows."""

    plan: Plan
    rows: int
    made: Rows
    servers: Sequence[Server]
    keep: Keep

    def measure(self) -> None:
        before = {server.peer.name: server.usage().memory_bytes for server in self.servers}
        self._warm_up()
        for scenario in self.plan.scenarios:
            self._measure_scenario(scenario)
        for server in self.servers:
            name, after = server.peer.name, server.usage().memory_bytes
            self.keep(Memory(peer=name, rows=self.rows, before_bytes=before[name], after_bytes=after))

    def _warm_up(self) -> None:
        scenario = Scenario("warm-up", "", (("page", 1),))
        for server in self.servers:
            try:
                self._put_load(server, scenario, server.peer.warm_up_s, 0)
            except LoadError as error:
                self._fail(server, scenario, str(error))
            settle(server.session)

    def _measure_scenario(self, scenario: Scenario) -> None:
        seconds = {
            server.session: self._try(server, scenario) for server in self.servers if scenario.suits(server.peer)
        }
        for rep in range(self.plan.reps):
            for server in self._turns(rep):
                if seconds.get(server.session):
                    self._measure_round(server, scenario, seconds[server.session], rep)

    def _turns(self, rep: int) -> Iterator[Server]:
        """There and back, so that none always comes after the same one."""
        return reversed(self.servers) if rep % 2 else iter(self.servers)

    def _try(self, server: Server, scenario: Scenario) -> int:
        """Seconds for a round; 0 where an answer is not what was asked for."""
        taken_s = 0.0
        for kind, _ in scenario.shares:
            probe = Probe(kind, self.made)
            for _ in range(2):  # a first time may do what later ones need not
                mistake, answer_s = self._ask(server, probe)
            if mistake:
                self._fail(server, scenario, mistake)
                return 0
            taken_s = max(taken_s, answer_s)
        return choose_seconds(self.plan.seconds, taken_s)

    def _ask(self, server: Server, probe: Probe) -> tuple[str, float]:
        """What is wrong with an answer, and how long it took."""
        method = "POST" if probe.kind == "post" else "GET"
        try:
            status, body, taken_s = server.ask(method, probe.address(server.peer))
        except (OSError, HTTPException) as error:
            return f"no answer: {error}", 0.0
        return probe.find_mistake(server.peer, status, body), taken_s

    def _measure_round(self, server: Server, scenario: Scenario, seconds: int, rep: int) -> None:
        before = server.usage().cpu_s
        try:
            load = self._put_load(server, scenario, seconds, rep)
        except LoadError as error:
            self._fail(server, scenario, str(error))
            return
        # Counted before it settles: what was begun and not counted is the same few requests for each.
        cpu_s = server.usage().cpu_s - before
        settle(server.session)
        connections = scenario.connections_for(server.peer, self.rows)
        self.keep(
            Round(
                peer=server.peer.name,
                rows=self.rows,
                scenario=scenario.name,
                connections=connections,
                load=load,
                cpu_s=cpu_s,
            )
        )

    def _put_load(self, server: Server, scenario: Scenario, seconds: int, rep: int) -> Load:
        requests = make_requests(scenario, server.peer, self.rows)
        return put_load(server.port, requests, scenario.connections_for(server.peer, self.rows), seconds, rep)

    def _fail(self, server: Server, scenario: Scenario, text: str) -> None:
        self.keep(Failure(peer=server.peer.name, rows=self.rows, scenario=scenario.name, text=text))


def choose_seconds(seconds: int, answer_s: float) -> int:
    """How long a round is: longer where one answer takes long, or there would be none to count."""
    return math.ceil(min(max(seconds, ANSWERS * answer_s), STRETCH * seconds))
