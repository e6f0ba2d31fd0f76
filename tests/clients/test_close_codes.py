"""How sockets end, as a browser and Node.js see it, and as the server does: codes, reasons, and ends without either."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.clients.client import patience_with
from tests.clients.conftest import Call
from tests.live import started
from tests.server.process import Running

BY_SERVER = (1000, 1001, 1008, 1011, 1012, 1013, 4001, 4999)
BY_SCRIPT = (1000, 3000, 4001, 4999)
"""What browsers and all who follow their rules let a script close with."""
BY_PROGRAM = (*BY_SCRIPT, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3999, 4000)
REASON = "näht sich 🦓"

DEFINITION = """
mock: 1
resources: {notes: {count: 1, fields: {text: word}}}
channels:
  ends:
    path: /ends/:of
    receive:
    - {when: msg.code, close: "${msg.code}", reason: "${msg.reason}"}
    - {when: "msg.how == 'drop'", drop: true}
    - {when: "msg.how == 'reset'", reset: true}
    - {when: "msg.how == 'stall'", stall: true}
    - {when: "msg.how == 'echo'", text: "${raw}"}
"""


@pytest.fixture(scope="session")
def times(*, is_thorough: bool) -> int:
    """How often each end is looked at."""
    return 100 if is_thorough else 20


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, page_files: Path) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("ends") / "ends.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with started(str(path), "--static", str(page_files)) as running:
        yield running


@pytest.fixture
def path(request: pytest.FixtureRequest) -> str:
    """A path that no other test's sockets have."""
    return "/ends/" + quote(request.node.name, safe="")


@pytest.fixture
def url(server: Running, path: str) -> str:
    return f"ws://127.0.0.1:{server.port}{path}"


def ends(server: Running, path: str, count: int) -> Counter[tuple[Any, ...]]:
    """How the next sockets ended at a path, as the server tells it: by whom, which way, with what code and reason."""
    found: Counter[tuple[Any, ...]] = Counter()
    with patience_with(server.process):
        while found.total() < count:
            line = server.stdout.readline()
            assert line, f"the server told of {found} and no more"
            event = json.loads(line)
            if event["event"] == "socket_end" and event["path"] == path:
                found[event["by"], event["how"], event["code"], event["reason"]] += 1
    return found


def outcome(code: int, reason: str, *, is_clean: bool) -> str:
    return json.dumps([code, reason, is_clean], ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("code", BY_SERVER)
def test_a_close_of_the_server_arrives_as_it_was_sent(
    server: Running, call: Call, path: str, url: str, code: int, *, times: int
) -> None:
    say = json.dumps({"code": code, "reason": REASON})
    assert call("observeCloses", url, times, {"say": say}) == {outcome(code, REASON, is_clean=True): times}
    assert ends(server, path, times) == {("server", "close", code, REASON): times}


def test_a_close_of_the_client_arrives_as_it_was_sent(
    server: Running, call: Call, path: str, url: str, platform: str, *, times: int
) -> None:
    for code in BY_PROGRAM if platform == "ws" else BY_SCRIPT:
        closes = call("observeCloses", url, times, {"close": [code, REASON]})
        assert closes == {outcome(code, REASON, is_clean=True): times}
        assert ends(server, path, times) == {("client", "close", code, REASON): times}


def test_a_close_of_the_client_needs_no_code(times: int, server: Running, call: Call, path: str, url: str) -> None:
    assert call("observeCloses", url, times, {"close": []}) == {outcome(1005, "", is_clean=True): times}
    assert ends(server, path, times) == {("client", "close", 1005, ""): times}


def test_a_close_of_the_server_needs_no_code(times: int, server: Running, call: Call, path: str, url: str) -> None:
    say = json.dumps({"code": 1005, "reason": ""})
    assert call("observeCloses", url, times, {"say": say}) == {outcome(1005, "", is_clean=True): times}
    assert ends(server, path, times) == {("server", "close", 1005, ""): times}


@pytest.mark.parametrize("how", ["drop", "reset"])
def test_an_end_without_close_is_1006(
    server: Running, call: Call, path: str, url: str, how: str, *, times: int
) -> None:
    closes = call("observeCloses", url, times, {"say": json.dumps({"how": how})})
    assert closes == {outcome(1006, "", is_clean=False): times}
    assert ends(server, path, times) == {("server", how, 1006, ""): times}


def test_what_stalls_says_nothing_and_does_not_answer_a_close(call: Call, url: str) -> None:
    stalled, other = call("openSocket", url), call("openSocket", url)

    def echo(text: str) -> None:
        before = len(call("stateOf", other)["messages"])
        call("sendOn", other, json.dumps({"how": "echo", "text": text}))
        assert text in call("messageOn", other, before)

    for how in ("stall", "echo"):
        call("sendOn", stalled, json.dumps({"how": how}))
    echo("the server is well")
    echo("and has had its time")
    assert call("stateOf", stalled) == {"readyState": 1, "messages": [], "closed": None}
    call("closeOn", stalled, 4001)
    echo("no close is answered")
    assert call("stateOf", stalled) == {"readyState": 2, "messages": [], "closed": None}
