"""Faults of open WebSockets: every way to end one or to silence it, when it happens, and whom it befalls."""

import select
import socket
import struct
from contextlib import ExitStack
from time import perf_counter

import pytest

from tests.server.conftest import Serve
from tests.server.fault.switch import Switch
from tests.server.process import Running
from tests.server.socket.observe import ended, is_reset, is_silent, is_stalled
from tests.server.socket.raw import CLOSE, FIN, PING, TEXT, Frame, Raw, close, frame, text
from tests.server.test_stop import wait_until


def closed(raw: Raw, code: int = 1012, reason: str = "") -> bool:
    got = raw.read()
    assert (got.first, got.code, got.reason) == (FIN | CLOSE, code, reason)
    raw.send(close(code))
    return raw.at_end()


def dropped(raw: Raw) -> bool:
    """Whether it ends with FIN alone."""
    return raw.sock.recv(1) == b""


# How it ends.


def test_a_close_says_its_code_and_reason(switch: Switch) -> None:
    with Raw(switch.port) as before:
        switch.put("restart", close=1012, reason="because of €")
        with Raw(switch.port) as after:
            assert closed(before, 1012, "because of €")
            assert closed(after, 1012, "because of €")


def test_a_close_may_have_no_code(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        switch.put("gone", close=1005)
        assert raw.read() == Frame(FIN | CLOSE)


def test_a_drop_is_a_fin_without_close(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        switch.put("gone", drop=True)
        assert dropped(raw)


def test_a_reset_is_an_rst(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        switch.put("gone", reset=True)
        assert is_reset(raw)


@pytest.mark.parametrize("sent", [text("hello?"), frame(FIN | PING), close(1000)])
def test_a_stalled_socket_answers_neither_messages_nor_ping_nor_close(switch: Switch, sent: bytes) -> None:
    with Raw(switch.port) as raw:
        switch.put("half", stall=True)
        wait_until(lambda: is_stalled(switch.server, raw))
        raw.send(sent)
        assert is_silent(raw, 0.4)


def test_a_stalled_socket_is_dropped_when_the_fault_ends(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        switch.put("half", stall=True)
        wait_until(lambda: is_stalled(switch.server, raw))
        raw.say("lost")
        switch.off("half")
        assert raw.at_end()
    wait_until(lambda: ended(switch.server))


def test_a_stalled_socket_can_be_ended_by_hand_and_by_another_fault(switch: Switch) -> None:
    with Raw(switch.port) as one:
        switch.put("half", stall=True)
        wait_until(lambda: is_stalled(switch.server, one))
        body = b'{"code": 1012}'
        assert switch.server.control("POST", "/api/sockets/close", "Content-Type: application/json", body=body)
        assert closed(one)
    with Raw(switch.port) as other:
        wait_until(lambda: is_stalled(switch.server, other))
        switch.put("gone", drop=True, priority=1)
        assert dropped(other)


MASKED = bytes((FIN | TEXT, 0x80 | 14)) + b"\x01\x02\x03\x04"
BAD = {
    "badutf8": b"\x81\x02\xc3\x28",
    "opcode": b'\x83\x0e{"data": null}',
    "rsv": b'\xa1\x0e{"data": null}',
    "partial": b"\x81\x7e\x03\xe8" + b" " * 10,
    "masked": MASKED + bytes(byte ^ (1, 2, 3, 4)[at % 4] for at, byte in enumerate(b'{"data": null}')),
}


@pytest.mark.parametrize("mode", BAD)
@pytest.mark.parametrize("deflate", ["", "?deflate=1"])
def test_a_bad_frame_comes_byte_for_byte_behind_whole_ones_and_then_fin(
    switch: Switch, mode: str, deflate: str
) -> None:
    with Raw(switch.port, f"/do{deflate}") as raw:
        raw.say("push 3 4")
        assert [raw.hear() for _ in range(3)] == ["aaaa", "bbbb", "cccc"]
        switch.put("bad", bad_frame=mode)
        assert raw.wire.take(len(BAD[mode])) == BAD[mode]
        assert raw.at_end()


def test_a_bad_frame_waits_its_turn_behind_what_a_slow_client_has_to_read(switch: Switch) -> None:
    with Raw(switch.port, "/do") as raw:
        raw.say("play 600 10000")
        wait_until(lambda: switch.server.control("GET", "/api/sockets").json[0]["bytes_out"] > 0)
        switch.put("bad", bad_frame="rsv")
        for number in range(600):
            assert raw.read() == Frame(FIN | TEXT, bytes([ord("a") + number % 26]) * 10_000)
        assert raw.wire.take(len(BAD["rsv"])) == BAD["rsv"]
        assert raw.at_end()


def test_nothing_comes_between_what_waits_and_a_bad_frame(switch: Switch) -> None:
    with Raw(switch.port, "/do") as raw:
        raw.say("play 600 10000")
        wait_until(lambda: switch.server.control("GET", "/api/sockets").json[0]["bytes_out"] > 0)
        switch.put("bad", bad_frame="rsv")
        wait_until(lambda: switch.server.control("GET", "/api/sockets").json[0]["state"] == "closing")
        switch.put("gone", drop=True)
        for _ in range(600):
            assert len(raw.read().payload) == 10_000
        assert raw.wire.take(len(BAD["rsv"])) == BAD["rsv"]
        assert raw.at_end()
    assert [act["decided_by"] for act in switch.acts()] == ["fault bad: bad frame, drop"]


# When.


def test_it_happens_when_the_connection_has_stood_for_so_long(switch: Switch) -> None:
    switch.put("gone", after="5s", drop=True)
    with Raw(switch.port) as raw:
        switch.advance(4.9)
        assert raw.is_alive()
        switch.advance(0.2)
        assert dropped(raw)


def test_on_an_open_connection_the_time_begins_with_the_fault(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        assert raw.is_alive()
        switch.advance(60)
        switch.put("gone", after="5s", drop=True)
        switch.advance(4.9)
        assert raw.is_alive()
        switch.advance(0.2)
        assert dropped(raw)


def test_when_it_happens_is_drawn_alike_in_every_run(switch: Switch) -> None:
    def run() -> list[float]:
        lasted = []
        switch.say("begin")
        switch.put("gone", after=["1s", "9s"], drop=True)
        for _ in range(4):
            with Raw(switch.port) as raw:
                passed = 0.0
                while not select.select([raw.sock], [], [], 0)[0]:
                    switch.advance(0.25)
                    passed += 0.25
                    assert passed < 10
                    if not raw_lives(raw):
                        break
                lasted.append(passed)
        return lasted

    first = run()
    assert len(set(first)) > 1
    assert first == run()


def raw_lives(raw: Raw) -> bool:
    """Whether a Ping is answered, or else it is over."""
    try:
        return raw.is_alive()
    except (AssertionError, OSError):
        return False


def test_what_has_not_happened_yet_is_called_off_with_the_fault(switch: Switch) -> None:
    switch.put("gone", after="5s", drop=True)
    with Raw(switch.port) as raw:
        assert raw.is_alive()
        assert switch.waiting == 1
        switch.off("gone")
        assert switch.waiting == 0
        switch.advance(60)
        assert raw.is_alive()
        switch.say("on", "gone")
        switch.advance(5.1)
        assert dropped(raw)


def test_a_fault_that_is_set_anew_goes_by_what_it_says_now(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        switch.put("gone", after="5s", drop=True)
        switch.advance(3)
        switch.put("gone", after="5s", close=4001)
        switch.advance(4)
        assert raw.is_alive()
        switch.advance(1.1)
        assert closed(raw, 4001)


def test_what_would_happen_to_a_client_that_has_left_is_forgotten(switch: Switch) -> None:
    switch.put("gone", after="5s", drop=True)
    with Raw(switch.port), Raw(switch.port) as other:
        wait_until(lambda: switch.waiting == 2)
        other.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        other.sock.close()
        wait_until(lambda: switch.waiting == 1)
    wait_until(lambda: switch.waiting == 0)
    switch.advance(6)
    assert switch.acts() == []


def test_a_fault_ends_what_it_holds_with_its_time(switch: Switch) -> None:
    with Raw(switch.port) as raw:
        switch.put("half", stall=True, ttl="5s")
        wait_until(lambda: is_stalled(switch.server, raw))
        switch.advance(5.1)
        assert raw.at_end()


# Whom.


def test_of_open_connections_each_is_a_match_in_the_order_of_their_ids(switch: Switch) -> None:
    with ExitStack() as stack:
        raws = [stack.enter_context(Raw(switch.port)) for _ in range(6)]
        switch.put("third", every=3, close=1012)
        assert closed(raws[2])
        assert closed(raws[5])
        assert all(raws[at].is_alive() for at in (0, 1, 3, 4))
        with Raw(switch.port) as seventh:
            assert seventh.is_alive()
        state = switch.state("third")
        assert (state["matched"], state["fired"]) == (7, 2)


def test_a_connection_meets_a_fault_once(switch: Switch) -> None:
    switch.put("second", every=2, drop=True)
    with Raw(switch.port) as raw:
        assert raw.is_alive()
        for number in range(5):
            switch.put(f"other-{number}", match="WS /nowhere", drop=True)
            switch.off(f"other-{number}")
        assert raw.is_alive()
        assert switch.state("second")["matched"] == 1


def test_a_route_narrows_down_whom_it_befalls(switch: Switch) -> None:
    with Raw(switch.port, "/echo/a") as one, Raw(switch.port, "/echo/b") as other:
        switch.put("gone", match="WS /echo/b", drop=True)
        assert dropped(other)
        assert one.is_alive()


def test_of_two_ends_the_one_with_the_smaller_priority_counts(switch: Switch) -> None:
    switch.put("late", priority=5, after="1s", close=4001)
    switch.put("loud", priority=1, after="3s", close=4002)
    with Raw(switch.port) as raw:
        switch.advance(2)
        assert raw.is_alive()
        switch.advance(2)
        assert closed(raw, 4002)
    (act,) = switch.acts()
    assert [(one["fault"], one["fired"]) for one in act["faults"]] == [("loud", True), ("late", False)]


def test_a_connection_that_asks_for_a_fault_has_it_alone(switch: Switch) -> None:
    switch.put("gone", enabled=False, close=4009)
    with Raw(switch.port, "/echo?__fault=gone") as asking, Raw(switch.port) as other:
        assert asking.answer.headers["preference-applied"] == "fault=gone"
        assert closed(asking, 4009)
        assert other.is_alive()


def test_what_happened_is_in_the_journal(switch: Switch) -> None:
    switch.put("gone", after="1s", close=4001, reason="why")
    with Raw(switch.port, "/echo?token=secret") as raw:
        switch.advance(1.1)
        assert closed(raw, 4001, "why")
    (act,) = switch.acts()
    assert (act["method"], act["target"], act["status"]) == ("WS", "/echo", 0)
    assert act["decided_by"] == "fault gone: close 4001"
    (decision,) = act["faults"]
    assert (decision["fault"], decision["n"], decision["fired"]) == ("gone", 1, True)
    assert "secret" not in str(act)


def test_a_thousand_connections_are_dropped_in_order_while_others_are_served(serve: Serve) -> None:
    server: Running = serve(log="quiet")
    switch = Switch(server)
    with ExitStack() as stack, Raw(server.port, "/do/other") as other:
        raws = [stack.enter_context(Raw(server.port)) for _ in range(1000)]
        switch.put("gone", match="WS /echo", drop=True)
        slowest = 0.0
        for _ in range(20):
            start = perf_counter()
            assert other.is_alive()
            slowest = max(slowest, perf_counter() - start)
        assert all(map(dropped, raws))
        assert slowest < 0.5
    numbers = [entry["faults"][0]["n"] for entry in switch.acts()]
    assert numbers == sorted(numbers)
    assert switch.state("gone")["fired"] == 1000
