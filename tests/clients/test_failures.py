"""The truth table of `docs/failures.md`: every row is switched on, and every client sees what its column says."""

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from mockserver.faults.kind import kinds
from tests.clients.browser import WITHOUT
from tests.clients.client import PublishedClient, run_script
from tests.live import ROOT, SEEDS, started
from tests.server.process import Running

TIMES: Final = 3
SHORT_MS: Final = 500
"""How long a client waits where it is said to wait, and is then taken at its word."""
LONG_MS: Final = 10_000
"""How long it waits where something is said to come."""
OBSERVERS: Final = {
    "fetch": ("chromium", "fetch"),
    "axios": ("chromium", "axios"),
    "EventSource": ("chromium", "EventSource"),
    "WebSocket": ("chromium", "WebSocket"),
    "careful fetch": ("chromium", "careful fetch"),
    "careful axios": ("chromium", "careful axios"),
    "fetch in Node": ("node", "fetch"),
    "axios in Node": ("node", "axios"),
    "careful fetch in Node": ("node", "careful fetch"),
    "careful axios in Node": ("node", "careful axios"),
    "eventsource in Node": ("node", "EventSource"),
    "WebSocket in Node": ("node", "WebSocket"),
    "ws in Node": ("ws", "WebSocket"),
}
"""The columns that are looked at: where, and by what."""
NETWORK_LOG: Final = "network log"
OTHERS: Final = {"rule", NETWORK_LOG, "what to do"}
NO_RULE: Final = "-"
OVERDUE: Final = re.compile("^pending|^timeout|TimeoutError|ERR_CANCELED")
"""What is seen for want of an answer."""
UNNOTICED: Final = re.compile(r"2\d\d(, a string|, body pending)?|pending|timeout .*|((?!no JSON|refusal).)*stays open")
"""What a client sees to which nothing says that there is something wrong; axios has its timeout of us."""


class Row(NamedTuple):
    """One row of one table: the line it stands in, its rule, and what each of the other columns says."""

    line: int
    rule: dict[str, Any]
    columns: dict[str, str]

    @property
    def method(self) -> str:
        """What is asked: what the rule breaks."""
        return "POST" if "POST" in str(self.rule.get("match")) else "GET"

    @property
    def outcomes(self) -> dict[str, str]:
        """What the clients see."""
        return {column: cell.strip("*`") for column, cell in self.columns.items() if column in OBSERVERS}

    @property
    def said(self) -> dict[str, dict[str, int]]:
        """All that is seen, and how often."""
        log = self.columns.get(NETWORK_LOG)
        told = self.outcomes | ({} if log is None else {NETWORK_LOG: log.strip("`")})
        return {column: {outcome: TIMES} for column, outcome in told.items()}


def read_rows(text: str) -> Iterator[Row]:
    """Every row of every table that has a column `rule`."""
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] if line.startswith("|") else []
        if not header or not cells:
            header = [cell.replace("`", "") for cell in cells]
        elif "rule" in header and not cells[0].startswith("--"):
            columns = dict(zip(header, cells, strict=True))
            rule = columns.pop("rule")
            yield Row(number, {} if rule == NO_RULE else yaml.safe_load(rule.strip("`")), columns)


ROWS: Final = list(read_rows((ROOT / "docs/failures.md").read_text(encoding="utf-8")))


@dataclass(frozen=True)
class Lab:
    """A server, and all clients: by the platforms they run on, with what comes before each call there.

    The browser's page is of another origin than the server's.
    """

    server: Running
    browser: PublishedClient
    platforms: dict[str, tuple[PublishedClient, tuple[int, ...]]]

    def see(self, row: Row) -> dict[str, dict[str, int]]:
        """What all clients see of a row at the same time, each of them some times, each time in its own sandbox."""
        columns = [column for column in row.outcomes for _ in range(TIMES)]
        names = [f"line-{row.line}-{number}" for number in range(len(columns))]
        with self.armed(row.rule, names):
            return self._see(row, list(zip(columns, names, strict=True)))

    def _see(self, row: Row, where: Sequence[tuple[str, str]]) -> dict[str, dict[str, int]]:
        asked = defaultdict(list)
        for column, name in where:
            asked[OBSERVERS[column][0]].append((column, self._exchange(row, column, self.root(name))))
        for platform, exchanges in asked.items():
            client, page = self.platforms[platform]
            client.begin(*page, "observe", [exchange for _, exchange in exchanges])
        seen: dict[str, Counter[str]] = defaultdict(Counter)
        for platform, exchanges in asked.items():
            for (column, _), outcome in zip(exchanges, self.platforms[platform][0].outcome(), strict=True):
                seen[column][outcome] += 1
        if NETWORK_LOG in row.columns:
            urls = [f"{self.root(name)}/v1/zoos" for column, name in where if column == "fetch"]
            seen[NETWORK_LOG].update(ending.removeprefix("net::") for ending in self.browser.call("endings", urls))
        return {column: dict(tally) for column, tally in seen.items()}

    def _exchange(self, row: Row, column: str, url: str) -> dict[str, Any]:
        outcome = row.outcomes[column]
        head_ms = SHORT_MS if OVERDUE.search(outcome) else LONG_MS
        patience_ms = SHORT_MS if outcome.endswith(("pending", "stays open")) else LONG_MS
        by = OBSERVERS[column][1]
        return {"by": by, "url": url, "method": row.method, "headMs": head_ms, "patienceMs": patience_ms}

    def root(self, sandbox: str) -> str:
        """Where the API of a sandbox is."""
        return f"http://127.0.0.1:{self.server.port}/~{sandbox}"

    @contextmanager
    def armed(self, rule: dict[str, Any], sandboxes: Sequence[str]) -> Iterator[None]:
        """Has a rule in force in some sandboxes until the block ends, and nothing is left of them then.

        Where it is about the listener, that is in the default sandbox: there is one for all.
        """
        used = ["default"] if "down" in rule else sandboxes if rule else []
        for name in used:
            answer = self.server.switch("row", rule, name)
            assert answer.status == 201, answer.body
        try:
            yield
        finally:
            if "down" in rule:
                assert self.server.control("DELETE", "/api/faults/row").status == 204
            for name in sandboxes:
                assert self.server.control("DELETE", f"/api/sandboxes/{name}").status in (204, 404)


@pytest.fixture(scope="module")
def lab(browser: PublishedClient | None, page_files: Path) -> Iterator[Lab]:
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    with (
        started(str(SEEDS / "zoo.yaml")) as server,
        started(str(SEEDS / "zoo.yaml"), "--static", str(page_files)) as elsewhere,
        run_script("node_page.mjs", str(page_files), "node") as node,
        run_script("node_page.mjs", str(page_files), "ws") as ws,
    ):
        page = browser.call("open", f"http://127.0.0.1:{elsewhere.port}/index.html")
        yield Lab(server, browser, {"chromium": (browser, (page,)), "node": (node, ()), "ws": (ws, ())})
        browser.call("close", page)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"line {row.line}") for row in ROWS])
def test_every_client_sees_what_the_row_says(lab: Lab, row: Row) -> None:
    assert lab.see(row) == row.said


def test_what_a_client_does_not_notice_is_bold() -> None:
    for row in ROWS:
        for column, outcome in row.outcomes.items():
            is_unnoticed = bool(row.rule) and UNNOTICED.fullmatch(outcome) is not None
            assert row.columns[column].startswith("**") == is_unnoticed, (row.line, column)


def test_the_tables_hold_every_kind_and_known_columns() -> None:
    assert set(kinds.names()) - {key for row in ROWS for key in row.rule} == set()
    assert {column for row in ROWS for column in row.columns} - OBSERVERS.keys() - OTHERS == set()
