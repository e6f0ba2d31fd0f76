"""The listener of the API closes and opens again; the control plane is there all the time."""

import json
import socket
from contextlib import ExitStack
from select import select
from signal import SIGCONT, SIGSTOP
from time import monotonic

import pytest

from tests.server.fault.bench import hear
from tests.server.fault.serving import Served
from tests.server.socket.raw import CLOSE, Raw, close
from tests.server.test_stop import is_refused, wait_until
from tests.server.wire import Wire, request

JSON = "Content-Type: application/json"


def is_up(served: Served) -> bool:
    return bool(served.status()["listener"]["up"]) and not is_refused(served.server.port)


def is_down(served: Served) -> bool:
    return not served.status()["listener"]["up"] and is_refused(served.server.port)


def test_it_is_down_as_long_as_the_fault_is_on(served: Served) -> None:
    with served.begin() as idle, served.begin("GET", "/events/sse") as stream:
        idle.read()
        stream.read(head_only=True)
        served.put("f", match=["ANY *", "WS *"], down=True)
        wait_until(lambda: is_down(served))
        assert idle.at_end()
        hear(stream)
    assert served.status()["listener"]["faults"] == ["f"]
    served.off()
    wait_until(lambda: is_up(served))
    assert served.ask().status == 200


def test_twenty_times_in_a_row(served: Served) -> None:
    for _ in range(20):
        served.put("f", match=["ANY *", "WS *"], down=True)
        assert is_down(served), "it is closed before the fault is said to be on"
        served.off()
        assert is_up(served), "and open before it is said to be off"
        assert served.ask().status == 200


def test_connections_at_rest_have_ended_before_a_fault_that_breaks_them_is_said_to_be_on(served: Served) -> None:
    with served.begin() as idle:
        idle.read()
        served.put("f", "w1", match="POST *", reset="connect")
        assert select([idle.sock], [], [], 0)[0] == [idle.sock]
        assert idle.at_end()


def test_those_who_last_asked_in_another_sandbox_that_lives_go_on(served: Served) -> None:
    with ExitStack() as stack:
        # The second time around, answers are those that were kept.
        own, other, shared, ended, twice = (
            stack.enter_context(served.begin("GET", f"{prefix}/things/1"))
            for prefix in ("/~w1", "/~w2", "", "/~w3", "/~w2")
        )
        assert {wire.read().status for wire in (own, other, shared, ended, twice)} == {200}
        served.server.control("DELETE", "/api/sandboxes/w3")
        served.put("f", "w1", match="POST *", reset="connect")
        for wire in (own, shared, ended):
            assert wire.at_end()
        assert select([other.sock, twice.sock], [], [], 0)[0] == []
        other.send(request("GET", "/~w2/things/1"))
        answer = other.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert other.at_end()
        served.put("f", "w2", match="POST *", reset="connect")
        assert twice.at_end()


def test_connections_are_kept_again_once_the_sandbox_of_the_fault_has_ended(served: Served) -> None:
    served.put("f", "w1", match="POST *", reset="connect")
    assert served.ask().headers["connection"] == "close"
    served.server.control("DELETE", "/api/sandboxes/w1")
    assert "connection" not in served.ask().headers


def test_a_connection_that_has_asked_nothing_yet_is_answered(served: Served) -> None:
    with Wire(served.server.port) as fresh:
        served.ask()
        served.put("f", "w1", match="POST *", reset="connect")
        fresh.send(request("GET", "/things/1"))
        answer = fresh.read()
        assert (answer.status, answer.headers["connection"]) == (200, "close")
        assert fresh.at_end()


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("expects", [(), ("Expect: 100-continue",)])
def test_a_request_that_is_just_arriving_is_answered(served: Served, *, is_first: bool, expects: tuple[str]) -> None:
    """Its head is there as the fault comes on, its body is not."""
    rule, body = json.dumps({"match": "GET /none", "reset": "connect"}).encode(), b'{"name": "Zoe", "size": 1}'
    asked = request("POST", "/things", JSON, *expects, body=body)
    with served.begin() as wire, Wire(served.server.control_port) as control:
        wire.read()
        served.server.process.send_signal(SIGSTOP)
        sending = [(wire, asked[: -len(body)]), (control, request("PUT", "/api/faults/f", JSON, body=rule))]
        for one, data in sending if is_first else reversed(sending):
            one.send(data)
        served.server.process.send_signal(SIGCONT)
        assert control.read().status == 201
        if expects:
            assert wire.read(head_only=True).status == 100
        wire.send(body)
        assert wire.read().status == 201
        assert wire.at_end()


def test_a_request_sent_as_its_connection_ends_meets_fin_and_changes_nothing(served: Served) -> None:
    with served.begin() as wire:
        wire.read()
        served.put("f", match="GET /none", reset="connect")
        wire.send(request("DELETE", "/things/1"))
        heard = hear(wire)
    assert (heard.data, heard.end) == (b"", "fin")
    assert served.ask("GET", "/things/1").status == 200


def test_journal_and_status_tell_of_those_who_were_held(served: Served) -> None:
    served.put("stuck", match="GET /things", hang=True)
    with served.begin() as held, served.begin("GET", "/events?wait=20") as polling:
        wait_until(lambda: served.status()["held"]["waiting"] == 1)
        (now,) = served.status()["held"]["now"]
        assert now.pop("seconds") >= 0
        assert now == {"sandbox": "default", "fault": "stuck", "method": "GET", "target": "/things"}
        served.put("f", match=["ANY *", "WS *"], down=True)
        assert hear(held).data == hear(polling).data == b""
    told = {entry["target"]: (entry["status"], entry["decided_by"]) for entry in served.requests()}
    assert told == {"/things": (0, "fault f: down"), "/events": (0, "fault f: down")}


def test_many_connections_end_one_after_the_other(held_server: Served) -> None:
    with ExitStack() as stack:
        for target in ("/things/1", "/events/sse"):
            for _ in range(100):
                wire = stack.enter_context(held_server.begin("GET", target))
                assert wire.read(head_only=target != "/things/1").status == 200
                stack.callback(hear, wire)
        held_server.put("f", match=["ANY *", "WS *"], down=True)
    assert_ends_in_order(held_server)


def assert_ends_in_order(served: Served) -> None:
    process = served.server.process
    process.terminate()
    assert process.wait(timeout=5) == 0
    assert process.stderr is not None
    assert process.stderr.read() == ""


def test_it_comes_back_by_itself(served: Served) -> None:
    served.put("f", match=["ANY *", "WS *"], down="300ms")
    start = monotonic()
    wait_until(lambda: is_refused(served.server.port))
    wait_until(lambda: is_up(served))
    assert monotonic() - start < 2
    assert served.ask().status == 200


def test_advancing_the_clock_brings_it_back(served: Served) -> None:
    served.put("f", match=["ANY *", "WS *"], down="10m")
    wait_until(lambda: is_down(served))
    served.advance("10m")
    wait_until(lambda: is_up(served))


def test_a_request_that_fires_is_reset_and_begins_it(served: Served) -> None:
    served.put("f", match="DELETE *", down=True)
    assert served.ask().status == 200
    assert served.hear("DELETE", "/things/1").end == "rst"
    wait_until(lambda: is_down(served))
    served.off()
    wait_until(lambda: is_up(served))
    assert served.ask("GET", "/things/1").status == 200


def test_what_goes_on_is_cut(served: Served) -> None:
    served.put("slow", match="GET *", latency="1m")
    with served.begin() as wire:
        wait_until(lambda: served.status()["held"]["waiting"] == 1)
        served.put("f", match=["ANY *", "WS *"], down="1m")
        assert hear(wire).data == b""
    assert served.status()["held"]["waiting"] == 0


def test_within_a_named_sandbox_it_is_a_reset(served: Served) -> None:
    served.put("f", "w1", match=["ANY *", "WS *"], down=True)
    assert served.hear("GET", "/~w1/things").end == "rst"
    assert served.ask().status == 200
    assert served.status()["listener"]["up"]


def test_for_one_request_it_is_a_reset(served: Served) -> None:
    assert served.hear("GET", "/things", "Prefer: fault=offline").end == "rst"
    assert served.ask().status == 200


def test_a_restart_is_another_life_of_the_feed(served: Served) -> None:
    before = served.ask("GET", "/events").json["at"].split(".")[0]
    served.put("f", match=["ANY *", "WS *"], down={"for": "100ms", "restart": True})
    wait_until(lambda: served.status()["listener"]["faults"] == [])
    wait_until(lambda: is_up(served))
    assert served.ask("GET", "/events").json["at"].split(".")[0] != before


def test_open_sockets_are_dropped_with_it(served: Served) -> None:
    with Raw(served.server.port, "/events/ws") as raw:
        raw.hear()
        served.put("f", match=["ANY *", "WS *"], down=True)
        heard = hear(raw.wire)
    assert (heard.data, heard.end) == (b"", "fin")


def test_before_a_restart_open_sockets_are_told(served: Served) -> None:
    """RFC 6455 §7.4.2: 1012."""
    with Raw(served.server.port, "/events/ws") as raw, served.begin("GET", "/events/sse") as stream:
        raw.hear()
        stream.read(head_only=True)
        served.put("f", match=["ANY *", "WS *"], down={"for": "100ms", "restart": True})
        got = raw.skip_to(CLOSE)
        assert got.code == 1012
        raw.send(close(1012))
        assert raw.at_end()
        assert hear(stream).data.endswith(b"0\r\n\r\n")
    wait_until(lambda: is_up(served))


def test_somebody_who_takes_the_port_is_waited_for(served: Served) -> None:
    served.put("f", match=["ANY *", "WS *"], down=True)
    wait_until(lambda: is_down(served))
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", served.server.port))
        taken.listen()
        served.off()
        wait_until(lambda: "in use" in served.status()["listener"]["problem"])
    wait_until(lambda: is_up(served))
    assert served.status()["listener"] == {"up": True, "faults": [], "problem": ""}


@pytest.mark.parametrize("down", [True, "1m"])
def test_it_ends_in_order_while_it_is_down(held_server: Served, down: object) -> None:
    held_server.put("f", match=["ANY *", "WS *"], down=down)
    wait_until(lambda: is_down(held_server))
    assert_ends_in_order(held_server)
