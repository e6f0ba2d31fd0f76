"""One request at the API plane: what was asked in which sandbox, and over which connection."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter, time
from typing import Any

from mockserver.errors import Problem
from mockserver.faults.course import Decision
from mockserver.messages import Reply, Request
from mockserver.server.service import Instance


@dataclass(frozen=True, slots=True)
class Visit:
    """A request where it has been led to; `environ` is what the listener knows of it."""

    instance: Instance
    request: Request
    environ: dict[str, Any]

    @property
    def sock(self) -> Any:
        """The connection."""
        return self.environ["mockserver.socket"]

    def refuse(self, problem: Problem) -> Reply:
        """The answer that turns it away."""
        return self.instance.refuse(self.request, problem)

    def record(self, reply: Reply, decisions: Sequence[Decision] = ()) -> None:
        """Have the journal know how it was answered."""
        started = self.environ.get("mockserver.started")
        duration_s = perf_counter() - started if started is not None else 0.0
        self.instance.journal.record(self.request, reply, time(), duration_s, decisions)
