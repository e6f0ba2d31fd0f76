"""What every convention must do, whichever it is: a new one is tested here before it has tests of its own.

Envelopes are not known here; that an answer holds a document means that the document's own JSON stands in it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from mockserver.definitions.manner import StatusKey
from mockserver.errors import FieldError, Problem
from mockserver.messages import Done, Request
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, answered, dump
from tests.contracts.declared import speaking, understood
from tests.server.wire import Answer

ORDER = {"customer_id": 3, "total": 2.5}
DOCUMENT = re.compile(rb'\{"id":(\d+),"customer_id":[^{}]*\}')


def every_problem(kind: type[Problem] = Problem) -> Iterator[type[Problem]]:
    for one in kind.__subclasses__():
        yield one
        yield from every_problem(one)


def by_slug(kind: type[Problem]) -> str:
    return kind.slug


PROBLEMS = sorted(set(every_problem()), key=by_slug)


def ids(answer: Answer) -> list[int]:
    """The orders in an answer."""
    return [int(found[1]) for found in DOCUMENT.finditer(answer.body)]


def holds(answer: Answer, document: dict[str, Any]) -> bool:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode() in answer.body


def test_its_statuses_are_http_statuses_under_known_names(service: AssembledInstance) -> None:
    statuses = service.api.convention.statuses
    assert set(statuses) <= set(get_args(StatusKey))
    assert set(statuses) >= {"listed", "read", "created", "updated", "deleted"}
    assert all(200 <= status <= 599 for status in statuses.values())
    assert all(status < 300 for key, status in statuses.items() if key in get_args(Done))


@pytest.mark.parametrize("kind", PROBLEMS, ids=[kind.slug for kind in PROBLEMS])
def test_every_problem_is_an_error_with_its_reason(service: AssembledInstance, kind: type[Problem]) -> None:
    problem = kind("The thing is not so.", [FieldError("is wrong", pointer="/chip/code")], {"Retry-After": "3"})
    answer = understood(answered(service.refuse(Request("GET", "/anything"), problem)))
    assert 400 <= answer.status <= 599
    assert (answer.status >= 500) == (kind.status >= 500)
    assert re.fullmatch(r"application/(.+\+)?json", answer.headers["content-type"])
    assert answer.headers["retry-after"] == "3"
    assert isinstance(answer.json, dict)
    says_nothing = service.api.convention.name == "json-server" and answer.status == 404
    assert b"not so" in answer.body or b"is wrong" in answer.body or (says_nothing and answer.json == {})


@pytest.mark.parametrize("count", [1, 2, 30])
def test_every_flaw_is_named(checking: AssembledInstance, count: int) -> None:
    body = {f"field{n}": n for n in range(count)}
    answer = speaking(checking).post("/orders", {"customer_id": 1, **body})
    assert 400 <= answer.status < 500
    assert all(re.search(rf"\bfield{n}\b", answer.body.decode()) for n in range(count))


def test_a_list_holds_the_documents_and_their_number(client: Client) -> None:
    answer = client.get("/orders?limit=4")
    assert answer.status == 200
    assert ids(answer) == [1, 2, 3, 4]
    text = answer.body.decode() + " ".join(answer.headers.values())
    assert re.search(r"\b5\b", text), "how many there are in all"


def test_a_document_reads_as_it_is_listed(client: Client) -> None:
    listed = client.get("/orders?limit=4")
    for number in ids(listed):
        read = client.get(f"/orders/{number}")
        assert ids(read) == [number]
        found = DOCUMENT.search(read.body)
        assert found is not None
        assert found[0] in listed.body


def test_a_created_document_is_where_it_says(client: Client) -> None:
    answer = client.post("/orders", ORDER)
    assert answer.status in (200, 201)
    made = client.follow(answer.headers["location"])
    assert ids(answer) == ids(made) == [6]
    assert b'"total":2.5' in made.body
    assert made.headers["etag"] == answer.headers["etag"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_an_updated_document_reads_as_it_was_answered(client: Client, method: str) -> None:
    answer = client.ask(method, "/orders/3", body=ORDER)
    assert answer.status in (200, 201)
    read = client.get("/orders/3")
    assert answer.body == read.body, "so that the tag of the answer is good for the next write"
    assert answer.headers["etag"] == read.headers["etag"]


def test_a_deleted_document_is_no_longer_there(client: Client) -> None:
    assert client.delete("/orders/3").status in (200, 204)
    missing = client.get("/orders/3")
    assert 400 <= missing.status < 500
    assert ids(client.get("/orders?limit=4")) == [1, 2, 4, 5]


def test_pages_by_offset_partition_the_list(client: Client) -> None:
    pages = [ids(client.get(f"/orders?limit=2&offset={offset}&sort=-total")) for offset in (0, 2, 4, 6)]
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [number for page in pages for number in page] == [3, 1, 5, 4, 2]


def test_windows_by_cursor_are_followed_to_the_end(client: Client) -> None:
    answer, seen = client.get("/orders?cursor=&limit=2"), list[int]()
    while True:
        seen += ids(answer)
        found = re.search(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        if found is None:
            break
        answer = client.follow(found[1])
    assert seen == [1, 2, 3, 4, 5]


def test_what_has_not_changed_is_not_sent_again(client: Client) -> None:
    tag = client.get("/orders/1").headers["etag"]
    answer = client.get("/orders/1", f"If-None-Match: {tag}")
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", tag)
    assert client.patch("/orders/1", {"gift": True}, f"If-Match: {tag}").status in (200, 201)
    assert client.get("/orders/1", f"If-None-Match: {tag}").status == 200
    assert client.patch("/orders/1", {"gift": False}, f"If-Match: {tag}").status == 412


@pytest.mark.parametrize("path", ["/orders", "/orders/1", "/customers/1/orders", "/customers/1/orders/1"])
def test_options_and_405_agree_on_what_is_allowed(client: Client, path: str) -> None:
    options, refused = client.ask("OPTIONS", path), client.ask("BREW", path)
    assert (options.status, refused.status) == (204, 405)
    assert options.headers["allow"] == refused.headers["allow"]
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"):
        is_open = method in options.headers["allow"].split(", ")
        assert (client.ask(method, path, body={}).status == 405) is not is_open


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/orders", b"{"),
        ("POST", "/orders", b""),
        ("POST", "/orders", b"[1]"),
        ("POST", "/customers/99/orders", b"{}"),
        ("PUT", "/orders/99", b'{"customer_id": 1}'),
        ("DELETE", "/customers/1", b""),
        ("DELETE", "/orders/99", b""),
        ("POST", "/logs", b"{}"),
    ],
)
def test_a_refused_write_changes_nothing(
    service: AssembledInstance, client: Client, method: str, path: str, body: bytes
) -> None:
    before, at = dump(service), service.sandbox.feed.at
    assert 400 <= client.ask(method, path, body=body).status < 500
    assert dump(service) == before
    assert service.sandbox.feed.at == at


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/orders", {"customer_id": 99}),
        ("POST", "/orders", [{"customer_id": 1}, {"customer_id": 99}]),
        ("PUT", "/orders/1", {"customer_id": "x"}),
        ("PATCH", "/orders/1", {"total": -1}),
        ("PATCH", "/orders?state=open", {"total": -1}),
    ],
)
def test_a_document_against_the_rules_changes_nothing(
    checking: AssembledInstance, method: str, path: str, body: object
) -> None:
    before, at = dump(checking), checking.sandbox.feed.at
    assert 400 <= speaking(checking).ask(method, path, body=body).status < 500
    assert dump(checking) == before
    assert checking.sandbox.feed.at == at


def test_an_unlucky_request_is_told_where_it_went_wrong(client: Client) -> None:
    answer = client.post("/orders", b'{"customer_id": 1,\n "state": oops}')
    assert answer.status == 400
    assert re.search(r"line 2, column \d+", answer.body.decode())
