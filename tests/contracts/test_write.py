"""Writes beyond one document, and writes that are sent again: the same in every convention, each in its own shape."""

import json
import re
from threading import Barrier, Thread
from typing import Any

import pytest

from mockserver.errors import (
    BadRequest,
    Conflict,
    Gone,
    Invalid,
    NotFound,
    PreconditionFailed,
    PreconditionRequired,
)
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, dump
from tests.contracts.conftest import DEFINITION
from tests.contracts.declared import EVERY, expected, speaking, spoken
from tests.server.wire import Answer
from tests.told import told

ORDER = {"customer_id": 3, "total": 2.5}
KEY = "Idempotency-Key: 4c9f"
CHANGED = (200, 201)


def numbers(answer: Answer) -> list[int]:
    """The ids of the documents in an answer, in their order."""
    return [int(found[1]) for found in re.finditer(rb'\{"id":(\d+),', answer.body)]


def said(answer: Answer) -> dict[str, str]:
    """The headers without those that differ from one answer to the next."""
    return {name: value for name, value in answer.headers.items() if name not in ("date", "x-mock-at")}


def rows(service: AssembledInstance, resource: str) -> list[dict[str, Any]]:
    return list(service.sandbox.store[resource])


def actions(service: AssembledInstance) -> list[tuple[str, str, int | str]]:
    """What the feed holds: action, resource and key, in order."""
    events = told(service.sandbox.feed)
    return [(event.change.action, event.change.resource, event.change.key) for event in events]


# Deletion


def test_what_is_deleted_for_good_is_missing(service: AssembledInstance, client: Client) -> None:
    assert client.delete("/orders/3").status in (200, 204)
    assert client.get("/orders/3").status == expected(service, NotFound)
    assert client.post("/orders/3/restore", {}).status == 404, "there is nothing that could bring it back"
    assert client.delete("/orders/3").status == expected(service, NotFound)


def test_what_is_deleted_softly_comes_back(service: AssembledInstance, client: Client) -> None:
    before = client.get("/notes/1").body
    assert client.post("/notes/1/restore", {}).status == expected(service, Conflict), "it is not deleted"
    assert client.delete("/notes/1").status in (200, 204)
    assert client.get("/notes/1").status == expected(service, NotFound)
    assert numbers(client.get("/notes")) == []
    restored = client.ask("POST", "/notes/1/restore")
    assert restored.status in CHANGED
    assert b"Remember" in restored.body
    assert client.get("/notes/1").body == before
    assert client.post("/notes/9/restore", {}).status == expected(service, NotFound)
    assert actions(service) == [("deleted", "notes", 1), ("created", "notes", 1)]


def test_what_is_gone_says_so(service: AssembledInstance, client: Client) -> None:
    assert client.delete("/coupons/1").status in (200, 204)
    for method, body in (("GET", b""), ("PUT", b'{"code": "x"}'), ("PATCH", b"{}"), ("DELETE", b"")):
        assert client.ask(method, "/coupons/1", body=body).status == expected(service, Gone)
    assert numbers(client.get("/coupons")) == []
    assert client.get("/coupons/2").status == expected(service, NotFound)


def test_a_refused_deletion_leaves_no_event(service: AssembledInstance, client: Client) -> None:
    at = service.sandbox.feed.at
    assert client.delete("/customers/1").status == expected(service, Conflict)
    assert client.delete("/customers?id=3&id=2").status == expected(service, Conflict)
    assert len(rows(service, "customers")) == 3
    assert (actions(service), service.sandbox.feed.at) == ([], at)


# What is not open


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/logs"),
        ("PATCH", "/logs?line=x"),
        ("DELETE", "/logs?line=x"),
        ("PUT", "/logs/1"),
        ("PATCH", "/logs/1"),
        ("DELETE", "/logs/1"),
        ("DELETE", "/profile"),
        ("PUT", "/notes/1/restore"),
        ("GET", "/notes/1/restore"),
    ],
)
def test_a_method_that_is_not_open_is_405(client: Client, method: str, path: str) -> None:
    answer = client.ask(method, path, body=b"{}")
    assert answer.status == 405
    allowed = answer.headers["allow"].split(", ")
    assert method not in allowed
    assert client.ask("OPTIONS", path).headers["allow"].split(", ") == allowed


# Singletons


def test_a_singleton_is_not_one_of_many(checking: AssembledInstance) -> None:
    assert speaking(checking).post("/profile", {"name": "Ida"}).status == 405


def test_a_singleton_is_one_document(service: AssembledInstance, client: Client) -> None:
    read = client.get("/profile")
    assert (read.status, numbers(read)) == (200, [1])
    changed = client.patch("/profile", {"name": "Grace"})
    assert changed.status in CHANGED
    assert b'"name":"Grace"' in changed.body
    assert client.get("/profile").headers["etag"] == changed.headers["etag"] != read.headers["etag"]
    assert client.put("/profile", {"name": "Ida"}, f"If-Match: {read.headers['etag']}").status == expected(
        service, PreconditionFailed
    )
    assert client.put("/profile", {"name": "Ida"}).status in CHANGED
    assert rows(service, "profile") == [{"id": 1, "name": "Ida"}]
    assert client.get("/profile/1").status == 404


# Many at once


def test_a_list_of_documents_is_created_in_order(service: AssembledInstance, client: Client) -> None:
    answer = client.post("/orders", [ORDER, {**ORDER, "total": 3}, {**ORDER, "id": 70}])
    assert answer.status in CHANGED
    assert numbers(answer) == [6, 7, 70]
    assert [row["total"] for row in rows(service, "orders")[5:]] == [2.5, 3, 2.5]
    assert actions(service) == [("created", "orders", number) for number in (6, 7, 70)]
    assert numbers(client.post("/customers/1/orders", [{"customer_id": 1}])) == [71]
    assert client.post("/orders", []).status in CHANGED


def test_one_bad_entry_refuses_them_all(service: AssembledInstance, client: Client) -> None:
    before = dump(service)
    refused = client.post("/customers", [{"name": "Ida"}, 7, {"name": "Ole", "email": "ada@example.org"}])
    assert 400 <= refused.status < 500
    refused = client.post("/customers", [{"id": 8, "name": "Ida"}, {"id": 8, "name": "Ole"}])
    assert refused.status == expected(service, Conflict)
    assert (dump(service), actions(service)) == (before, [])


def test_the_entries_at_fault_are_named(checking: AssembledInstance) -> None:
    answer = speaking(checking).post("/customers", [{"name": "Ida"}, {"name": "x"}, {}])
    assert answer.status == expected(checking, Invalid)
    assert re.search(r"1[/.]name", answer.body.decode())
    assert re.search(r"2[/.]name", answer.body.decode())


def test_all_that_match_are_patched(service: AssembledInstance, client: Client) -> None:
    answer = client.patch("/orders?state=open", {"gift": True})
    assert answer.status in CHANGED
    assert b'{"count":3}' in answer.body
    assert [row["id"] for row in rows(service, "orders") if row["gift"]] == [1, 2, 4, 5]
    assert actions(service) == [("updated", "orders", number) for number in (1, 4, 5)]
    assert b'{"count":0}' in client.patch("/orders?state=open&total=99", {"gift": False}).body


def test_all_that_match_below_a_parent_are_patched(service: AssembledInstance, client: Client) -> None:
    assert b'{"count":2}' in client.patch("/customers/2/orders?state=open", {"gift": True}).body
    assert [row["id"] for row in rows(service, "orders") if row["gift"]] == [2, 4, 5]


def test_all_that_match_are_deleted(service: AssembledInstance, client: Client) -> None:
    answer = client.delete("/orders?id=1&id=2&id=99")
    assert (answer.status, b'{"count":2}' in answer.body) == (200, True)
    assert [row["id"] for row in rows(service, "orders")] == [3, 4, 5]
    assert actions(service) == [("deleted", "orders", 1), ("deleted", "orders", 2)]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("query", ["", "?limit=2", "?_=17"])
def test_a_write_to_many_needs_a_filter(service: AssembledInstance, client: Client, method: str, query: str) -> None:
    before = dump(service)
    assert client.ask(method, f"/orders{query}", body=b"{}").status == expected(service, BadRequest)
    assert (dump(service), actions(service)) == (before, [])


@pytest.mark.parametrize("query", ["stat=open", "state[gte", "state=open&line=x"])
def test_a_filter_that_means_nothing_writes_to_nothing(checking: AssembledInstance, query: str) -> None:
    before = dump(checking)
    assert speaking(checking).delete(f"/orders?{query}").status == expected(checking, BadRequest)
    assert dump(checking) == before


def test_a_list_that_changed_is_not_written_to(service: AssembledInstance, client: Client) -> None:
    tag = client.get("/orders?state=open").headers["etag"]
    assert client.patch("/orders/1", {"gift": True}).status in CHANGED
    assert client.delete("/orders?state=open", f"If-Match: {tag}").status == expected(service, PreconditionFailed)
    tag = client.get("/orders?state=open").headers["etag"]
    assert b'{"count":3}' in client.delete("/orders?state=open", f"If-Match: {tag}").body


# PUT where there is nothing


def test_a_put_makes_what_is_not_there_where_that_is_wanted(service: AssembledInstance, client: Client) -> None:
    made = client.put("/settings/dark%20mode", {"value": "on"})
    assert made.status == service.api.convention.status_of("created", 201) or made.status == 200
    assert b'"id":"dark mode"' in made.body
    assert client.follow(made.headers["location"]).headers["etag"] == made.headers["etag"]
    again = client.put("/settings/dark%20mode", {"value": "off"})
    assert again.status in CHANGED
    assert "location" not in again.headers
    assert rows(service, "settings")[-1] == {"id": "dark mode", "value": "off"}
    assert actions(service) == [("created", "settings", "dark mode"), ("updated", "settings", "dark mode")]


def test_a_put_makes_nothing_where_it_may_not(service: AssembledInstance, client: Client) -> None:
    before = dump(service)
    assert client.put("/orders/99", ORDER).status == expected(service, NotFound)
    assert client.patch("/settings/dark", {"value": "on"}).status == expected(service, NotFound)
    assert client.put("/settings/dark", {"value": "on"}, "If-Match: *").status == expected(service, PreconditionFailed)
    assert client.put("/settings/light", {"value": "x"}, "If-None-Match: *").status == expected(
        service, PreconditionFailed
    )
    assert client.put("/settings/dark", {"id": "light"}).status == expected(service, Invalid)
    assert dump(service) == before


# The same request again


def test_a_repeated_request_gets_the_first_answer(service: AssembledInstance, client: Client) -> None:
    first = client.post("/orders", ORDER, KEY)
    again = client.post("/orders", ORDER, KEY)
    assert (again.status, said(again), again.body) == (first.status, said(first), first.body)
    assert len(rows(service, "orders")) == 6
    assert numbers(client.post("/orders", ORDER)) == [7]
    assert numbers(client.post("/orders", ORDER, "Idempotency-Key: other")) == [8]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/orders/1", ORDER),
        ("PATCH", "/orders/1", {"gift": True}),
        ("DELETE", "/orders/1", None),
        ("POST", "/orders", [ORDER, ORDER]),
        ("PATCH", "/orders?state=open", {"gift": True}),
        ("DELETE", "/orders?state=open", None),
    ],
)
def test_any_write_is_made_once(
    service: AssembledInstance, client: Client, method: str, path: str, body: object
) -> None:
    data = b"" if body is None else json.dumps(body).encode()
    first = client.ask(method, path, KEY, body=data)
    assert first.status in (200, 201, 204)
    after, events = dump(service), actions(service)
    again = client.ask(method, path, KEY, body=data)
    assert (again.status, said(again), again.body) == (first.status, said(first), first.body)
    assert (dump(service), actions(service)) == (after, events)


def test_a_key_that_was_another_requests_is_refused(service: AssembledInstance, client: Client) -> None:
    assert client.post("/orders", ORDER, KEY).status in CHANGED
    refused = client.post("/orders", {**ORDER, "total": 3}, KEY)
    assert refused.status == expected(service, Invalid)
    assert b"Idempotency-Key" in refused.body or b"Idempotency" in refused.body
    assert len(rows(service, "orders")) == 6


def test_a_key_holds_for_its_method_and_path(service: AssembledInstance, client: Client) -> None:
    assert client.post("/orders", ORDER, KEY).status in CHANGED
    assert numbers(client.post("/customers/3/orders", ORDER, KEY)) == [7]
    assert client.put("/orders/6", ORDER, KEY).status in CHANGED
    assert client.patch("/orders/6", ORDER, KEY).status in CHANGED
    assert len(rows(service, "orders")) == 7


def test_a_refused_request_may_be_mended(service: AssembledInstance, client: Client) -> None:
    assert 400 <= client.post("/orders", b"{", KEY).status < 500
    assert numbers(client.post("/orders", ORDER, KEY)) == [6]
    assert len(rows(service, "orders")) == 6


@pytest.mark.parametrize("key", ["", "   ", "k" * 256])
def test_a_key_that_is_none_is_refused(service: AssembledInstance, client: Client, key: str) -> None:
    answer = client.post("/orders", ORDER, f"Idempotency-Key: {key}")
    assert answer.status == expected(service, BadRequest)
    assert actions(service) == []


def test_a_key_is_forgotten_with_the_data(service: AssembledInstance, client: Client) -> None:
    first = client.post("/orders", ORDER, KEY)
    service.reset(["journal", "feed"])
    assert client.post("/orders", ORDER, KEY).body == first.body
    assert len(rows(service, "orders")) == 6
    service.reset(["data"])
    assert client.post("/orders", {**ORDER, "total": 4}, KEY).status in CHANGED
    assert rows(service, "orders")[-1]["total"] == 4


def test_a_key_is_kept_for_a_day_of_the_running_clock(service: AssembledInstance, client: Client) -> None:
    first = client.post("/orders", ORDER, KEY)
    service.sandbox.clock.advance(24 * 60 * 60 - 1)
    assert client.post("/orders", ORDER, KEY).body == first.body
    service.sandbox.clock.advance(1)
    assert numbers(client.post("/orders", ORDER, KEY)) == [7]


def test_a_key_is_its_users_own() -> None:
    users = "\nauth: {scheme: bearer, users: {ada: {token: t-ada}, bob: {token: t-bob}}}\n"
    service = assemble(DEFINITION.read_text(encoding="utf-8") + users)
    client = speaking(service)
    for user, made in (("ada", 6), ("bob", 7), ("ada", 6), ("bob", 7)):
        assert numbers(client.post("/orders", ORDER, KEY, f"Authorization: Bearer t-{user}")) == [made]
    assert client.post("/orders", ORDER, KEY).status == 401
    assert len(rows(service, "orders")) == 7


def test_parallel_requests_with_one_key_create_one_document(service: AssembledInstance, client: Client) -> None:
    start, answers = Barrier(8), list[Answer]()

    def send() -> None:
        start.wait()
        answers.append(client.post("/orders", ORDER, KEY))

    threads = [Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {(answer.status, answer.body) for answer in answers} == {(answers[0].status, answers[0].body)}
    assert len(rows(service, "orders")) == 6
    assert actions(service) == [("created", "orders", 6)]


# What has been read before


@pytest.fixture(params=EVERY)
def careful(request: pytest.FixtureRequest) -> AssembledInstance:
    text = spoken(DEFINITION.read_text(encoding="utf-8"), request.param)
    return assemble(text.replace("\napi:\n", "\napi:\n  etag: required\n"))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/orders/1", ORDER),
        ("PATCH", "/orders/1", {"gift": True}),
        ("DELETE", "/orders/1", None),
        ("PUT", "/profile", {"name": "Ida"}),
        ("PUT", "/settings/light", {"value": "x"}),
        ("PATCH", "/orders?state=open", {"gift": True}),
        ("DELETE", "/orders?id=1", None),
    ],
)
def test_a_write_says_what_it_has_read_where_that_is_required(
    careful: AssembledInstance, method: str, path: str, body: object
) -> None:
    client, before = speaking(careful), dump(careful)
    data = b"" if body is None else json.dumps(body).encode()
    assert client.ask(method, path, body=data).status == expected(careful, PreconditionRequired)
    stale = client.ask(method, path, 'If-Match: "stale"', body=data)
    assert stale.status == expected(careful, PreconditionFailed)
    assert dump(careful) == before
    tag = client.get(path).headers["etag"]
    assert client.ask(method, path, f"If-Match: {tag}", body=data).status in (200, 201, 204)
    assert dump(careful) != before


def test_a_new_document_needs_no_tag(careful: AssembledInstance) -> None:
    client = speaking(careful)
    assert numbers(client.post("/orders", ORDER)) == [6]
    assert client.put("/settings/dark", {"value": "on"}).status in CHANGED
    assert client.get("/orders").status == 200
