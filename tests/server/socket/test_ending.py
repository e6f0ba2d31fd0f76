"""Every way in which a socket ends: what the client sees on the wire, when, and that the session ends exactly once."""

import signal
import socket
from time import perf_counter
from typing import Any

import pytest

from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.socket.observe import (
    ended,
    is_reset,
    is_silent,
    is_stalled,
    leave_with_rst,
    notice,
    own_path,
    sessions,
)
from tests.server.socket.raw import CLOSE, FIN, PING, PONG, Frame, Raw, close, frame, text
from tests.server.test_stop import finish, wait_until

DO = "/do"
CODES = (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4001, 4499, 4999)


@pytest.mark.parametrize("code", CODES)
def test_a_close_code_arrives_with_its_reason(server: Running, code: int) -> None:
    """RFC 6455 §5.5.1, §7.4."""
    with Raw(server.port, DO) as raw:
        raw.say(f"close {code} because of €")
        got = raw.read()
        assert (got.first, got.code, got.reason) == (FIN | CLOSE, code, "because of €")
        raw.send(close(code))
        start = perf_counter()
        assert raw.at_end()
        assert perf_counter() - start < 0.9


def test_a_code_that_may_not_be_sent_is_a_mistake_of_ours(serve: Serve) -> None:
    server = serve()
    codes = (0, 999, 1004, 1006, 1015, 1016, 2999, 5000, 70000)
    for code in codes:
        with Raw(server.port, DO) as raw:
            raw.say(f"close {code}")
            assert raw.read().code == 1011
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    for code in codes:
        assert f"ValueError: {code} may not stand in a Close frame" in err


def test_a_close_frame_may_be_without_a_code(server: Running) -> None:
    """RFC 6455 §5.5.1, §7.1.5."""
    with Raw(server.port, DO) as raw:
        raw.say("close 1005 which has no place there")
        assert raw.read() == Frame(FIN | CLOSE)
        raw.send(close())
        assert raw.at_end()


@pytest.mark.parametrize(("reason", "kept"), [("r" * 200, "r" * 123), ("€" * 60, "€" * 41), ("", "")])
def test_a_reason_is_cut_between_two_characters(server: Running, reason: str, kept: str) -> None:
    """RFC 6455 §5.5: a control frame has 125 bytes."""
    with Raw(server.port, DO) as raw:
        raw.say(f"close 4000 {reason}")
        assert raw.read().reason == kept


def test_the_client_s_close_is_waited_for_a_second(server: Running) -> None:
    """RFC 6455 §7.1.1."""
    with Raw(server.port, DO) as raw:
        start = perf_counter()
        raw.say("close 1012")
        assert raw.read().code == 1012
        raw.say("what comes now is not listened to")
        raw.send(frame(FIN | PING))
        assert raw.at_end()
        assert 0.8 < perf_counter() - start < 5
        wait_until(lambda: ended(server))


def test_close_comes_behind_what_was_sent_before(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.say("push 100 20000")
        raw.say("close 4001")
        for number in range(100):
            assert raw.hear() == chr(ord("a") + number % 26) * 20000
        assert raw.read().code == 4001


def test_only_the_first_close_counts(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.say("both 4001 4002")
        assert raw.read().code == 4001
        raw.send(close(4001))
        assert raw.at_end()


def test_nothing_is_said_after_close(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("close 4001") + text("push 3 3") + text("play 3 3") + frame(FIN | PING) + text("stall"))
        assert raw.read().code == 4001
        raw.send(close(4001))
        assert raw.at_end()


def test_drop_is_an_end_without_a_close_frame(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("drop") + text("push 1 1"))
        assert raw.sock.recv(1) == b""
        wait_until(lambda: ended(server))


def test_reset_is_an_rst(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("reset") + text("push 1 1"))
        assert is_reset(raw)
        wait_until(lambda: ended(server))


@pytest.mark.parametrize("sent", [text("hello?"), frame(FIN | PING), close(1000)])
def test_a_stalled_socket_is_open_and_silent(server: Running, sent: bytes) -> None:
    with Raw(server.port, DO) as raw:
        raw.say("stall")
        raw.send(sent)
        assert is_silent(raw, 0.5)


def test_a_stalled_socket_reads_nothing(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.say("stall")
        raw.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            # More than any system keeps for a reader that does not come.
            raw.send(bytes(40 << 20))
        # A FIN would have to wait behind all that.
        leave_with_rst(raw)


@pytest.mark.parametrize("leave", ["fin", "rst", "half"])
@pytest.mark.parametrize("unread", [b"", text("x" * 100), text("x" * 30_000)])
def test_who_leaves_a_stalled_socket_sets_it_free(server: Running, leave: str, unread: bytes) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("stall"))
        wait_until(lambda: is_stalled(server, raw))
        raw.send(unread)
        if leave == "half":
            raw.sock.shutdown(socket.SHUT_WR)
        if leave == "rst":
            leave_with_rst(raw)
        if leave == "fin":
            raw.sock.close()
        wait_until(lambda: ended(server))


@pytest.mark.parametrize("verb", ["close/4001/enough", "drop", "reset"])
@pytest.mark.parametrize("before", ["", "stall", "push 1 8000000", "play 900 100000"])
def test_every_end_is_to_be_had_from_outside_at_any_time(server: Running, verb: str, before: str) -> None:
    """Idle, stalled, and in the middle of what the client does not read."""
    with Raw(server.port, DO) as raw:
        if before:
            raw.say(before)
        if before == "stall":
            raw.send(frame(FIN | PING))
            assert is_silent(raw, 0.1)
        elif before:
            assert raw.sock.recv(1)
        server.get(f"/wires/{verb}")
        server.get(f"/wires/{verb}")
        if verb == "close/4001/enough" and before in ("", "stall"):
            assert (got := raw.skip_to(CLOSE)).code == 4001
            assert got.reason == "enough"
            raw.send(close(4001))
        # Well within the minute for which somebody who does not read is otherwise borne with.
        wait_until(lambda: ended(server))
        if verb == "reset":
            assert is_reset(raw)


@pytest.mark.parametrize("before", ["push 1 8000000", "play 100 100000"])
def test_close_lets_what_was_begun_be_read(server: Running, before: str) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text(before) + text("close 4001"))
        count, size = map(int, before.split()[1:])
        for _ in range(count):
            assert len(raw.read().payload) == size
        assert raw.read().code == 4001


def test_who_reads_on_has_time_to_read_what_was_sent_before_close(serve: Serve) -> None:
    server = serve(limits={"close_s": 0.5})
    with Raw(server.port, DO) as raw, Raw(server.port, "/echo?beat=0.25") as clock:
        raw.send(text("play 60 100000") + text("close 4001"))
        start = perf_counter()
        for _ in range(12):
            clock.skip_to(PING)
            clock.send(frame(FIN | PONG))
            assert [len(raw.read().payload) for _ in range(5)] == [100_000] * 5
        assert perf_counter() - start > 2
        assert raw.read().code == 4001


def test_a_bug_in_a_session_closes_its_socket_and_no_other(serve: Serve) -> None:
    server = serve()
    with Raw(server.port, DO) as raw, Raw(server.port, DO) as other:
        raw.say("raise")
        got = raw.read()
        assert (got.code, got.reason) == (1011, "The mock server itself failed; its log says more.")
        raw.send(close(1011))
        assert raw.at_end()
        assert other.is_alive()
    wait_until(lambda: ended(server))
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert err.count("canary-in-a-session") >= 1
    assert err.count("Traceback") == 1


@pytest.mark.parametrize("moment", ["open", "beat", "end"])
def test_a_bug_at_any_moment_of_a_session_ends_it_once(serve: Serve, moment: str) -> None:
    server = serve()
    with Raw(server.port, f"/raise/{moment}?beat=0.25") as raw, Raw(server.port, "/echo?beat=0.25") as other:
        if moment == "end":
            raw.send(close(1000))
        assert raw.skip_to(CLOSE).code == (1000 if moment == "end" else 1011)
        raw.send(close(1011))
        for _ in range(3):
            other.skip_to(PING)
            other.send(frame(FIN | PONG))
    wait_until(lambda: ended(server))
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert err.count("Traceback") == err.count(f"RuntimeError: canary-at-{moment}") == 1


def test_a_bug_in_what_is_played_closes_its_socket(serve: Serve) -> None:
    server = serve()
    with Raw(server.port, DO) as raw:
        raw.say("trap 3")
        assert [raw.hear() for _ in range(3)] == ["played"] * 3
        assert raw.read().code == 1011
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert "canary-in-a-play" in err


def test_who_leaves_without_a_word_is_let_go(server: Running) -> None:
    for leave in (socket.SHUT_WR, socket.SHUT_RDWR):
        with Raw(server.port) as raw:
            raw.sock.shutdown(leave)
            assert raw.at_end()
    wait_until(lambda: ended(server))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("close 4001 why", ("server", "close", 4001, "why")),
        ("drop", ("server", "drop", 1006, "")),
        ("reset", ("server", "reset", 1006, "")),
        (close(4002, "mine"), ("client", "close", 4002, "mine")),
        (close(), ("client", "close", 1005, "")),
        (frame(FIN | 0xB), ("server", "close", 1002, "Invalid opcode 0xb.")),
        (b"", ("client", "lost", 1006, "")),
    ],
)
def test_the_log_says_how_it_ended(telling: Running, said: str | bytes, expected: tuple[Any, ...]) -> None:
    path = own_path("do")
    with Raw(telling.port, f"{path}?token=secret") as raw:
        raw.say("hello")
        assert raw.hear() == "hello"
        raw.send(text(said) if isinstance(said, str) else said)
        if not said:
            raw.sock.shutdown(socket.SHUT_RDWR)
    event = notice(telling, path)
    assert (event["by"], event["how"], event["code"], event["reason"]) == expected
    assert event["transport"] == "websocket"
    assert int(event["id"]) > 0
    assert event["messages_in"] == 1 + isinstance(said, str)
    assert event["messages_out"] == 1


def test_the_log_says_it_in_words_too(serve: Serve) -> None:
    server = serve()
    with Raw(server.port) as raw:
        raw.send(close(4001, "tired\x1b[31m"))
        raw.read()
    lines = [server.stdout.readline() for _ in range(2)]
    assert " GET /echo 101 " in lines[0]
    assert " WS /echo closed 4001 by the client after 0." in lines[1]
    assert "#1 0 in, 0 out  tired\\x1b[31m" in lines[1]


@pytest.mark.parametrize("manner", ["polite", "silent", "stalled", "unread", "playing", "closing"])
def test_when_the_server_stops_sockets_are_told(serve: Serve, manner: str) -> None:
    """RFC 6455 §7.4.1: 1001. Whoever answers ends at once, and nobody holds the process up for long."""
    patient = {"close_s": 30.0, "stop_s": 60.0}
    server = serve(limits=patient if manner == "polite" else {})
    with Raw(server.port, DO) as raw:
        if manner == "stalled":
            raw.say("stall")
        if manner == "unread":
            raw.say("push 1 8000000")
            raw.sock.recv(1)
        elif manner in ("playing", "closing"):
            raw.say("play 1000000 10000")
            if manner == "closing":
                raw.say("close 1001")
            raw.read()
        else:
            wait_until(lambda: sessions(server)["open"] == 1)
        server.process.send_signal(signal.SIGTERM)
        if manner in ("polite", "silent"):
            assert raw.read() == Frame(FIN | CLOSE, b"\x03\xe9The server is stopping.")
        if manner in ("playing", "closing"):
            assert raw.skip_to(CLOSE).code == 1001
        if manner == "polite":
            raw.send(close(1001))
            assert raw.at_end()
            raw.sock.close()
        code, took = finish(server)
    assert code == 0
    assert took < (15 if manner == "polite" else 5)


def test_many_sockets_stop_together(serve: Serve) -> None:
    server = serve()
    raws = [Raw(server.port) for _ in range(200)]
    try:
        server.process.terminate()
        for raw in raws:
            assert raw.read().code == 1001
            raw.send(close(1001))
        code, took = finish(server)
        assert code == 0
        assert took < 5
        assert raws[-1].at_end()
    finally:
        for raw in raws:
            raw.sock.close()


def test_a_socket_s_mistakes_are_not_the_server_s(serve: Serve) -> None:
    """Nothing a client did in all this left a word on stderr."""
    server = serve()
    for sent in (b"\xff" * 100, close(1005), text(b"\xff"), frame(3), close(1000) * 2, b"GET / HTTP/1.1\r\n\r\n"):
        with Raw(server.port) as raw:
            raw.send(sent)
            raw.skip_to(CLOSE)
    for _ in range(3):
        with Raw(server.port) as raw:
            raw.say("x" * 100)
            leave_with_rst(raw)
    wait_until(lambda: ended(server))
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert err == ""
