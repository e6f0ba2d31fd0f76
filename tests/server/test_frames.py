"""Messages on sockets as the control plane shows them, and as it says them itself."""

import base64
import json
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.live import started
from tests.server.process import Running
from tests.server.socket.raw import FIN, Raw, frame
from tests.server.test_control_stream import Followed
from tests.server.test_stop import wait_until
from tests.server.wire import Answer, Wire, request

CHAT = """
mock: 1
api: {feed: {path: /events, heartbeat: 30s}}
resources: {notes: {count: 1}}
channels:
  chat: {path: /chat, receive: [{when: "msg_is_bytes", bytes: "${raw}"}, {when: "not msg_is_bytes", text: "${raw}"}]}
"""
_numbers = count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    path = tmp_path_factory.mktemp("frames") / "chat.yaml"
    path.write_text(CHAT, encoding="utf-8")
    with started(str(path), "--no-watch", "--log", "quiet") as running:
        yield running


@pytest.fixture
def sandbox() -> str:
    return f"f{next(_numbers)}"


@pytest.fixture
def chat(server: Running, sandbox: str) -> Iterator[Raw]:
    with Raw(server.port, f"/~{sandbox}/chat") as opened:
        yield opened


def newest(server: Running, sandbox: str) -> str:
    return str(server.control("GET", f"/api/sockets?sandbox={sandbox}").json[-1]["id"])


def send(server: Running, socket: str, body: Any) -> Answer:
    data = json.dumps(body).encode()
    return server.control("POST", f"/api/sockets/{socket}/send", "Content-Type: application/json", body=data)


def test_both_ways_are_shown_as_they_go(server: Running, sandbox: str, chat: Raw) -> None:
    name = newest(server, sandbox)
    with Followed(server.control_port, f"events=frame&sandbox={sandbox}") as followed:
        assert followed.hello[1]["events"] == ["frame"]
        chat.say('{"a": "ü"}')
        said, answered = followed.next(), followed.next()
    assert [kind for kind, _ in (said, answered)] == ["frame", "frame"]
    told = said[1]
    assert told.pop("at") > 1_700_000_000
    assert told == {
        "sandbox": sandbox, "socket": name, "direction": "in", "kind": "text", "text": '{"a": "ü"}', "bytes": 11,
    }  # fmt: skip
    assert (answered[1]["direction"], answered[1]["text"]) == ("out", '{"a": "ü"}')


def test_who_asks_for_nothing_is_not_told(server: Running, sandbox: str, chat: Raw) -> None:
    with Followed(server.control_port, f"sandbox={sandbox}") as followed:
        assert "frame" not in followed.hello[1]["events"]
        chat.say("a")
        chat.hear()
        server.get(f"/~{sandbox}/notes")
        assert followed.next()[0] == "request"


def test_of_one_socket_alone(server: Running, sandbox: str, chat: Raw) -> None:
    name = newest(server, sandbox)
    with (
        Raw(server.port, f"/~{sandbox}/chat") as other,
        Followed(server.control_port, f"events=frame&socket={name}") as followed,
    ):
        other.say("of another")
        other.hear()
        chat.say("mine")
        assert followed.next()[1]["text"] == "mine"


def test_those_that_open_later_are_shown_too(server: Running, sandbox: str) -> None:
    with (
        Followed(server.control_port, f"events=frame&sandbox={sandbox}") as followed,
        Raw(server.port, f"/~{sandbox}/events/ws"),
    ):
        told = followed.next()[1]
    assert (told["direction"], json.loads(told["text"])["method"]) == ("out", "/sys/hello")


def test_event_streams_are_shown_by_their_data(server: Running, sandbox: str) -> None:
    with Followed(server.control_port, f"events=frame&sandbox={sandbox}") as followed, Wire(server.port) as wire:
        wire.send(request("GET", f"/~{sandbox}/events/sse"))
        wire.read(head_only=True)
        told = followed.next()[1]
        assert (told["kind"], json.loads(told["text"])["method"]) == ("event", "/sys/hello")
        answer = send(server, newest(server, sandbox), {"text": "one\ntwo"})
        assert answer.status == 200
        assert followed.next()[1]["text"] == "one\ntwo"


@pytest.mark.parametrize(
    "said",
    [
        '{"password": "canary"}',
        '{"deep": [{"accessToken": {"is": "canary"}}]}',
        '{"method": "/notes?access_token=canary"}',
        "CONNECT\npasscode:1\ntoken:canary\n\n\0",
        '{"password": "canary"',
        '{"password": "canary", "more": "' + "x" * 5000 + '"}',
    ],
)
def test_no_secret_is_shown(server: Running, sandbox: str, chat: Raw, said: str) -> None:
    with Followed(server.control_port, f"events=frame&sandbox={sandbox}") as followed:
        chat.say(said)
        chat.send(frame(FIN | 2, said.encode()))
        shown = [followed.next()[1]["text"] for _ in range(3)]
    assert all("[redacted]" in text and "canary" not in text for text in shown)
    assert not any(base64.b64encode(b"canary").decode()[:6] in text for text in shown)


def test_of_a_long_message_the_beginning_is_shown(server: Running, sandbox: str, chat: Raw) -> None:
    with Followed(server.control_port, f"events=frame&sandbox={sandbox}") as followed:
        chat.say("x" * 100_000)
        told = followed.next()[1]
        assert (told["text"], told["bytes"]) == ("x" * 2048, 100_000)
        chat.send(frame(FIN | 2, bytes(range(256)) * 20))
        told = [followed.next()[1] for _ in range(2)][1]
    assert (told["kind"], told["bytes"]) == ("binary", 5120)
    assert base64.b64decode(told["text"]) == (bytes(range(256)) * 20)[:1536]


def test_nothing_is_looked_at_when_nobody_reads(server: Running, sandbox: str, chat: Raw) -> None:
    with Followed(server.control_port, f"events=frame&sandbox={sandbox}") as followed:
        chat.say("a")
        number = followed.next() and int(followed.id or 0)
    chat.hear()
    wait_until(lambda: _number(server) == _number(server))
    before = _number(server)
    chat.say("b")
    chat.hear()
    assert number <= before == _number(server)


def _number(server: Running) -> int:
    """That of the last event of the stream."""
    with Followed(server.control_port, "events=clock") as followed:
        return int(followed.id or 0)


@pytest.mark.parametrize(
    ("body", "payload"),
    [
        ({"text": "as it is <b>"}, b"as it is <b>"),
        ({"json": {"a": [1, None, "ü"]}}, '{"a":[1,null,"ü"]}'.encode()),
        ({"json": None}, b"null"),
        ({"base64": base64.b64encode(b"\0\xff").decode()}, b"\0\xff"),
        ({"text": ""}, b""),
    ],
)
def test_a_message_is_said_to_a_client(
    server: Running, sandbox: str, chat: Raw, body: dict[str, Any], payload: bytes
) -> None:
    name = newest(server, sandbox)
    answer = send(server, name, body)
    assert (answer.status, answer.json) == (200, {"sent": name})
    got = chat.read()
    assert (got.payload, got.opcode) == (payload, 2 if "base64" in body else 1)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "one of 'text', 'json' and 'base64'"),
        ({"text": "a", "json": 1}, "one of 'text', 'json' and 'base64'"),
        ({"txt": "a"}, "did you mean 'text'?"),
        ({"text": 1}, "'text' must be a text"),
        ({"base64": "?"}, "'base64' must be bytes in base64"),
        ([], "must be a JSON object"),
    ],
)
def test_what_can_not_be_said_is_refused(server: Running, sandbox: str, chat: Raw, body: Any, said: str) -> None:
    del chat
    answer = send(server, newest(server, sandbox), body)
    assert answer.status == 400
    assert said in answer.json["detail"]


def test_nothing_is_said_to_who_is_gone_or_can_not_hear(server: Running, sandbox: str, chat: Raw) -> None:
    del chat
    assert send(server, "999999", {"text": "a"}).status == 404
    name = newest(server, sandbox)
    close = f"/api/sockets/{name}/close"
    server.control("POST", close, "Content-Type: application/json", body=b'{"how": "stall"}')
    answer = send(server, name, {"text": "a"})
    assert (answer.status, "stalled" in answer.json["detail"]) == (409, True)
    with Wire(server.port) as wire:
        wire.send(request("GET", f"/~{sandbox}/events/sse"))
        wire.read(head_only=True)
        assert send(server, newest(server, sandbox), {"base64": "AAAA"}).status == 400
