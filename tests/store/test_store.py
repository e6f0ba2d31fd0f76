"""Writes and what follows from them: cascades, clearing, computed fields, what is kept of the deleted, and the feed."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from mockserver.definitions.model import MAX_FILE_ROWS, MAX_ROWS
from mockserver.errors import Conflict, InsufficientStorage
from mockserver.messages import Document, Reply, Request
from mockserver.server.assemble import AssembledInstance, load_prepared
from mockserver.store.backends.memory import MemoryBackend
from mockserver.store.change import Change
from mockserver.store.collection import Collection
from mockserver.store.feed import Feed
from mockserver.store.store import Store
from tests.client import Client, assemble, direct
from tests.store.stocked import Stock, after, picture
from tests.told import Recorder, told

RING = """
mock: 1
resources:
  nodes:
    count: 3
    fields: {id: {seq: 1}, next_id: {ref: nodes, on_delete: POLICY}}
"""


@pytest.fixture
def stock() -> Stock:
    """People 1 and 2 under nobody, 3 under 1, 4 under 3; every task belongs to person 8 and is kept by nobody."""
    made = Stock()
    for key in range(1, 9):
        made.put("people", id=key, boss_id={3: 1, 4: 3}.get(key), team_id=1)
    for key in range(1, 21):
        made.put("tasks", id=key, owner_id=8, keeper_id=None, tag_ids=[1, 2])
    made.service.reset(["feed"])
    return made


def test_deleting_cascades_along_chains_children_first(stock: Stock) -> None:
    stock.put("tasks", id=5, owner_id=4)
    stock.service.reset(["feed"])
    assert stock.delete("people", 1)["id"] == 1
    assert stock.journal() == [
        ("deleted", "tasks", 5),
        ("deleted", "people", 4),
        ("deleted", "people", 3),
        ("deleted", "people", 1),
    ]
    assert stock.ids("people") == [2, 5, 6, 7, 8]


def test_deleting_clears_single_references_and_leaves_lists_without_the_id(stock: Stock) -> None:
    stock.delete("teams", 1)
    stock.delete("tags", 1)
    assert {row["team_id"] for row in stock.store["people"]} == {None}
    assert {str(row["tag_ids"]) for row in stock.store["tasks"]} == {"[2]"}


def test_a_restricting_reference_refuses_and_nothing_of_the_cascade_stays(stock: Stock) -> None:
    stock.put("tasks", id=9, keeper_id=4)
    before = deepcopy(picture(stock.store))
    with pytest.raises(Conflict, match="The person 4 can't be deleted: task 9 refers to it"):
        stock.delete("people", 1)
    assert picture(stock.store) == before


def test_a_restricting_reference_does_not_hold_what_leaves_with_it(stock: Stock) -> None:
    stock.put("tasks", id=9, owner_id=4, keeper_id=4)
    stock.delete("people", 4)
    assert 9 not in stock.store["tasks"]


@pytest.mark.parametrize(
    ("policy", "left"), [("cascade", []), ("clear", [(2, 3), (3, None)]), ("restrict", [(1, 2), (2, 3), (3, 1)])]
)
def test_a_ring_of_references_is_let_go_once(policy: str, left: Sequence[tuple[int, int | None]]) -> None:
    stock = Stock(RING.replace("POLICY", policy))
    for key in (1, 2, 3):
        stock.put("nodes", id=key, next_id=key % 3 + 1)
    if policy == "restrict":
        with pytest.raises(Conflict):
            stock.delete("nodes", 1)
    else:
        stock.delete("nodes", 1)
    assert [(row["id"], row["next_id"]) for row in stock.store["nodes"]] == left


@pytest.mark.parametrize("policy", ["cascade", "clear", "restrict"])
def test_a_row_that_refers_to_itself_can_be_deleted(policy: str) -> None:
    stock = Stock(RING.replace("POLICY", policy))
    for key in (1, 2, 3):
        stock.put("nodes", id=key, next_id=key)
    stock.delete("nodes", 2)
    assert stock.ids("nodes") == [1, 3]


def test_computed_fields_follow_through_chains_as_changes_of_their_own_after_it(stock: Stock) -> None:
    stock.put("tasks", id=2, owner_id=1)
    stock.put("people", id=2, team_id=2)
    stock.service.reset(["feed"])
    stock.put("teams", id=1, name="sky")
    assert stock.row("teams", 1)["title"] == "SKY"
    assert stock.row("people", 3)["badge"] == "P3 of SKY"
    assert stock.row("tasks", 2)["sign"] == "P1 of SKY!"
    assert stock.row("tasks", 1)["sign"] == "P8 of SKY!"
    order = stock.journal()
    assert order[0] == ("updated", "teams", 1)
    assert len(order) == len(set(order)) == 1 + 7 + 20
    assert order.index(("updated", "people", 1)) < order.index(("updated", "tasks", 2))
    assert ("updated", "people", 2) not in order


def test_a_write_that_changes_nothing_is_no_change(stock: Stock) -> None:
    at = stock.store.feed.at
    stock.put("people", id=3)
    assert stock.store.feed.at == at
    assert stock.journal() == []


def test_what_is_deleted_is_kept_as_the_resource_says(stock: Stock) -> None:
    for resource, kept in (("people", True), ("tasks", True), ("tags", False)):
        last = stock.row(resource, 2)
        stock.delete(resource, 2)
        assert stock.store.find(resource, 2) is None
        assert stock.store[resource].buried(2) == (last if kept else None)
    assert stock.put("people", id=2, name="Back") == stock.row("people", 2)
    assert stock.store["people"].buried(2) is None


def test_the_number_of_the_next_row_never_goes_back(stock: Stock) -> None:
    assert (stock.store["tags"].numbered, stock.store["tags"].highest) == (4, 4)
    stock.delete("tags", 4)
    stock.put("tags", id=30, name="x")
    assert (stock.store["tags"].numbered, stock.store["tags"].highest) == (5, 30)


def test_a_document_is_modified_when_it_is_written(stock: Stock) -> None:
    assert stock.store["tags"].modified(1) is None
    stock.advance(60)
    stock.put("tags", id=1, name="new")
    assert stock.store["tags"].modified(1) == after(60)
    assert stock.store["tags"].modified(2) is None
    assert stock.store["tags"].version_of(1) == 1


def test_an_id_that_comes_back_has_a_version_it_never_had(stock: Stock) -> None:
    rows = stock.store["tags"]
    seen = [rows.version_of(4)]
    for _ in range(3):
        stock.delete("tags", 4)
        assert 4 not in rows.written()
        stock.put("tags", id=4, name="back")
        seen.append(rows.version_of(4))
        stock.put("tags", id=4, name="changed")
        seen.append(rows.version_of(4))
    assert seen == sorted(set(seen))
    assert (rows.version_of(1), rows.modified(1)) == (0, None)


def test_nothing_is_remembered_of_documents_that_left_for_good(stock: Stock) -> None:
    rows = stock.store["tags"]
    for key in range(100, 200):
        stock.put("tags", id=key, name="x")
        stock.delete("tags", key)
        assert (rows.version_of(key), rows.modified(key)) == (0, None)
    stock.delete("people", 8)
    assert stock.store["people"].version_of(8) > 0, "one that may come back is another matter"


def test_what_is_taken_back_leaves_versions_as_they_were(stock: Stock) -> None:
    def versions() -> list[int]:
        return [stock.store["tags"].version_of(key) for key in (1, 2, 7)]

    stock.put("tags", id=1, name="new")
    before = versions()
    tags = stock.store.schema["tags"]
    with pytest.raises(KeyboardInterrupt), stock.store.transaction() as transaction:  # noqa: PT012
        transaction.delete(tags, 1)
        transaction.put(tags, {"id": 2, "name": "other"})
        transaction.put(tags, {"id": 7, "name": "made"})
        raise KeyboardInterrupt
    assert versions() == before
    stock.put("tags", id=7, name="made")
    assert stock.store["tags"].version_of(7) == 1


def test_documents_handed_out_are_never_altered(stock: Stock) -> None:
    held = stock.row("tags", 1)
    copy = dict(held)
    stock.put("tags", id=1, name="new")
    stock.delete("tags", 1)
    assert held == copy


def test_a_copy_of_a_collection_changes_apart(stock: Stock) -> None:
    rows = stock.store["tags"]
    copied = rows.copy()
    copied.apply(Change("tags", 1, None, stock.row("tags", 1)), None)
    assert 1 in rows
    assert 1 not in copied
    assert copied.version == rows.version + 1


def test_a_batch_that_cannot_be_kept_is_not_made(stock: Stock) -> None:
    class Full(MemoryBackend):
        """A disk with no space left."""

        def append(self, changes: Sequence[Change], moment: datetime) -> None:
            raise OSError(28, "No space left on device")

    store = Store(stock.store.schema, stock.store.copies(), Feed(Full(), lambda: 0.0), lambda: after(0))
    before, at = deepcopy(picture(store)), store.feed.at
    with pytest.raises(InsufficientStorage, match="No space"), store.transaction() as transaction:
        transaction.delete(store.schema["teams"], 1)
    assert picture(store) == before
    assert store.feed.at == at


def test_a_reset_is_another_life_of_the_feed_with_the_seeded_rows(stock: Stock) -> None:
    fresh = Stock()
    first = fresh.store.feed.at
    seeded = {name: list(fresh.store[name]) for name in fresh.store.schema.resources}
    fresh.delete("teams", 1)
    fresh.put("tags", id=9, name="x")
    fresh.service.reset([])
    assert {name: list(fresh.store[name]) for name in fresh.store.schema.resources} == seeded
    assert fresh.store.feed.at.endswith(".0")
    assert fresh.store.feed.at != first
    assert told(fresh.store.feed) == []
    assert fresh.store["tags"].numbered == 4


def ask(stock: Stock, method: str, path: str, body: Any = None) -> Reply:
    headers = {} if body is None else {"content-type": "application/json"}
    return stock.service.handle(
        Request(method, path, headers=headers, body=b"" if body is None else orjson.dumps(body))
    )


THREADS, WRITES = 8, 200


def test_threads_that_write_at_once_lose_nothing() -> None:
    stock = Stock()
    recorder = Recorder(stock.store.feed)

    def work(thread: int) -> list[int]:
        made = []
        for place in range(WRITES // 4):
            made.append(orjson.loads(ask(stock, "POST", "/tags", {"name": f"{thread}-{place}"}).body)["id"])
            assert ask(stock, "PATCH", f"/tags/{made[-1]}", {"name": f"{thread}/{place}"}).status == 201
            assert ask(stock, "PATCH", f"/people/{thread + 1}", {"team_id": place % 3 + 1}).status == 201
            assert ask(stock, "GET", "/tags").status == 200
            if place % 2:
                assert ask(stock, "DELETE", f"/tags/{made.pop()}").status == 204
            else:
                assert ask(stock, "PUT", f"/tags/{made[-1]}", {"name": f"{thread}={place}"}).status == 201
        return made

    with ThreadPoolExecutor(THREADS) as threads:
        made = [key for keys in threads.map(work, range(THREADS)) for key in keys]
    assert len(made) == len(set(made)) == THREADS * WRITES // 8
    assert {row["id"] for row in stock.store["tags"]} == {1, 2, 3, 4, *made}
    names = {stock.row("tags", key)["name"] for key in made}
    assert len(names) == len(made)
    assert all("=" in str(name) for name in names)
    assert [event.offset for event in recorder.events] == list(range(1, stock.store.feed.place.offset + 1))
    assert stock.store["tags"].version == THREADS * WRITES // 4 * 3


def test_threads_that_raise_one_number_lose_no_step() -> None:
    stock = Stock("mock: 1\nresources: {counts: {count: 1, fields: {id: {seq: 1}, n: {value: 0}}}}\n")

    def step() -> None:
        reply = ask(stock, "GET", "/counts/1")
        tag = reply.header("etag") or ""
        body = orjson.dumps({"n": orjson.loads(reply.body)["n"] + 1})
        headers = {"content-type": "application/json", "if-match": tag}
        if stock.service.handle(Request("PATCH", "/counts/1", headers=headers, body=body)).status == 412:
            step()

    def work(_: int) -> None:
        for _ in range(50):
            step()

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))
    assert stock.row("counts", 1)["n"] == THREADS * 50


def test_a_full_collection_takes_no_more_and_its_documents_may_change() -> None:
    client, service = _full()
    refused = client.post("/notes", {"text": "more"})
    said = "There are 200,000 notes already, and more are not kept: delete some, or start the server with another "
    assert (refused.status, refused.json["detail"]) == (409, f"{said}--limit documents=NUMBER.")
    assert client.post("/notes", [{"text": "more"}]).status == 409
    assert client.patch("/notes/7", {"text": "other"}).status == 201
    assert client.delete("/notes/7").status == 204
    assert client.post("/notes", {"text": "more"}).status == 201
    assert len(service.sandbox.store["notes"]) == MAX_ROWS


def test_rows_that_a_file_brings_may_be_more(tmp_path: Path) -> None:
    path = tmp_path / "db.json"
    path.write_bytes(orjson.dumps({"notes": [{"id": 1, "text": ""}]}))
    service = AssembledInstance(load_prepared([path]))
    store = service.sandbox.store
    store.begin({"notes": Collection(store.schema["notes"], _notes(MAX_FILE_ROWS - 1))})
    assert direct(service).post("/notes", {"text": "one more"}).status == 201
    refused = direct(service).post("/notes", {"text": "one too many"})
    assert (refused.status, len(store["notes"])) == (409, MAX_FILE_ROWS)


def _notes(count: int) -> list[Document]:
    return [{"id": key, "text": ""} for key in range(1, count + 1)]


def _full() -> tuple[Client, AssembledInstance]:
    service = assemble("resources: {notes: {count: 0, fields: {text: word}}}")
    store = service.sandbox.store
    store.begin({"notes": Collection(store.schema["notes"], _notes(MAX_ROWS))})
    return direct(service), service
