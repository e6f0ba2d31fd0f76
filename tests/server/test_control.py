"""The control plane: what it answers, and everyone it does not answer to."""

import pytest

from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.wire import Answer

JSON = "Content-Type: application/json"
RESET = ("POST", "/api/reset")


def resets(server: Running, *headers: str) -> list[list[str]]:
    found: list[list[str]] = server.control("GET", "/api/status", *headers).json["resets"]
    return found


def is_problem(answer: Answer, status: int) -> bool:
    return (
        answer.status == status == answer.json["status"]
        and answer.headers["content-type"] == "application/problem+json"
        and set(answer.json) >= {"type", "title", "status", "detail", "instance"}
    )


def test_it_says_that_it_is_up(server: Running) -> None:
    assert server.control("GET", "/health").json == {"status": "ok"}


def test_the_status_joins_what_the_service_and_the_process_know(server: Running) -> None:
    status = server.control("GET", "/api/status").json
    assert status["name"] == "fixture"
    assert status["api"] == f"http://127.0.0.1:{server.port}"
    assert status["control"] == f"http://127.0.0.1:{server.control_port}"


def test_the_document_says_where_the_api_is_for_whoever_asks(server: Running) -> None:
    answer = server.control("GET", "/openapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json["servers"] == [{"url": f"http://localhost:{server.port}"}]


def test_reset_puts_back_what_it_is_told(serve: Serve) -> None:
    server = serve()
    assert server.control(*RESET, JSON, body=b'{"what": ["journal", "data"]}').json == {"reset": ["journal", "data"]}
    assert server.control(*RESET).json == {"reset": ["data", "faults", "feed", "journal", "clock"]}
    assert server.control(*RESET, "Content-Type: application/json; charset=utf-8", body=b"{}").status == 200
    assert resets(server) == [["data", "journal"], [], []]


CLOCK = "/api/clock"


def moved(server: Running, body: bytes) -> dict[str, object]:
    answer = server.control("PUT", CLOCK, JSON, body=body)
    assert answer.status == 200, answer.body
    shown: dict[str, object] = answer.json
    return shown


def test_the_clock_is_moved_stopped_and_put_back(serve: Serve) -> None:
    server = serve()
    assert moved(server, b'{"freeze": "2026-01-15T10:00:00+01:00"}') == {"now": "2026-01-15T09:00:00Z", "frozen": True}
    assert moved(server, b'{"advance": "90m"}') == {"now": "2026-01-15T10:30:00Z", "frozen": True}
    assert server.control("GET", CLOCK).json == {"now": "2026-01-15T10:30:00Z", "frozen": True}
    assert moved(server, b'{"advance": "1y"}')["now"] == "2027-01-15T10:30:00Z"
    assert moved(server, b'{"set": "2024-02-29"}') == {"now": "2024-02-29T00:00:00Z", "frozen": True}
    assert moved(server, b'{"real": true}')["frozen"] is False
    assert moved(server, b'{"freeze": true}')["frozen"] is True
    stood = moved(server, b'{"freeze": "2026-01-15T09:00:00Z"}')
    gone_on = moved(server, b'{"freeze": false}')
    assert gone_on["frozen"] is False
    assert str(stood["now"]) <= str(gone_on["now"]) < "2026-01-15T09:00:30Z"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", None),
        (b'{"advance": "1s", "freeze": true}', None),
        (b'{"advance": "-1s"}', "/advance"),
        (b'{"advance": 5}', "/advance"),
        (b'{"advance": "1999y", "real": true}', None),
        (b'{"freeze": 0}', "/freeze"),
        (b'{"freeze": "soon"}', "/freeze"),
        (b'{"set": null}', "/set"),
        (b'{"set": "9999-12-31T23:59:59Z"}', "/set"),
        (b'{"set": "0001-01-01T00:00:00+09:00"}', "/set"),
        (b'{"real": "yes"}', "/real"),
        (b'{"advnace": "1s"}', "/advnace"),
    ],
)
def test_a_change_of_the_clock_that_means_nothing_changes_nothing(
    server: Running, body: bytes, pointer: str | None
) -> None:
    before = moved(server, b'{"freeze": "2026-01-15T09:00:00Z"}')
    answer = server.control("PUT", CLOCK, JSON, body=body)
    assert is_problem(answer, 400)
    assert [error["pointer"] for error in answer.json.get("errors", [])] == ([pointer] if pointer else [])
    assert server.control("GET", CLOCK).json == before


def test_the_clock_stays_within_the_calendar(serve: Serve) -> None:
    server = serve()
    for _ in range(3):
        assert server.control("PUT", CLOCK, JSON, body=b'{"advance": "2000y"}').status == 200
    assert is_problem(server.control("PUT", CLOCK, JSON, body=b'{"advance": "2000y"}'), 400)
    assert server.control("GET", CLOCK).json["now"].startswith("80")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{", None),
        (b"[]", None),
        (b"[" * 5000, None),
        (b'{"what": "data"}', "/what"),
        (b'{"what": ["data", "dta"]}', "/what/1"),
        (b'{"what": [{}]}', "/what/0"),
        (b'{"waht": []}', "/waht"),
    ],
)
def test_a_reset_that_means_nothing_resets_nothing(server: Running, body: bytes, pointer: str | None) -> None:
    before = resets(server)
    answer = server.control(*RESET, JSON, body=body)
    assert is_problem(answer, 400)
    assert [error["pointer"] for error in answer.json.get("errors", [])] == ([pointer] if pointer else [])
    assert resets(server) == before


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/nope", 404),
        ("GET", "/api/nope", 404),
        ("POST", "/health", 405),
        ("GET", "/api/reset", 405),
        ("BREW", "/health", 405),
        ("GET", "/api//status", 404),
        ("TRACE", "/api/status", 405),
        ("DELETE", "/api/clock", 405),
        ("OPTIONS", "/health", 403),
        ("OPTIONS", "/api/reset", 403),
    ],
)
def test_everything_else_is_a_problem(server: Running, method: str, target: str, status: int) -> None:
    answer = server.control(method, target)
    assert is_problem(answer, status)
    assert ("allow" in answer.headers) == (status == 405)
    if status == 405:
        assert answer.json["detail"] == f"There is no {method} at {target}; it takes {answer.headers['allow']}."


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/api/stats", "/api/status"),
        ("/api/socket/7/close", "/api/sockets/7/close"),
        ("/helth", "/health"),
        ("/quite-something-else", None),
        ("/api/" + "a" * 5000, None),
    ],
)
def test_an_unknown_path_is_answered_with_the_nearest(server: Running, path: str, near: str | None) -> None:
    detail = server.control("GET", path).json["detail"]
    assert detail == f"There is nothing at {path}." + (f" Did you mean {near}?" if near else "")


@pytest.mark.parametrize(
    ("target", "parameter"),
    [
        ("/api/status?sandbx=w3", "sandbx"),
        ("/api/status?sandbox=a&sandbox=b", "sandbox"),
        ("/api/status?sandbox=", "sandbox"),
        ("/api/status?sandbox=a/b", "sandbox"),
        ("/api/status?sandbox=..", "sandbox"),
        ("/api/status?sandbox=" + "a" * 65, "sandbox"),
        ("/health?sandbox=", "sandbox"),
        ("/health?__proto__=1", "__proto__"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(server: Running, target: str, parameter: str) -> None:
    answer = server.control("GET", target)
    assert is_problem(answer, 400)
    assert [error["parameter"] for error in answer.json["errors"]] == [parameter]
    assert is_problem(server.control("GET", "/api/status?%ff"), 400)


def test_wire_errors_are_problems_here_too(server: Running) -> None:
    assert is_problem(server.control("GET", "/" + "a" * 9000), 414)
    assert is_problem(server.control("POST", "/api/reset", "Content-Length: 5000000"), 413)
