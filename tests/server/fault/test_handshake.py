"""Faults of handshakes: refused, kept waiting, broken off, and what those that come about say of them."""

from typing import Any

import pytest

from tests.server.conftest import Serve
from tests.server.fault.switch import Switch
from tests.server.socket.observe import sessions
from tests.server.socket.raw import KEY, UPGRADE, Raw, handshake
from tests.server.test_stop import wait_until
from tests.server.wire import Answer, Wire, ask


def shake(switch: Switch, target: str = "/echo", *headers: str) -> Answer:
    return ask(switch.port, handshake(target, *UPGRADE, *headers), head_only=False)


def begun(switch: Switch, target: str = "/echo") -> Wire:
    wire = Wire(switch.port)
    wire.send(handshake(target, *UPGRADE))
    return wire


@pytest.mark.parametrize("rule", [{"refuse": 503, "retry_after": 7}, {"status": 503, "retry_after": 7}])
def test_a_handshake_is_refused_in_the_words_of_the_convention(switch: Switch, rule: dict[str, Any]) -> None:
    opened = sessions(switch.server)["opened"]
    switch.put("no", **rule)
    answer = shake(switch)
    assert (answer.status, answer.headers["retry-after"], answer.headers["x-mock-fault"]) == (503, "7", "no")
    assert answer.json["status"] == 503
    assert sessions(switch.server)["opened"] == opened
    entry = switch.server.journal()[-1]
    assert (entry["method"], entry["status"], entry["decided_by"]) == ("GET", 503, "fault no: 503")
    assert [(one["fault"], one["n"], one["fired"]) for one in entry["faults"]] == [("no", 1, True)]


def test_it_may_be_led_elsewhere(switch: Switch) -> None:
    switch.put("moved", refuse=302, headers={"Location": "/other"})
    answer = shake(switch)
    assert (answer.status, answer.headers["location"]) == (302, "/other")


def test_every_second_one_may_be_refused(switch: Switch) -> None:
    switch.put("no", every=2, refuse=401)
    statuses = []
    for _ in range(4):
        with begun(switch) as wire:
            statuses.append(wire.read(head_only=True).status)
    assert statuses == [101, 401, 101, 401]


def test_one_that_comes_about_tells_of_what_it_met(switch: Switch) -> None:
    switch.put("late", latency="5s")
    switch.put("marked", headers={"X-Marked": "yes"})
    with begun(switch) as wire:
        switch.advance(5)
        answer = wire.read(head_only=True)
    assert (answer.status, answer.headers["x-marked"]) == (101, "yes")
    assert {*answer.headers["x-mock-fault"].split(", ")} == {"late", "marked"}
    entry = switch.server.journal()[-1]
    assert entry["status"] == 101
    assert {one["fault"] for one in entry["faults"]} == {"late", "marked"}


def test_a_latency_ends_with_its_fault(switch: Switch) -> None:
    switch.put("late", latency="500s")
    with begun(switch) as wire:
        wait_until(lambda: switch.state("late")["fired"] == 1)
        switch.off("late")
        assert wire.read(head_only=True).status == 101


def test_a_hung_handshake_ends_without_a_byte(switch: Switch) -> None:
    switch.put("hung", hang="30s")
    with begun(switch) as wire:
        wait_until(lambda: switch.state("hung")["fired"] == 1)
        switch.advance(31)
        assert wire.sock.recv(1) == b""


def test_a_hung_handshake_is_answered_when_the_fault_ends(switch: Switch) -> None:
    switch.put("hung", hang=True)
    with begun(switch) as wire:
        wait_until(lambda: switch.state("hung")["fired"] == 1)
        switch.off("hung")
        answer = wire.read()
    assert (answer.status, answer.headers["x-mock-fault-released"]) == (503, "hung")


def test_no_more_handshakes_hang_than_there_is_room_for(serve: Serve) -> None:
    switch = Switch(serve(limits={"held_sandbox": 2}))
    switch.put("hung", hang=True)
    with begun(switch) as first, begun(switch):
        wait_until(lambda: switch.state("hung")["matched"] == 2)
        with Raw(switch.port) as third:
            assert third.answer.headers["x-mock-fault-overflow"] == "hung"
            assert third.is_alive()
        state = switch.state("hung")
        assert [state[key] for key in ("matched", "fired", "skipped", "overflow")] == [3, 2, 0, 1]
        with Raw(switch.port, "/echo?__fault=hung") as asking:
            assert "preference-applied" not in asking.answer.headers
        first.sock.close()
        wait_until(lambda: "x-mock-fault-overflow" not in probe(switch))


def probe(switch: Switch) -> dict[str, str]:
    """The headers of a handshake's answer, none where there is no answer at once."""
    with begun(switch) as wire:
        wire.sock.settimeout(0.3)
        try:
            return wire.read(head_only=True).headers
        except TimeoutError:
            return {}


def test_a_handshake_is_reset(switch: Switch) -> None:
    switch.put("gone", reset="connect")
    with begun(switch) as wire, pytest.raises(ConnectionResetError):
        wire.sock.recv(1)
    entry = switch.server.journal()[-1]
    assert (entry["status"], entry["decided_by"]) == (0, "fault gone: reset connect")


def test_a_handshake_is_not_answered_at_all(switch: Switch) -> None:
    switch.put("gone", empty=True)
    with begun(switch) as wire:
        assert wire.sock.recv(1) == b""


def test_what_comes_too_often_is_refused(switch: Switch) -> None:
    switch.put("limited", rate_limit={"limit": 1, "window": "1m"})
    with Raw(switch.port):
        assert shake(switch).status == 429


def test_what_is_for_requests_is_not_for_handshakes(switch: Switch) -> None:
    switch.put("requests", match="ANY /echo", status=500)
    with Raw(switch.port) as raw:
        assert raw.is_alive()
    switch.put("requests", match="WS /echo", refuse=500)
    assert switch.server.get("/echo").status == 200


def test_a_handshake_that_is_not_in_order_meets_no_fault(switch: Switch) -> None:
    switch.put("no", refuse=503)
    broken = [line for line in UPGRADE if KEY not in line]
    assert ask(switch.port, handshake("/echo", *broken)).status == 400
    assert shake(switch, "/echo", "Origin: https://evil.example").status == 403
    assert switch.state("no")["matched"] == 0


@pytest.mark.parametrize(
    ("asked", "status"),
    [("__code=503", 503), ("__fault=nothing", 400), ("__code=much", 400), ("__delay=soon", 400)],
)
def test_a_handshake_may_ask_for_its_own(switch: Switch, asked: str, status: int) -> None:
    answer = shake(switch, f"/echo?{asked}")
    assert answer.status == status
    if status == 503:
        assert answer.headers["preference-applied"] == "code=503"


def test_a_handshake_may_ask_for_a_delay_and_a_preset(switch: Switch) -> None:
    with begun(switch, "/echo?__delay=5s&__fault=gone") as wire:
        assert wire.read().status == 400
    switch.put("gone", enabled=False, drop=True)
    with begun(switch, "/echo?__delay=5s&__fault=gone") as wire:
        wait_until(lambda: switch.waiting == 0)
        switch.advance(5)
        assert wire.read(head_only=True).status == 101
        assert wire.at_end()


@pytest.mark.parametrize("rule", [{"match": "ANY *", "status": 503}, {"match": "WS /other", "drop": True}])
def test_nothing_is_said_to_be_applied_that_is_for_others(switch: Switch, rule: dict[str, Any]) -> None:
    switch.put("out", enabled=False, **rule)
    with Raw(switch.port, "/echo?__fault=out") as raw:
        assert "preference-applied" not in raw.answer.headers


@pytest.mark.parametrize("rule", [{"event": "news", "lose": True}, {"direction": "in", "delay": "1s"}])
def test_what_messages_will_meet_is_applied(switch: Switch, rule: dict[str, Any]) -> None:
    switch.put("lossy", enabled=False, **rule)
    with Raw(switch.port, "/echo?__fault=lossy") as raw:
        assert raw.answer.headers["preference-applied"] == "fault=lossy"


def test_a_header_asks_as_well(switch: Switch) -> None:
    assert shake(switch, "/echo", "Prefer: code=418").status == 418
