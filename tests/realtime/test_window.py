"""Poll and long poll, asked in process: what is answered, when, and what lets a held answer go."""

import json
from typing import Any

import pytest

from mockserver.conventions.base import conventions
from mockserver.realtime.session import Held, Stream
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct
from tests.contracts.declared import speaking
from tests.realtime.heard import Waiting, asking

DEFINITION = """
mock: 1
freeze: true
api: {version: v1, application: shop}
resources:
  zoos: {count: 3, fields: {id: {seq: 1}, name: {value: null, type: string}}}
  pets: {count: 3, fields: {id: {seq: 1}, name: {value: null, type: string}}}
"""


@pytest.fixture
def service() -> AssembledInstance:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service).below("/v1")


def name(client: Client, path: str, text: str = "x") -> None:
    answer = client.patch(path, {"name": text})
    assert answer.status in (200, 201), answer.body


@pytest.mark.parametrize("convention", conventions.names())
def test_an_answer_has_one_bare_shape_in_every_convention(convention: str) -> None:
    client = speaking(assemble(DEFINITION, convention))
    answer = client.get("/events")
    at = answer.json["at"]
    assert answer.json == {"events": [], "at": at, "gap": None, "next_ms": 2000}
    assert list(answer.json) == ["events", "at", "gap", "next_ms"]
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    name(client, "/zoos/1")
    later = client.get(f"/events?since={at}").json
    assert [one["key"] for one in later["events"]] == [1]
    assert later["at"] == later["events"][0]["id"]


def test_each_answer_goes_on_where_the_one_before_ended(client: Client) -> None:
    at, seen = client.get("/events").json["at"], list[str]()
    for turn in range(5):
        for number in range(turn):
            name(client, f"/zoos/{number % 3 + 1}", f"{turn}-{number}")
        answer = client.get(f"/events?since={at}").json
        seen += [one["data"]["name"] for one in answer["events"]]
        at = answer["at"]
    assert seen == [f"{turn}-{number}" for turn in range(5) for number in range(turn)]


def test_a_place_passes_what_was_of_no_interest(client: Client) -> None:
    at = client.get("/events").json["at"]
    name(client, "/pets/1")
    answer = client.get(f"/events?topics=zoos&since={at}").json
    assert answer["events"] == []
    assert answer["at"] == client.get("/events").json["at"] != at


@pytest.mark.parametrize("since", ["", "&since=", "&since=now"])
def test_from_now_on_nothing_has_happened_yet(client: Client, since: str) -> None:
    name(client, "/zoos/1")
    answer = client.get(f"/events?topics=zoos{since}").json
    assert (answer["events"], answer["gap"]) == ([], None)


def test_from_the_start_is_everything_that_is_held(client: Client) -> None:
    for number in (1, 2, 3):
        name(client, f"/zoos/{number}")
    assert [one["key"] for one in client.get("/events?since=start").json["events"]] == [1, 2, 3]


def test_what_is_not_held_any_more_is_a_gap(service: AssembledInstance, client: Client) -> None:
    name(client, "/zoos/1")
    name(client, "/pets/1")
    service.sandbox.clock.advance(300)
    name(client, "/pets/2")
    at = client.get("/events?since=start").json["events"][1]["id"]
    service.sandbox.clock.advance(301)
    answer = client.get("/events?since=start").json
    assert answer["gap"] == {"reason": "trimmed", "asked": "start", "refetch": ["/v1/zoos", "/v1/pets"]}
    assert answer["events"] == []
    assert answer["at"] == client.get("/events").json["at"]
    assert client.get("/events?since=start&topics=zoos").json["gap"]["refetch"] == ["/v1/zoos"]
    assert [one["key"] for one in client.get(f"/events?since={at}").json["events"]] == [2]


def test_a_place_of_another_life_is_a_gap(service: AssembledInstance, client: Client) -> None:
    at = client.get("/events").json["at"]
    service.reset(["feed"])
    answer = client.get(f"/events?topics=pets,news&since={at}").json
    assert answer["gap"] == {"reason": "epoch", "asked": at, "refetch": ["/v1/pets"]}
    assert answer["at"] != at
    assert client.get(f"/events?since={answer['at']}").json["gap"] is None


def test_a_place_ahead_of_the_feed_is_a_gap(client: Client) -> None:
    epoch = client.get("/events").json["at"].split(".")[0]
    assert client.get(f"/events?since={epoch}.1").json["gap"]["reason"] == "epoch"


def test_more_than_is_given_at_once_is_a_gap_and_not_a_part(client: Client) -> None:
    at = client.get("/events").json["at"]
    for topic in ("zoos", "pets"):
        assert client.post(f"/{topic}", [{"name": "x"}] * 501).status == 201
    answer = client.get(f"/events?since={at}").json
    assert (answer["events"], answer["gap"]["reason"]) == ([], "limit")
    assert len(client.get(f"/events?since={at}&topics=zoos").json["events"]) == 501


def test_what_is_subscribed_to_from_the_place_of_an_answer_loses_nothing(service: AssembledInstance) -> None:
    reply = service.handle(asking("/v1/zoos"))
    client = direct(service).below("/v1")
    name(client, "/zoos/2")
    assert [one["key"] for one in client.get(f"/events?since={reply.at}").json["events"]] == [2]


# Long poll


def test_an_answer_waits_until_there_is_something_to_tell(service: AssembledInstance, client: Client) -> None:
    waiting = Waiting(service, "/v1/events?wait=20")
    assert waiting.held.wait_s == 20
    assert waiting.look() is None
    name(client, "/zoos/1")
    answer = waiting.look()
    assert [one["key"] for one in answer["events"]] == [1]
    assert answer["next_ms"] == 0


@pytest.mark.parametrize("query", ["topics=zoos", "name=y", "topics=news"])
def test_it_waits_on_for_what_is_asked_for(service: AssembledInstance, client: Client, query: str) -> None:
    waiting = Waiting(service, f"/v1/events?wait=20&{query}")
    name(client, "/pets/1")
    assert waiting.look() is None
    name(client, "/zoos/1", "y")
    service.sandbox.feed.publish("news", "", {"name": "y"}, service.sandbox.clock.now())
    assert len(waiting.look()["events"]) in (1, 2)


def test_what_is_there_already_is_answered_at_once(service: AssembledInstance, client: Client) -> None:
    at = client.get("/events").json["at"]
    name(client, "/zoos/1")
    waiting = Waiting(service, f"/v1/events?wait=20&since={at}")
    assert not waiting.is_held
    assert waiting.look()["next_ms"] == 0


def test_when_the_time_is_over_nothing_is_an_answer_too(service: AssembledInstance, client: Client) -> None:
    waiting = Waiting(service, "/v1/events?wait=0.5&topics=zoos")
    name(client, "/pets/1")
    assert waiting.look() is None
    last = waiting.held.last()
    assert last.status == 200
    answer = json.loads(last.body)
    assert answer == {"events": [], "at": client.get("/events").json["at"], "gap": None, "next_ms": 0}
    assert last.at == answer["at"]


def test_a_gap_ends_the_wait(service: AssembledInstance) -> None:
    waiting = Waiting(service, "/v1/events?wait=20")
    service.reset(["data"])
    answer = waiting.look()
    assert answer["gap"]["reason"] == "epoch"
    assert answer["gap"]["asked"].endswith(".0")


@pytest.mark.parametrize("wait", ["", "0", "0.0"])
def test_without_a_wait_nothing_is_held(service: AssembledInstance, wait: str) -> None:
    waiting = Waiting(service, f"/v1/events?wait={wait}")
    assert not waiting.is_held
    assert waiting.look()["next_ms"] == 2000


@pytest.mark.parametrize(("path", "kind"), [("/events?wait=20", Held), ("/events/sse", Stream)])
def test_a_question_for_the_head_alone_is_not_held(service: AssembledInstance, path: str, kind: Any) -> None:
    request = asking(f"/v1{path}")
    assert isinstance(service.handle(request).live, kind)
    head = service.handle(type(request)("HEAD", request.target, request.query, request.headers))
    assert (head.status, head.live) == (200, None)


def test_a_stream_says_how_soon_to_come_back_before_all_else(service: AssembledInstance) -> None:
    reply = service.handle(asking("/v1/events/sse"))
    assert isinstance(reply.live, Stream)
    assert reply.live.preamble == b"retry: 1000\n\n"
    assert reply.live.opening.beat_s == 10
    assert reply.header("Cache-Control") == "no-store"
    assert reply.header("X-Accel-Buffering") == "no"
