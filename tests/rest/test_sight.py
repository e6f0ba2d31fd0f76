"""What somebody may not see is as if it were not there: no request can tell a hidden row from one that is missing."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.messages import Document
from mockserver.server.assemble import AssembledInstance
from mockserver.store.collection import Collection
from tests.client import Client, assemble, direct
from tests.server.wire import Answer

RESOURCES = """
resources:
  zoos:
    search: [name]
    fields: {id: {seq: 1}, name: {faker: company}, city: {enum: [Bonn, Oslo]}}
    rows:
      - {id: 1, name: North, city: Bonn}
      - {id: 2, name: South, city: Oslo}
      - {id: 3, name: East, city: Bonn}
  animals:
    delete: soft
    fields:
      id: {seq: 1}
      name: {faker: first_name}
      weight: {int: [1, 9]}
      keeper: {faker: user_name, required: true}
      zoo_id: {ref: zoos, on_delete: cascade}
      friend_ids: {refs: zoos, on_delete: clear}
    rows:
      - {id: 1, name: Leo, weight: 5, keeper: ada, zoo_id: 1, friend_ids: [2, 3]}
      - {id: 2, name: Mia, weight: 3, keeper: bob, zoo_id: 1, friend_ids: []}
      - {id: 3, name: Rex, weight: 7, keeper: ada, zoo_id: 2, friend_ids: [1, 2]}
      - {id: 4, name: Sue, weight: 2, keeper: bob, zoo_id: 2, friend_ids: [3]}
      - {id: 5, name: Tom, weight: 2, keeper: ada, zoo_id: 3, friend_ids: [3]}
      - {id: 6, name: Leo, weight: 9, keeper: cyd, zoo_id: 3, friend_ids: [1]}
  feedings:
    count: {per: animals, each: 2}
    fields: {id: {seq: 1}, animal_id: {ref: animals, on_delete: cascade}, food: {enum: [fish, meat]}}
"""
RULES = """
mock: 1
auth:
  users: {ada: {token: ada, claims: {city: Bonn}}}
  rules:
    - {route: GET /zoos, where: city == user.city}
    - {route: GET /animals/*, where: keeper == user.name}
    - {route: [GET /feedings, GET /feedings/*], where: animal.keeper == user.name}
"""
ADA = "Authorization: Bearer ada"


def is_visible(resource: str, document: Document, animals: Sequence[Document]) -> bool:
    if resource == "zoos":
        return document["city"] == "Bonn"
    if resource == "animals":
        return document["keeper"] == "ada"
    return any(one["id"] == document["animal_id"] and one["keeper"] == "ada" for one in animals)


def served() -> tuple[Client, Client, AssembledInstance]:
    """The zoo as somebody sees some of it, the same zoo with nothing else in it, and the service of the first."""
    whole, part = assemble(RULES + RESOURCES), assemble("mock: 1\n" + RESOURCES)
    animals = list(part.sandbox.store["animals"])
    store = part.sandbox.store
    store.begin(
        {
            name: Collection(store.schema[name], [row for row in store[name] if is_visible(name, row, animals)])
            for name in ("zoos", "animals", "feedings")
        }
    )
    return direct(whole), direct(part), whole


PATHS = [
    "/zoos", "/animals", "/feedings", "/zoos/1", "/zoos/2", "/zoos/99", "/animals/1", "/animals/2", "/animals/3",
    "/animals/02", "/feedings/1", "/feedings/3", "/zoos/1/animals", "/zoos/2/animals", "/zoos/3/animals/6",
    "/zoos/2/animals/3", "/zoos/1/animals/2", "/zoos/1/animals/1/feedings", "/zoos/1/animals/2/feedings",
    "/zoos/1/animals/2/feedings/3", "/animals/1/feedings/1", "/animals/4/feedings/7", "/animals/2/restore",
]  # fmt: skip
QUERIES = [
    "limit=2", "offset=1", "page=2&per_page=1", "cursor=&limit=1", "sort=-weight", "sort=name,-id", "q=leo", "q=south",
    "name=Leo", "name_contains=e", "keeper=bob", "keeper[ne]=ada", "weight[gte]=3", "zoo_id=2", "zoo_id=1,2", "id=2",
    "id[in]=1,2,3", "friend_ids=2", "city=Oslo", "animal_id=2", "embed=zoo", "embed=animals", "embed=animals.feedings",
    "embed=friends", "embed=animal.zoo", "embed=feedings", "fields=id,zoo.name", "fields=id,keeper",
]  # fmt: skip
BODIES: list[Any] = [
    {"weight": 1}, {"zoo_id": 99}, {"zoo_id": 3}, {"name": None}, {"friend_ids": [3]}, {"friend_ids": [1, 99]},
    {"keeper": "ada", "zoo_id": 1}, {"animal_id": 2}, {"food": "fish"}, {}, [], "x",
]  # fmt: skip
requests = st.tuples(
    st.sampled_from(["GET", "GET", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(QUERIES), max_size=3),
    st.sampled_from(BODIES),
    st.sampled_from(["", "If-None-Match: *", "If-Match: *", 'If-Match: "x"', "Accept: text/html"]),
)


def seen(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    """All that an answer tells, but for when it was written, and that it is not for everybody."""
    untold = ("last-modified", "x-mock-at", "vary")
    headers = {name: value for name, value in answer.headers.items() if name not in untold}
    return answer.status, headers, answer.body


@settings(max_examples=400)
@given(st.lists(requests, min_size=1, max_size=4))
def test_no_request_can_tell_a_hidden_row_from_a_missing_one(asked: list[tuple[str, str, list[str], Any, str]]) -> None:
    whole, part, _ = served()
    for method, path, query, body, header in asked:
        target = f"{path}?{'&'.join(query)}" if query else path
        lines = [header] if header else []
        sent = {"body": body} if method in ("PUT", "PATCH") else {}
        mine = whole.ask(method, target, ADA, *lines, **sent)
        if mine.status == 403:
            # A write that would take a row out of sight: one that is seen, and the other zoo has no such rule.
            assert method in ("PUT", "PATCH")
            assert whole.get(path, ADA).status == 200
            continue
        assert seen(mine) == seen(part.ask(method, target, *lines, **sent)), f"{method} {target}"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/animals", {"keeper": "ada", "zoo_id": 2}),
        ("POST", "/animals", {"keeper": "ada", "friend_ids": [1, 2]}),
        ("POST", "/animals", [{"keeper": "ada", "zoo_id": 99}]),
        ("POST", "/zoos/2/animals", {"keeper": "ada"}),
        ("POST", "/feedings", {"animal_id": 2}),
        ("PATCH", "/animals?keeper=bob", {"weight": 1}),
        ("DELETE", "/animals?id=2&id=4", None),
        ("PATCH", "/animals?weight_lte=9", {"weight": 4}),
        ("DELETE", "/animals?weight_gte=1", None),
    ],
)
def test_nothing_is_written_by_way_of_what_is_hidden(method: str, path: str, body: Any) -> None:
    whole, part, service = served()
    hidden = [row for row in service.sandbox.store["animals"] if row["keeper"] != "ada"]
    sent = {} if body is None else {"body": body}
    assert seen(whole.ask(method, path, ADA, **sent)) == seen(part.ask(method, path, **sent))
    assert [row for row in service.sandbox.store["animals"] if row["keeper"] != "ada"] == hidden


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/animals", {"keeper": "bob"}),
        ("POST", "/animals", [{"keeper": "ada"}, {"keeper": "bob"}]),
        ("PUT", "/animals/1", {"keeper": "bob"}),
        ("PATCH", "/animals/1", {"keeper": "bob"}),
        ("PATCH", "/animals?weight_gte=1", {"keeper": "bob"}),
    ],
)
def test_a_write_out_of_sight_is_forbidden_and_not_made(method: str, path: str, body: Any) -> None:
    whole, _, service = served()
    before = [list(service.sandbox.store[name]) for name in ("zoos", "animals", "feedings")]
    answer = whole.ask(method, path, ADA, body=body)
    assert answer.status == 403
    assert "you may not see" in answer.json["detail"]
    assert [list(service.sandbox.store[name]) for name in ("zoos", "animals", "feedings")] == before


def test_a_document_that_refers_to_hidden_ones_may_be_sent_back() -> None:
    whole, _, _ = served()
    document = whole.get("/animals/3", ADA).json
    assert (document["zoo_id"], document["friend_ids"]) == (2, [1, 2])
    assert whole.put("/animals/3", document, ADA).status == 201
    assert whole.patch("/animals/3", {"zoo_id": 2, "friend_ids": [2]}, ADA).status == 201
    assert whole.patch("/animals/1", {"zoo_id": 2}, ADA).status == 422


def test_a_hidden_row_that_was_deleted_is_not_restored() -> None:
    whole, _, service = served()
    with service.sandbox.store.transaction() as transaction:
        transaction.delete(service.sandbox.store.schema["animals"], 2)
    refused, missing = (whole.ask("POST", f"/animals/{key}/restore", ADA) for key in (2, 99))
    assert (refused.status, missing.status) == (404, 404)
    assert refused.json["detail"] == missing.json["detail"].replace("99", "2")
    assert 2 not in service.sandbox.store["animals"]
