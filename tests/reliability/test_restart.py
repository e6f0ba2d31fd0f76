"""Beginning, end and change of what is served: with a full house, a thousand times over, and at any time of day."""

import json
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.live import ROOT, started
from tests.reliability.launch import ZOO, count_files, entered, memory_mb
from tests.scorecard import Figures
from tests.server.process import Running
from tests.server.socket.raw import CLOSE, FIN, PING, PONG, Raw, close, frame
from tests.server.test_stop import finish, is_refused, wait_until
from tests.server.wire import Answer, Wire, request

SIGNALS = [signal.SIGTERM, signal.SIGINT]
SLOW, STUCK = {"match": "GET /zoos", "latency": "2s"}, {"match": "GET /employees", "hang": True}
NEW_ZOO = b'{"name": "Ark"}'
DAY_S = 86_400
SETTLE_S = 5


def post_half(wire: Wire) -> bytes:
    """Send all of a request but the last bytes of its body, and hand those back."""
    data = request("POST", "/v1/zoos", "Content-Type: application/json", body=NEW_ZOO)
    wire.send(data[:-4])
    return data[-4:]


def test_a_full_house_is_sent_home(figure: Figures, *, is_thorough: bool) -> None:
    for number in SIGNALS if is_thorough else SIGNALS[:1]:
        _send_home(number, figure)


def _send_home(number: signal.Signals, figure: Figures) -> None:
    with ExitStack() as stack, started(str(ZOO), "--log", "quiet") as server:
        assert server.switch("slow", SLOW).status < 300 > server.switch("stuck", STUCK).status
        sockets = [stack.enter_context(Raw(server.port, "/v1/events/ws")) for _ in range(200)]
        running, held = ([stack.enter_context(Wire(server.port)) for _ in range(count)] for count in (20, 10))
        for wire in running[1:]:
            wire.send(request("GET", "/v1/zoos"))
        for wire in held:
            wire.send(request("GET", "/v1/employees"))
        rest = post_half(running[0])
        wait_until(lambda: server.control("GET", "/api/status").json["held"]["waiting"] == 29)
        begun = time.perf_counter()
        server.process.send_signal(number)
        wait_until(partial(is_refused, server.port))
        running[0].send(rest)
        codes = []
        for raw in sockets:
            codes.append(raw.skip_to(CLOSE).code)
            raw.send(close(1001))
            raw.sock.close()
        finished = [wire.read() for wire in running]
        # A hang never answers.
        released = [wire.at_end() for wire in held]
        assert all(wire.at_end() for wire in running)
        code = server.process.wait(timeout=10)
        took_s = time.perf_counter() - begun
        out, err = server.process.communicate()
    name = number.name
    figure(f"{name} with a full house: sockets told 1001", codes.count(1001), exactly=200)
    figure(
        f"{name} with a full house: requests finished",
        sum(answer.status in (200, 201) for answer in finished),
        exactly=20,
    )
    assert {answer.headers["connection"] for answer in finished} == {"close"}
    assert finished[0].json["name"] == "Ark"
    figure(f"{name} with a full house: hangs released", sum(released), exactly=10)
    figure(f"{name} with a full house: exit code", code, exactly=0)
    figure(f"{name} with a full house: the end after", took_s, "s", most=5)
    assert (out, err) == ("", "")


def test_a_second_signal_ends_it_whatever_goes_on(figure: Figures, *, is_thorough: bool) -> None:
    for number in SIGNALS if is_thorough else SIGNALS[1:]:
        _signal_twice(number, figure)


def _signal_twice(number: signal.Signals, figure: Figures) -> None:
    with started(str(ZOO)) as server, Wire(server.port) as wire:
        post_half(wire)
        server.get("/v1/zoos")
        server.process.send_signal(number)
        wait_until(partial(is_refused, server.port))
        server.process.send_signal(number)
        code, took_s = finish(server)
        assert (code, server.process.communicate()[1]) == (1, "")
    figure(f"{number.name} twice: the end after", took_s, "s", most=0.5)


def test_a_port_in_use_is_said_before_anything_else(figure: Figures, *, is_thorough: bool) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = str(taken.getsockname()[1])
        command = [sys.executable, "-m", "mockserver", "serve", "--port", port, "--control-port", "0"]
        begun = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
        took_s = time.perf_counter() - begun
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Port {port} on localhost is already in use" in done.stderr
    assert "--port 0" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    figure("port in use: said after", took_s, "s", most=1 if is_thorough else 10)


# Definitions that take each other's place.

TEXT = ZOO.read_text(encoding="utf-8")
OTHER = TEXT.replace("    count: 5\n    sort: id\n", "    count: 6\n    sort: id\n").replace("city: city", "town: city")
BROKEN = TEXT.replace("city: city", "city: {enum: [a], enmu: [b]}")


def save(path: Path, text: str) -> None:
    path.with_name(".new").write_text(text, encoding="utf-8")
    path.with_name(".new").replace(path)


def put(server: Running, text: str) -> Answer:
    body = json.dumps({"source": text}).encode()
    return server.control("PUT", "/api/definition", "Content-Type: application/json", body=body)


def await_reload(server: Running) -> bool:
    """Whether the next thing that became of the file is that it was loaded."""
    for line in server.stdout:
        if (event := json.loads(line)["event"]) in ("reloaded", "not_reloaded"):
            return bool(event == "reloaded")
    raise AssertionError("the server ended")


def await_fewest(server: Running, wanted: int) -> int:
    """How many files it has open, once that is no more than wanted, or it has had its time: clients leave first."""
    deadline = time.monotonic() + SETTLE_S
    while (found := count_files(server)) > wanted and time.monotonic() < deadline:
        pass
    return found


def test_definitions_take_over_from_each_other_for_ever(tmp_path: Path, figure: Figures, *, is_thorough: bool) -> None:
    """What is kept for the sake of speed is there after a while; from then on nothing is added."""
    count, first = (1_000, 100) if is_thorough else (6, 3)
    path = tmp_path / "zoo.yaml"
    save(path, TEXT)
    wrong = 0
    with ExitStack() as stack, started(str(path)) as server:
        feed = stack.enter_context(Raw(server.port, "/v1/events/ws"))
        counted, expected = 0, 5
        files, memory = 0, 0.0
        for number in range(count):
            text, zoos = ((TEXT, 5), (OTHER, 6), (BROKEN, expected))[number % 3]
            if number % 2:
                save(path, text)
                is_loaded = await_reload(server)
            else:
                is_loaded = put(server, text).status == 200
            assert is_loaded == (text is not BROKEN)
            expected = zoos
            answer = server.get("/v1/zoos")
            wrong += (answer.status, len(answer.json), "town" in answer.json[0]) != (200, zoos, zoos == 6)
            # The socket stays, and is told all that a reload has to tell.
            feed.send(frame(FIN | PING, b"still there?"))
            feed.skip_to(PONG)
            counted += 1
            if counted == first:
                files, memory = count_files(server), memory_mb(server)
        figure("reloads, good, changed and broken, by file and by PUT", counted, exactly=count)
        figure("reloads: wrong answers right after", wrong, exactly=0)
        figure("reloads: descriptors more than after the first 100", await_fewest(server, files) - files, most=0)
        figure(
            "reloads: memory more than after the first 100",
            memory_mb(server) - memory,
            "MB",
            most=10 if is_thorough else 30,
        )


# The time of day.

CLOCKED = """
mock: 1
api: {convention: rest, feed: {path: /events, heartbeat: 1s}}
resources:
  things: {count: 3, fields: {name: first_name}}
  others: {count: 3, fields: {name: first_name}}
"""
HEAD_S = 0.6
TTL_S = 1.0


def read_date(server: Running) -> datetime:
    """What time of day the server says it is."""
    return parsedate_to_datetime(server.get("/others/1").headers["date"])


def create(server: Running) -> Any:
    """The key of what is made, once however often it is asked for."""
    headers = ("Content-Type: application/json", "Idempotency-Key: ada")
    with Wire(server.port) as wire:
        wire.send(request("POST", "/things", *headers, body=b'{"name": "Ada"}'))
        answer = wire.read()
    assert answer.status == 201, answer.body
    return answer.json["id"]


def await_end(wire: Wire, begun: float) -> float:
    """How long after its beginning the server ended a connection, whatever it said before."""
    while wire.sock.recv(65536):
        pass
    return time.monotonic() - begun


def read_event(server: Running, target: str) -> dict[str, Any]:
    """The line about the next exchange there."""
    for line in server.stdout:
        if (event := json.loads(line)).get("target") == target:
            return dict(event)
    raise AssertionError("the server ended")


def test_no_wait_goes_by_the_time_of_day(tmp_path: Path, figure: Figures) -> None:
    """It is set a day forward, then back to a day before; all that is under way goes on as if it had not been."""
    path = tmp_path / "clocked.yaml"
    path.write_text(CLOCKED, encoding="utf-8")
    late_s, sane = 0.0, 0
    with entered(path, log="json", limits={"head_s": HEAD_S, "idle_s": HEAD_S}) as server:
        made = create(server)
        server.switch("limited", {"match": "GET /things/1", "rate_limit": {"limit": 1, "window": "1h"}})
        assert server.get("/things/1").status == 200
        with Raw(server.port, "/events/ws") as feed:
            for days in (1, -2):
                before = read_date(server)
                with Wire(server.port) as dripping, Wire(server.port) as idle:
                    idle.send(request("GET", "/others/1"))
                    idle.read()
                    dripping.send(b"GET /")
                    begun = time.monotonic()
                    server.switch("passing", {"match": "GET /others", "status": 503, "ttl": f"{TTL_S * 1000:.0f}ms"})
                    server.process.send_signal(signal.SIGUSR2)
                    moved_s = (read_date(server) - before).total_seconds()
                    assert abs(moved_s - days * DAY_S) < 60
                    assert server.get("/others").status == 503, "a fault ended before its time"
                    assert create(server) == made, "the answer to a key was forgotten"
                    answer = server.get("/things/1")
                    assert (answer.status, 3500 < int(answer.headers["retry-after"]) <= 3600) == (429, True)
                    told = [one["data"]["id"] for one in server.get("/events?since=start").json["events"]]
                    assert told == [made], "the feed has lost an event, or tells one twice"
                    late_s = max(late_s, await_end(dripping, begun) - HEAD_S, await_end(idle, begun) - HEAD_S)
                wait_until(lambda: server.control("GET", "/api/faults/passing").status == 404)
                late_s = max(late_s, time.monotonic() - begun - TTL_S)
                assert server.get("/others").status == 200
                assert feed.skip_to(PING).payload == b"", "no heartbeat"
                feed.send(frame(FIN | PONG, b""))
                assert server.get(f"/others/{1000 + days}").status == 404
                logged = datetime.fromisoformat(read_event(server, f"/others/{1000 + days}")["time"])
                assert abs(read_date(server) - logged) < timedelta(minutes=1), "the log goes by another clock"
                sane += 3
        entries = server.control("GET", "/api/requests?limit=1000").json
        numbers = [entry["number"] for entry in entries]
        assert sorted(numbers) == list(range(1, len(numbers) + 1)), "the journal is not whole, or out of order"
        assert numbers in (sorted(numbers), sorted(numbers, reverse=True))
        assert {round((entry["at"] - time.time()) / DAY_S) for entry in entries} == {0, 1, -1}
        server.process.terminate()
        assert server.process.communicate(timeout=10)[1] == ""
    figure("clock set a day forward and back: waits that ended in time", sane, exactly=6)
    figure("clock set a day forward and back: the latest after its time", late_s, "s", most=5)
