"""The listener of the API closes and opens again; the control plane is there all the time."""

import socket
from select import select
from time import monotonic

import pytest

from tests.server.fault.bench import hear
from tests.server.fault.serving import Served
from tests.server.socket.raw import CLOSE, Raw, close
from tests.server.test_stop import is_refused, wait_until

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
    held_server.server.process.terminate()
    assert held_server.server.process.wait(timeout=5) == 0
    assert held_server.server.process.stderr is not None
    assert held_server.server.process.stderr.read() == ""
