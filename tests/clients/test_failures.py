"""The truth table of `docs/failures.md`: every row is switched on, and every client sees what its column says."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
import yaml

from tests.clients.browser import WITHOUT
from tests.clients.client import PublishedClient, run_script
from tests.live import ROOT, SEEDS, started
from tests.server.process import Running

TIMES: Final = 3
PATIENCE_MS: Final = 400
"""How long a client waits for anything until it is said to wait: longer than any answer here takes that comes."""
OBSERVERS: Final = {
    "fetch": ("chromium", "fetch"),
    "axios": ("chromium", "axios"),
    "EventSource": ("chromium", "EventSource"),
    "WebSocket": ("chromium", "WebSocket"),
    "fetch in Node": ("node", "fetch"),
    "axios in Node": ("node", "axios"),
    "eventsource in Node": ("node", "EventSource"),
    "WebSocket in Node": ("node", "WebSocket"),
    "ws in Node": ("ws", "WebSocket"),
}
"""The columns that are looked at: where, and by what."""
NETWORK_LOG: Final = "network log"
OTHERS: Final = {"rule", NETWORK_LOG, "what to do"}
PATHS: Final = {"EventSource": "/v1/events/sse", "WebSocket": "/v1/events/ws"}
_NUMBERS: Final = count(1)


class Row(NamedTuple):
    """One row of one table: the line it stands in, its rule, and what each of the other columns says."""

    line: int
    rule: dict[str, Any]
    columns: dict[str, str]

    @property
    def method(self) -> str:
        """What is asked: what the rule breaks."""
        return "POST" if "POST" in str(self.rule["match"]) else "GET"


def read_rows(text: str) -> Iterator[Row]:
    """Every row of every table that has a column `rule`."""
    header: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] if line.startswith("|") else []
        if not header or not cells:
            header = [cell.replace("`", "") for cell in cells]
        elif "rule" in header and not cells[0].startswith("--"):
            columns = dict(zip(header, cells, strict=True))
            yield Row(number, yaml.safe_load(columns.pop("rule").strip("`")), columns)


ROWS: Final = list(read_rows((ROOT / "docs/failures.md").read_text(encoding="utf-8")))
SEEN: Final = [
    pytest.param(row, column, id=f"{row.line} {column}")
    for row in ROWS
    for column in row.columns
    if column in OBSERVERS
]


@dataclass(frozen=True)
class Platforms:
    """Where clients run: by name, with how to call what is there; the page is of another origin than the server's."""

    browser: PublishedClient | None
    page: int
    scripts: dict[str, PublishedClient]

    def call(self, platform: str, *call: Any) -> Any:
        if platform != "chromium":
            return self.scripts[platform].call(*call)
        if self.browser is None:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
        return self.browser.call(self.page, *call)

    def net_errors(self) -> list[str]:
        """The browser's own names for how requests failed since the last time."""
        assert self.browser is not None
        found: list[str] = self.browser.call("netErrors", self.page)
        return found


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml")) as running:
        yield running


@pytest.fixture(scope="module")
def platforms(browser: PublishedClient | None, page_files: Path) -> Iterator[Platforms]:
    with (
        started(str(SEEDS / "zoo.yaml"), "--static", str(page_files)) as elsewhere,
        run_script("node_page.mjs", str(page_files), "node") as node,
        run_script("node_page.mjs", str(page_files), "ws") as ws,
    ):
        url = f"http://127.0.0.1:{elsewhere.port}/index.html"
        page = -1 if browser is None else browser.call("open", url)
        yield Platforms(browser, page, {"node": node, "ws": ws})
        if browser is not None:
            browser.call("close", page)


@pytest.fixture
def sandbox(server: Running) -> Iterator[str]:
    """One that no other test uses; one rule is in the default sandbox, since it is about the listener of all."""
    name = f"row{next(_NUMBERS)}"
    yield name
    for used in (name, "default"):
        assert server.control("POST", f"/api/faults/off?sandbox={used}").status == 200


def arm(server: Running, sandbox: str, row: Row) -> str:
    """Switch a row's rule on, and give the base of the addresses that it is about."""
    used = "default" if "down" in row.rule else sandbox
    answer = server.switch("row", row.rule, used)
    assert answer.status == 201, answer.body
    return "" if used == "default" else f"/~{used}"


@pytest.mark.parametrize(("row", "column"), SEEN)
def test_every_client_sees_what_the_table_says(
    server: Running, platforms: Platforms, sandbox: str, row: Row, column: str
) -> None:
    platform, observer = OBSERVERS[column]
    base = arm(server, sandbox, row)
    scheme, path = "ws" if observer == "WebSocket" else "http", PATHS.get(observer, "/v1/zoos")
    url = f"{scheme}://127.0.0.1:{server.port}{base}{path}"
    given = (url, PATIENCE_MS) if observer in PATHS else (url, row.method, PATIENCE_MS)
    if platform == "chromium":
        platforms.call("chromium", "tally", "fetch", 0)
    assert platforms.call(platform, "tally", observer, TIMES, *given) == {row.columns[column]: TIMES}


@pytest.mark.parametrize("row", [pytest.param(row, id=str(row.line)) for row in ROWS if NETWORK_LOG in row.columns])
def test_the_network_log_names_what_the_table_names(
    server: Running, platforms: Platforms, sandbox: str, row: Row
) -> None:
    url = f"http://127.0.0.1:{server.port}{arm(server, sandbox, row)}/v1/zoos"
    platforms.call("chromium", "tally", "fetch", 1, url, row.method, PATIENCE_MS)
    expected = row.columns[NETWORK_LOG].strip("`")
    assert [error.removeprefix("net::") for error in platforms.net_errors()] == ([] if expected == "-" else [expected])


def test_the_tables_hold_every_kind_that_a_client_can_tell(server: Running) -> None:
    told = {key for row in ROWS for key in row.rule}
    schema = server.control("GET", "/api/faults")
    assert schema.status == 200
    assert told
    unknown = {column for row in ROWS for column in row.columns} - OBSERVERS.keys() - OTHERS
    assert not unknown
