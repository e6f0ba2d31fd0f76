"""Events as they are told: the same object through every window, in every convention, to everybody who may know."""

import tracemalloc
from typing import Any

import orjson
import pytest

from mockserver.conventions.base import conventions
from mockserver.realtime.frame import Frame
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct
from tests.contracts.declared import speaking
from tests.realtime.heard import Waiting, connected, deliver, streaming

DEFINITION = """
mock: 1
api: {version: v1, application: shop}
resources:
  orderLines:
    count: 1
    fields: {id: {seq: 1}, unitPrice: {float: [1, 9], digits: 1}, note: {value: null, type: string}, pin: {value: 1, write_only: true}}
  files: {count: 0, fields: {id: {seq: "F {n}/ü"}, name: word}}
  settings: {singleton: true, fields: {theme: {enum: [light, dark], default: light}}}
"""  # noqa: E501


def open_windows(service: AssembledInstance, path: str) -> list[Any]:
    return [connected(service, f"{path}/ws"), streaming(service, f"{path}/sse"), Waiting(service, f"{path}?wait=20")]


def told(service: AssembledInstance, path: str, since: str, windows: list[Any]) -> list[list[dict[str, Any]]]:
    """What each of the four windows tells."""
    deliver(service)
    polled = direct(service).get(f"{path}?since={since}").json
    return [windows[0].heard.events, windows[1].heard.events, windows[2].look()["events"], polled["events"]]


SHAPES = {
    "rest": (
        b'{"method":"/v1/orderLines/2","status":0,"message":"created","data":{"id":2,"unitPrice":2.5,"note":null},'
        b'"id":"@","topic":"orderLines","action":"created","resource":"orderLines","key":2}'
    ),
    "abp": (
        b'{"method":"/api/v1/orderLines/2","status":0,"message":"created","data":{"id":2,"unitPrice":2.5,"note":null},'
        b'"id":"@","topic":"orderLines","action":"created","resource":"orderLines","key":2}'
    ),
    "linkis": (
        b'{"method":"/api/rest_j/v1/shop/orderLines/2","status":0,"message":"created",'
        b'"data":{"id":2,"unitPrice":2.5,"note":null},'
        b'"id":"@","topic":"orderLines","action":"created","resource":"orderLines","key":2}'
    ),
}


@pytest.mark.parametrize("convention", SHAPES)
def test_an_event_has_one_shape(convention: str) -> None:
    service = assemble(DEFINITION, convention)
    client = speaking(service)
    assert client.post("/orderLines", {"unitPrice": 2.5}).status in (200, 201)
    events = orjson.loads(client.get("/events?since=start").body)["events"]
    (found,) = events
    assert orjson.dumps({**found, "id": "@"}) == SHAPES[convention]
    assert found["id"] == client.get("/events").json["at"]


@pytest.mark.parametrize("convention", conventions.names())
def test_four_windows_tell_the_same_events_with_the_same_ids(convention: str) -> None:
    service = assemble(DEFINITION, convention)
    client = speaking(service)
    path = f"{client.prefix}/events"
    at, windows = client.get("/events").json["at"], open_windows(service, path)
    client.post("/orderLines", {"unitPrice": 2.5})
    client.patch("/orderLines/1", {"note": "é"})
    client.delete("/orderLines/2")
    service.sandbox.feed.publish("news", "", {"text": "hi"}, service.sandbox.clock.now())
    found = told(service, path, at, windows)
    assert found[0] == found[1] == found[2] == found[3]
    assert [one["message"] for one in found[0]] == ["created", "updated", "deleted", "published"]
    assert [one["id"] for one in found[0]] == [f"{at.split('.')[0]}.{number}" for number in range(1, 5)]


@pytest.mark.parametrize("convention", conventions.names())
def test_the_method_is_where_the_document_is_and_data_as_it_is_read_there(convention: str) -> None:
    service = assemble(DEFINITION, convention)
    client = speaking(service)
    client.post("/files", {"name": "a"})
    client.patch("/settings", {"theme": "dark"})
    client.patch("/settings", {"theme": "light"})
    made, *_, changed = client.get("/events?since=start").json["events"]
    assert made["key"] == "F 1/ü"
    assert made["method"] == f"{client.prefix}/files/F%201%2F%C3%BC"
    assert changed["method"] == f"{client.prefix}/settings"
    for event in (made, changed):
        read = direct(service).get(event["method"]).json
        assert event["data"] in (read, read.get("data"), read.get("result"))


def test_names_are_spelled_as_on_the_wire_and_hidden_fields_are_not_told() -> None:
    client = direct(assemble(DEFINITION.replace("version: v1", "version: v1, case: snake"))).below("/v1")
    client.patch("/orderLines/1", {"unit_price": 3.5, "pin": 7})
    (event,) = client.get("/events?since=start").json["events"]
    assert event["data"] == {"id": 1, "unit_price": 3.5, "note": None}
    assert event["topic"] == event["resource"] == "orderLines"


def test_a_deleted_document_is_told_as_it_was_last() -> None:
    client = direct(assemble(DEFINITION)).below("/v1")
    client.patch("/orderLines/1", {"note": "last"})
    client.delete("/orderLines/1")
    *_, event = client.get("/events?since=start").json["events"]
    assert (event["action"], event["data"]["note"], event["key"]) == ("deleted", "last", 1)


@pytest.mark.parametrize(
    ("method", "data", "told_method"),
    [("", {"a": 1}, "/v1/news"), ("/chat/7", [1, "ü", None], "/chat/7"), ("", None, "/v1/news")],
)
def test_what_is_published_has_no_document(method: str, data: Any, told_method: str) -> None:
    service = assemble(DEFINITION)
    service.sandbox.feed.publish("news", method, data, service.sandbox.clock.now())
    (event,) = direct(service).get("/v1/events?since=start&topics=news").json["events"]
    assert event == {
        "method": told_method, "status": 0, "message": "published", "data": data,
        "id": service.sandbox.feed.at, "topic": "news",
    }  # fmt: skip


def test_a_change_is_written_once_for_everybody() -> None:
    service = assemble(DEFINITION)
    listeners = [connected(service, "/v1/events/ws") for _ in range(3)]
    direct(service).patch("/v1/orderLines/1", {"note": "x"})
    sent = [listener.catch_up() for listener in listeners]
    assert sent[0] == sent[1] == sent[2]
    (event,) = service.sandbox.feed.since(service.sandbox.feed.start, None).events  # type: ignore[union-attr]
    writer = service.feed.writer
    assert writer.frame(event, "updated") is writer.frame(event, "updated")


def test_an_array_in_one_request_is_as_many_events_in_its_order() -> None:
    client = direct(assemble(DEFINITION)).below("/v1")
    client.post("/orderLines", [{"unitPrice": 1.5}, {"unitPrice": 2.5}])
    events = client.get("/events?since=start").json["events"]
    assert [(one["key"], one["data"]["unitPrice"]) for one in events] == [(2, 1.5), (3, 2.5)]


def test_a_refused_write_is_no_event() -> None:
    client: Client = direct(assemble(DEFINITION)).below("/v1")
    at = client.get("/events").json["at"]
    assert client.patch("/orderLines/1", {"unitPrice": "much"}).status == 422
    assert client.patch("/orderLines/99", {"note": "x"}).status == 404
    assert client.get("/events").json["at"] == at


def test_a_frame_is_kept_in_little_more_room_than_its_bytes() -> None:
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        frames = [Frame({"n": n}, f"epoch.{n}") for n in range(200)]
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # A thousand events of each topic are held in each sandbox; orjson alone would take 4 KiB for each.
    assert (taken - before) / len(frames) < 400
