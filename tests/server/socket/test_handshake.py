"""The opening handshake: what is accepted, what is refused with which status, and that a refusal is plain HTTP."""

import pytest

from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.socket.raw import KEY, PROOF, UPGRADE, Raw, handshake, text
from tests.server.wire import Answer, Wire, request

FIELDS = dict(line.split(": ", 1) for line in UPGRADE)


def lines(*extra: str, **changed: str | None) -> list[str]:
    """The headers of a right handshake with some changed or left out; underscores stand for hyphens."""
    fields: dict[str, str | None] = dict(FIELDS)
    for name, value in changed.items():
        fields["-".join(word.capitalize() if word != "websocket" else "WebSocket" for word in name.split("_"))] = value
    return [f"{name}: {value}" for name, value in fields.items() if value is not None] + list(extra)


def shake(server: Running, *headers: str, first: str = "", target: str = "/echo", host: str = "localhost") -> Answer:
    with Wire(server.port) as wire:
        wire.send(handshake(target, *headers, first=first, host=host))
        return wire.read(head_only=True)


def test_the_answer_is_the_rfc_s_own(server: Running) -> None:
    answer = shake(server, *UPGRADE)
    assert answer.status == 101
    assert answer.headers == {"upgrade": "websocket", "connection": "Upgrade", "sec-websocket-accept": PROOF}


@pytest.mark.parametrize(
    "headers",
    [
        lines(upgrade="WebSocket"),
        lines(upgrade="WEBSOCKET"),
        lines(upgrade="h2c, websocket"),
        lines(connection="keep-alive, Upgrade"),
        lines(connection="upgrade"),
        lines("Connection: keep-alive"),
        lines("Sec-WebSocket-Protocol: nobody-knows, this"),
        lines('Sec-WebSocket-Extensions: x-unknown; a=1; b="2", permessage-deflate; client_max_window_bits'),
        lines("Sec-WebSocket-Extensions: x-one", "Sec-WebSocket-Extensions: x-two"),
        lines("Cookie: a=1", "Authorization: Bearer x"),
    ],
    ids=str,
)
def test_a_handshake_may_look_different(server: Running, headers: list[str]) -> None:
    """RFC 6455 §4.2.1: values are compared whatever their letter case, and lists may have more in them."""
    assert shake(server, *headers).status == 101


@pytest.mark.parametrize(
    ("headers", "status", "word"),
    [
        (lines(connection=None), 400, "Connection"),
        (lines(connection="close"), 400, "Connection"),
        (lines(connection="keep-alive"), 400, "Connection"),
        (lines(connection="Upgraded"), 400, "Connection"),
        (lines(sec_websocket_key=None), 400, "Key"),
        (lines(sec_websocket_key=""), 400, "Key"),
        (lines(sec_websocket_key="c2hvcnQ="), 400, "Key"),
        (lines(sec_websocket_key="dG9vIGxvbmcgZm9yIGEga2V5"), 400, "Key"),
        (lines(sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ"), 400, "Key"),
        (lines(sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==="), 400, "Key"),
        (lines(sec_websocket_key="dGhlIHNhbXBsZSBub25j!!=="), 400, "Key"),
        (lines(sec_websocket_key="dGhlIHNhbXBsZ\xe9Bub25jZQ=="), 400, "Key"),
        (lines(f"Sec-WebSocket-Key: {KEY}"), 400, "Key"),
        (lines(sec_websocket_version=None), 400, "Version"),
        (lines(sec_websocket_version=""), 400, "Version"),
        (lines(sec_websocket_version="thirteen"), 400, "Version"),
        (lines(sec_websocket_version="013"), 400, "Version"),
        (lines(sec_websocket_version="13, 8"), 400, "Version"),
        (lines("Sec-WebSocket-Version: 13"), 400, "Version"),
        (lines(sec_websocket_version="0"), 426, "version 13"),
        (lines(sec_websocket_version="8"), 426, "version 13"),
        (lines(sec_websocket_version="12"), 426, "version 13"),
        (lines(sec_websocket_version="14"), 426, "version 13"),
        (lines(sec_websocket_version="255"), 426, "version 13"),
        (lines("Sec-WebSocket-Protocol: a b"), 400, "Protocol"),
        (lines("Sec-WebSocket-Protocol: chat, {"), 400, "Protocol"),
        (lines("Sec-WebSocket-Extensions: a b"), 400, "Extensions"),
        (lines("Sec-WebSocket-Extensions: a;"), 400, "Extensions"),
        (lines("Sec-WebSocket-Extensions: a=1"), 400, "Extensions"),
        (lines('Sec-WebSocket-Extensions: a; b="no word"'), 400, "Extensions"),
    ],
    ids=str,
)  # fmt: skip
def test_a_wrong_handshake_is_told_what_is_wrong(server: Running, headers: list[str], status: int, word: str) -> None:
    """RFC 6455 §4.2.1, §4.2.2, §9.1."""
    with Wire(server.port) as wire:
        wire.send(handshake("/echo", *headers))
        answer = wire.read()
        assert answer.status == status
        assert word in answer.json["detail"]
        assert ("sec-websocket-version" in answer.headers) == (word.lower() in ("version", "version 13"))
        assert (answer.headers.get("upgrade") == "websocket") == (status == 426)
        if "close" not in " ".join(headers):
            # It was an answer like any other: the connection goes on.
            wire.send(request("GET", "/next"))
            assert wire.read().json["target"] == "/next"


@pytest.mark.parametrize(
    "first",
    ["POST /echo HTTP/1.1", "PUT /echo HTTP/1.1", "HEAD /echo HTTP/1.1", "BREW /echo HTTP/1.1", "GET /echo HTTP/1.0"],
)
def test_a_handshake_is_get_and_http_1_1(server: Running, first: str) -> None:
    answer = shake(server, *UPGRADE, first=first)
    assert answer.status == 400


def test_a_body_is_no_part_of_a_handshake_and_no_frame_either(server: Running) -> None:
    with Wire(server.port) as wire:
        wire.send(handshake("/echo", *UPGRADE, "Content-Length: 3") + b"abc" + text("hi"))
        assert wire.read(head_only=True).status == 101
        assert wire.take(4) == b"\x81\x02hi"


def test_a_plain_get_is_no_handshake(server: Running) -> None:
    assert server.get("/echo").json["method"] == "GET"
    assert server.get("/echo", "Connection: Upgrade", "Upgrade: h2c").json["method"] == "GET"


@pytest.mark.parametrize("status", [401, 403, 404, 409, 426, 429, 500, 503])
def test_any_status_may_refuse(server: Running, status: int) -> None:
    with Wire(server.port) as wire:
        for _ in range(2):
            wire.send(handshake(f"/refuse/{status}", *UPGRADE, "Origin: http://localhost:3000"))
            answer = wire.read()
            assert (answer.status, answer.json["detail"]) == (status, f"refused with {status}")
            assert answer.headers["access-control-allow-origin"] == "http://localhost:3000"
            assert answer.headers["retry-after"] == "7"


def test_what_breaks_is_refused_with_500(serve: Serve) -> None:
    server = serve()
    assert shake(server, *UPGRADE, target="/boom").status == 500
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert "canary-in-a-handshake" in err


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("http://localhost:3000", 101),
        ("https://localhost", 101),
        ("http://app.localhost:8080", 101),
        ("http://127.0.0.1:5173", 101),
        ("http://[::1]:5173", 101),
        ("https://app.example.org", 101),
        ("HTTPS://APP.EXAMPLE.ORG", 101),
        ("null", 403),
        ("", 403),
        ("http://app.example.org", 403),
        ("https://app.example.org:444", 403),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("http://127.0.0.1.evil.example", 403),
        ("http://192.168.0.7", 403),
        ("https://evil.example, http://localhost", 403),
        ("file://", 403),
    ],
)
def test_only_pages_that_may_read_answers_open_sockets(server: Running, origin: str, status: int) -> None:
    """RFC 6455 §10.2: no answer could keep a page from a socket, so the handshake has to."""
    assert shake(server, *UPGRADE, f"Origin: {origin}").status == status


def test_a_page_of_the_server_s_own_opens_sockets(server: Running) -> None:
    def from_page(origin: str) -> int:
        return shake(server, *UPGRADE, f"Origin: {origin}", host="mock.example:8000").status

    assert from_page("http://mock.example:8000") == 101
    assert from_page("http://mock.example:8001") == 403


def test_a_host_that_is_not_ours_opens_no_socket(server: Running) -> None:
    assert shake(server, *UPGRADE, host="evil.example").status == 421


@pytest.mark.parametrize(
    ("offered", "chosen"),
    [
        (["a"], "a"),
        (["b"], "b"),
        (["b, a"], "a"),
        (["x, b"], "b"),
        (["x", "b", "y"], "b"),
        (["x"], None),
        (["A"], None),
        ([], None),
    ],
)
def test_the_subprotocol_is_the_server_s_favourite(server: Running, offered: list[str], chosen: str | None) -> None:
    """RFC 6455 §4.2.2: with none in common there is none, and the client decides what to make of that."""
    headers = [f"Sec-WebSocket-Protocol: {names}" for names in offered]
    with Raw(server.port, "/echo?subprotocols=a,b", *headers) as raw:
        assert raw.answer.headers.get("sec-websocket-protocol") == chosen
        assert raw.is_alive()


def test_no_more_sockets_than_there_is_room_for(serve: Serve) -> None:
    server = serve(limits={"sockets": 2})
    with Raw(server.port) as first, Raw(server.port) as second:
        answer = shake(server, *UPGRADE)
        assert (answer.status, answer.headers["content-type"]) == (503, "application/json")
        first.say("a")
        assert first.hear() == "a"
        second.send(b"\x88\x80\0\0\0\0")
        second.read()
        assert second.at_end()
    with Raw(server.port) as third:
        assert third.is_alive()


def test_a_handshake_is_an_exchange_in_the_journal(serve: Serve) -> None:
    server = serve()
    with Raw(server.port, "/echo?token=secret"):
        entry = server.journal()[-1]
    assert (entry["method"], entry["target"], entry["status"]) == ("GET", "/echo", 101)
    assert entry["decided_by"] == "fixture echo"
    assert "secret" not in str(entry)
