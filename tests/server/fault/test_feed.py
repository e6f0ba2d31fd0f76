"""Faults of the feed's windows on a whole server: by events, by presets, in one sandbox and not in another."""

import json
from typing import Any

from tests.server.fault.serving import Served
from tests.server.socket.raw import CLOSE, Raw
from tests.server.test_stop import wait_until

SOCKET, STREAM = "/events/ws", "/events/sse"


def create(served: Served, name: str, sandbox: str = "") -> None:
    body = json.dumps({"name": name, "size": 1}).encode()
    answer = served.ask("POST", f"{sandbox}/things", "Content-Type: application/json", body=body)
    assert answer.status == 201, answer.body


def told(raw: Raw, count: int) -> list[str]:
    """The names in so many events; words of the system aside."""
    names: list[str] = []
    while len(names) < count:
        said: Any = json.loads(raw.hear())
        if "topic" in said:
            names.append(said["data"]["name"])
    return names


def test_events_are_known_by_topic_and_action(served: Served) -> None:
    served.put("lossy", match="WS *", event="things.created", every=2, lose=True)
    with Raw(served.server.port, SOCKET) as raw:
        for name in "abcde":
            create(served, name)
        assert told(raw, 3) == ["a", "c", "e"]


def test_a_resource_has_its_sockets_too(served: Served) -> None:
    """What a handshake leads to is a path; its events are of a resource."""
    served.put("lossy", match="WS /events/ws", event="/things/*", direction="out", lose=True)
    with Raw(served.server.port, SOCKET) as raw:
        create(served, "lost")
        served.off("lossy")
        create(served, "told")
        assert told(raw, 1) == ["told"]


def test_the_greeting_can_be_lost_where_it_is_spelled_out(served: Served) -> None:
    served.put("mute", match="WS *", event="/sys/hello", lose=True)
    with Raw(served.server.port, SOCKET) as raw:
        create(served, "first")
        assert json.loads(raw.hear())["data"]["name"] == "first"


def test_events_that_are_replayed_count_as_well(served: Served) -> None:
    for name in "abcdef":
        create(served, name)
    served.put("lossy", match="WS *", event="things", every=3, lose=True)
    with Raw(served.server.port, f"{SOCKET}?since=start") as raw:
        assert told(raw, 4) == ["a", "b", "d", "e"]


def test_a_command_is_known_by_its_method(served: Served) -> None:
    served.put("deaf", match="WS *", direction="in", event="/things/*", lose=True)
    with Raw(served.server.port, SOCKET) as raw:
        assert json.loads(raw.hear())["method"] == "/sys/hello"
        raw.say('{"method": "GET /things/1?fields=id", "websocketTag": "lost"}')
        raw.say('{"method": "/things?limit=1", "websocketTag": "heard"}')
        assert json.loads(raw.hear())["websocketTag"] == "heard"


def test_a_fault_of_one_sandbox_is_none_of_another(served: Served) -> None:
    port = served.server.port
    with Raw(port, SOCKET) as own, Raw(port, f"/~w3{SOCKET}") as other:
        served.put("restart", match="WS *", close=1012)
        assert own.skip_to(CLOSE).code == 1012
        create(served, "heard", "/~w3")
        assert told(other, 1) == ["heard"]
        served.put("restart", sandbox="w3", match="WS *", close=4001)
        assert other.skip_to(CLOSE).code == 4001
    with Raw(port, f"/~w4{SOCKET}") as third:
        create(served, "heard", "/~w4")
        assert told(third, 1) == ["heard"]


def test_a_preset_is_asked_for_by_one_socket(served: Served) -> None:
    port = served.server.port
    with Raw(port, f"{SOCKET}?__fault=ws-restart") as asking, Raw(port, SOCKET) as other:
        assert asking.answer.headers["preference-applied"] == "fault=ws-restart"
        served.advance("60s")
        assert asking.skip_to(CLOSE).code == 1012
        create(served, "heard")
        assert told(other, 1) == ["heard"]


def test_everything_is_let_go_at_once_when_all_is_switched_off(served: Served) -> None:
    served.put("late", match="WS *", delay="10m")
    with Raw(served.server.port, SOCKET) as raw:
        create(served, "late")
        wait_until(lambda: matched(served, "late") == 1)
        served.off()
        assert told(raw, 1) == ["late"]


def test_a_reset_lets_go_as_well(served: Served) -> None:
    served.put("half", match="WS *", stall=True)
    with Raw(served.server.port, SOCKET) as raw:
        wait_until(lambda: matched(served, "half") == 1)
        assert json.loads(raw.hear())["method"] == "/sys/hello"
        served.reset()
        assert raw.at_end()


def matched(served: Served, name: str) -> int:
    found: int = served.server.control("GET", f"/api/faults/{name}").json["matched"]
    return found


def test_what_happened_on_a_connection_is_among_the_requests(served: Served) -> None:
    with Raw(served.server.port, SOCKET) as raw:
        served.put("restart", match="WS *", close=1012)
        assert raw.skip_to(CLOSE).code == 1012
    (found,) = (entry for entry in served.requests() if entry["method"] == "WS")
    assert (found["decided_by"], found["status"]) == ("fault restart: close 1012", 0)
