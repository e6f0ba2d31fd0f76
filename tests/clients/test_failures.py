"""The truth table of `docs/failures.md`: every row is switched on, and every client sees what its column says."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import pytest
import yaml

from mockserver.faults.kind import kinds
from tests.clients.lab import LONG_MS, SHORT_MS, Lab, exchange
from tests.live import ROOT

TIMES: Final = 3
OBSERVERS: Final = {
    "fetch": ("chromium", "fetch"),
    "axios": ("chromium", "axios"),
    "careful fetch": ("chromium", "careful fetch"),
    "careful axios": ("chromium", "careful axios"),
    "EventSource": ("chromium", "EventSource"),
    "WebSocket": ("chromium", "WebSocket"),
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
OTHERS: Final = {NETWORK_LOG, "what to do"}
NO_RULE: Final = "-"
OVERDUE: Final = re.compile(r"^pending|^timeout|TimeoutError|ERR_CANCELED")
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
        return {column: cell.strip("*") for column, cell in self.columns.items() if column in OBSERVERS}

    @property
    def said(self) -> dict[str, dict[str, int]]:
        """All that is seen, and how often."""
        log = {name: cell.strip("`") for name, cell in self.columns.items() if name == NETWORK_LOG}
        return {column: {outcome: TIMES} for column, outcome in (self.outcomes | log).items()}

    def exchange(self, column: str, url: str) -> dict[str, Any]:
        """What shows whether a column is right."""
        outcome = self.outcomes[column]
        head_ms = SHORT_MS if OVERDUE.search(outcome) else LONG_MS
        patience_ms = SHORT_MS if outcome.endswith(("pending", "stays open")) else LONG_MS
        return exchange(OBSERVERS[column][1], url, self.method, head_ms=head_ms, patience_ms=patience_ms)


def read_rows(text: str) -> Iterator[Row]:
    """Every row of every table that has a column `rule`."""
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.split("|")[1:-1]] if line.startswith("|") else []
        if not header or not cells:
            header = [cell.replace("`", "") for cell in cells]
        elif "rule" in header and not cells[0].startswith("--"):
            columns = dict(zip(header, cells, strict=True))
            rule = columns.pop("rule")
            yield Row(number, {} if rule == NO_RULE else yaml.safe_load(rule.strip("`")), columns)


ROWS: Final = list(read_rows((ROOT / "docs/failures.md").read_text(encoding="utf-8")))


def see(lab: Lab, row: Row) -> dict[str, dict[str, int]]:
    """What all clients see of a row at the same time, each of them some times, each time in a sandbox of its own."""
    columns = [column for column in row.outcomes for _ in range(TIMES)]
    where = [(column, f"line-{row.line}-{number}") for number, column in enumerate(columns)]
    with lab.armed(row.rule, *(name for _, name in where)):
        if "down" in row.rule:
            # Who holds a connection of before learns of its end, and may do so by using it.
            _tally(lab, row, where)
        seen = _tally(lab, row, where)
        if NETWORK_LOG in row.columns:
            urls = [f"{lab.root(name)}/v1/zoos" for column, name in where if column == "fetch"]
            seen[NETWORK_LOG] = dict(Counter(lab.endings(urls)))
        return seen


def _tally(lab: Lab, row: Row, where: Sequence[tuple[str, str]]) -> dict[str, dict[str, int]]:
    asked: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for column, name in where:
        asked[OBSERVERS[column][0]].append((column, name))
    for platform, places in asked.items():
        lab.begin(platform, [row.exchange(column, lab.root(name)) for column, name in places])
    seen: dict[str, Counter[str]] = defaultdict(Counter)
    for platform, places in asked.items():
        for (column, _), outcome in zip(places, lab.outcomes(platform), strict=True):
            seen[column][outcome] += 1
    return {column: dict(tally) for column, tally in seen.items()}


@pytest.mark.parametrize("row", [pytest.param(row, id=f"line {row.line}") for row in ROWS])
def test_every_client_sees_what_the_row_says(lab: Lab, row: Row) -> None:
    assert see(lab, row) == row.said


def test_what_a_client_does_not_notice_is_bold() -> None:
    for row in ROWS:
        for column, outcome in row.outcomes.items():
            is_unnoticed = bool(row.rule) and UNNOTICED.fullmatch(outcome) is not None
            assert row.columns[column].startswith("**") == is_unnoticed, (row.line, column)


def test_the_tables_hold_every_kind_and_say_what_to_do() -> None:
    assert set(kinds.names()) - {key for row in ROWS for key in row.rule} == set()
    assert {column for row in ROWS for column in row.columns} - OBSERVERS.keys() - OTHERS == set()
    assert [row.line for row in ROWS if row.rule and len(row.columns["what to do"]) < len("Try again.")] == []
