"""Clients that send slowly or nothing: everyone is let go at a deadline, and nobody else notices."""

import time

import pytest

from tests.server.conftest import Serve
from tests.server.wire import Wire, request

QUICK = {"head_s": 0.4, "body_idle_s": 0.3, "body_s": 0.8, "idle_s": 0.5, "linger_s": 0.3}


def drip(wire: Wire, data: bytes, pause_s: float) -> float:
    """Send byte by byte until the server answers or closes; how long that took."""
    start = time.perf_counter()
    wire.sock.settimeout(pause_s)
    for byte in data:
        try:
            wire.send(bytes([byte]))
            # What arrives is left in the connection for the test to read.
            wire.sock.recv(1, 2)
        except TimeoutError:
            continue
        except OSError:
            pass
        break
    wire.sock.settimeout(10)
    return time.perf_counter() - start


def test_a_dripped_head_has_one_deadline_in_all(serve: Serve) -> None:
    server = serve(limits=QUICK)
    with Wire(server.port) as wire:
        took = drip(wire, request("GET", "/" + "a" * 500), 0.05)
        answer = wire.read()
        assert (answer.status, answer.json["slug"]) == (408, "request_timeout")
        assert 0.3 < took < 2


def test_a_body_that_stops_is_given_up(serve: Serve) -> None:
    server = serve(limits=QUICK)
    with Wire(server.port) as wire:
        start = time.perf_counter()
        wire.send(request("POST", "/", "Content-Length: 10", body=b"abc"))
        assert wire.read().status == 408
        assert 0.2 < time.perf_counter() - start < 2
        assert wire.at_end()


def test_a_dripped_body_has_a_deadline_in_all(serve: Serve) -> None:
    server = serve(limits=QUICK)
    with Wire(server.port) as wire:
        wire.send(request("POST", "/", "Content-Length: 500"))
        took = drip(wire, b"x" * 500, 0.05)
        assert wire.read().status == 408
        assert 0.6 < took < 3


def test_a_dripped_chunk_length_has_a_deadline(serve: Serve) -> None:
    server = serve(limits=QUICK)
    with Wire(server.port) as wire:
        wire.send(request("POST", "/", "Transfer-Encoding: chunked", body=b"5"))
        assert wire.read().status == 408


@pytest.mark.parametrize("first", [b"", request()], ids=["fresh", "kept alive"])
def test_an_idle_connection_is_closed_without_a_word(serve: Serve, first: bytes) -> None:
    server = serve(limits=QUICK)
    with Wire(server.port) as wire:
        if first:
            wire.send(first)
            wire.read()
        start = time.perf_counter()
        assert wire.at_end()
        assert 0.2 < time.perf_counter() - start < 2


def test_many_drippers_slow_nobody_down(serve: Serve) -> None:
    server = serve(limits={"head_s": 5})
    wires = [Wire(server.port) for _ in range(200)]
    try:
        for wire in wires:
            wire.send(b"GET / HTTP/1.1\r\nX:")
        durations = []
        for _ in range(20):
            start = time.perf_counter()
            assert server.get().status == 200
            durations.append(time.perf_counter() - start)
        assert max(durations) < 0.25
    finally:
        for wire in wires:
            wire.sock.close()


def test_a_client_that_never_reads_is_let_go(serve: Serve) -> None:
    server = serve(limits={**QUICK, "write_s": 0.3})
    with Wire(server.port) as wire:
        wire.send(request("GET", "/big/20000000"))
        deadline = time.perf_counter() + 5
        while time.perf_counter() < deadline and server.control("GET", "/health").status == 200:
            wire.sock.setblocking(False)  # noqa: FBT003
            try:
                wire.send(b"x")
            except BlockingIOError:
                continue
            except OSError:
                return
            finally:
                wire.sock.settimeout(10)
            time.sleep(0.02)
        pytest.fail("the connection is still open")
