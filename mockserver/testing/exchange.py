"""What the journal holds of an exchange, and how it is written in one line."""

import json
from collections.abc import Mapping
from typing import Any

from mockserver.testing.reading import read_as
from mockserver.value import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a fault decided on a request: for its `n`-th match, by this `draw`, and whether it acted."""

    fault: str
    n: int
    draw: float
    fired: bool
    rule: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, without secrets; `status` is 0 where nothing was answered.

    `path` has no sandbox's prefix, names in `headers` are in lower case, `at` is wall time in seconds.
    """

    number: int
    sandbox: str
    at: float
    method: str
    path: str
    query: Pairs
    headers: Mapping[str, str]
    body: str
    status: int
    reply_headers: Pairs
    decided_by: str
    faults: tuple[Decision, ...]
    duration_ms: float
    request_bytes: int
    reply_bytes: int

    @property
    def json(self) -> Any:
        """The request's body as JSON. *Raises* `ValueError`."""
        return json.loads(self.body)

    @property
    def fired(self) -> tuple[str, ...]:
        """The faults that acted, each once."""
        return tuple(dict.fromkeys(one.fault for one in self.faults if one.fired))

    def __str__(self) -> str:
        """`#3 POST /animals?dry=1 503  fault outage`."""
        asked = "&".join(f"{name}={value}" for name, value in self.query)
        line = f"#{self.number} {self.method} {self.path}{'?' if asked else ''}{asked} {self.status or '---'}"
        return f"{line}  fault {', '.join(self.fired)}" if self.fired else line


def read_exchange(told: Mapping[str, Any]) -> Exchange:
    """An exchange as the control plane tells it."""
    return read_as(
        Exchange,
        told,
        path=told["target"],
        query=tuple((name, value) for name, value in told["query"]),
        reply_headers=tuple((name, value) for name, value in told["reply_headers"]),
        faults=tuple(read_as(Decision, one) for one in told["faults"]),
    )
