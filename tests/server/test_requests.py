"""Looking back on requests over the control plane: listed, shown, counted, forgotten, and what can't be asked."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from mockserver.messages import Json
from tests.live import SEEDS, put_back, started
from tests.server.process import Running
from tests.server.wire import Answer, Wire, ask, request

JSON = "Content-Type: application/json"
ZOOS = "/v1/zoos"


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml")) as server:
        yield server


@pytest.fixture
def server(shared: Running) -> Running:
    """One that has been asked nothing."""
    put_back(shared)
    return shared


def since(server: Running) -> int:
    """The number of the last exchange there was."""
    found: int = server.control("GET", "/api/status").json["requests"]
    return found


def find(server: Running, query: str = "") -> Any:
    answer = server.control("GET", f"/api/requests?{query}")
    assert answer.status == 200, answer.body
    return answer.json


def count(server: Running, body: Json, query: str = "") -> Any:
    answer = post(server, body, query)
    assert answer.status == 200, answer.body
    return answer.json


def post(server: Running, body: Json, query: str = "") -> Answer:

    return server.control("POST", f"/api/requests/count{query}", JSON, body=json.dumps(body).encode())


def test_exchanges_are_listed_the_oldest_first(server: Running) -> None:
    before = since(server)
    for limit in (1, 2, 3):
        server.get(f"{ZOOS}?limit={limit}")
    found = find(server)
    assert [one["query"] for one in found] == [[["limit", "1"]], [["limit", "2"]], [["limit", "3"]]]
    assert [one["number"] for one in found] == [before + 1, before + 2, before + 3]
    assert found[0]["sandbox"] == "default"
    assert found[0]["faults"] == []
    assert [one["number"] for one in find(server, "limit=2")] == [before + 2, before + 3]
    assert find(server, f"since={before + 2}") == found[2:]
    assert find(server, f"until={before + 1}") == found[:1]


@pytest.mark.parametrize(
    ("query", "targets"),
    [
        ("method=post", [ZOOS]),
        (f"path={quote('/v1/zoos/*')}", [f"{ZOOS}/1", f"{ZOOS}/99"]),
        (f"path={quote('/v1/zoos/**')}", [ZOOS, f"{ZOOS}/1", f"{ZOOS}/99", ZOOS]),
        ("status=404", [f"{ZOOS}/99"]),
        ("status=2xx", [ZOOS, f"{ZOOS}/1", ZOOS]),
        ("query.limit=2", [ZOOS]),
        ("query.limit=*", [ZOOS]),
        ("query.fields=id&query.fields=name", []),
        ("header.X-Who=ada", [f"{ZOOS}/1"]),
        ("header.x-who=*", [f"{ZOOS}/1"]),
        ("body=Berlin", [ZOOS]),
        ("fault=outage", []),
        ("method=GET&status=404", [f"{ZOOS}/99"]),
    ],
)
def test_filters_of_the_query_all_hold(server: Running, query: str, targets: list[str]) -> None:
    server.get(f"{ZOOS}?limit=2")
    server.get(f"{ZOOS}/1", "X-Who: ada")
    server.get(f"{ZOOS}/99")
    ask(server.port, request("POST", ZOOS, JSON, body=b'{"name": "Berlin"}'))
    assert [one["target"] for one in find(server, query)] == targets


def test_one_exchange_is_shown_by_its_number(server: Running) -> None:
    server.get(ZOOS)
    (listed,) = find(server)
    assert server.control("GET", f"/api/requests/{listed['number']}").json == listed
    gone = server.control("GET", f"/api/requests/{listed['number'] + 1}")
    assert gone.status == 404
    assert str(listed["number"] + 1) in gone.json["detail"]
    assert server.control("GET", "/api/requests/x").status == 404


def test_exchanges_can_be_forgotten_and_numbers_go_on(server: Running) -> None:
    server.get(ZOOS)
    before = since(server)
    answer = server.control("DELETE", "/api/requests")
    assert (answer.status, answer.body) == (204, b"")
    assert find(server) == []
    assert server.control("GET", f"/api/requests/{before}").status == 404
    server.get(ZOOS)
    assert [one["number"] for one in find(server)] == [before + 1]


def test_what_was_asked_is_counted(server: Running) -> None:
    for name in ("Berlin", "Bern"):
        ask(server.port, request("POST", ZOOS, JSON, body=b'{"name": "%b", "city": "x"}' % name.encode()))
    assert count(server, {}) == {"count": 2, "near": []}
    assert count(server, {"method": "POST", "path": ZOOS, "body": {"name": "Bern"}, "status": "2xx"})["count"] == 1
    assert count(server, {"headers": {"content-type": True}, "query": {"limit": False}})["count"] == 2


def test_what_was_asked_is_found_by_what_its_body_holds(server: Running) -> None:
    for name in ("Berlin", "Bern"):
        ask(server.port, request("POST", ZOOS, JSON, body=b'{"name": "%b", "city": "x"}' % name.encode()))
    expected = json.dumps({"method": "post", "body": {"name": "Bern"}}).encode()
    answer = server.control("POST", "/api/requests/search", JSON, body=expected)
    assert [json.loads(one["body"])["name"] for one in answer.json] == ["Bern"]
    assert server.control("POST", "/api/requests/search?sandbox=never", JSON, body=expected).json == []


def test_where_nothing_was_the_nearest_are_told(server: Running) -> None:
    server.get(ZOOS)
    ask(server.port, request("POST", ZOOS, JSON, body=b'{"name": "Berlin"}'))
    number = since(server)
    found = count(server, {"method": "POST", "path": ZOOS, "body": {"name": "Bern", "city": "B"}})
    assert found["count"] == 0
    assert found["near"][0] == {
        "number": number,
        "method": "POST",
        "path": ZOOS,
        "status": 201,
        "differences": [
            {"criterion": "body.city", "expected": "B", "found": None, "note": "it is not there"},
            {"criterion": "body.name", "expected": "Bern", "found": "Berlin"},
        ],
    }
    assert [one["number"] for one in found["near"]] == [number, number - 1]


def test_secrets_are_neither_kept_nor_asked_for(server: Running) -> None:
    server.get(ZOOS, "Authorization: Bearer canary-4711")
    found = count(server, {"headers": {"Authorization": "Bearer canary-4711"}})
    (difference,) = found["near"][0]["differences"]
    assert difference["found"] == "[redacted]"
    assert "secrets are not kept" in difference["note"]
    assert count(server, {"headers": {"Authorization": True}})["count"] == 1


def test_each_sandbox_is_looked_back_on_alone(server: Running) -> None:
    server.get(f"/~w3{ZOOS}/1")
    server.get(f"{ZOOS}/2")
    assert [one["target"] for one in find(server)] == [f"{ZOOS}/2"]
    (other,) = find(server, "sandbox=w3")
    assert (other["target"], other["sandbox"]) == (f"{ZOOS}/1", "w3")
    assert count(server, {"path": f"{ZOOS}/1"}, "?sandbox=w3")["count"] == 1
    assert server.control("DELETE", "/api/requests?sandbox=w3").status == 204
    assert find(server, "sandbox=w3") == []
    assert len(find(server)) == 1


def test_a_sandbox_that_there_is_not_has_been_asked_nothing_and_is_not_begun(server: Running) -> None:
    assert find(server, "sandbox=never") == []
    assert count(server, {}, "?sandbox=never") == {"count": 0, "near": []}
    assert server.control("DELETE", "/api/requests?sandbox=never").status == 204
    assert server.control("GET", "/api/requests/1?sandbox=never").status == 404


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("pth=/", "pth", "path"),
        ("limit=0", "limit", "above 0"),
        ("limit=-1", "limit", "above 0"),
        ("limit=x", "limit", "above 0"),
        ("since=x", "since", "the number"),
        ("since=-1", "since", "the number"),
        ("status=9999", "status", "5xx"),
        ("status=abc", "status", "5xx"),
        ("status=", "status", "5xx"),
        ("path=zoos", "path", "'/'"),
        ("method=", "method", "GET"),
        ("query=a", "query", "known"),
        ("query.=a", "query.", "known"),
        ("header.a=1&header.a=2", "header.a", "several"),
        ("method=GET&method=PUT", "method", "several"),
        ("query.a=*&query.a=1", "query.a", "text"),
        ("sandbox=%2F", "sandbox", "letters"),
    ],
)
def test_a_filter_that_can_t_be_is_refused(server: Running, query: str, parameter: str, said: str) -> None:
    answer = server.control("GET", f"/api/requests?{query}")
    assert answer.status == 400
    (error,) = answer.json["errors"]
    assert error["parameter"] == parameter
    assert said in answer.json["detail"]


@pytest.mark.parametrize("path", ["/api/requests/count", "/api/requests/search"])
@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b'{"pth": "/"}', 400, "/pth"),
        (b'{"limit": 1}', 400, "/limit"),
        (b'{"query": {"a/b~c": null}}', 400, "/query/a~1b~0c"),
        (b'{"status": "6x"}', 400, "/status"),
        (b"[]", 400, None),
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b'{"body":' + b"[" * 200 + b"]" * 200 + b"}", 400, None),
        (b'{"body":"' + b"x" * 70_000 + b'"}', 413, None),
    ],
)
def test_an_expectation_that_can_t_be_is_refused(
    server: Running, path: str, body: bytes, status: int, pointer: str | None
) -> None:
    answer = server.control("POST", path, JSON, body=body)
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert [one["pointer"] for one in answer.json.get("errors", [])] == ([] if pointer is None else [pointer])


def test_a_full_journal_keeps_the_last_thousand(server: Running) -> None:

    before = since(server)
    with Wire(server.port) as wire:
        for _ in range(1_005):
            wire.send(request("GET", "/v1/zoos/1"))
            wire.read()
    found = find(server)
    assert [found[0]["number"], found[-1]["number"], len(found)] == [before + 6, before + 1_005, 1_000]
    assert count(server, {"path": "/v1/zoos/1"})["count"] == 1_000
