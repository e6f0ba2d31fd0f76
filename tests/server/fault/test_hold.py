"""Waits: what ends them, that they end at once, and that nobody is left waiting behind."""

from time import monotonic
from typing import Final

import pytest

from tests.server.fault.bench import Bench, hear
from tests.server.wire import Wire, request

TARGET: Final = "/200/10"
LONG_S: Final = 600
AT_ONCE_S: Final = 2.0
WAIT = ("f", "wait", LONG_S)
HANG = ("f", "hold", None)


@pytest.mark.parametrize("step", [WAIT, ("f", "wait", LONG_S, "body"), HANG, ("f", "hold", LONG_S)])
def test_disabling_a_fault_releases_those_it_holds_at_once(bench: Bench, step: tuple[object, ...]) -> None:
    with bench.begin(TARGET, step) as wire:
        bench.await_waiting(1)
        start = monotonic()
        bench.tell("/off/f")
        heard = wire.read()
        assert monotonic() - start < AT_ONCE_S
    if step[1] == "wait":
        assert (heard.status, heard.body, heard.headers["x-mock-fault"]) == (200, b"abcdefghij", "f")
    else:
        assert (heard.status, heard.headers["x-mock-fault-released"]) == (503, "f")
        assert heard.headers["cache-control"] == "no-store"
    assert bench.tell()["waiting"] == 0


def test_another_fault_releases_nobody(bench: Bench) -> None:
    with bench.begin(TARGET, HANG):
        bench.await_waiting(1)
        assert bench.tell("/off/another")["waiting"] == 1


@pytest.mark.parametrize("step", [WAIT, ("f", "wait", LONG_S, "body"), ("f", "hold", LONG_S)])
def test_advancing_the_sandboxs_clock_ends_a_wait(bench: Bench, step: tuple[object, ...]) -> None:
    with bench.begin(TARGET, step) as wire:
        bench.await_waiting(1)
        assert bench.tell(f"/advance/{LONG_S - 1}")["waiting"] == 1
        bench.tell("/advance/1")
        if step[1] == "hold":
            assert hear(wire).data == b""
            assert bench.tell()["told"] == ["0 fault f: held to the end"]
        else:
            assert wire.read().status == 200


@pytest.mark.parametrize("step", [("f", "wait", 0.1), ("f", "wait", 0.1, "body"), ("f", "hold", 0.1)])
def test_a_wait_ends_by_the_real_clock_though_the_sandboxs_stands_still(bench: Bench, step: tuple[object, ...]) -> None:
    start = monotonic()
    with bench.begin(TARGET, step) as wire:
        heard = hear(wire) if step[1] == "hold" else wire.read()
    assert monotonic() - start >= 0.1
    assert heard.body == (b"" if step[1] == "hold" else b"abcdefghij")


def test_latencies_add_up(bench: Bench) -> None:
    start = monotonic()
    with bench.begin(TARGET, ("f", "wait", 0.1), ("g", "wait", 0.1), ("g", "wait", 0.1, "body")) as wire:
        assert wire.read().headers["x-mock-fault"] == "f, g"
    assert monotonic() - start >= 0.3


def test_before_the_body_waits_the_head_has_gone(bench: Bench) -> None:
    with bench.begin(TARGET, ("f", "wait", LONG_S, "body")) as wire:
        head = wire.read(head_only=True)
        assert (head.status, head.headers["content-length"]) == (200, "10")
        bench.tell("/off/f")
        assert wire.take(10) == b"abcdefghij"


@pytest.mark.parametrize("step", [WAIT, ("f", "wait", LONG_S, "body"), HANG, ("f", "hold_for_next", LONG_S)])
@pytest.mark.parametrize("ahead", ["", "nothing that anybody reads"])
def test_a_client_that_leaves_ends_its_wait(bench: Bench, step: tuple[object, ...], ahead: str) -> None:
    """Behind bytes that it has sent ahead its end shows a little later."""
    with bench.begin(TARGET, step) as wire:
        bench.await_waiting(1)
        wire.send(ahead.encode())
    bench.await_waiting(0)
    told = bench.tell()
    assert told["held"] == 0
    assert told["told"] == ["200 api; fault f" if step[2:] == (LONG_S, "body") else "0 fault f: the client left"]


def test_whoever_leaves_while_it_waits_has_changed_nothing(bench: Bench) -> None:
    with bench.begin(TARGET, WAIT, method="POST"):
        bench.await_waiting(1)
    bench.await_waiting(0)
    assert bench.tell()["asked"] == 0


@pytest.mark.parametrize("step", [WAIT, HANG, ("f", "cut", {"at": "nothing", "by": "fin"})])
def test_what_commits_asks_the_api_first(bench: Bench, step: tuple[object, ...]) -> None:
    with bench.begin(TARGET, ("f", "commit"), step, method="POST") as wire:
        if step[1] == "cut":
            assert hear(wire).data == b""
        else:
            bench.await_waiting(1)
        assert bench.tell()["asked"] == 1


@pytest.mark.parametrize("step", [WAIT, ("f", "wait", LONG_S, "body"), HANG])
def test_a_server_that_stops_lets_everybody_go(bench: Bench, step: tuple[object, ...]) -> None:
    with bench.begin(TARGET, step) as wire:
        bench.await_waiting(1)
        bench.tell("/stop")
        heard = hear(wire) if step is HANG else wire.read()
        assert heard.body == (b"" if step is HANG else b"abcdefghij")
    with bench.begin(TARGET, step) as wire:
        heard = hear(wire) if step is HANG else wire.read()
        assert heard.body == (b"" if step is HANG else b"abcdefghij")


def _hanging(bench: Bench, wires: list[Wire], count: int, *headers: str) -> None:
    for _ in range(count):
        wires.append(bench.begin(TARGET, HANG, headers=headers))
        bench.await_waiting(len(wires))


def test_beyond_the_caps_a_hang_is_skipped_and_said_so(bench: Bench) -> None:
    """3 of a sandbox and 4 in all are held here."""
    wires: list[Wire] = []
    try:
        _hanging(bench, wires, 3)
        with bench.begin(TARGET, HANG, ("g", "add_header", "X-G", "1")) as wire:
            heard = wire.read()
        assert (heard.status, heard.headers["x-mock-fault-overflow"]) == (200, "f")
        assert (heard.headers["x-mock-fault"], heard.headers["x-g"]) == ("g", "1")
        _hanging(bench, wires, 1, "X-Mock-Sandbox: other")
        with bench.begin(TARGET, HANG, headers=("X-Mock-Sandbox: third",)) as wire:
            assert "x-mock-fault" not in wire.read().headers
        # A latency takes up no room.
        with bench.begin(TARGET, ("f", "wait", 0.05)) as wire:
            assert wire.read().status == 200
        assert bench.tell()["overflow"] == ["f", "f"]
        bench.tell("/off/f")
        assert [wire.read().status for wire in wires] == [503] * 4
    finally:
        for wire in wires:
            wire.sock.close()
    assert bench.tell()["held"] == 0


def test_a_released_connection_carries_the_next_request(bench: Bench) -> None:
    with bench.begin(TARGET, WAIT) as wire:
        bench.await_waiting(1)
        bench.tell("/off/f")
        wire.read()
        wire.send(request("GET", TARGET))
        assert wire.read().status == 200


TURN = ("f", "hold_for_next", LONG_S)


def test_answers_swap_places_in_pairs(bench: Bench) -> None:
    wires = []
    try:
        for number in range(4):
            wires.append(bench.begin(f"/200/{number}", TURN))
            bench.await_waiting((number + 1) % 2)
            if number % 2:
                assert len(wires[number].read().body) == number
                assert len(wires[number - 1].read().body) == number - 1
    finally:
        for wire in wires:
            wire.sock.close()


def test_an_answer_that_nobody_overtakes_goes_in_its_time(bench: Bench) -> None:
    with bench.begin(TARGET, TURN) as wire:
        bench.await_waiting(1)
        bench.tell(f"/advance/{LONG_S}")
        assert wire.read().status == 200
    with bench.begin(TARGET, TURN) as wire:
        bench.await_waiting(1)


def test_one_that_overtakes_and_breaks_off_lets_the_other_go_too(bench: Bench) -> None:
    with bench.begin(TARGET, TURN) as wire:
        bench.await_waiting(1)
        assert bench.hear(TARGET, TURN, ("g", "cut", {"at": 4, "by": "rst"})).end == "rst"
        assert wire.read().status == 200


def test_one_that_overtakes_and_breaks_down_lets_the_other_go_too(bench: Bench) -> None:
    with bench.begin(TARGET, TURN) as wire:
        bench.await_waiting(1)
        bench.hear(TARGET, TURN, ("g", "rewrite", {"fail": "canary"}))
        assert wire.read().status == 200


def test_sandboxes_and_faults_have_turns_of_their_own(bench: Bench) -> None:
    other = "X-Mock-Sandbox: other"
    with (
        bench.begin(TARGET, TURN) as first,
        bench.begin(TARGET, TURN, headers=(other,)) as second,
        bench.begin(TARGET, ("g", "hold_for_next", LONG_S)) as third,
    ):
        bench.await_waiting(3)
        for step, headers, kept in ((TURN, (), first), (TURN, (other,), second), (("g", *TURN[1:]), (), third)):
            with bench.begin(TARGET, step, headers=headers) as wire:
                assert wire.read().status == 200
                assert kept.read().status == 200
