"""What is written down of an exchange: every one, on the journal and on stdout, and never a secret."""

import json
import os
import time

import pytest

from mockserver.faults.course import Decision
from mockserver.messages import Reply, Request
from mockserver.sandbox.journal import Journal
from mockserver.server.log import ExchangeLog, format_json, format_text, printable
from tests.server.conftest import Serve
from tests.server.wire import Wire, ask, request

CANARY = "canary-4711"
JSON = "Content-Type: application/json"
FORM = "Content-Type: application/x-www-form-urlencoded"
LEAKS = [
    request("GET", "/a", f"Authorization: Bearer {CANARY}"),
    request("GET", "/b", f"Cookie: session={CANARY}"),
    request("GET", "/c", f"X-Api-Token: {CANARY}"),
    request("GET", f"/d?access_token={CANARY}&x=1"),
    request("GET", "/e", f"Referer: http://localhost/?x=1&client_secret={CANARY}"),
    request(
        "POST", "/f", "Content-Type: application/json", body=b'{"u": [{"Password": {"new": "%s"}}]}' % CANARY.encode()
    ),
    request("POST", "/g", "Content-Type: application/json", body=b'{"\\u0074oken": "%s"}' % CANARY.encode()),
    request("POST", "/h", FORM, body=b"p%%61ssword=%s" % CANARY.encode()),
    request("POST", "/i", JSON, body=b'{"token": "%s"' % CANARY.encode()),
    request("POST", "/j", body=b"the secret is %s" % CANARY.encode()),
    request("GET", f"/k?token={CANARY}", host="evil.example"),
    request("GET", f"/l?token={CANARY}", f"Authorization: {CANARY}", "bad header"),
    request("GET", f"/m?%74oken={CANARY}"),
    b"GET /n?secret=%s HTTP/1.1\r\nHost: localhost\r\nX-Password: %s\r\n folded\r\n\r\n" % ((CANARY.encode(),) * 2),
]


@pytest.mark.parametrize("style", ["text", "json"])
def test_no_secret_is_ever_written_down(serve: Serve, style: str) -> None:
    server = serve(log=style)
    for data in LEAKS:
        ask(server.port, data)
    entries = server.journal()
    server.process.terminate()
    out, err = server.process.communicate(timeout=10)
    assert [entry["target"] for entry in entries] == [f"/{name}" for name in "abcdefghijklmn"]
    assert CANARY not in json.dumps(entries)
    assert CANARY not in out
    assert CANARY not in err
    assert len(out.splitlines()) == len(LEAKS) + 1


def test_one_line_says_what_decided(serve: Serve) -> None:
    server = serve(log="text")
    server.get("/echo?limit=2")
    line = server.stdout.readline()
    clock, method, url, status, ms, unit, rest = line.split(maxsplit=6)
    assert (method, url, status, unit, rest.strip()) == ("GET", "/echo?limit=2", "200", "ms", "echo")
    assert clock.count(":") == 2
    assert float(ms) >= 0


FAULTED = (Decision("outage", 1, 0.0, fired=True), Decision("slow", 1, 0.9, fired=False))


@pytest.mark.parametrize(
    ("sandbox", "status", "decided_by", "decisions", "line"),
    [
        ("default", 200, "echo", (), "GET /a 200 1.0 ms  echo"),
        ("w3", 200, "echo", (), "~w3 GET /a 200 1.0 ms  echo"),
        ("default", 503, "echo", FAULTED, "GET /a 503 1.0 ms  echo  fault outage"),
        ("default", 503, "", FAULTED, "GET /a 503 1.0 ms  fault outage"),
        ("default", 503, "fault outage", FAULTED, "GET /a 503 1.0 ms  fault outage"),
        ("w3", 0, "echo", FAULTED, "~w3 GET /a --- 1.0 ms  echo  fault outage"),
    ],
)
def test_a_line_names_what_is_out_of_the_ordinary(
    sandbox: str, status: int, decided_by: str, decisions: tuple[Decision, ...], line: str
) -> None:
    reply = Reply(status, decided_by=decided_by)
    entry = Journal(sandbox=sandbox).record(Request("GET", "/a"), reply, 0.0, 0.001, decisions)
    assert format_text(entry).partition(" ")[2] == line
    event = json.loads(format_json(entry))
    assert event.get("sandbox", "default") == sandbox
    assert event.get("faults", []) == entry.fired
    assert event["status"] == status


def test_the_greeting_stands_before_the_ready_line(serve: Serve) -> None:
    server = serve(log="text")
    assert server.before[0] == "Fixture\n"
    assert server.before[-1] == (
        f"mockserver ready api=http://127.0.0.1:{server.port} control=http://127.0.0.1:{server.control_port}\n"
    )


def test_json_lines_begin_with_ready(serve: Serve) -> None:
    server = serve(log="json")
    server.get("/echo?limit=2")
    assert json.loads(server.before[0])["event"] == "ready"
    line = json.loads(server.stdout.readline())
    assert {"event": "exchange", "method": "GET", "target": "/echo?limit=2", "status": 200}.items() <= line.items()
    assert line["decided_by"] == "echo"


def test_quiet_says_nothing_but_ready(serve: Serve) -> None:
    server = serve(log="quiet")
    server.get()
    server.process.terminate()
    assert server.process.communicate(timeout=10)[0] == ""
    assert len(server.before) == 1


def test_a_pipe_nobody_reads_never_slows_an_answer(serve: Serve) -> None:
    server = serve(log="text")
    slowest = 0.0
    with Wire(server.port) as wire:
        for _ in range(5_000):
            start = time.perf_counter()
            wire.send(request("GET", "/echo/" + "a" * 100))
            wire.read()
            slowest = max(slowest, time.perf_counter() - start)
    assert slowest < 0.5
    dropped = server.control("GET", "/api/status").json["log_lines_dropped"]
    assert dropped > 0
    lines = 0
    for line in server.stdout:
        if "lines were dropped" in line:
            assert line == f"({dropped} lines were dropped here: nobody read them)\n"
            break
        lines += 1
    assert lines + dropped == 5_000
    server.get("/after")
    assert "/after" in server.stdout.readline()


def test_a_reader_that_has_gone_ends_the_lines_and_not_the_server(serve: Serve) -> None:
    server = serve(log="text")
    server.stdout.close()
    for _ in range(100):
        assert server.get().status == 200
    server.process.terminate()
    assert server.process.wait(timeout=10) == 0


def test_control_characters_do_not_reach_the_terminal() -> None:
    request_ = Request("GET", "/\x1b]0;evil\x07", (("a", "\x9b31m\u202e"),), {}, b"")
    entry = Journal().record(request_, Reply(404, decided_by="no \x1b[2J route\n"), 0.0, 0.001)
    for line in (format_text(entry), format_json(entry)):
        assert line.isprintable()
    assert printable("\x1b[2J\n\x9b\ud800") == "\\x1b[2J\\n\\x9b\\ud800"


def test_a_log_may_be_closed_before_anybody_reads() -> None:
    read, write = os.pipe()
    try:
        log = ExchangeLog("text", write)
        log.start()
        journal = Journal()
        log.follow(journal)
        journal.record(Request("GET", "/a"), Reply(200), 0.0, 0.0)
        log.close(5)
        assert b"/a" in os.read(read, 1000)
    finally:
        os.close(read)
        os.close(write)
