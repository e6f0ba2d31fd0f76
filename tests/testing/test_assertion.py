"""Assertions that say what happened instead, against a real server and clients that really lose their connections."""

from concurrent.futures import ThreadPoolExecutor
from time import monotonic
from urllib.parse import urlsplit

import pytest

from mockserver.testing import Client, Server
from tests.server.wire import Wire, request


def connect(pets: Client, client: str = "board", *headers: str) -> Wire:
    """An event stream of a client that says who it is."""
    place = urlsplit(pets.url)
    wire = Wire(place.port or 0)
    wire.send(request("GET", f"{place.path}/events/sse?client={client}", *headers))
    assert wire.read(head_only=True).status == 200
    return wire


def said(error: pytest.ExceptionInfo[AssertionError]) -> list[str]:
    return str(error.value).splitlines()


def test_what_was_asked_passes(pets: Client) -> None:
    pets.request("POST", "/pets?dry=no", json={"name": "Rex", "age": 3}, headers={"X-Trace": "7"})
    pets.assert_requested("POST", "/pets")
    pets.assert_requested("POST", "/pets", times=1, json={"age": 3}, query={"dry": "no"}, headers={"x-trace": 7})
    pets.assert_requested("GET", "/pets", times=0)
    pets.assert_not_requested("DELETE", "/pets/*")


def test_what_is_still_to_come_is_waited_for(pets: Client) -> None:
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(pets.assert_requested, "GET", "/pets/1", times=1, within=10.0)
        pets.request("GET", "/pets/1")
        waiting.result()


def test_what_was_asked_elsewhere_is_told_of(pets: Client, pets_server: Server) -> None:
    with pets_server.client() as default:
        default.requests.clear()
        with pytest.raises(AssertionError) as error:
            pets.assert_requested("GET", "/pets", within=0.0)
        assert said(error) == ["Expected: GET /pets", "Found 0; nothing at all was asked in this sandbox."]
        default.request("GET", "/pets")
        with pytest.raises(
            AssertionError, match="sandbox, but 1 request came to the default one: does the client begin with `url`"
        ):
            pets.assert_requested("GET", "/pets", within=0.0)


def test_what_was_not_asked_comes_with_the_nearest(pets: Client) -> None:
    pets.request("GET", "/pets/1")
    pets.request("PATCH", "/pets/2", json={"name": "Rex", "age": 4})
    with pytest.raises(AssertionError) as error:
        pets.assert_requested("PATCH", "/pets/1", json={"age": 5, "name": "Rex"}, headers={"If-Match": True}, within=0)
    assert said(error) == [
        'Expected: PATCH /pets/1 with headers {"If-Match": true}, json {"age": 5, "name": "Rex"}',
        "Found 0 among 2 requests; nearest:",
        "  #2 PATCH /pets/2 201",
        '      path              expected "/pets/1", found "/pets/2"',
        "      headers.If-Match  expected true; it is not there",
        "      body.age          expected 5, found 4",
        "  #1 GET /pets/1 200",
        '      method            expected "PATCH", found "GET"',
        "      headers.If-Match  expected true; it is not there",
        '      body              expected {"age": 5, "name": "Rex"}; it is not there',
    ]


def test_what_was_asked_too_often_is_listed(pets: Client) -> None:
    for _ in range(25):
        pets.request("GET", "/pets/1")
    with pytest.raises(AssertionError) as error:
        pets.assert_requested("GET", "/pets/*", times=2)
    assert said(error)[:4] == ["Expected 2 times: GET /pets/*", "Found 25:", "  … 5 more", "  #6 GET /pets/1 200"]
    with pytest.raises(AssertionError) as error:
        pets.assert_not_requested("GET", "/pets/1", status=200)
    assert said(error)[:2] == ["Not expected: GET /pets/1 with status 200", "Found 25:"]


def test_a_client_that_comes_back_and_misses_nothing_passes(pets: Client) -> None:
    with connect(pets):
        pets.publish("news", 1)
        pets.sockets.wait_for(1)
        pets.sockets.close(how="drop")
        pets.sockets.wait_for(0)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(pets.assert_reconnected, client="board", within=10.0, max_attempts=1)
        with connect(pets, "board", "Last-Event-ID: start"):
            waiting.result()
            pets.assert_reconnected(max_attempts=1)
            with pytest.raises(AssertionError, match=r"its pauses vary by 0\.00 and not by 0\.20"):
                pets.assert_reconnected(min_jitter=0.2, within=0)
            with pytest.raises(AssertionError, match="it took 1 attempt, and at most 0 were allowed"):
                pets.assert_reconnected(max_attempts=0, within=0)


def test_a_client_that_stays_away_is_told_of(pets: Client) -> None:
    with pytest.raises(AssertionError, match=r"^No client has had a connection in this sandbox\.$"):
        pets.assert_reconnected(within=0)
    with connect(pets):
        with pytest.raises(
            AssertionError, match=r"^Within 0 s no connection of any client was lost\.\nboard: connected"
        ):
            pets.assert_reconnected(within=0)
        with pytest.raises(AssertionError, match=r"^There is no client 'borad'; there are: board\."):
            pets.assert_reconnected(client="borad", within=0)
        pets.sockets.close(how="reset")
        pets.sockets.wait_for(0)
    with pytest.raises(AssertionError) as error:
        pets.assert_reconnected(within=0.01)
    assert said(error)[:3] == [
        "Within 0.01 s board did not come back.",
        "board: not connected",
        "     0.000 s  lost sse: reset by the server, not back",
    ]
    assert pets.reconnects()[0].losses[0].how == "reset"


def test_what_can_not_come_right_any_more_is_not_waited_for(pets: Client) -> None:
    began = monotonic()
    with pytest.raises(AssertionError, match=r"^No client has had a connection in this sandbox\.$"):
        pets.assert_reconnected(within=60)
    with connect(pets):
        pets.sockets.close(how="drop")
        pets.sockets.wait_for(0)
    with pets.fault("outage"):
        for _ in range(2):
            assert pets.request("GET", "/events/sse?client=board").status == 503
        with pytest.raises(AssertionError, match=r"^board: it took 2 attempts, and at most 1 were allowed"):
            pets.assert_reconnected(within=60, max_attempts=1)
    assert monotonic() - began < 30


def test_a_client_that_misses_something_is_told_of(pets: Client) -> None:
    with connect(pets):
        pets.sockets.close(how="drop")
        pets.sockets.wait_for(0)
        published = pets.publish("news", 1)
    with connect(pets):
        with pytest.raises(AssertionError) as error:
            pets.assert_reconnected(within=0)
        assert said(error)[0] == f"board: it missed 1 of the events it had asked for: {published}."
        pets.assert_reconnected(no_missed_events=False)
