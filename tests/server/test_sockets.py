"""The sockets of a running server, as the control plane shows and ends them, and what it says on the feed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import run
from tests.live import SEEDS, started
from tests.server.process import Running
from tests.server.socket.raw import CLOSE, UPGRADE, Raw, handshake
from tests.server.wire import Answer, Wire, request

EVENTS = "/v1/events/ws"
SHOWN = {
    "id", "transport", "path", "session", "user", "sandbox", "rooms", "remote", "state", "since", "age_s",
    "messages_in", "messages_out", "bytes_in", "bytes_out", "queue", "queue_bytes",
}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml")) as running:
        yield running


@pytest.fixture
def feed(server: Running) -> Iterator[Raw]:
    """A socket on the feed that has been greeted."""
    with Raw(server.port, EVENTS) as opened:
        assert json.loads(opened.hear())["method"] == "/sys/hello"
        yield opened


def post(server: Running, path: str, body: Any) -> Answer:
    return server.control("POST", path, "Content-Type: application/json", body=json.dumps(body).encode())


def shown(server: Running) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = server.control("GET", "/api/sockets").json
    return found


def newest(server: Running) -> str:
    return str(shown(server)[-1]["id"])


def test_a_socket_is_shown_with_what_goes_on(server: Running, feed: Raw) -> None:
    feed.say('{"method": "/v1/zoos/1", "websocketTag": "a"}')
    feed.hear()
    socket = shown(server)[-1]
    assert set(socket) == SHOWN
    known = {"transport": "websocket", "path": EVENTS, "user": "", "sandbox": "default", "messages_in": 1, "queue": 0}
    assert known.items() <= socket.items()
    assert socket["messages_out"] == 2
    assert socket["bytes_in"] > 0


def test_event_streams_are_shown_too(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(request("GET", "/v1/events/sse?topics=zoos"))
        assert wire.read(head_only=True).status == 200
        socket = shown(server)[-1]
        assert (socket["transport"], socket["path"], socket["rooms"]) == ("sse", "/v1/events/sse", ["zoos"])
        assert post(server, f"/api/sockets/{socket['id']}/close", {"how": "drop"}).status == 200
        while wire.sock.recv(1000):
            pass


@pytest.mark.parametrize(
    ("body", "code", "reason"),
    [
        ({}, 1000, ""),
        ({"code": 1012}, 1012, ""),
        ({"code": 1012.0}, 1012, ""),
        ({"code": 4001, "reason": "bye ☂"}, 4001, "bye ☂"),
        ({"code": 1005}, 0, ""),
    ],
)
def test_a_socket_is_closed_with_code_and_reason(
    server: Running, feed: Raw, body: dict[str, Any], code: int, reason: str
) -> None:
    name = newest(server)
    assert post(server, f"/api/sockets/{name}/close", body).json == {"closed": [name]}
    got = feed.skip_to(CLOSE)
    assert (got.code, got.reason) == (code, reason)


def test_a_socket_is_dropped_without_a_word(server: Running, feed: Raw) -> None:
    assert post(server, f"/api/sockets/{newest(server)}/close", {"how": "drop"}).status == 200
    assert feed.at_end()


def test_a_socket_is_reset(server: Running, feed: Raw) -> None:
    assert post(server, f"/api/sockets/{newest(server)}/close", {"how": "reset"}).status == 200
    with pytest.raises(ConnectionResetError):
        feed.sock.recv(1)


def test_a_stalled_socket_stays_and_says_so(server: Running, feed: Raw) -> None:
    name = newest(server)
    assert post(server, f"/api/sockets/{name}/close", {"how": "stall"}).status == 200
    assert [one["state"] for one in shown(server) if one["id"] == name] == ["stalled"]
    assert post(server, f"/api/sockets/{name}/close", {"how": "drop"}).status == 200
    assert feed.at_end()


def test_all_are_closed_at_once(server: Running, feed: Raw) -> None:
    with Raw(server.port, EVENTS) as other:
        ids = [one["id"] for one in shown(server)]
        assert post(server, "/api/sockets/close", {"code": 1013}).json == {"closed": ids}
        assert [one.skip_to(CLOSE).code for one in (feed, other)] == [1013, 1013]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": 1006}, "'code' must be"),
        ({"code": 1005, "reason": "why"}, "can't be sent without a code"),
        ({"code": 999}, "'code' must be"),
        ({"code": 5000}, "'code' must be"),
        ({"code": "1000"}, "'code' must be"),
        ({"code": True}, "'code' must be"),
        ({"code": 1000.5}, "'code' must be"),
        ({"reason": "x" * 124}, "'reason' must be"),
        ({"reason": "☂" * 42}, "'reason' must be"),
        ({"reason": 1}, "'reason' must be"),
        ({"reason": "a\r\nb\0"}, "'reason' must be one line"),
        ({"how": "explode"}, "'how' must be one of close, drop, reset, stall"),
        ({"how": ["drop"]}, "'how' must be one of"),
        ({"how": "drop", "code": 1000}, "sends no Close frame"),
        ({"cod": 1000}, "did you mean 'code'?"),
        ([], "must be a JSON object"),
    ],
)
def test_an_end_that_can_not_be_ends_none(server: Running, feed: Raw, body: Any, said: str) -> None:
    for path in (f"/api/sockets/{newest(server)}/close", "/api/sockets/close"):
        answer = post(server, path, body)
        assert answer.status == 400
        assert said in answer.json["detail"]
    assert feed.is_alive()


def test_a_socket_that_is_not_there_is_not_found(server: Running) -> None:
    answer = post(server, "/api/sockets/99999/close", {})
    assert (answer.status, answer.json["detail"]) == (404, "There is no open socket '99999'.")


def test_what_is_published_comes_to_those_who_listen(server: Running, feed: Raw) -> None:
    published = post(server, "/api/events", {"topic": "news", "data": {"text": "Hi ☂"}, "method": "/news/1"}).json
    assert json.loads(feed.hear()) == {
        "method": "/news/1",
        "status": 0,
        "message": "published",
        "data": {"text": "Hi ☂"},
        "id": published["id"],
        "topic": "news",
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "'topic' must be a text"),
        ({"topic": 1}, "'topic' must be a text"),
        ({"topic": ""}, "'topic' must be 1 to 64"),
        ({"topic": "a b"}, "'topic' must be 1 to 64"),
        ({"topic": "a", "method": 1}, "'method' must be a text"),
        ({"topic": "a", "method": "a\nb"}, "'method' must be a text"),
        ({"topic": "a", "method": "/sys/bye"}, "'method' can't be one of the system's own"),
        ({"topic": "a", "payload": 1}, "'payload' is not known"),
    ],
)
def test_what_can_not_be_published_is_refused(server: Running, body: Any, said: str) -> None:
    answer = post(server, "/api/events", body)
    assert answer.status == 400
    assert said in answer.json["detail"]


def test_nothing_is_waited_for_over_a_socket(feed: Raw) -> None:
    for method in ("/v1/events?wait=3", "/v1/events/sse"):
        feed.say(json.dumps({"method": method, "websocketTag": "a"}))
        reply = json.loads(feed.hear())
        assert (reply["status"], "/sys/subscribe" in reply["message"]) == (1, True)


def command(server: Running, *arguments: str) -> str:
    done = run("sockets", *arguments, "--control", f"http://127.0.0.1:{server.control_port}")
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_the_command_lists_and_closes(server: Running, feed: Raw) -> None:
    name = newest(server)
    assert json.loads(command(server, "--json"))[-1]["id"] == name
    header, *lines = command(server).splitlines()
    assert header.split()[:3] == ["id", "transport", "path"]
    assert lines[-1].split()[:3] == [name, "websocket", EVENTS]
    assert command(server, "close", name, "--code", "4001", "--reason", "over") == f"closed: {name}\n"
    got = feed.skip_to(CLOSE)
    assert (got.code, got.reason) == (4001, "over")


def test_the_command_closes_without_a_code(server: Running, feed: Raw) -> None:
    assert command(server, "close", newest(server), "--code", "1005")
    assert feed.skip_to(CLOSE).payload == b""


def test_the_command_closes_all(server: Running, feed: Raw) -> None:
    assert newest(server) in command(server, "close", "--how", "drop")
    assert feed.at_end()
    assert command(server, "close") == "no socket is open\n"
    assert command(server) == "no socket is open\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--code", "1000"), "mockserver sockets close"),
        (("close", "99999"), "There is no open socket '99999'."),
        (("close", "--how", "drop", "--code", "1000"), "sends no Close frame"),
        (("close", "--code", "1006"), "must be 1000-1003"),
        (("open",), "open"),
    ],
)
def test_a_wrong_command_line_says_what_to_do(server: Running, arguments: tuple[str, ...], said: str) -> None:
    done = run("sockets", *arguments, "--control", f"http://127.0.0.1:{server.control_port}")
    assert done.returncode in (1, 2)
    assert said in done.stderr.decode()


def test_a_socket_that_is_not_there_has_its_nearest_named(tmp_path: Path) -> None:
    path = tmp_path / "echo.yaml"
    path.write_text('channels: {echo: {path: /echo, receive: [{text: "${raw}"}]}}\nresources: {}\n', encoding="utf-8")
    with started(str(path)) as server, Wire(server.port) as wire:
        wire.send(handshake("/ecoh", *UPGRADE))
        answer = wire.read()
        assert (answer.status, "did you mean '/echo'?" in answer.json["detail"]) == (404, True)
        asked = server.get("/echo")
        assert (asked.status, asked.headers["upgrade"]) == (426, "websocket")


def test_strangers_may_connect_to_linkis_and_hear_nothing_before_they_log_in() -> None:
    with started(str(SEEDS / "linkis.yaml")) as server, Raw(server.port, "/api/rest_j/v1/project/events/ws") as socket:

        def ask(method: str, data: dict[str, str] | None = None) -> dict[str, Any]:
            socket.say(json.dumps({"method": method, "data": data, "websocketTag": "a"}))
            answer: dict[str, Any] = json.loads(socket.hear())
            assert (answer["method"], answer["status"]) == (method, 0)
            return answer

        assert json.loads(socket.hear())["method"] == "/sys/hello"
        ask("PATCH /api/rest_j/v1/project/projects/1", {"name": "New"})
        # Nothing but answers has come by the time that the change has been told to everybody.
        while not ask("/sys/ping")["data"]["at"].endswith(".1"):
            pass
        ask("/api/rest_j/v1/user/login", {"userName": "hadoop", "password": "x"})
        ask("PATCH /api/rest_j/v1/project/projects/1", {"name": "Newer"})
        assert json.loads(socket.hear())["data"]["name"] == "Newer"
