"""The control plane and a browser's pages of other origins: they read nothing of it and change nothing.

A page is on another port (of the same site), on another site, without an origin, or under a name that was rebound to
this machine; it tries every way a page has, at every address that the plane itself says it has.
"""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.clients.browser import WITHOUT
from tests.clients.client import PublishedClient
from tests.live import SEEDS, started
from tests.server.process import Running
from tests.server.wire import Answer, Wire, ask, request

JSON: Final = "Content-Type: application/json"
WAYS: Final = (
    "fetching", "opaque", "xhr", "forms", "beacons", "pings", "tags", "frames", "popups", "streams", "sockets",
    "workers",
)  # fmt: skip
PASSING: Final = (
    "uptime_s",
    "now",
    "age_s",
    "log_lines_dropped",
    "expires_in_s",
    "idle_s",
    "messages_out",
    "bytes_out",
)
"""What changes by itself."""
ATTACKER: Final = """
mock: 1
resources: {notes: {count: 1, fields: {text: word}}}
actions:
  hop:
    route: ANY /hop
    query: {to: word}
    reply: {status: 307, bare: true, headers: {Location: "${query.to}"}}
"""
REBOUND: Final = "evil.example"


@pytest.fixture(scope="module")
def victim() -> Iterator[Running]:
    """A server with something to lose: what is open, a sandbox of its own, exchanges."""
    with started(str(SEEDS / "zoo.yaml"), "--no-watch") as server, Wire(server.port) as stream:
        stream.send(request("GET", "/v1/events/sse"))
        assert stream.read(head_only=True).status == 200
        server.get("/v1/zoos")
        server.get("/~w1/v1/zoos")
        yield server


@pytest.fixture(scope="module")
def attacker(tmp_path_factory: pytest.TempPathFactory, page_files: Path) -> Iterator[Running]:
    """Where the page is from, and what answers with redirections."""
    path = tmp_path_factory.mktemp("attacker") / "attacker.yaml"
    path.write_text(ATTACKER, encoding="utf-8")
    with started(str(path), "--static", str(page_files)) as server:
        yield server


@pytest.fixture(scope="module")
def before(victim: Running) -> str:
    """All that the victim shows before anything was tried."""
    return state(victim)


@pytest.fixture
def untouched(victim: Running, before: str) -> Iterator[Running]:
    """The victim, of which everything is found as it was."""
    yield victim
    assert state(victim) == before


@pytest.fixture
def chromium(browser: PublishedClient | None) -> PublishedClient:
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    return browser


def operations(victim: Running) -> list[list[str]]:
    """Every method and path of the plane, with something for each step that is open."""
    paths = victim.control("GET", "/api/openapi.json").json["paths"]
    return [[method.upper(), re.sub(r"\{\w+\}", "1", path)] for path, methods in paths.items() for method in methods]


TYPICAL: Final = (
    ["GET", "/api/status"], ["GET", "/openapi.json"], ["GET", "/api/stream"], ["PUT", "/api/faults/1"],
    ["POST", "/api/faults/off"], ["POST", "/api/reset"], ["DELETE", "/api/requests"], ["PUT", "/api/definition"],
)  # fmt: skip
"""One of each sort: what tells, what streams, what changes with a body and without."""


@pytest.fixture(scope="module")
def attacked(victim: Running, *, is_thorough: bool) -> list[list[str]]:
    """What is tried; everything there is where a run is to be thorough."""
    every = operations(victim)
    assert all(one in every for one in TYPICAL)
    return every if is_thorough else [*TYPICAL]


def targets(victim: Running, attacked: list[list[str]], host: str = "127.0.0.1") -> list[list[str]]:
    return [[method, f"http://{host}:{victim.control_port}{path}"] for method, path in attacked]


def without_passing(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_passing(inner) for name, inner in value.items() if name not in PASSING}
    return [without_passing(inner) for inner in value] if isinstance(value, list) else value


def state(victim: Running) -> str:
    """All that the plane shows of every sandbox."""
    paths = [path for method, path in operations(victim) if method == "GET" and "stream" not in path]
    shown = {}
    for path in paths:
        for query in ("", "?sandbox=w1"):
            answer = victim.control("GET", path + query)
            shown[path + query] = without_passing(read(answer)) if answer.status == 200 else answer.status
    return json.dumps(shown, indent=1, sort_keys=True)


def read(answer: Answer) -> Any:
    return answer.json if "json" in answer.headers["content-type"] else answer.body.decode()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize("way", WAYS)
def test_a_page_of_another_origin_learns_nothing_and_changes_nothing(
    chromium: PublishedClient, untouched: Running, attacker: Running, host: str, way: str, *, attacked: list[list[str]]
) -> None:
    origin = f"http://{host}:{attacker.port}"
    page = chromium.call("open", f"{origin}/attack.html")
    try:
        assert chromium.call(page, "attack", way, targets(untouched, attacked), f"{origin}/hop?to=") == []
    finally:
        chromium.call("close", page)


@pytest.mark.parametrize("way", ["fetching", "opaque", "xhr", "forms", "beacons", "frames", "streams", "sockets"])
def test_a_page_without_an_origin_does_no_better(
    chromium: PublishedClient, untouched: Running, attacker: Running, attacked: list[list[str]], way: str
) -> None:
    page = chromium.call("open", f"http://127.0.0.1:{attacker.port}/attack.html")
    try:
        assert chromium.call(page, "attackFromSandbox", way, targets(untouched, attacked)) == []
    finally:
        chromium.call("close", page)


@pytest.mark.parametrize("way", ["fetching", "xhr", "forms", "beacons", "frames", "streams", "sockets"])
def test_a_name_that_was_rebound_is_not_answered_to(
    chromium: PublishedClient, untouched: Running, page_files: Path, attacked: list[list[str]], way: str
) -> None:
    origin = f"http://{REBOUND}:{untouched.control_port}"
    came = {
        f"{origin}/{name}": (page_files / name).read_text(encoding="utf-8") for name in ("attack.html", "attack.js")
    }
    page = chromium.call("open", f"{origin}/attack.html", came)
    try:
        learned = chromium.call(page, "attack", way, targets(untouched, attacked, REBOUND))
    finally:
        chromium.call("close", page)
    # The page is of the same origin there, and so it reads the refusal; of what is served it has no word.
    assert all("Misdirected Request" in one for one in learned)
    assert "zoo" not in json.dumps(learned).lower()


def test_the_page_knows_to_attack(chromium: PublishedClient, victim: Running, attacker: Running) -> None:
    """Where pages are let in, the same ways do learn something."""
    page = chromium.call("open", f"http://127.0.0.1:{attacker.port}/attack.html")
    api = f"http://127.0.0.1:{attacker.port}"
    try:
        paths = {"tags": "/attack.js", "streams": "/events/sse", "sockets": "/events/ws"}
        for way in ("fetching", "xhr", "opaque", "tags", "frames", "streams", "sockets"):
            path = paths.get(way, "/notes")
            assert chromium.call(page, "attack", way, [["GET", api + path]]), way
        assert chromium.call(page, "attack", "forms", [["POST", f"{api}/notes"]])
        before = attacker.control("GET", "/api/status").json["requests"]
        chromium.call(page, "attack", "beacons", [["POST", f"{api}/notes"]])
        chromium.call(page, "attack", "pings", [["POST", f"{api}/notes"]])
        assert attacker.control("GET", "/api/status").json["requests"] >= before + 6
    finally:
        chromium.call("close", page)


def asked(victim: Running, host: str, *headers: str, method: str = "GET", path: str = "/api/status") -> Answer:
    body = b"" if method == "GET" else b"{}"
    lines = headers if method == "GET" else (JSON, *headers)
    return ask(victim.control_port, request(method, path, *lines, host=host, body=body))


def test_hosts_and_origins_that_are_not_ours_are_refused_without_a_browser_too(untouched: Running) -> None:
    own, other = f"127.0.0.1:{untouched.control_port}", f"127.0.0.1:{untouched.port}"
    for method, path in operations(untouched):
        if "stream" in path:
            continue
        for host in (REBOUND, f"{REBOUND}:{untouched.control_port}", "localhost.evil.example", "evil.example.", "a b"):
            assert asked(untouched, host, method=method, path=path).status in {400, 421}
        for host, origin in ((own, other), (other, own), (own, REBOUND), (other, REBOUND), (own, "localhost")):
            answer = asked(untouched, host, f"Origin: http://{origin}", method=method, path=path)
            assert answer.status == 403, (method, path, host, origin)
        assert asked(untouched, own, "Origin: null", method=method, path=path).status == 403
