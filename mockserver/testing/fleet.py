"""The servers of a test run: one for each definition, begun when it is first asked for and again after it has died."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, field
from threading import Lock
from typing import Any, Protocol

from mockserver.testing.error import ServerFailed
from mockserver.testing.launch import Launch
from mockserver.testing.server import Server
from mockserver.value import dataclass

__tracebackhide__ = True


@dataclass(frozen=True, slots=True)
class Lease:
    """A server to be used: its number in the run (0: not ours), its control plane, and why it is not the one before."""

    number: int
    control_url: str
    why_fresh: str = ""


class Source(Protocol):
    """Where servers come from: this process, the one that started this worker, or somebody else."""

    def lease(self, launch: Launch) -> Lease:
        """A running server. *Raises* `ServerFailed`."""

    def obituary(self, number: int) -> str:
        """How a server ended, with its last lines; nothing while it runs."""


@dataclass(slots=True)
class _Berth:
    """The place of one definition: the server that is there, and the lock for putting another one in.

    `failure` is why none can be: the other tests are told the same, at once.
    """

    lock: Lock = field(default_factory=Lock)
    server: Server | None = None
    number: int = 0
    failure: str = ""


class Fleet:
    """Servers of this process. Workers ask for them at the same time, each in a thread."""

    def __init__(self, start: Callable[[Launch], Server]) -> None:
        self._start = start
        self._lock = Lock()
        self._berths: dict[Launch, _Berth] = {}
        self._servers: list[Server] = []
        self.deaths: list[str] = []
        """What is to be told at the end of the run: servers that died."""

    def lease(self, launch: Launch) -> Lease:
        """The server of a definition; a fresh one where it has died. *Raises* `ServerFailed`."""
        with self._lock:
            berth = self._berths.setdefault(launch, _Berth())
        with berth.lock:
            before = berth.server
            if before is not None and before.exit_code is None:
                return Lease(berth.number, before.control_url)
            why = "" if before is None else before.obituary()
            server = self._begin(launch, berth)
            berth.number = self._keep(server, why)
            return Lease(berth.number, server.control_url, why)

    def _begin(self, launch: Launch, berth: _Berth) -> Server:
        """A server that takes a place. *Raises* `ServerFailed`."""
        if berth.failure:
            raise ServerFailed(berth.failure)
        try:
            berth.server = self._start(launch)
        except ServerFailed as error:
            berth.failure = str(error)
            raise
        return berth.server

    def _keep(self, server: Server, death: str) -> int:
        """The number of a server that has begun, after the death of another or without."""
        with self._lock:
            self._servers.append(server)
            if death:
                self.deaths.append(death)
            return len(self._servers)

    def obituary(self, number: int) -> str:
        """How it ended, nothing while it runs."""
        with self._lock:
            server = self._servers[number - 1]
        return server.obituary()

    def close(self) -> None:
        """End them all."""
        with self._lock:
            servers, self._servers = self._servers, []
            self._berths.clear()
        for server in servers:
            server.close()


def start_server(launch: Launch) -> Server:
    """A server that is ready. *Raises* `ServerFailed`."""
    server = Server(*launch.definitions, args=launch.args, cwd=launch.folder)
    server.start()
    return server


class Outside:
    """One server that somebody else runs, whatever is asked for."""

    def __init__(self, control_url: str) -> None:
        self._control_url = control_url

    def lease(self, launch: Launch) -> Lease:  # noqa: ARG002 - as every source has it
        """That server; whether it is there shows when it is used."""
        return Lease(0, self._control_url)

    def obituary(self, number: int) -> str:  # noqa: ARG002
        """Nothing: nobody told us."""
        return ""


def answer_worker(fleet: Fleet, asked: dict[str, Any]) -> dict[str, Any]:
    """What a worker is told that asks over a connection."""
    if "ping" in asked:
        return asked
    if "obituary" in asked:
        return {"obituary": fleet.obituary(asked["obituary"])}
    try:
        return asdict(fleet.lease(read_launch(asked)))
    except ServerFailed as error:
        return {"failed": str(error)}


def read_launch(told: dict[str, Any]) -> Launch:
    """A launch as it comes over a connection."""
    texts: Sequence[str] = told["definitions"]
    return Launch(tuple(texts), tuple(told["args"]), told["folder"])
