"""One request at the API plane: what was asked in which sandbox, and over which connection."""

from collections.abc import Sequence
from time import perf_counter, time
from typing import Any

from mockserver.errors import Problem
from mockserver.faults.course import Decision
from mockserver.messages import Reply, Request
from mockserver.sandbox.journal import Entry
from mockserver.server.service import Instance
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A request where it has been led to; `known` is what the listener knows of it."""

    instance: Instance
    request: Request
    known: dict[str, Any]

    @property
    def sock(self) -> Any:
        """The connection."""
        return self.known["mockserver.socket"]

    def refuse(self, problem: Problem) -> Reply:
        """The answer that turns it away."""
        return self.instance.refuse(self.request, problem)

    def record(self, reply: Reply, decisions: Sequence[Decision] = ()) -> Entry:
        """Have the journal know how it was answered; what it says of that."""
        started = self.known.get("mockserver.started")
        duration_s = perf_counter() - started if started is not None else 0.0
        return self.instance.journal.record(self.request, reply, time(), duration_s, decisions)
