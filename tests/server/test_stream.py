"""Event streams as their transport has them: how they end, and what one that does not read is cut off for."""

from time import perf_counter
from typing import Any, Self

import pytest

from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.socket.observe import ended, notice, sessions
from tests.server.socket.raw import FIN, PING, PONG, Raw, frame
from tests.server.test_stop import wait_until
from tests.server.wire import Wire, request

DO = "/stream/do"
LOGGED = {"log": "json"}


class Streaming:
    """An event stream that has been answered; nothing of it is read unless asked for."""

    def __init__(self, port: int, target: str = DO) -> None:
        self.wire = Wire(port)
        self.wire.send(request("GET", target))

    def __enter__(self) -> Self:
        try:
            assert self.wire.read(head_only=True).status == 200
            assert self.read() == b"retry: 1000\n\n"
        except BaseException:
            self.wire.sock.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.wire.sock.close()

    def read(self) -> bytes:
        """The next chunk, empty at the end of the answer."""
        line = b""
        while not line.endswith(b"\r\n"):
            line += self.wire.take(1)
        chunk = self.wire.take(int(line, 16))
        assert self.wire.take(2) == b"\r\n"
        return chunk

    def read_all(self) -> bytes:
        return b"".join(iter(self.read, b""))


def shown(server: Running) -> Any:
    return server.control("GET", "/api/sockets").json


def fill(server: Running) -> None:
    """Play more than any system keeps for a reader that does not come."""
    server.get("/wires/play/3000/10000")
    wait_until(lambda: shown(server)[0]["bytes_out"] > 0)


def test_close_ends_the_answer_behind_what_was_sent(serve: Serve) -> None:
    server = serve(**LOGGED)
    with Streaming(server.port) as stream:
        server.get("/wires/push/2/3")
        server.get("/wires/play/2/3")
        server.get("/wires/close/4001/enough")
        assert stream.read_all() == b"data: aaa\n\ndata: bbb\n\n" * 2
    event = notice(server, DO)
    assert (event["by"], event["how"], event["code"], event["reason"]) == ("server", "close", 4001, "enough")


def test_close_does_not_wait_long_for_who_does_not_read(serve: Serve) -> None:
    server = serve()
    with Streaming(server.port):
        fill(server)
        start = perf_counter()
        server.get("/wires/close/4001")
        wait_until(lambda: ended(server))
        assert perf_counter() - start < 5


def test_who_reads_on_has_time_to_read_what_was_sent_before_close(serve: Serve) -> None:
    server = serve(limits={"close_s": 0.5})
    with Streaming(server.port) as stream:
        server.get("/wires/play/600/10000")
        server.get("/wires/close/4001")
        start, size, count = perf_counter(), 0, 0
        with Raw(server.port, "/echo?beat=0.25") as clock:
            while chunk := stream.read():
                size, count = size + len(chunk), count + 1
                if count % 5 == 0:
                    clock.skip_to(PING)
                    clock.send(frame(FIN | PONG))
        assert size == 600 * len(b"data: \n\n") + 6_000_000
        assert perf_counter() - start > 2


@pytest.mark.parametrize("verb", ["push", "play"])
def test_who_does_not_read_is_cut_off(serve: Serve, verb: str) -> None:
    server = serve(limits={"socket_queue_messages": 10}, **LOGGED)
    with Streaming(server.port):
        fill(server)
        for _ in range(40):
            server.get(f"/wires/{verb}/1/1")
        event = notice(server, DO)
    assert (event["how"], event["reason"]) == ("drop", "The client does not read.")


@pytest.mark.parametrize("moment", ["open", "beat", "end"])
def test_a_bug_at_any_moment_of_a_session_ends_it_and_no_other(serve: Serve, moment: str) -> None:
    server = serve()
    with (
        Streaming(server.port, f"/stream/raise/{moment}?beat=0.25") as stream,
        Raw(server.port, "/echo?beat=0.25") as other,
    ):
        if moment == "end":
            server.get("/wires/close/1000")
        assert stream.read_all() == b""
        if moment != "end":
            for _ in range(3):
                other.skip_to(PING)
                other.send(frame(FIN | PONG))
    wait_until(lambda: ended(server))
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert err.count("Traceback") == err.count(f"RuntimeError: canary-at-{moment}") == 1


def test_a_bug_in_what_is_played_ends_the_stream(serve: Serve) -> None:
    server = serve(**LOGGED)
    with Streaming(server.port) as stream:
        server.get("/wires/trap/3")
        assert stream.read_all() == b"data: played\n\n" * 3
        assert notice(server, DO)["code"] == 1011
    assert sessions(server)["open"] == 0
    server.process.terminate()
    _, err = server.process.communicate(timeout=10)
    assert "canary-in-a-play" in err
