"""The feed over real sockets: the same events at four windows at once, streams that come back, answers that wait."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

import pytest

from tests.client import Client, wired
from tests.live import started
from tests.server.process import Running
from tests.server.socket.raw import CLOSE, FIN, PING, PONG, TEXT, Raw, close, frame
from tests.server.wire import Wire, request

DEFINITION = """
mock: 1
api: {feed: {heartbeat: 10s}}
resources:
  notes: {count: 0, fields: {id: {seq: 1}, text: {value: null, type: string}}}
  tags: {count: 1, fields: {id: {seq: 1}, text: {value: null, type: string}}}
"""
GUARDED = """
auth:
  users: {ada: {password: pw}}
  login: {route: POST /login, logout: POST /logout}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path: Path = tmp_path_factory.mktemp("feed") / "notes.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with started(str(path), "--log", "quiet") as running:
        yield running


@pytest.fixture
def client(server: Running) -> Client:
    return wired(server.port)


class Stream:
    """An event stream, event by event: the fields of each by name."""

    def __init__(self, port: int, target: str, *headers: str) -> None:
        self.wire = Wire(port)
        self.wire.send(request("GET", target, *headers))
        self.head = self.wire.read(head_only=True)
        self._text = b""

    def __enter__(self) -> Self:
        assert self.head.status == 200, self.head
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.sock.close()

    def _take_line(self) -> bytes:
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.wire.take(1)
        return line[:-2]

    def read(self) -> dict[str, str]:
        while b"\n\n" not in self._text:
            size = int(self._take_line(), 16)
            assert size, "the stream ended"
            self._text += self.wire.take(size)
            assert self._take_line() == b""
        event, _, self._text = self._text.partition(b"\n\n")
        pairs = (line.partition(": ") for line in event.decode().split("\n"))
        return {name: value for name, _, value in pairs}

    def hear(self) -> dict[str, Any]:
        """The next message that is no heartbeat."""
        while True:
            event = self.read()
            message: dict[str, Any] = json.loads(event["data"]) if "data" in event else {}
            if message and message["method"] != "/sys/ping":
                assert (event.get("event") == "sys") == message["method"].startswith("/sys/")
                return message


def read(raw: Raw) -> dict[str, Any]:
    """The next message on a socket; the protocol's own Ping is answered."""
    while (got := raw.read()).first == FIN | PING:
        raw.send(frame(FIN | PONG, got.payload))
    message: dict[str, Any] = json.loads(got.payload)
    return message


def hear(raw: Raw) -> dict[str, Any]:
    """The next message on a socket that is no heartbeat."""
    while (message := read(raw))["method"] == "/sys/ping":
        pass
    return message


def place(client: Client) -> str:
    at: str = client.get("/events").json["at"]
    return at


def note(client: Client, text: str) -> None:
    assert client.post("/notes", {"text": text}).status == 201


def ask_and_wait(stack: ExitStack, server: Running, target: str) -> Wire:
    wire = stack.enter_context(Wire(server.port))
    wire.send(request("GET", target))
    return wire


def test_four_windows_at_once_tell_the_same(server: Running, client: Client) -> None:
    at, told = place(client), list[list[Any]]()
    with (
        ExitStack() as stack,
        Raw(server.port, f"/events/ws?since={at}") as raw,
        Stream(server.port, f"/events/sse?since={at}") as stream,
    ):
        waiting = ask_and_wait(stack, server, f"/events?wait=20&since={at}")
        assert hear(raw)["method"] == stream.hear()["method"] == "/sys/hello"
        for number in range(25):
            note(client, f"ü{number}\n")
        polled = client.get(f"/events?since={at}").json["events"]
        told += [[hear(raw) for _ in polled], [stream.hear() for _ in polled]]
        first = waiting.read().json
    assert len(polled) == 25
    assert told == [polled, polled]
    assert first["events"] == polled[: len(first["events"])]
    assert first["at"] == first["events"][-1]["id"]


def test_a_stream_is_what_an_event_source_expects(server: Running, client: Client) -> None:
    at = place(client)
    with Stream(server.port, f"/events/sse?topics=notes&since={at}") as stream:
        assert stream.head.headers["content-type"] == "text/event-stream"
        assert stream.head.headers["cache-control"] == "no-store"
        assert stream.head.headers["x-accel-buffering"] == "no"
        assert stream.head.headers["x-mock-at"] == at
        assert stream.read() == {"retry": "1000"}
        hello = stream.read()
        assert (hello["event"], hello["id"]) == ("sys", at)
        assert json.loads(hello["data"])["data"]["resumed"] is True
        note(client, "a")
        event = next(one for one in iter(stream.read, {}) if "event" not in one)
        assert event["id"] == json.loads(event["data"])["id"] == place(client)


def test_a_stream_comes_back_to_where_it_was(server: Running, client: Client) -> None:
    at = place(client)
    note(client, "seen")
    with Stream(server.port, f"/events/sse?since={at}") as stream:
        assert stream.hear()["method"] == "/sys/hello"
        last = stream.hear()["id"]
    note(client, "missed")
    with Stream(server.port, f"/events/sse?since={at}", f"Last-Event-ID: {last}") as stream:
        assert stream.hear()["data"]["at"] == last
        assert stream.hear()["data"]["text"] == "missed"


def test_a_socket_comes_back_to_where_it_was_or_hears_of_a_gap(server: Running, client: Client) -> None:
    at = place(client)
    note(client, "missed")
    with Raw(server.port, f"/events/ws?since={at}") as raw:
        assert hear(raw)["data"]["replayed"] == 1
        assert hear(raw)["data"]["text"] == "missed"
    assert server.control("POST", "/api/reset").status == 200
    with Raw(server.port, f"/events/ws?since={at}") as raw:
        assert hear(raw)["data"]["resumed"] is False
        gap = hear(raw)
        assert (gap["method"], gap["data"]["reason"], gap["data"]["asked"]) == ("/sys/gap", "epoch", at)
        assert gap["data"]["refetch"] == ["/notes", "/tags"]
        note(client, "next")
        assert hear(raw)["data"]["text"] == "next"


def test_whoever_listens_hears_of_a_new_life_of_the_feed(server: Running) -> None:
    with Raw(server.port, "/events/ws") as raw, Stream(server.port, "/events/sse?topics=tags") as stream:
        hear(raw)
        stream.hear()
        server.control("POST", "/api/reset")
        assert hear(raw)["data"]["reason"] == stream.hear()["data"]["reason"] == "epoch"


def test_a_sign_of_life_comes_at_every_heartbeat(tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    path.write_text(DEFINITION.replace("10s", "60ms"), encoding="utf-8")
    with started(str(path), "--log", "quiet") as server:
        with Raw(server.port, "/events/ws") as raw:
            said = [json.loads(raw.skip_to(TEXT).payload) for _ in range(3)]
            # Nothing is answered: who is slow to do so is gone for the server, and there are two beats until then.
            assert said[0]["data"]["heartbeat_ms"] == 60
            assert [one["method"] for one in said[1:]] == ["/sys/ping"] * 2
        with Stream(server.port, "/events/sse") as stream:
            while stream.read().get("event") != "sys":
                pass
            assert [json.loads(stream.read()["data"])["method"] for _ in range(2)] == ["/sys/ping"] * 2


def test_an_answer_waits_for_what_is_asked_for(server: Running, client: Client) -> None:
    at = place(client)
    with ExitStack() as stack:
        waiting = ask_and_wait(stack, server, f"/events?wait=30&topics=notes&text=wanted&since={at}")
        for text in ("other", "wanted"):
            note(client, text)
        answer = waiting.read()
    assert {one["data"]["text"] for one in answer.json["events"]} == {"wanted"}
    assert answer.headers["x-mock-at"]
    assert answer.json["next_ms"] == 0


def test_a_wait_that_is_over_is_answered_with_nothing(server: Running, client: Client) -> None:
    answer = client.get("/events?wait=0.05&topics=notes")
    assert answer.status == 200
    assert answer.json == {"events": [], "at": place(client), "gap": None, "next_ms": 0}


def test_a_reset_lets_those_who_wait_go(server: Running, client: Client) -> None:
    with ExitStack() as stack:
        at = place(client)
        waiting = ask_and_wait(stack, server, f"/events?wait=30&since={at}")
        server.control("POST", "/api/reset")
        answer = waiting.read()
    assert answer.json["gap"]["reason"] == "epoch"
    assert answer.json["gap"]["asked"] == at


@pytest.mark.parametrize("query", ["topics=note", "since=x", "wait=x", "nonsense=1"])
@pytest.mark.parametrize("window", ["", "/sse", "/ws"])
def test_a_mistake_is_refused_before_anything_is_opened(server: Running, window: str, query: str) -> None:
    with Wire(server.port) as wire:
        lines = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
        key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
        wire.send(request("GET", f"/events{window}?{query}", *([*lines, key] if window == "/ws" else [])))
        assert wire.read().status == 400


def test_a_socket_without_a_handshake_is_told_what_is_there(server: Running) -> None:
    answer = server.get("/events/ws")
    assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")


def test_a_login_that_ends_ends_the_socket(tmp_path: Path) -> None:
    path = tmp_path / "guarded.yaml"
    path.write_text(DEFINITION.replace("10s", "1s") + GUARDED, encoding="utf-8")
    with started(str(path), "--log", "quiet") as running:
        client = wired(running.port)
        token = client.post("/login", {"username": "ada", "password": "pw"}).json["access_token"]
        bearer = f"Authorization: Bearer {token}"
        assert client.get("/events").status == 401
        with Raw(running.port, "/events/ws", bearer) as raw, Stream(running.port, "/events/sse", bearer) as stream:
            assert hear(raw)["method"] == stream.hear()["method"] == "/sys/hello"
            assert client.ask("POST", "/logout", bearer).status == 204
            bye = hear(raw)
            assert (bye["method"], bye["data"]["reconnect"]) == ("/sys/bye", False)
            assert raw.skip_to(CLOSE).code == 4401
            assert stream.hear()["method"] == "/sys/bye"
            with pytest.raises(AssertionError, match="the stream ended"):
                stream.read()


def test_who_is_told_is_whoever_is_logged_in_by_then(tmp_path: Path) -> None:
    path, base = tmp_path / "guarded.yaml", "/api/rest_j/v1"
    text = DEFINITION.replace("feed: {heartbeat: 10s}", "convention: linkis")
    path.write_text(f"{text}auth: {{users: {{ada: {{password: pw}}}}}}\n", encoding="utf-8")
    login, body = f"{base}/user/login", {"userName": "ada", "password": "pw"}

    def say(raw: Raw, method: str, data: Any) -> dict[str, Any]:
        raw.say(json.dumps({"method": method, "data": data, "websocketTag": "t"}))
        return hear(raw)

    with started(str(path), "--log", "quiet") as server:
        client = wired(server.port)
        cookie = "Cookie: " + client.post(login, body).headers["set-cookie"].partition(";")[0]
        with Raw(server.port, f"{base}/events/ws") as raw, Wire(server.port) as waiting:
            waiting.send(request("GET", f"{base}/events?wait=30", cookie))
            assert hear(raw)["method"] == "/sys/hello"
            assert say(raw, login, body)["status"] == 0
            assert say(raw, "/sys/subscribe", {"topics": ["notes"]})["status"] == 0
            assert client.ask("POST", f"{base}/user/logout", cookie).status == 200
            assert say(raw, f"POST {base}/notes", {"text": "seen"})["status"] == 0
            assert hear(raw)["data"]["text"] == "seen"
            assert waiting.read().status == 401


def test_a_server_that_stops_says_so_and_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "notes.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    bye = {"reconnect": True, "retry_ms": 1000}
    with started(str(path), "--log", "quiet") as server, ExitStack() as stack:
        socket = stack.enter_context(Raw(server.port, "/events/ws"))
        stream = stack.enter_context(Stream(server.port, "/events/sse"))
        assert hear(socket)["method"] == stream.hear()["method"] == "/sys/hello"
        waiting = ask_and_wait(stack, server, "/events?wait=60")
        # Whoever asks later is answered later: by then the wait has begun.
        place(wired(server.port))
        server.process.terminate()
        assert hear(socket)["data"] == stream.hear()["data"] == bye
        assert socket.skip_to(CLOSE).code == 1001
        socket.send(close(1001))
        assert waiting.read().json["events"] == []
        assert server.process.wait(timeout=5) == 0
