"""Heartbeats: the session's own and a Ping to every client; whoever gives no sign of life is gone."""

from functools import partial
from time import monotonic, perf_counter

import gevent

from mockserver.server.socket.pulse import Pulse
from tests.server.conftest import Serve
from tests.server.process import Running
from tests.server.socket.observe import is_silent, notice, own_path, sessions
from tests.server.socket.raw import FIN, PING, PONG, TEXT, Frame, Raw, frame
from tests.server.test_stop import wait_until


def test_a_ping_comes_with_every_beat(serve: Serve) -> None:
    """RFC 6455 §5.5.2."""
    server = serve()
    with Raw(server.port, "/echo?beat=0.1") as raw:
        start = perf_counter()
        for _ in range(5):
            assert raw.read() == Frame(FIN | PING)
            raw.send(frame(FIN | PONG))
        assert 0.3 < perf_counter() - start < 5
        assert sessions(server)["beats"] >= 5


def test_any_message_is_a_sign_of_life(server: Running) -> None:
    with Raw(server.port, "/echo?beat=0.1") as raw:
        for _ in range(6):
            raw.skip_to(PING)
            raw.say("here")
        assert raw.skip_to(PING)


def test_who_gives_no_sign_of_life_is_dropped(telling: Running) -> None:
    path = own_path("echo")
    with Raw(telling.port, f"{path}?beat=0.2") as raw:
        start = perf_counter()
        assert [raw.read().opcode for _ in range(2)] == [PING] * 2
        assert raw.at_end()
        assert 0.4 < perf_counter() - start < 5
    event = notice(telling, path)
    assert (event["by"], event["how"], event["code"]) == ("server", "drop", 1006)
    assert event["reason"] == "The client gave no sign of life."


def test_who_reads_on_is_alive_however_slowly(serve: Serve) -> None:
    """It comes to the Pings only when it has read what was sent before them."""
    server = serve()
    with Raw(server.port, "/do?beat=0.2") as raw:
        raw.say("play 1000 10000")
        texts = 0
        for beats in range(1, 13):
            wait_until(partial(has_beaten, server, beats))
            texts += sum(raw.read().opcode == TEXT for _ in range(30))
        while texts < 1000:
            texts += raw.read().opcode == TEXT
        raw.send(frame(FIN | PONG))
        assert raw.skip_to(PING)


def test_who_has_much_to_read_and_does_not_is_dropped(telling: Running) -> None:
    path = own_path("do")
    with Raw(telling.port, f"{path}?beat=0.2") as raw:
        raw.say("play 3000 10000")
        assert notice(telling, path)["reason"] == "The client gave no sign of life."


def test_a_ping_overtakes_what_is_yet_to_be_played(serve: Serve) -> None:
    """RFC 6455 §5.4: a control frame may come between any others."""
    server = serve()
    with Raw(server.port, "/do?beat=0.2") as raw:
        raw.say("play 3000 10000")
        wait_until(partial(has_beaten, server, 1))
        ahead = 0
        while (got := raw.read()).opcode != PING:
            assert len(got.payload) == 10_000
            ahead += 1
        assert ahead < 3000


def has_beaten(server: Running, times: int) -> bool:
    return sessions(server)["beats"] >= times


def test_there_may_be_no_heartbeat(server: Running) -> None:
    with Raw(server.port, "/echo?beat=0") as raw:
        assert is_silent(raw, 0.3)
        assert raw.is_alive()


def test_a_stalled_socket_has_no_heartbeat_and_is_not_dropped(server: Running) -> None:
    with Raw(server.port, "/do?beat=0.1") as raw:
        raw.skip_to(PING)
        raw.say("stall")
        while not is_silent(raw, 0.3):
            assert raw.sock.recv(65536)
        assert is_silent(raw, 0.5)


def test_those_who_came_together_do_not_beat_together() -> None:
    beats: list[tuple[float, int]] = []
    start = monotonic()

    def beat(number: int) -> bool:
        beats.append((monotonic() - start, number))
        return False

    pulse = Pulse(beat)
    for number in range(40):
        pulse.follow(number, 0.4)
    with gevent.Timeout(5):
        while len(beats) < 40:
            gevent.sleep(0.01)
    assert sorted(number for _, number in beats) == list(range(40))
    assert beats[0][0] >= 0.19
    assert beats[-1][0] - beats[0][0] >= 0.15
