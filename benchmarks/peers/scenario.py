"""What is asked: the requests of each scenario, and whether an answer is the one that was asked for."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from benchmarks.peers.dataset import PAGE
from benchmarks.peers.peer import Group, Peer
from benchmarks.peers.ticket import STATES, WORDS, Rows

SEED: Final = 7
VARIETY: Final = 512
"""So many requests take turns."""
PAGES: Final = 20
SEARCHED: Final = WORDS[:12]
MANY_ROWS: Final = 100_000
SINCE: Final = "{since}"
"""Stands in an address for a moment that no other request has: whoever sends it puts it in."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Requests of one or several kinds, each with its share."""

    name: str
    title: str
    shares: tuple[tuple[str, float], ...]
    connections: int = 16

    def suits(self, peer: Peer) -> bool:
        """Whether a server can answer all of it."""
        return all(kind in peer.addresses for kind, _ in self.shares)

    def connections_for(self, peer: Peer, rows: int) -> int:
        """Fewer for those that need seconds for one answer: the others would only wait behind it."""
        return min(self.connections, 4) if peer.group is Group.STORING and rows >= MANY_ROWS else self.connections


SCENARIOS: Final = (
    Scenario("item", "One document", (("item", 1),)),
    Scenario("latency", "One document, one connection", (("item", 1),), connections=1),
    Scenario("page", "A page of 10", (("page", 1),)),
    Scenario("filter", "Filtered, sorted by two fields, a page of 10", (("filter", 1),)),
    Scenario("uncached", "The same with a filter value that is new in every request", (("uncached", 1),)),
    Scenario("search", "Search through all fields, a page of 10", (("search", 1),)),
    Scenario(
        "mixed", "70 % one document, 20 % filtered and sorted, 10 % POST", (("item", 7), ("filter", 2), ("post", 1))
    ),
    Scenario("post", "POST", (("post", 1),), connections=4),
)
"""In this order: those that write come last."""


def make_requests(scenario: Scenario, peer: Peer, rows: int) -> list[str]:
    """Lines of method and address, the same for each server but for its spelling."""
    draw = Random(SEED)
    kinds, weights = zip(*scenario.shares, strict=True)
    return [_make_request(draw, kind, peer, rows) for kind in draw.choices(kinds, weights, k=VARIETY)]


def _make_request(draw: Random, kind: str, peer: Peer, rows: int) -> str:
    address = peer.addresses[kind].format(
        id=draw.randint(1, rows),
        page=draw.randint(1, PAGES),
        state=draw.choice(STATES),
        word=draw.choice(SEARCHED),
        since=SINCE,
    )
    return f"{'POST' if kind == 'post' else 'GET'} {address}"


@dataclass(frozen=True, slots=True)
class Probe:
    """One request of a kind whose answer is known."""

    kind: str
    rows: Rows
    id: int = 17
    state: str = "solved"
    word: str = "printer"
    since: str = "2024-09-01T00:00:00Z"

    def address(self, peer: Peer) -> str:
        template = peer.addresses[self.kind]
        return template.format(id=self.id, page=1, state=self.state, word=self.word, since=self.since)

    def find_mistake(self, peer: Peer, status: int, body: bytes) -> str:
        """What is wrong with an answer; empty where nothing is."""
        expected = 201 if self.kind == "post" else 200
        if status != expected:
            return f"status {status} instead of {expected}"
        if peer.group is Group.CANNED:
            return ""
        answer = json.loads(body)
        shown = answer.get("data", answer) if isinstance(answer, dict) else answer
        return "" if self._is_right(shown) else f"not what was asked for: {body[:200]!r}"

    def _is_right(self, shown: Any) -> bool:
        match self.kind:
            case "item":
                return isinstance(shown, dict) and str(shown["id"]) == str(self.id)
            case "post":
                return isinstance(shown, dict) and "id" in shown
            case "page":
                return [str(row["id"]) for row in shown] == [str(number) for number in range(1, PAGE + 1)]
            case "search":
                return len(shown) == PAGE and all(self.word in str(row).lower() for row in shown)
            case _:
                return [row["priority"] for row in shown] == self._expect_priorities()

    def _expect_priorities(self) -> Sequence[int]:
        """Of the rows that pass the filter; their second order is not the same everywhere."""
        since = self.since if self.kind == "uncached" else ""
        passing = [row for row in self.rows.tickets if row["state"] == self.state and row["created_at"] >= since]
        return sorted((row["priority"] for row in passing), reverse=True)[:PAGE]
