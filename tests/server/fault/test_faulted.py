"""Faults on a whole server: what a client gets on the wire, and that all is as before once they are over."""

import json
import socket
import struct
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest

from tests.server.fault.bench import hear
from tests.server.fault.serving import Served
from tests.server.test_stop import wait_until
from tests.server.wire import Wire, request

BODY = json.dumps({"name": "Ann", "size": 3}).encode()
JSON = "Content-Type: application/json"
ORIGIN = "Origin: http://localhost:5173"


def count(served: Served) -> int:
    return int(served.ask().headers["x-total-count"])


def read_until(wire: Wire, is_enough: Callable[[bytes], bool]) -> bytes:
    data = b""
    while not is_enough(data):
        piece = wire.sock.recv(65536)
        assert piece, f"it ended after {data!r}"
        data += piece
    return data


@pytest.mark.parametrize(
    ("settings", "data", "end"),
    [
        ({"reset": "connect"}, b"", "rst"),
        ({"empty": True}, b"", "fin"),
        ({"hang": "50ms"}, b"", "fin"),
    ],
)
def test_without_commit_nothing_is_written(served: Served, settings: dict[str, Any], data: bytes, end: str) -> None:
    served.put("f", match="POST *", **settings)
    heard = served.hear("POST", "/things", JSON, body=BODY)
    assert (heard.data, heard.end) == (data, end)
    assert count(served) == 50


@pytest.mark.parametrize("settings", [{"reset": "connect"}, {"empty": True}, {"hang": "50ms"}, {"down": "50ms"}])
def test_with_commit_it_is_written_first(served: Served, settings: dict[str, Any]) -> None:
    served.put("f", match="POST *", times=1, commit=True, **settings)
    assert served.hear("POST", "/things", JSON, body=BODY).data == b""
    served.off()
    wait_until(lambda: served.status()["listener"]["up"])
    assert count(served) == 51


def test_an_injected_answer_is_one_of_the_convention_and_no_cache_keeps_it(served: Served) -> None:
    served.put("outage", match="ANY *", status=503, retry_after=2)
    answer = served.ask("GET", "/things", ORIGIN)
    assert (answer.status, answer.headers["content-type"]) == (503, "application/problem+json")
    assert answer.headers["x-mock-fault"] == "outage"
    assert answer.headers["retry-after"] == "2"
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"
    assert "X-Mock-Fault-Released" in answer.headers["access-control-expose-headers"]
    assert answer.json["status"] == 503
    preflight = served.ask("OPTIONS", "/things", ORIGIN, "Access-Control-Request-Method: PUT")
    assert (preflight.status, "x-mock-fault" in preflight.headers) == (204, False)


def test_without_cors_headers_no_page_may_read_it(served: Served) -> None:
    served.put("f", match="ANY *", cors=False)
    answer = served.ask("GET", "/things", ORIGIN)
    assert not any(name.startswith("access-control") for name in answer.headers)
    assert (answer.status, answer.headers["x-mock-fault"]) == (200, "f")


@pytest.mark.parametrize(
    "settings",
    [{"truncate": 0.5}, {"reset": "body"}, {"malformed": "cut"}, {"malformed": "chunk"}, {"patch": {"a": 1}}],
)
def test_what_is_cut_or_rewritten_is_whole_before_and_not_compressed(served: Served, settings: Any) -> None:
    whole = served.ask("GET", "/things?limit=50")
    served.put("f", match="GET *", **settings)
    heard = served.hear(
        "GET",
        "/things?limit=50",
        "Accept-Encoding: gzip",
        f"If-None-Match: {whole.headers['etag']}",
        "Connection: close",
    )
    assert heard.head.startswith("http/1.1 200")
    assert "content-encoding" not in heard.head
    assert "x-mock-fault: f" in heard.head
    assert "etag" not in heard.head
    assert "cache-control: no-store" in heard.head
    assert b"name" in heard.body


def test_what_a_fault_says_of_a_header_is_said_once(served: Served) -> None:
    wrong = {"Access-Control-Allow-Origin": "https://other.example", "X-Mock-At": "never", "Vary": "X-Any"}
    served.put("f", match="GET *", headers={**wrong, "Access-Control-Allow-Credentials": None})
    for options in ({}, {"bandwidth": "1MiB/s"}, {"truncate": 10}):
        served.put("g", match="GET *", **(options or {"latency": "1ms"}))
        heard = served.hear("GET", "/things", ORIGIN, "Connection: close")
        found = [line.split(": ")[0] for line in heard.head.split("\r\n")[1:]]
        assert len(found) == len(set(found))
        assert "access-control-allow-origin: https://other.example" in heard.head
        assert "x-mock-at: never\r\nvary: x-any" in heard.head
        assert "access-control-allow-credentials" not in found
    assert ["X-Mock-At", "never"] in served.requests()[-1]["reply_headers"]


def test_a_truncated_body_declares_its_true_length(served: Served) -> None:
    whole = served.ask().body
    served.put("f", match="GET *", truncate=100)
    heard = served.hear()
    assert f"content-length: {len(whole)}" in heard.head
    assert (heard.body, heard.end) == (whole[:100], "fin")


def test_journal_and_log_tell_of_exchanges_without_an_answer(served: Served) -> None:
    served.put("gone", match="GET *", reset="connect")
    served.hear()
    entry = served.requests()[-1]
    assert (entry["status"], entry["decided_by"]) == (0, "fault gone: reset connect")
    assert [(one["fault"], one["n"], one["fired"]) for one in entry["faults"]] == [("gone", 1, True)]


@pytest.mark.parametrize("end", ["off", "delete", "ttl", "clock"])
def test_a_hang_is_released_by_every_end_of_its_fault(served: Served, end: str) -> None:
    served.put("f", match="GET *", hang=True, ttl="300ms" if end == "ttl" else "1m")
    with served.begin() as wire:
        if end != "ttl":
            wait_until(lambda: served.status()["held"]["waiting"] == 1)
        start = monotonic()
        if end == "off":
            served.off()
        elif end == "delete":
            served.server.control("DELETE", "/api/faults/f")
        elif end == "clock":
            served.advance("61s")
        answer = wire.read()
        assert monotonic() - start < 1.5
    assert (answer.status, answer.headers["x-mock-fault-released"]) == (503, "f")
    assert answer.headers["content-type"] == "application/problem+json"


def test_one_request_asks_for_what_nobody_else_gets(served: Served) -> None:
    answer = served.ask("GET", "/things", "Prefer: code=503, delay=10ms")
    assert (answer.status, answer.headers["preference-applied"]) == (503, "code=503, delay=10ms")
    assert served.ask("GET", "/things?__code=418").status == 418
    assert served.ask().status == 200
    wrong = served.ask("GET", "/things", "Prefer: code=many")
    assert wrong.status == 400
    assert "code=200 to 599" in wrong.json["detail"]
    assert served.ask("GET", "/things", "Prefer: fault=flaky-nothing").status == 400


def test_what_one_request_asked_for_ends_with_everything_else(served: Served) -> None:
    with served.begin("GET", "/things", "Prefer: fault=timeout") as wire:
        wait_until(lambda: served.status()["held"]["waiting"] == 1)
        served.off()
        assert wire.read().status == 503


def test_connections_are_not_kept_while_one_could_break(served: Served) -> None:
    with served.begin() as idle, served.begin("GET", "/nowhere") as other:
        assert "connection" not in idle.read().headers
        other.read()
        served.put("f", match="GET /broken", reset="connect")
        assert idle.at_end()
        assert other.at_end()
    with served.begin() as wire:
        assert wire.read().headers["connection"] == "close"
        assert wire.at_end()
    served.off()
    with served.begin() as wire:
        assert "connection" not in wire.read().headers


def test_a_status_breaks_no_connection(served: Served) -> None:
    with served.begin() as idle:
        idle.read()
        served.put("f", match="GET *", status=503)
        idle.send(request("GET", "/things"))
        assert idle.read().status == 503


def test_another_sandboxs_fault_closes_connections_and_touches_nobody(served: Served) -> None:
    served.put("f", "w1", match="ANY *", reset="connect")
    answer = served.ask()
    assert (answer.status, answer.headers["connection"]) == (200, "close")
    assert served.hear("GET", "/~w1/things").end == "rst"


def test_a_request_under_way_as_it_is_armed_is_answered_and_its_connection_closed(served: Served) -> None:
    served.put("slow", match="GET *", latency="1m")
    with served.begin() as wire:
        wait_until(lambda: served.status()["held"]["waiting"] == 1)
        served.put("f", match="POST *", reset="connect")
        served.off("slow")
        answer = wire.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert wire.at_end()


@pytest.mark.parametrize("settings", [{"status": 503}, {"reset": "connect"}, {"latency": "50ms"}, {"truncate": 4}])
def test_requests_by_the_hundred_leave_nobody_waiting(served: Served, settings: dict[str, Any]) -> None:
    served.put("f", match="GET *", **settings)
    for _ in range(100):
        with served.begin():
            pass
    wait_until(lambda: served.status()["held"]["waiting"] == 0)
    served.off()
    assert served.ask().status == 200


def test_clients_that_leave_with_a_reset_are_noticed(served: Served) -> None:
    served.put("f", match="GET *", hang=True)
    for _ in range(5):
        with served.begin() as wire:
            wait_until(lambda: served.status()["held"]["waiting"] == 1)
            wire.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wait_until(lambda: served.status()["held"]["waiting"] == 0)


def test_a_conflict_answers_with_the_current_document(served: Served) -> None:
    answer = served.ask("PUT", "/things/3", "Prefer: fault=conflict", JSON, body=BODY)
    assert answer.status == 409
    assert answer.json["current"] == served.ask("GET", "/things/3").json


def test_a_stale_read_shows_what_was(served: Served) -> None:
    before = served.ask("GET", "/things/1").json
    served.put("f", match="GET *", stale="30s")
    assert served.ask("PATCH", "/things/1", JSON, body=b'{"name": "Zoe"}').status < 300
    assert served.ask("GET", "/things/1").json == before
    served.advance("31s")
    assert served.ask("GET", "/things/1").json["name"] == "Zoe"


def test_a_stale_long_poll_waits_as_any(served: Served) -> None:
    at = served.ask("GET", "/events").json["at"]
    served.put("f", match="GET /events", stale="30s")
    with served.begin("GET", f"/events?wait=20&since={at}") as wire:
        served.ask("POST", "/things", JSON, body=BODY)
        assert len(wire.read().json["events"]) == 1


STREAM = "/events/sse"


def test_a_stream_that_overtakes_need_not_end_for_the_other(served: Served) -> None:
    served.put("f", match="GET *", hold="next")
    with served.begin() as kept:
        wait_until(lambda: served.status()["held"]["waiting"] == 1)
        with served.begin("GET", STREAM) as stream:
            assert stream.read(head_only=True).status == 200
            start = monotonic()
            assert kept.read().status == 200
            assert monotonic() - start < 5


def test_a_match_that_passes_lets_the_one_before_it_go(served: Served) -> None:
    served.put("f", match="GET *", times=1, hold={"next": "5m"})
    with served.begin() as kept:
        wait_until(lambda: served.status()["held"]["waiting"] == 1)
        assert served.ask("GET", "/things").status == 200
        assert kept.read().status == 200


def test_a_stream_goes_on_where_json_is_patched(served: Served) -> None:
    served.put("f", match="GET *", patch={"name": None})
    with served.begin("GET", STREAM) as stream:
        head = stream.read(head_only=True).headers
        assert (head["content-type"], "content-length" in head) == ("text/event-stream", False)
    answer = served.ask("GET", "/things/1")
    assert ("name" in answer.json, answer.headers["cache-control"]) == (False, "no-store")


@pytest.mark.parametrize("settings", [{"truncate": 0.5}, {"malformed": "cut"}, {"malformed": "chunk"}])
def test_answers_without_a_body_are_whole(served: Served, settings: dict[str, Any]) -> None:
    served.put("f", match="ANY *", **settings)
    for method in ("HEAD", "OPTIONS"):
        assert served.ask(method, "/things").status < 300


def test_a_stream_is_told_that_it_will_meet_what_it_asked_for(served: Served) -> None:
    served.put("f", match="GET /events/*", after="1m", drop=True, enabled=False)
    for target, applied in ((STREAM, "fault=f"), ("/things", None)):
        with served.begin("GET", target, "Prefer: fault=f") as wire:
            assert wire.read(head_only=True).headers.get("preference-applied") == applied


@pytest.mark.parametrize(("settings", "end"), [({"reset": "connect"}, "rst"), ({"empty": True}, "fin")])
def test_the_opening_of_a_stream_breaks_as_any_request(served: Served, settings: dict[str, Any], end: str) -> None:
    served.put("f", match="GET /events/*", **settings)
    heard = served.hear("GET", STREAM)
    assert (heard.data, heard.end) == (b"", end)


def test_a_stream_may_be_refused(served: Served) -> None:
    served.put("f", match="GET /events/*", status=503)
    assert served.ask("GET", STREAM).status == 503


def test_a_stream_is_cut_behind_its_first_bytes(served: Served) -> None:
    served.put("f", match="GET /events/*", reset="body")
    heard = served.hear("GET", STREAM)
    assert heard.end == "rst"
    assert "transfer-encoding: chunked" in heard.head
    assert heard.body.startswith(b"6\r\nretry:")


def test_a_stream_says_nothing_before_it_has_said_enough(served: Served) -> None:
    served.put("f", match="GET /events/*", buffer="1MiB")
    with served.begin("GET", STREAM) as wire:
        assert wire.read(head_only=True).headers["x-mock-fault"] == "f"
        wire.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            wire.sock.recv(1)
        wire.sock.settimeout(10)
        served.off()
        assert b"retry" in wire.sock.recv(1000)


def test_a_stream_that_collects_sends_all_of_it_when_there_is_enough(served: Served) -> None:
    served.put("f", match="GET /events/*", buffer="2KiB")
    with served.begin("GET", STREAM) as wire:
        wire.read(head_only=True)
        for _ in range(20):
            served.ask("POST", "/things", JSON, body=BODY)
        data = read_until(wire, lambda data: data.count(b"data:") >= 5)
    assert int(data.partition(b"\r\n")[0], 16) >= 2048
    assert b"retry:" in data


def test_a_slow_stream_is_let_go_when_the_fault_ends(served: Served) -> None:
    served.put("f", match="GET /events/*", bandwidth="10B/s")
    with served.begin("GET", STREAM) as wire:
        assert wire.read(head_only=True).status == 200
        served.off()
        read_until(wire, lambda data: b"/sys/hello" in data)
    wait_until(lambda: served.status()["held"]["waiting"] == 0)


def test_a_long_poll_waits_for_its_answer_and_then_for_the_fault(served: Served) -> None:
    at = served.ask("GET", "/events").json["at"]
    served.put("f", match="GET /events", patch={"more": 1})
    with served.begin("GET", f"/events?wait=20&since={at}") as wire:
        served.ask("POST", "/things", JSON, body=BODY)
        answer = wire.read()
    assert (len(answer.json["events"]), answer.json["more"]) == (1, 1)


def test_the_server_stops_though_somebody_is_held(held_server: Served) -> None:
    held_server.put("f", match="GET *", hang=True)
    with held_server.begin() as wire, held_server.begin("GET", "/things/1") as other:
        wait_until(lambda: held_server.status()["held"]["waiting"] == 2)
        held_server.server.process.terminate()
        assert hear(wire).data == hear(other).data == b""
    assert held_server.server.process.wait(timeout=5) == 0


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
def test_no_client_is_promised_a_connection_that_ends(served: Served, version: str) -> None:
    served.put("f", match="GET /broken", reset="connect")
    with Wire(served.server.port) as wire:
        wire.send(f"GET /things {version}\r\nHost: localhost\r\nConnection: keep-alive\r\n\r\n".encode())
        assert wire.read().headers["connection"] == "close"
        assert wire.at_end()


def test_pipelined_requests_meet_their_faults_in_their_order(served: Served) -> None:
    served.put("f", match="GET /things/2", latency="20ms")
    with Wire(served.server.port) as wire:
        wire.send(b"".join(request("GET", f"/things/{number}") for number in (1, 2, 3)))
        answers = [wire.read() for _ in range(3)]
    assert [answer.json["id"] for answer in answers] == [1, 2, 3]
    assert ["x-mock-fault" in answer.headers for answer in answers] == [False, True, False]
