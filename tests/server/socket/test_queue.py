"""Clients that read slowly or not at all: everything arrives whole, or they are let go; nobody else waits for them."""

import signal
from time import perf_counter

import pytest

from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.socket.observe import ended, is_reset, notice, own_path
from tests.server.socket.raw import CLOSE, FIN, PING, TEXT, Raw, close, frame, text
from tests.server.test_stop import wait_until

DO = "/do"


def read_slowly(raw: Raw, size: int) -> bytes:
    """The rest of a frame's payload, in small pieces."""
    got = b""
    while len(got) < size:
        got += raw.sock.recv(min(50_000, size - len(got)))
    return got


@pytest.mark.parametrize("verb", ["push", "play"])
def test_a_long_message_arrives_whole_at_a_slow_reader(server: Running, verb: str) -> None:
    with Raw(server.port, DO) as raw:
        raw.say(f"{verb} 1 8000000")
        assert raw.sock.recv(10) == bytes((FIN | TEXT, 127)) + (8_000_000).to_bytes(8, "big")
        assert read_slowly(raw, 8_000_000) == b"a" * 8_000_000
        assert raw.is_alive()


def test_messages_keep_their_order_and_nothing_comes_between_their_bytes(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("push 20 40000") + frame(FIN | PING, b"1") + text("play 60 90000") + text("push 20 4000"))
        raw.send(frame(FIN | PING, b"2"))
        sizes = [len(raw.read().payload) for _ in range(102)]
        assert sizes == [40000] * 20 + [1] + [90000] * 60 + [4000] * 20 + [1]


def test_who_does_not_read_is_closed_with_1013(telling: Running) -> None:
    path = own_path("do")
    with Raw(telling.port, path) as raw, Raw(telling.port, DO) as other:
        start = perf_counter()
        raw.send(text("push 1 20000000") + text("push 1 1"))
        event = notice(telling, path)
        assert (event["by"], event["how"], event["code"]) == ("server", "close", 1013)
        assert perf_counter() - start < 5
        assert is_reset(raw)
        assert other.is_alive()
    wait_until(lambda: ended(telling))


def test_too_many_small_ones_are_too_much_too(serve: Serve) -> None:
    server = serve(log="json", limits={"socket_queue_messages": 10, "socket_queue_bytes": 1 << 40})
    with Raw(server.port, DO) as raw:
        raw.send(text("push 1 20000000") + text("push 11 1"))
        assert notice(server, DO)["code"] == 1013


def test_who_reads_again_in_time_learns_why(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("push 1 20000000") + text("push 1 1"))
        assert raw.skip_to(CLOSE).code == 1013
        raw.send(close(1013))
        assert raw.at_end()


def test_what_is_played_fills_no_queue(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.say("play 3000 10000")
        for _ in range(3000):
            assert len(raw.read().payload) == 10_000
        assert raw.is_alive()


def test_what_is_played_is_bounded_by_how_often(serve: Serve) -> None:
    server = serve(log="json")
    with Raw(server.port, DO) as raw:
        raw.say("play 3000 10000")
        for _ in range(40):
            server.get("/wires/play/30/10")
        event = notice(server, DO)
        assert (event["how"], event["code"]) == ("close", 1013)
        assert raw.sock.recv(1)


def test_many_plays_are_nothing_to_who_reads(server: Running) -> None:
    with Raw(server.port, DO) as raw:
        raw.send(text("play 2 10") * 200)
        assert [raw.hear() for _ in range(400)] == ["a" * 10, "b" * 10] * 200


def test_who_asks_and_does_not_read_is_let_go(telling: Running) -> None:
    path = own_path("echo")
    with Raw(telling.port, path) as raw:
        raw.sock.settimeout(5)
        message = text("x" * 60_000)
        with pytest.raises(ConnectionError):
            raw.send(message * 2_000)
    assert notice(telling, path)["code"] == 1013


def test_who_asks_faster_than_it_reads_is_waited_for(server: Running) -> None:
    """RFC 6455 has no window of its own: TCP's is what holds a client back."""
    with Raw(server.port, "/echo") as raw:
        for _ in range(50):
            raw.send(text("x" * 60_000) * 4)
            for _ in range(4):
                assert len(raw.read().payload) == 60_000


def test_pings_that_nobody_takes_the_pongs_of_are_bounded(telling: Running) -> None:
    path = own_path("echo")
    with Raw(telling.port, path) as raw:
        raw.sock.settimeout(5)
        with pytest.raises(ConnectionError):
            raw.send(frame(FIN | PING, b"x" * 125) * 200_000)
    assert notice(telling, path)["code"] == 1013


def test_there_is_a_deadline_for_who_reads_nothing_at_all(serve: Serve) -> None:
    server = serve(log="json", limits={"write_s": 0.5})
    with Raw(server.port, DO) as raw:
        start = perf_counter()
        raw.say("push 1 8000000")
        assert notice(server, DO)["how"] == "lost"
        assert 0.3 < perf_counter() - start < 5
        assert is_reset(raw)


def test_a_killed_client_leaves_nothing_behind(serve: Serve) -> None:
    server = serve()
    for _ in range(20):
        with Raw(server.port, DO) as raw:
            raw.say("push 1 8000000")
            raw.say("play 100 100000")
            raw.sock.recv(1)
    wait_until(lambda: ended(server))
    server.process.send_signal(signal.SIGTERM)
    _, err = server.process.communicate(timeout=10)
    assert (server.process.returncode, err) == (0, "")
