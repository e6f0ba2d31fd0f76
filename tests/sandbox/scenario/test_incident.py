"""The shipped zoo's incident over real sockets: what is said, what is answered, and what the feed has of it."""

from collections.abc import Iterator

import pytest

from tests.client import wired
from tests.live import SEEDS, started
from tests.server.process import Running
from tests.server.test_control_stream import Followed

JSON = "Content-Type: application/json"


@pytest.fixture(scope="module")
def zoo() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml"), "--no-watch") as server:
        yield server


def put(server: Running, path: str, body: str) -> None:
    assert server.control("PUT", path, JSON, body=body.encode()).status == 200


def test_an_incident_is_told_and_felt_step_by_step(zoo: Running) -> None:
    put(zoo, "/api/clock", '{"freeze": true}')
    with Followed(zoo.control_port, "events=say,scenario") as stream:
        put(zoo, "/api/scenario", '{"name": "incident"}')
        assert stream.next() == ("scenario", {"sandbox": "default", "name": "incident"})
        assert stream.next() == ("say", {"sandbox": "default", "text": "All is well.", "step": 1, "at_s": 0.0})
        client = wired(zoo.port).below("/v1")
        assert client.get("/zoos").status == 200
        put(zoo, "/api/clock", '{"advance": "30s"}')
        assert [stream.next()[1]["text"] for _ in range(2)] == ["It gets slow.", "Nothing is answered."]
        refused = client.get("/zoos")
        assert (refused.status, refused.headers["x-mock-fault"]) == (503, "outage")
        put(zoo, "/api/clock", '{"advance": "60s"}')
        assert [stream.next()[1]["step"] for _ in range(3)] == [4, 5, 1]
        events = client.get("/events?topics=status&since=start").json["events"]
        assert [one["data"]["state"] for one in events] == ["down", "up"]
        put(zoo, "/api/scenario", '{"name": null}')
        assert stream.next() == ("scenario", {"sandbox": "default", "name": None})


@pytest.mark.parametrize(
    ("name", "path", "count"),
    [("empty", "/v1/animals", 0), ("busy", "/v1/animals", 200), ("busy", "/v1/transactions", 120)],
)
def test_the_shipped_scenarios_have_their_data(zoo: Running, name: str, path: str, count: int) -> None:
    put(zoo, "/api/scenario", f'{{"name": "{name}"}}')
    put(zoo, "/api/clock", '{"freeze": true}')
    zoo.control("POST", "/api/faults/off")
    assert wired(zoo.port).get(path).headers["x-total-count"] == str(count)
