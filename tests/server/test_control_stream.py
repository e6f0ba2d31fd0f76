"""The stream of everything: what it says, to whom, in what order, and what becomes of those who don't read it."""

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from time import perf_counter
from typing import Any, Self

import pytest
from gevent import socket as gevent_socket

from mockserver.errors import Unavailable
from mockserver.messages import Json
from mockserver.server.control.hub import Hub, Reader, write_event
from mockserver.server.control.stream import Reading
from tests.live import SEEDS, put_back, started
from tests.server.process import Running
from tests.server.socket.raw import Raw
from tests.server.test_stop import wait_until
from tests.server.wire import Wire, ask, request

JSON = "Content-Type: application/json"
ZOOS = "/v1/zoos"


class Followed:
    """The stream of a server, read event by event."""

    def __init__(self, port: int, query: str = "", *headers: str) -> None:
        self.wire = Wire(port)
        self.wire.send(request("GET", f"/api/stream?{query}", *headers))
        self._text = b""

    def __enter__(self) -> Self:
        try:
            answer = self.wire.read(head_only=True)
            assert answer.status == 200, answer
            assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
            assert answer.headers["cache-control"] == "no-store"
            self.hello = self.next()
        except BaseException:
            self.wire.sock.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.sock.close()

    def next(self) -> tuple[str, Any]:
        """The name and the data of the next event."""
        while b"\n\n" not in self._text:
            chunk = self.chunk()
            assert chunk, "the stream ended"
            self._text += chunk
        block, _, self._text = self._text.partition(b"\n\n")
        fields = dict(line.split(": ", 1) for line in block.decode().split("\n"))
        if "data" not in fields:
            return self.next()
        self.id = fields.get("id")
        return fields["event"], json.loads(fields["data"])

    def chunk(self) -> bytes:
        """The next chunk, empty at the end of the answer."""
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.wire.take(1)
        chunk = self.wire.take(int(line, 16))
        assert self.wire.take(2) == b"\r\n"
        return chunk


@pytest.fixture(scope="module")
def shared() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml"), "--no-watch") as server:
        yield server


@pytest.fixture
def server(shared: Running) -> Running:
    put_back(shared)
    return shared


def test_it_begins_with_what_it_will_say_and_that_nothing_is_said_again(server: Running) -> None:
    with Followed(server.control_port, "events=request,clock&sandbox=w1", "Last-Event-ID: 17") as stream:
        name, data = stream.hello
    assert (name, data) == (
        "hello",
        {"sandbox": "w1", "events": ["request", "clock"], "last_event_id": "17", "replayed": False},
    )


def test_a_reader_is_asked_to_come_back_soon(server: Running) -> None:
    with Wire(server.control_port) as wire:
        wire.send(request("GET", "/api/stream"))
        wire.read(head_only=True)
        assert b"retry: 1000\n" in wire.take(20)


def test_an_exchange_is_told_as_the_journal_has_it(server: Running) -> None:
    with Followed(server.control_port, "events=request") as stream:
        server.get(f"{ZOOS}?limit=2", "Authorization: Bearer canary-4711")
        name, data = stream.next()
        (kept,) = server.control("GET", "/api/requests").json
    assert (name, data) == ("request", kept)
    assert "canary-4711" not in json.dumps(data)


def test_numbers_grow_by_one(server: Running) -> None:
    with Followed(server.control_port, "events=request") as stream:
        first = int(stream.id or "")
        for n in range(1, 4):
            server.get(ZOOS)
            stream.next()
            assert stream.id == str(first + n)


def test_a_change_is_told_with_its_document(server: Running) -> None:
    with Followed(server.control_port, "events=event") as stream:
        made = ask(server.port, request("POST", ZOOS, JSON, body=b'{"name": "Berlin"}'))
        _, created = stream.next()
        server.control("POST", "/api/events", JSON, body=b'{"topic": "news", "data": [1]}')
        _, published = stream.next()
    assert created["cursor"] == made.headers["x-mock-at"].replace(".0", ".1")
    key = made.json["id"]
    assert created == {
        "sandbox": "default", "cursor": created["cursor"], "action": "created", "topic": "zoos", "resource": "zoos",
        "key": key, "method": f"{ZOOS}/{key}", "data": made.json,
    }  # fmt: skip
    assert (published["topic"], published["action"], published["data"]) == ("news", "published", [1])


def test_another_life_of_the_feed_is_told_as_a_gap(server: Running) -> None:
    with Followed(server.control_port, "events=event") as stream:
        server.control("POST", "/api/reset")
        _, data = stream.next()
    assert data["gap"]["reason"] == "epoch"


def test_sockets_are_told_as_they_open_and_end(server: Running) -> None:
    with Followed(server.control_port, "events=socket") as stream, Raw(server.port, "/v1/events/ws"):
        name, opened = stream.next()
        (shown,) = server.control("GET", "/api/sockets").json
        server.control("POST", "/api/sockets/close", JSON, body=b'{"how": "drop"}')
        _, closed = stream.next()
    assert name == "socket"
    assert (opened["change"], opened["id"], opened["path"]) == ("opened", shown["id"], "/v1/events/ws")
    assert (closed["change"], closed["id"]) == ("closed", shown["id"])
    assert closed["ending"] == {"by": "server", "how": "drop", "code": 1006, "reason": ""}


def test_a_sandbox_is_told_as_it_begins_and_what_happens_there_with_its_name(server: Running) -> None:
    with Followed(server.control_port, "events=sandbox,request") as stream:
        server.get(f"/~begins{ZOOS}")
        assert stream.next() == ("sandbox", {"sandbox": "begins", "change": "began"})
        name, data = stream.next()
    assert (name, data["sandbox"], data["target"]) == ("request", "begins", ZOOS)


def test_only_one_sandbox_is_heard_by_who_wants_only_one(server: Running) -> None:
    with Followed(server.control_port, "sandbox=w1&events=request") as stream:
        server.get(f"/~w2{ZOOS}")
        server.get(ZOOS)
        server.get(f"/~w1{ZOOS}/1")
        _, data = stream.next()
    assert (data["sandbox"], data["target"]) == ("w1", f"{ZOOS}/1")


def test_all_who_read_hear_the_same(server: Running) -> None:
    with Followed(server.control_port, "events=request") as one, Followed(server.control_port) as other:
        server.get(ZOOS)
        assert one.next() == other.next()
        assert one.id == other.id


@pytest.mark.parametrize(
    ("query", "parameter", "said"),
    [
        ("events=requets", "events", "did you mean 'request'?"),
        ("events=", "events", "known here"),
        ("events=request,", "events", "known here"),
        ("sandbox=%2F", "sandbox", "letters"),
        ("event=request", "event", "did you mean 'events'?"),
    ],
)
def test_what_can_t_be_followed_is_refused(server: Running, query: str, parameter: str, said: str) -> None:
    answer = server.control("GET", f"/api/stream?{query}")
    assert answer.status == 400
    assert answer.json["errors"][0]["parameter"] == parameter
    assert said in answer.json["detail"]


def test_a_head_says_what_it_is_and_does_not_stay(server: Running) -> None:
    answer = ask(server.control_port, request("HEAD", "/api/stream"), head_only=True)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


def test_those_who_leave_make_room(server: Running) -> None:
    streams = [Followed(server.control_port) for _ in range(64)]
    try:
        for stream in streams:
            stream.wire.read(head_only=True)
        refused = server.control("GET", "/api/stream")
        assert refused.status == 503
        assert refused.headers["retry-after"] == "1"
    finally:
        for stream in streams:
            stream.wire.sock.close()

    def has_room() -> bool:
        with Wire(server.control_port) as wire:
            wire.send(request("GET", "/api/stream"))
            return wire.read(head_only=True).status == 200

    wait_until(has_room)


def test_who_does_not_read_holds_nobody_up_and_not_the_end_either() -> None:
    with started(str(SEEDS / "zoo.yaml"), "--log", "quiet") as server, Wire(server.control_port) as silent:
        silent.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        silent.send(request("GET", "/api/stream"))
        with Wire(server.port) as wire:
            slowest = 0.0
            for _ in range(3_000):
                start = perf_counter()
                wire.send(request("GET", f"{ZOOS}/1", f"X-Pad: {'x' * 4000}"))
                wire.read()
                slowest = max(slowest, perf_counter() - start)
        assert slowest < 0.5
        start = perf_counter()
        server.process.terminate()
        assert server.process.wait(timeout=10) == 0
        assert perf_counter() - start < 3


def test_the_end_of_the_server_is_the_end_of_the_stream_at_once() -> None:
    with started(str(SEEDS / "zoo.yaml")) as server, Followed(server.control_port) as stream:
        start = perf_counter()
        server.process.terminate()
        while stream.chunk():
            pass
        assert server.process.wait(timeout=10) == 0
        assert perf_counter() - start < 3


def told(number: int) -> Callable[[], dict[str, Json]]:
    return lambda: {"number": number}


def numbers(text: bytes) -> list[Any]:
    data = [json.loads(line.removeprefix("data: ")) for line in text.decode().split("\n") if line.startswith("data: ")]
    return [one.get("number", -one.get("dropped", 0)) for one in data]


def read_all(reader: Reader) -> list[Any]:
    text = b""
    while chunk := reader.take():
        text += chunk
    return numbers(text)


def test_what_does_not_fit_is_dropped_and_counted_where_it_is_missing() -> None:
    hub, reader = Hub(), Reader()
    hub.join(reader)
    for n in range(1_010):
        hub.publish("request", "default", told(n))
    assert read_all(reader) == [*range(1_000), -10]
    hub.publish("request", "default", told(2_000))
    assert read_all(reader) == [2_000]


def test_what_is_dropped_is_told_before_what_comes_after_it() -> None:
    hub, reader = Hub(), Reader()
    hub.join(reader)
    for n in range(1_005):
        hub.publish("request", "default", told(n))
    reader.take()
    hub.publish("request", "default", told(2_000))
    assert read_all(reader)[-2:] == [-5, 2_000]


def test_large_events_don_t_add_up_without_end() -> None:
    hub, reader = Hub(), Reader()
    hub.join(reader)
    for _ in range(100):
        hub.publish("event", "default", lambda: {"text": "x" * 100_000})
    size = 0
    while chunk := reader.take():
        size += len(chunk)
    assert size < 5_000_000


def test_nothing_is_made_of_what_nobody_wants() -> None:
    hub = Hub()

    def tell() -> dict[str, Json]:
        raise AssertionError("nobody wanted it")

    hub.publish("request", "default", tell)
    reader = Reader(["clock"], "w1")
    hub.join(reader)
    hub.publish("request", "w1", tell)
    hub.publish("clock", "w2", tell)
    assert hub.number == 0
    hub.publish("clock", None, told(1))
    assert read_all(reader) == [1]


def test_sources_are_drawn_from_only_while_somebody_reads() -> None:
    hub = Hub()
    seen: list[str] = []

    def source() -> Callable[[], None]:
        seen.append("begun")
        return lambda: seen.append("ended")

    hub.draw_from(source)
    one, other = Reader(), Reader()
    for reader in (one, other):
        hub.join(reader)
    hub.leave(one)
    assert seen == ["begun"]
    hub.leave(other)
    hub.leave(other)
    assert seen == ["begun", "ended"]
    hub.join(one)
    assert seen == ["begun", "ended", "begun"]


def test_nobody_is_let_in_once_it_is_closed() -> None:
    hub, reader = Hub(), Reader()
    hub.join(reader)
    hub.close()
    assert not reader.is_open
    with pytest.raises(Unavailable):
        hub.join(Reader())


def test_silence_is_broken_by_heartbeats() -> None:
    ours, theirs = gevent_socket.socketpair()
    with closing(ours), closing(theirs):
        hub, reader = Hub(), Reader()
        hub.join(reader)
        reading = Reading(hub, reader, ours, beat_s=0.01)
        chunks = reading.run(b"hello")
        assert [next(chunks) for _ in range(3)] == [b"hello", b": beat\n\n", b": beat\n\n"]
        hub.publish("clock", None, told(1))
        assert next(chunks) == write_event("clock", {"sandbox": None, "number": 1}, 1)
        reader.close()
        assert list(chunks) == []
        reading.end()
        assert hub.is_quiet


def test_faults_are_told_as_they_stand_after_every_change(server: Running) -> None:
    with Followed(server.control_port, "events=fault&sandbox=w1") as stream:
        server.control("PUT", "/api/faults/down?sandbox=w1", JSON, body=b'{"match": "ANY *", "status": 503}')
        name, data = stream.next()
        listed = server.control("GET", "/api/faults?sandbox=w1").json
        server.control("PUT", "/api/faults/down", JSON, body=b'{"match": "ANY *", "status": 503}')
        server.control("DELETE", "/api/faults/down")
        server.control("DELETE", "/api/faults/down?sandbox=w1")
        _, after = stream.next()
    assert (name, data["sandbox"]) == ("fault", "w1")
    assert [one["name"] for one in data["faults"]] == [one["name"] for one in listed]
    assert "down" in [one["name"] for one in data["faults"] if one["enabled"]]
    assert "down" not in [one["name"] for one in after["faults"]]


def test_a_fault_that_ends_by_itself_is_told_too(server: Running) -> None:
    with Followed(server.control_port, "events=fault") as stream:
        body = b'{"match": "ANY *", "status": 503, "ttl": "200ms"}'
        server.control("PUT", "/api/faults/brief", JSON, body=body)
        assert "brief" in [one["name"] for one in stream.next()[1]["faults"]]
        assert "brief" not in [one["name"] for one in stream.next()[1]["faults"]]


def test_an_exchange_is_told_with_the_faults_that_acted(server: Running) -> None:
    server.control("PUT", "/api/faults/down", JSON, body=b'{"match": "GET *", "status": 503}')
    with Followed(server.control_port, "events=request") as stream:
        server.get(ZOOS)
        _, data = stream.next()
    assert data["status"] == 503
    assert [(one["fault"], one["n"], one["fired"]) for one in data["faults"]] == [("down", 1, True)]
    assert server.control("GET", "/api/requests?fault=down&status=5xx").json == [data]


@pytest.mark.parametrize(
    "forget", [("DELETE", "/api/requests"), ("POST", "/api/reset", JSON)], ids=["forgotten", "reset"]
)
def test_it_is_told_up_to_which_number_exchanges_are_forgotten(server: Running, forget: tuple[str, ...]) -> None:
    with Followed(server.control_port, "events=journal") as stream:
        server.get(ZOOS)
        number = server.control("GET", "/api/requests?limit=1").json[0]["number"]
        server.control(*forget, body=b'{"what": ["journal"]}' if JSON in forget else b"")
        assert stream.next() == ("journal", {"sandbox": "default", "change": "cleared", "until": number})


def test_a_clock_is_told_as_it_is_moved(server: Running) -> None:
    with Followed(server.control_port, "events=clock") as stream:
        for change in (b'{"freeze": "2030-01-01T00:00:00Z"}', b'{"advance": "1h"}', b'{"real": true}'):
            server.control("PUT", "/api/clock", JSON, body=change)
        moved = {"sandbox": "default", "now": "2030-01-01T01:00:00Z", "frozen": True}
        while stream.next() != ("clock", moved):
            pass
        assert stream.next()[1]["frozen"] is False
