"""Faults of event streams: how they end, and what becomes of their events."""

import json
import select
from pathlib import Path
from typing import Any

import pytest

from tests import live
from tests.server.fault.serving import Served
from tests.server.fault.switch import Switch
from tests.server.test_stop import wait_until
from tests.server.test_stream import Streaming, fill, shown
from tests.server.wire import Wire, request

JSON = "Content-Type: application/json"
STREAM = "GET /stream/*"


def put(switch: Switch, name: str, **rule: Any) -> None:
    switch.put(name, match=STREAM, **rule)


def push(switch: Switch, words: str) -> None:
    """Have every session that is open do something."""
    switch.server.get(f"/wires/{words.replace(' ', '/')}")


def event(letter: str, size: int = 1) -> bytes:
    return b"data: %b\n\n" % (letter * size).encode()


def is_stalled(switch: Switch) -> bool:
    return any(entry["state"] == "stalled" for entry in shown(switch.server))


# How it ends.


def test_a_stream_that_is_open_is_dropped(switch: Switch) -> None:
    with Streaming(switch.port) as stream:
        put(switch, "gone", drop=True)
        assert stream.wire.at_end()
    (act,) = switch.acts()
    assert (act["method"], act["status"], act["decided_by"]) == ("SSE", 0, "fault gone: drop")


def test_a_new_stream_is_dropped_when_its_head_has_been_sent(switch: Switch) -> None:
    put(switch, "gone", drop=True)
    with Streaming(switch.port) as stream:
        assert stream.wire.at_end()


def test_a_stream_is_reset_in_its_time(switch: Switch) -> None:
    put(switch, "gone", after="5s", reset=True)
    with Streaming(switch.port) as stream:
        switch.advance(4.9)
        push(switch, "push 1 1")
        assert stream.read() == event("a")
        switch.advance(0.2)
        with pytest.raises(ConnectionResetError):
            stream.wire.sock.recv(1)


def test_a_stalled_stream_says_nothing_and_is_dropped_when_the_fault_ends(switch: Switch) -> None:
    put(switch, "half", stall=True)
    with Streaming(switch.port) as stream:
        wait_until(lambda: is_stalled(switch))
        push(switch, "push 1 1")
        assert is_silent(stream)
        switch.off("half")
        assert stream.wire.at_end()


def is_silent(stream: Streaming) -> bool:
    return not select.select([stream.wire.sock], [], [], 0.3)[0]


def test_a_stream_that_asks_for_a_fault_has_it_alone(switch: Switch) -> None:
    put(switch, "gone", enabled=False, drop=True)
    with Streaming(switch.port, "/stream/do?__fault=gone") as asking, Streaming(switch.port) as other:
        assert asking.wire.at_end()
        push(switch, "push 1 1")
        assert other.read() == event("a")


# Its events.


def test_the_nth_event_is_lost(switch: Switch) -> None:
    put(switch, "lossy", every=3, lose=True)
    with Streaming(switch.port) as stream:
        push(switch, "push 7 1")
        push(switch, "close 1000")
        assert stream.read_all() == b"".join(map(event, "abdeg"))


def test_events_come_twice_and_out_of_order(switch: Switch) -> None:
    put(switch, "double", times=1, duplicate=True)
    put(switch, "swap", skip=1, every=2, reorder=True)
    with Streaming(switch.port) as stream:
        push(switch, "push 4 1")
        push(switch, "close 1000")
        assert stream.read_all() == b"".join(map(event, "aabdc"))


def test_an_event_comes_late(switch: Switch) -> None:
    put(switch, "late", times=1, delay="5s")
    with Streaming(switch.port) as stream:
        push(switch, "push 2 1")
        assert stream.read() == event("b")
        switch.advance(5.1)
        assert stream.read() == event("a")


def test_what_is_kept_goes_out_with_the_end_of_the_fault(switch: Switch) -> None:
    put(switch, "late", times=1, delay="500s")
    with Streaming(switch.port) as stream:
        push(switch, "push 2 1")
        assert stream.read() == event("b")
        switch.off("late")
        assert stream.read() == event("a")


def test_a_spoiled_event_is_still_one(switch: Switch) -> None:
    put(switch, "broken", corrupt="html")
    with Streaming(switch.port) as stream:
        push(switch, "push 1 8")
        lines = stream.read().split(b"\n")
    assert lines[0] == b"data: <!DOCTYPE html>"
    assert all(line.startswith(b"data: ") for line in lines[:-2])
    assert lines[-2:] == [b"", b""]


def test_a_stream_is_reset_in_place_of_an_event(switch: Switch) -> None:
    put(switch, "enough", direction="out", skip=1, reset=True)
    with Streaming(switch.port) as stream:
        push(switch, "push 1 1")
        assert stream.read() == event("a")
        push(switch, "push 1 1")
        with pytest.raises(ConnectionResetError):
            stream.wire.sock.recv(1)


@pytest.mark.parametrize("end", ["drop", "stall"])
def test_a_stream_ends_in_place_of_an_event(switch: Switch, end: str) -> None:
    put(switch, "enough", direction="out", skip=3, **{end: True})
    with Streaming(switch.port) as stream:
        push(switch, "push 6 1")
        assert [stream.read() for _ in range(3)] == [event("a"), event("b"), event("c")]
        assert stream.wire.at_end() if end == "drop" else is_silent(stream)


def test_what_is_played_passes_too_and_is_not_drawn_before_its_turn(switch: Switch) -> None:
    put(switch, "lossy", every=5, lose=True)
    with Streaming(switch.port) as stream:
        fill(switch.server)
        push(switch, "push 4 10000")
        assert switch.state("lossy")["matched"] < 2000
        push(switch, "close 1000")
        whole = [chr(ord("a") + at % 26) for at in range(3000)] + [*"abcd"]
        expected = [event(one, 10_000) for at, one in enumerate(whole, start=1) if at % 5]
        assert stream.read_all() == b"".join(expected)
    assert switch.state("lossy")["matched"] == 3004


def test_who_has_too_much_kept_for_them_is_cut_off(switch: Switch) -> None:
    put(switch, "late", delay="500s")
    with Streaming(switch.port) as stream:
        push(switch, "push 900 1")
        push(switch, "push 900 1")
        assert stream.read_all() == b""
    wait_until(lambda: switch.waiting == 0)


CHANNELS = """
mock: 1
resources: {things: {count: 1, fields: {name: word}}}
channels:
  silent: {path: /silent, kind: sse, heartbeat: 200ms, push: [{change: things, text: told}]}
"""


def test_a_sign_of_life_is_no_event(tmp_path: Path) -> None:
    path = tmp_path / "channels.yaml"
    path.write_text(CHANNELS, encoding="utf-8")
    with live.started(str(path)) as server:
        served = Served(server)
        served.put("lossy", match="GET /silent", lose=True)
        with Wire(server.port) as wire:
            wire.send(request("GET", "/silent"))
            assert wire.read(head_only=True).status == 200
            # The head is there although there was nothing to say, and so are signs of life.
            assert [wire.take(8) for _ in range(3)] == [b"3\r\n:\n\n\r\n"] * 3
        assert server.control("GET", "/api/faults/lossy").json["matched"] == 0


def test_no_more_is_collected_than_may_wait(fault_server: Served) -> None:
    """1 MiB, whatever a fault says; what is collected is what waits for the client."""
    fault_server.reset()
    fault_server.put("proxy", match="GET /events/*", buffer="16MiB")
    body = json.dumps({"topic": "long", "data": "x" * 300_000}).encode()

    def push() -> None:
        assert fault_server.server.control("POST", "/api/events", JSON, body=body).status < 300

    with fault_server.begin("GET", "/events/sse") as wire:
        wire.read(head_only=True)
        for _ in range(3):
            push()
        wait_until(lambda: fault_server.server.control("GET", "/api/sockets").json[0]["queue_bytes"] > 900_000)
        assert not select.select([wire.sock], [], [], 0)[0]
        push()
        assert len(wire.take(1_200_000)) == 1_200_000
