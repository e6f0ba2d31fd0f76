"""What the panel writes down of a request gives the same request again, whatever is in it: by curl and by fetch."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.clients.client import NODE, PublishedClient, run_client
from tests.panel.payload import PAYLOADS
from tests.server.process import Running
from tests.server.wire import Wire

BOX = "sent-again"
BASE = f"/~{BOX}"
OF_CONNECTION = {"host", "connection", "content-length"}
QUIET = "-s -o /dev/null --max-time 5"

ODD = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
VISIBLE = "".join(map(chr, range(0x21, 0x7F)))
METHOD_LETTERS = "!#$%&'*+.^_`|~ABYZabyz09-"
# As they are recorded: each byte of a header is a character.
HEADER = st.text(VISIBLE + " \t" + "".join(map(chr, range(0xA0, 0x100))), max_size=20).map(lambda text: text.strip())
NAMES = st.text("abcxyz019", min_size=1, max_size=6).map(lambda text: f"x-{text}")
EXAMPLES = 25

KEPT: dict[str, Any] = {
    "number": 1, "sandbox": BOX, "method": "GET", "target": "/v1/zoos", "query": [], "headers": {}, "body": "",
    "status": 200, "reply_headers": [], "decided_by": "zoos.list 5 rows", "faults": [], "request_bytes": 0,
}  # fmt: skip
"""An exchange as the journal tells it."""


@pytest.fixture(scope="module")
def pure() -> Iterator[PublishedClient]:
    """The panel's functions in Node.js."""
    with run_client(NODE, "--no-warnings", str(Path(__file__).with_name("pure.mjs"))) as client:
        yield client


def last_entry(server: Running) -> dict[str, Any]:
    found = server.control("GET", f"/api/requests?sandbox={BOX}&limit=1").json
    return dict(found[0])


def ask(server: Running, method: str, target: str, headers: dict[str, str], body: str | None) -> dict[str, Any]:
    """What the journal has of a request sent as it is given."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    sent = (body or "").encode()
    if body is not None:
        lines.append(f"Content-Length: {len(sent)}")
    head = "\r\n".join([f"{method} {BASE}{target} HTTP/1.1", "Host: localhost", *lines, "Connection: close"])
    with Wire(server.port) as wire:
        wire.send(head.encode("latin-1") + b"\r\n\r\n" + sent)
        wire.read(head_only=True)
    return last_entry(server)


def told(entry: dict[str, Any]) -> dict[str, Any]:
    """What two exchanges that are the same have in common."""
    headers = {name: value for name, value in entry["headers"].items() if name not in OF_CONNECTION}
    return {name: entry[name] for name in ("method", "target", "query", "body")} | {"headers": headers}


def run_in_bash(script: str) -> bytes:
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False, timeout=10)
    assert done.returncode == 0, f"{script}\n{done.stderr!r}"
    return done.stdout


def send_by_curl(pure: PublishedClient, server: Running, entry: dict[str, Any]) -> dict[str, Any]:
    line = pure.call("curl", entry, f"http://localhost:{server.port}{BASE}")
    run_in_bash(f"{line} {QUIET}")
    again = last_entry(server)
    assert again["number"] == entry["number"] + 1, line
    return again


@settings(max_examples=EXAMPLES)
@given(text=ODD.filter(lambda text: "\0" not in text))
@example(text='it\'s "so" `now` $HOME \\ !! \n\r\t\x1b[31m \u202e \u2028 é 漢 🎉')
def test_a_shell_reads_a_quoted_text_as_it_was(pure: PublishedClient, text: str) -> None:
    assert run_in_bash(f"printf %s {pure.call('quoteShell', text)}").decode() == text


@settings(max_examples=200)
@given(text=ODD)
@example(text='it\'s "so" `now` ${HOME} \\ \n\r\t\0\x7f \u202e \u2028 </script> 🎉')
def test_a_script_reads_a_quoted_text_as_it_was(pure: PublishedClient, text: str) -> None:
    assert pure.call("read", pure.call("quoteScript", text)) == text


def test_what_a_terminal_would_act_on_is_spelled_out(pure: PublishedClient) -> None:
    assert pure.call("quoteShell", "plain/path") == "plain/path"
    assert pure.call("quoteShell", "it's\nso") == "'it'\\''s\nso'"
    assert pure.call("quoteShell", "\x1b[2J!") == "$'\\x1b[2J\\x21'"


@settings(max_examples=EXAMPLES)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
    | st.text(METHOD_LETTERS, min_size=1, max_size=8),
    path=st.text(VISIBLE.replace("?", "").replace("#", ""), max_size=12) | ODD.map(lambda text: quote(text, safe="")),
    query=st.lists(st.tuples(ODD, ODD), max_size=3),
    headers=st.dictionaries(
        NAMES | st.sampled_from(["accept", "user-agent", "content-type", "cookie"]), HEADER, max_size=3
    ),
    body=st.none() | ODD,
)
@example(method="PATCH", path="../a/./b[1]{2}", query=[("a[gte]", "1&2=3")], headers={"x-a": ""}, body="a\0\\0b'%\n")
@example(method="HEAD", path="zoos/", query=[], headers={"accept-encoding": "gzip, br"}, body=None)
@example(method="POST", path="zoos", query=[], headers={"x-bytes": "é\xff \xc3\xa9"}, body="@/etc/hostname")
@example(method="POST", path="zoos", query=[], headers={"content-type": "application/json"}, body='{"password": "a"}')
def test_a_line_of_curl_gives_the_same_request(  # noqa: PLR0917
    pure: PublishedClient,
    panel_server: Running,
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: str | None,
) -> None:
    asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    target = f"/v1/{path}{'?' if asked else ''}{asked}"
    entry = ask(panel_server, method, target, headers, None if method == "HEAD" else body)
    assert told(send_by_curl(pure, panel_server, entry)) == told(entry)


@settings(max_examples=EXAMPLES)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "PURGE"]),
    path=ODD.map(lambda text: quote(text, safe="")).filter(lambda text: text not in {".", ".."}),
    query=st.lists(st.tuples(ODD, ODD), max_size=3),
    headers=st.dictionaries(NAMES | st.sampled_from(["accept", "content-type"]), HEADER, max_size=3),
    body=ODD,
)
def test_a_call_of_fetch_gives_the_same_request(  # noqa: PLR0917
    pure: PublishedClient,
    panel_server: Running,
    method: str,
    path: str,
    query: list[tuple[str, str]],
    headers: dict[str, str],
    body: str,
) -> None:
    asked = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in query)
    sent = None if method == "GET" or not body else body
    entry = ask(panel_server, method, f"/v1/{path}{'?' if asked else ''}{asked}", headers, sent)
    script = pure.call("fetch", entry, f"http://localhost:{panel_server.port}{BASE}")
    pure.call("run", script)
    again = last_entry(panel_server)
    assert again["number"] == entry["number"] + 1
    assert unquote(again["target"]) == unquote(entry["target"])
    assert {name: again[name] for name in ("method", "query", "body")} == {
        name: entry[name] for name in ("method", "query", "body")
    }
    asked_for = told(entry)["headers"]
    assert {name: again["headers"].get(name, "") for name in asked_for} == asked_for


def test_what_was_not_kept_is_said(pure: PublishedClient) -> None:
    entry = KEPT | {
        "method": "POST", "headers": {"authorization": "[redacted]", "cookie": "[redacted]", "x-a": "1"},
        "query": [["token", "[redacted]"]], "body": '{"password":"[redacted]","note":"…',
    }  # fmt: skip
    line = pure.call("curl", entry, "http://localhost:8000/~w3")
    assert line.startswith("curl 'http://localhost:8000/~w3/v1/zoos?token=[redacted]'")
    assert "-H 'authorization: [redacted]'" in line
    page = pure.call("page", entry, "http://localhost:8000")
    assert page["options"]["headers"] == [["x-a", "1"]]
    assert page["notes"] == [
        "Secrets are not kept: [redacted] stands for them in authorization, cookie, token, the body.",
        "It is longer than is kept of a request: what ends in … is cut off.",
        "Left out: authorization, cookie, which no page may set or nobody has kept.",
    ]


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"method": "TRACE"}, "No page can send TRACE."),
        ({"method": "OPTIONS", "target": "*"}, "No page can ask for *."),
        ({"headers": {"upgrade": "websocket", "connection": "Upgrade"}}, "A page opens sockets by WebSocket."),
    ],
)
def test_what_no_page_can_send_is_said(pure: PublishedClient, entry: dict[str, Any], reason: str) -> None:
    assert pure.call("page", KEPT | entry, "http://localhost:8000") == {"reason": reason}


@pytest.mark.parametrize(
    "text", ['{"a":[1.0,12345678901234567890,{}],"b":"x\\"{[,:","c":[]}', '"\\u2028<b>"', "[[[]]]", "1e5"]
)
def test_json_is_indented_and_says_the_same(pure: PublishedClient, text: str) -> None:
    shown = pure.call("indent", text)
    assert json.loads(shown, parse_float=str, parse_int=str) == json.loads(text, parse_float=str, parse_int=str)
    assert "".join(shown.split()) == "".join(text.split())


@pytest.mark.parametrize("text", ["", "a=b", "{", "{'a': 1}", *PAYLOADS[:2]])
def test_what_is_no_json_is_left_as_it_is(pure: PublishedClient, text: str) -> None:
    assert pure.call("indent", text) is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, [1, 2, 3, 4]),
        ({"method": "POST"}, [2]),
        ({"status": "4xx"}, [3]),
        ({"status": "404"}, [3]),
        ({"status": "0"}, [4]),
        ({"path": "ANIMALS"}, [2, 3]),
        ({"path": "/v1/*/7"}, [3]),
        ({"path": "/v1/*"}, [1, 2]),
        ({"path": "/v1/**"}, [1, 2, 3]),
        ({"path": "/größe"}, [4]),
        ({"path": "(.*)+"}, []),
        ({"fault": "*"}, [4]),
        ({"fault": "flaky"}, [4]),
        ({"fault": "quiet"}, []),
        ({"q": "leo"}, [2]),
        ({"q": "limit=2"}, [1]),
        ({"q": "x-trace: ABC"}, [3]),
        ({"q": "Größe"}, [4]),
        ({"status": "4xx", "method": "POST"}, []),
    ],
)
def test_exchanges_are_found_by_all_that_is_asked(
    pure: PublishedClient, asked: dict[str, str], found: list[int]
) -> None:
    decisions = [
        {"fault": "quiet", "n": 1, "draw": 0.9, "fired": False},
        {"fault": "flaky", "n": 3, "draw": 0.1, "fired": True},
    ]
    entries = [
        KEPT | {"query": [["limit", "2"]]},
        KEPT | {"number": 2, "method": "POST", "target": "/v1/animals", "body": '{"name":"Leo"}', "status": 201},
        KEPT | {"number": 3, "target": "/v1/animals/7", "status": 404, "headers": {"x-trace": "abc"}},
        KEPT | {"number": 4, "target": "/gr%C3%B6%C3%9Fe", "status": 0, "faults": decisions},
    ]
    assert pure.call("filter", asked, entries) == found


@pytest.mark.parametrize(
    ("target", "route"),
    [
        ("/v1/animals/7", "GET /v1/animals/7"),
        ("/a%20b/c", "GET /*/c"),
        ("/:id/%2A/x%3Fy", "GET /*/*/*"),
        ("/gr%C3%B6sse", "GET /grösse"),
        ("/%FF", "GET /*"),
        ("*", "GET *"),
    ],
)
def test_a_route_for_a_fault_is_one_that_can_be_spelled(pure: PublishedClient, target: str, route: str) -> None:
    assert pure.call("routeOf", KEPT | {"target": target}, False) == route  # noqa: FBT003 - JavaScript's
    assert pure.call("routeOf", KEPT | {"method": "PURGE"}, False) == "ANY /v1/zoos"  # noqa: FBT003


@pytest.mark.parametrize(
    ("target", "decided", "subject"),
    [
        ("/v1/zoos/1/animals", "animals.list 20 rows", {"resource": "animals", "key": None}),
        ("/v1/animals/7", "animals.get; fault slow", {"resource": "animals", "key": "7"}),
        ("/v1/zoos/a%20b", "fault outage: 503", {"resource": "zoos", "key": "a b"}),
        ("/v1/zoos", "fault outage: 503", {"resource": "zoos", "key": None}),
        ("/elsewhere", "unknown_path: There is nothing.", None),
    ],
)
def test_an_exchange_leads_to_the_rows_that_it_was_about(
    pure: PublishedClient, target: str, decided: str, subject: dict[str, Any] | None
) -> None:
    resources = [{"name": "zoos", "path": "/v1/zoos"}, {"name": "animals", "path": "/v1/animals"}]
    assert pure.call("subjectOf", {"target": target, "decided_by": decided}, resources) == subject
