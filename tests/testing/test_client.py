"""The client of a running server: what it switches, sees and says, against a real one."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPException

import pytest

from mockserver import __version__
from mockserver.testing import Client, FaultState, MockServerError, Server, ServerGone
from mockserver.testing.reading import read_as
from tests.server.wire import Wire, request


@pytest.fixture
def stream(pets: Client) -> Iterator[Wire]:
    """An event stream that is open in the sandbox."""
    with Wire(int(pets.url.split(":")[2].split("/")[0])) as wire:
        wire.send(request("GET", f"/~{pets.sandbox}/events/sse"))
        assert wire.read(head_only=True).status == 200
        yield wire


def test_it_knows_where_its_sandbox_is(pets: Client, pets_server: Server) -> None:
    assert pets.url == f"{pets_server.url}/~{pets.sandbox}"
    assert pets.ws_url == f"ws{pets.url[4:]}"
    assert pets.control_url == pets_server.control_url
    assert pets_server.client().url == pets_server.url
    assert pets.headers == {"X-Mock-Sandbox": pets.sandbox}
    with Client(pets_server.control_url, pets.sandbox) as other:
        assert other.url == pets.url
        assert repr(other) == f"<mockserver.testing.Client {pets.control_url} sandbox={pets.sandbox}>"


def test_the_environment_says_where_the_server_is(pets_server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_CONTROL", pets_server.control_url)
    with Client() as client:
        assert client.url == pets_server.url


def test_the_api_is_asked(pets: Client) -> None:
    made = pets.request("POST", "/pets", json={"name": "Rex", "age": 4}, headers={"X-Trace": "7"})
    assert (made.status, made.headers["content-type"], made.json["name"]) == (201, "application/json", "Rex")
    assert pets.request("GET", f"/pets/{made.json['id']}").text == made.text
    assert pets.requests[0].headers["x-trace"] == "7"
    assert (pets.requests.last or pets.requests[0]).method == "GET"


def test_a_fault_is_on_for_a_block_and_counted(pets: Client) -> None:
    with pets.fault("outage", times=2) as outage:
        assert [pets.request("GET", "/pets").status for _ in range(3)] == [503, 503, 200]
        assert (outage.fired, outage.name) == (2, "outage")
    assert pets.request("GET", "/pets").status == 200
    assert (outage.fired, outage.matched) == (2, 3)
    outage.off()


def test_a_fault_is_on_from_a_call_until_it_is_off(pets: Client) -> None:
    fault = pets.fault("outage")
    assert pets.request("GET", "/pets").status == 503
    fault.off()
    assert pets.request("GET", "/pets").status == 200
    pets.fault("outage")
    assert pets.off() == ["outage"]
    assert pets.request("GET", "/pets").status == 200


def test_a_preset_and_a_new_fault_are_switched_on_by_name(pets: Client) -> None:
    with pets.fault("maintenance", ttl=timedelta(minutes=1)) as preset:
        assert preset.state.source == "preset"
        assert 50 < (preset.state.expires_in_s or 0) <= 60
        assert pets.request("GET", "/pets").status == 503
    with pets.fault("mine", match="GET /pets", status=418, for_="10s"):
        assert pets.request("GET", "/pets").status == 418
    assert pets.request("GET", "/pets").status == 200


def test_a_fault_that_was_reset_meanwhile_may_end_all_the_same(pets: Client) -> None:
    with pets.fault("mine", match="GET /pets", status=418):
        pets.request("GET", "/pets")
        pets.reset()
    assert pets.request("GET", "/pets").status == 200


def test_a_broken_connection_is_what_the_caller_sees(pets: Client) -> None:
    with pets.fault("mine", match="GET /pets", reset="head"), pytest.raises((OSError, HTTPException)):
        pets.request("GET", "/pets")


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("outaeg", {}, ["There is no fault 'outaeg'; did you mean 'outage'?", "here: outage, teapot", "presets: slow"]),
        ("outaeg", {"times": 2}, ["did you mean 'outage'?"]),
        ("mine", {"match": "GET /pets", "status": 7, "probability": 2}, ["/status  ", "/probability  "]),
        ("outage", {"ttl": "1 week"}, ["ttl"]),
    ],
)
def test_a_fault_that_can_not_be_is_refused(
    pets: Client, name: str, settings: dict[str, object], said: list[str]
) -> None:
    with pytest.raises(MockServerError) as refused:
        pets.fault(name, **settings)
    assert all(one in str(refused.value) for one in said)
    assert refused.value.status in (404, 422)
    assert pets.off() == []


def test_errors_have_their_pointers(pets: Client) -> None:
    with pytest.raises(MockServerError) as refused:
        pets.reset("data", "dtaa")
    assert [one["pointer"] for one in refused.value.errors] == ["/what/1"]
    assert refused.value.status == 400


def test_a_scenario_is_switched_to_and_left(pets: Client) -> None:
    pets.scenario("empty")
    assert pets.request("GET", "/pets").json == []
    pets.scenario(None)
    assert len(pets.request("GET", "/pets").json) == 3
    with pytest.raises(MockServerError, match=r"(?s)did you mean 'empty'.*here: empty"):
        pets.scenario("emtpy")


def test_rows_are_all_there_are(pets: Client) -> None:
    pets.request("POST", "/pets", json=[{"name": "Minka", "age": 9}, {"name": "Rex", "age": 8}] * 600)
    with pets.fault("outage"):
        rows = pets.rows("pets")
        assert len(rows) == len({row["id"] for row in rows}) == 1_203
        assert len(pets.rows("pets", name=["Minka", "Felix"], age=9)) >= 600
    with pytest.raises(MockServerError, match="did you mean 'pets'"):
        pets.rows("pest")


def test_requests_are_looked_through(pets: Client) -> None:
    pets.request("GET", "/pets?limit=2")
    pets.request("POST", "/pets", json={"name": "Rex", "age": 3})
    with pets.fault("teapot"):
        pets.request("GET", "/pets/1")
    assert [str(one) for one in pets.requests] == [
        "#1 GET /pets?limit=2 200", "#2 POST /pets 201", "#3 GET /pets/1 418  fault teapot",
    ]  # fmt: skip
    assert [one.number for one in pets.requests(method="GET", status="4xx")] == [3]
    assert [one.number for one in pets.requests(path="/pets", query={"limit": 2})] == [1]
    assert [one.number for one in pets.requests(json={"age": 3})] == [2]
    assert pets.requests(json={"age": 3})[0].json == {"name": "Rex", "age": 3}
    assert pets.requests.count(fault="teapot") == 1
    assert pets.requests[2].fired == ("teapot",)
    assert len(pets.requests) == 3
    with pytest.raises(MockServerError, match="must be a path that begins"):
        pets.requests(path="pets")
    pets.requests.clear()
    assert (len(pets.requests), pets.requests.last) == (0, None)


def test_a_request_that_is_still_to_come_is_waited_for(pets: Client) -> None:
    pets.request("GET", "/pets/2")
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(pets.requests.wait_for, path="/pets/1", within=10)
        while not waiting.done():
            pets.request("GET", "/pets/1")
    assert waiting.result().path == "/pets/1"
    with pytest.raises(MockServerError, match=r'(?s)there was no GET /pets/9.*path  expected "/pets/9", found "/pets/'):
        pets.requests.wait_for(method="GET", path="/pets/9", within=0.01)


def test_sockets_are_listed_awaited_and_closed(pets: Client, stream: Wire) -> None:
    (one,) = pets.sockets.wait_for(1)
    assert (one.transport, one.path, one.sandbox) == ("sse", "/events/sse", pets.sandbox)
    assert pets.sockets[0].id == one.id
    with pytest.raises(MockServerError, match=r"(?s)not 2 open sockets, but 1:.*sse /events/sse"):
        pets.sockets.wait_for(2, within=0.01)
    assert pets.sockets.close(one, how="drop") == [one.id]
    assert pets.sockets.wait_for(0) == []
    assert pets.sockets.close() == []
    with pytest.raises(MockServerError, match="There is no open socket '999'"):
        pets.sockets.close("999", code=1012)


def test_a_client_is_told_something(pets: Client, stream: Wire) -> None:
    (one,) = pets.sockets.wait_for(1)
    pets.sockets.send(one, {"method": "/news", "data": 7})
    pets.sockets.send(one.id, "as it is")
    assert pets.sockets.wait_for(1)[0].messages_out >= 2
    with pytest.raises(MockServerError):
        pets.sockets.send("999", b"\x00")


def test_the_clock_is_moved(pets: Client) -> None:
    noon = datetime(2026, 1, 15, 12, tzinfo=UTC)
    assert pets.clock.freeze(noon) == noon
    assert pets.clock.frozen
    assert pets.clock.advance("5m") == noon + timedelta(minutes=5)
    assert pets.clock.advance(1.5) == pets.clock.now == noon + timedelta(minutes=5, seconds=1.5)
    assert pets.clock.advance(timedelta(hours=1)) == noon + timedelta(hours=1, minutes=5, seconds=1.5)
    assert pets.clock.set("2027-01-01T00:00:00Z").year == 2027
    assert abs((pets.clock.real() - datetime.now(UTC)).total_seconds()) < 60
    pets.clock.freeze()
    assert pets.clock.now == pets.clock.now


def test_what_is_published_is_on_the_feed(pets: Client) -> None:
    published = pets.publish("news", {"text": "hello"})
    told = pets.request("GET", "/events?since=start").json["events"]
    assert [(one["id"], one["topic"], one["data"]) for one in told] == [(published, "news", {"text": "hello"})]


def test_data_is_kept_and_put_back(pets: Client) -> None:
    pets.snapshot.save("full")
    pets.request("DELETE", "/pets/1")
    assert pets.request("GET", "/pets/1").status == 404
    pets.snapshot.restore("full")
    assert pets.request("GET", "/pets/1").status == 200
    assert pets.snapshot() == ["full"]
    with pytest.raises(MockServerError, match="ful"):
        pets.snapshot.restore("ful")


def test_sandboxes_do_not_meet_and_threads_may_share_a_client(pets: Client) -> None:
    def use(number: int) -> list[int]:
        mine = pets.sibling(str(number))
        assert mine.sandbox == f"{pets.sandbox}-{number}"
        with mine.fault("outage" if number % 2 else "teapot"):
            answered = [mine.request("GET", "/pets").status for _ in range(5)]
        assert mine.requests.count() == 5
        return answered

    with ThreadPoolExecutor(8) as threads:
        for number, answered in enumerate(threads.map(use, range(16))):
            assert answered == [503 if number % 2 else 418] * 5
    pets.end()
    names = [one["name"] for one in pets._control.ask("GET", "/api/sandboxes")]
    assert not [name for name in names if name.startswith(pets.sandbox)]


def test_a_default_sandbox_that_is_ended_is_put_back(pets_server: Server) -> None:
    with pets_server.client() as default:
        default.request("DELETE", "/pets/1")
        beside = default.sibling("beside")
        assert beside.request("GET", "/pets/1").status == 200
        assert (beside.sandbox, default.request("GET", "/pets/1").status) == ("beside", 404)
        default.end()
        assert default.request("GET", "/pets/1").status == 200


def test_connections_that_the_server_has_closed_are_not_used_again(pets_server: Server) -> None:
    with Client(pets_server.control_url) as client:
        client.clock.real()
        (kept,) = client._control._idle
        kept.sock.shutdown(socket.SHUT_RD)
        client.clock.real()


def test_a_server_that_is_not_there_is_said_to_be_gone() -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with pytest.raises(ServerGone, match=f"No mock server answers at {url}"):
            Client(url).off()
        with pytest.raises(ServerGone):
            Client(url).requests.wait_for(within=5)


def test_what_is_no_control_plane_is_told_apart(pets_server: Server) -> None:
    with Client(pets_server.url) as api:
        for work in (api.begin, api.off, lambda: api.sockets.wait_for(1)):
            with pytest.raises(MockServerError, match="it is the API of one, whose control plane has another port"):
                work()
    for url in ("localhost:8001", "http://127.0.0.1:99999", "http://127.0.0.1:x", "http://[::1", "http://"):
        with pytest.raises(ValueError, match="no URL of a control plane"):
            Client(url)


def test_a_server_of_another_version_is_named(pets: Client) -> None:
    with pytest.raises(MockServerError, match=rf"another version than {__version__}, which is here: .*'fired'"):
        read_as(FaultState, pets._sandbox.ask("GET", "/api/status"))


def test_values_of_filters_are_written_as_the_api_reads_them(pets: Client) -> None:
    assert json.dumps([row["id"] for row in pets.rows("pets", sort="-id")]) == "[3, 2, 1]"
