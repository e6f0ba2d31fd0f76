"""Whatever is asked in whichever state, the answer is what the plain meaning of the query gives."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from operator import is_
from time import thread_time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.generation.schema import Schema
from mockserver.messages import Document
from mockserver.query.compare import Loose, Unreadable, read_value
from mockserver.query.condition import TEXTUAL, Texts, shape_at
from mockserver.query.index.indexes import Indexes
from mockserver.query.index.ranking import Ranking
from mockserver.query.index.view import View
from mockserver.query.plan import Plan, Question
from mockserver.query.query import OPERATORS, Condition, Operator, Query, SortKey, Window
from mockserver.query.regex import Pattern
from mockserver.query.select import Page, matching, select
from mockserver.query.view import Sees, sees_all
from mockserver.store.collection import Collection
from mockserver.store.feed import Feed, backends
from mockserver.store.reads import Reads
from mockserver.store.store import Store, Transaction
from tests.client import assemble
from tests.query import plainly
from tests.store.stocked import after

NAME = "rows"
DEFINITION = """
resources:
  owners: {count: 0, fields: {id: {seq: 1}}}
  rows:
    count: 0
    fields:
      id: {seq: 1}
      owner_id: {ref: owners, nullable: 0.5}
      name: {value: x, type: string}
      stock: {int: [0, 9]}
      price: {float: [0, 9]}
      hot: {bool: 0.5}
      day: {date: [-1d, now]}
      at: {datetime: [-1d, now]}
      code: {uuid: true}
      tags: {list: {value: a}}
      sizes: {list: {int: [1, 9]}}
      box: {object: {width: {int: [1, 9]}, label: {value: a}}}
      secret: {value: hush, type: string, write_only: true}
"""
FIELDS = (
    "owner_id", "name", "stock", "price", "hot", "day", "at", "code", "tags", "sizes", "box.width", "box.label", "id",
    "other",
)  # fmt: skip
CODE = "0b9a4f0c-7b8e-4a57-9a52-3d2f6f9c0a0{}"
PLAIN: list[Any] = [
    None, True, False, 0, 1, 2, 10, -1, 1.0, 1.5, 2**53 + 1, float(2**53), "", "a", "A", "ab", "b", "é", "Straße", "1",
    "10", "true", "None", "\U0010ffff", "a\0b", "2026-01-02", "2026-01-02T01:00:00+01:00", "2026-01-02T00:00:00Z",
    "0001-01-01T00:00:00+05:00", CODE.format(1), CODE.format(1).upper(),
]  # fmt: skip
VALUES = st.sampled_from([
    *PLAIN, [], ["a", "b"], ["b", "b"], ["a", "ab"], [1, None], [1, 1.0, True], [[1]], {"x": "a"}, [{"width": 1}],
    10**400,
])  # fmt: skip
TEXTS = st.sampled_from([
    *(str(one) for one in PLAIN if one is not None), "TRUE", "1.5", "straSSe", "2026-01-01", "2026-01-03T00:00:00Z",
    "c", "01", "['a', 'b']", "1e0",
])  # fmt: skip


@lru_cache
def declared() -> Schema:
    return assemble(DEFINITION).sandbox.store.schema


@lru_cache
def loosened() -> Schema:
    """The same resources, where documents may hold anything."""
    return declared().loosened()


schemas = st.sampled_from([declared, loosened])


def store_over(resources: Schema, collections: dict[str, Collection]) -> Store:
    return Store(resources, collections, Feed(backends.get("memory")(), lambda: 0.0), lambda: after(0))


def store_of(resources: Schema, rows: Sequence[Document]) -> Store:
    made = {name: Collection(one, rows if name == NAME else []) for name, one in resources.resources.items()}
    return store_over(resources, made)


@st.composite
def documents(draw: st.DrawFn) -> Document:
    row: Document = {"id": draw(st.integers(1, 9) | st.sampled_from(["a", "b"]))}
    for name in draw(st.lists(st.sampled_from(FIELDS[:-2]), max_size=6)):
        value = draw(VALUES)
        if name.startswith("box."):
            inner = draw(st.sampled_from([{}, None, [{"width": 2}, {"width": value}]]))
            row["box"] = {name[4:]: value} if inner == {} else inner
        elif name != "owner_id" or isinstance(value, int | str | None):
            row[name] = value
    if draw(st.integers(0, 5)) == 0:
        row["other"] = draw(VALUES)
    return row


@st.composite
def conditions(draw: st.DrawFn, resources: Schema) -> Condition | None:
    path, operator = draw(st.sampled_from(FIELDS)), draw(st.sampled_from(OPERATORS))
    if operator == "isnull":
        return Condition(path, operator, (draw(st.booleans()),))
    several = operator in ("eq", "ne", "in", "nin", *TEXTUAL)
    texts = draw(st.lists(TEXTS, min_size=1, max_size=3 if several else 1))
    if operator == "like" and draw(st.booleans()):
        return Condition(path, operator, (Pattern("a|1"),))
    if operator in TEXTUAL:
        return Condition(path, operator, tuple(texts))
    if operator == "between":
        texts.append(draw(TEXTS))
    try:
        shape = shape_at(resources[NAME], path)
        return Condition(path, operator, tuple(read_value(text, shape.value) for text in texts))
    except Unreadable:
        return None


def only_some(resource: str, document: Document, *_: object) -> bool:
    return document["id"] not in (2, "a")


Asked = tuple[Query, Sees]


@st.composite
def questions(draw: st.DrawFn, resources: Schema) -> Asked:
    found = [one for one in draw(st.lists(conditions(resources), max_size=3)) if one is not None]
    order = draw(st.lists(st.builds(SortKey, st.sampled_from(FIELDS), st.booleans()), max_size=3))
    after_key = draw(st.none() | st.integers(1, 9) | st.sampled_from(["1", "a"]))
    window = Window(draw(st.integers(0, 6)), draw(st.none() | st.integers(0, 4)), after=after_key)
    search = draw(st.sampled_from(["", "", "a", "1", "STRASSE", "none", "b\0a", "true"]))
    return Query(tuple(found), search, tuple(order), window), draw(st.sampled_from([sees_all, sees_all, only_some]))


def ids(page: Page) -> tuple[list[Any], int, int]:
    return [row["id"] for row in page.documents], page.total, page.offset


def check(store: Store, asked: Sequence[Asked]) -> None:
    for query, sees in asked:
        rows = store[NAME]
        assert ids(select(rows, query, sees)) == ids(plainly.select(rows, query, sees)), query
        found = [row["id"] for row in matching(rows, query, sees)]
        assert found == [row["id"] for row in plainly.matching(rows, query, sees)], query


Batch = list[Document | int | str]


def put(store: Store, transaction: Transaction, batch: Batch) -> None:
    """Documents are put, and others are deleted by their ids."""
    resource = store.schema[NAME]
    for one in batch:
        if isinstance(one, dict):
            transaction.put(resource, one)
        elif one in store[NAME].keys:
            transaction.delete(resource, one)


def write(store: Store, batch: Batch) -> None:
    with store.transaction() as transaction:
        put(store, transaction, batch)


class Failure(Exception):
    """What a test lets a transaction die of."""


def fail(store: Store, batch: Batch, asked: Sequence[Asked]) -> None:
    """Writes that are seen until they are taken back."""
    with pytest.raises(Failure), store.transaction() as transaction:  # noqa: PT012
        put(store, transaction, batch)
        check(store, asked)
        raise Failure


batches = st.lists(documents() | st.integers(1, 9) | st.just("a"), min_size=1, max_size=4)
steps = st.lists(
    st.tuples(st.sampled_from(["write", "write", "fail", "fork", "back"]), st.integers(0, 2), batches), max_size=6
)


@settings(max_examples=80)
@given(schemas, st.lists(documents(), max_size=10), steps, st.data())
def test_every_question_is_answered_as_its_plain_meaning_says(
    schema: Callable[[], Schema], rows: list[Document], plan: list[tuple[str, int, Batch]], data: st.DataObject
) -> None:
    resources = schema()
    stores = [store_of(resources, list({row["id"]: row for row in rows}.values()))]
    asked = data.draw(st.lists(questions(resources), min_size=1, max_size=4))
    for what, number, batch in plan:
        store = stores[number % len(stores)]
        if what == "write":
            write(store, batch)
        elif what == "fail":
            fail(store, batch, asked)
        elif what == "fork":
            stores.append(store_over(resources, store.copies()))
        else:
            with store.looking_back(600):
                check(store, asked)
        for one in stores:
            check(one, asked)


@settings(max_examples=60)
@given(schemas, st.lists(documents(), max_size=10), st.lists(batches, min_size=1, max_size=4), st.data())
def test_what_would_be_answered_otherwise_is_not_current(
    schema: Callable[[], Schema], rows: list[Document], plan: list[Batch], data: st.DataObject
) -> None:
    resources = schema()
    store = store_of(resources, list({row["id"]: row for row in rows}.values()))
    asked = data.draw(st.lists(questions(resources), min_size=1, max_size=3))
    noted: list[tuple[Asked, Reads, Page]] = []
    for batch in [[], *plan]:
        write(store, batch)
        for query, sees in asked:
            with store.noting() as reads:
                page = select(store[NAME], query, sees)
            assert reads.is_current
            noted.append(((query, sees), reads, page))
        for (query, sees), reads, page in noted:
            now = plainly.select(store[NAME], query, sees)
            is_same = ids(now) == ids(page) and all(map(is_, now.documents, page.documents))
            assert is_same or not reads.is_current


def row(key: int, **fields: Any) -> Document:
    return {"id": key, "name": f"n{key % 3}", "stock": key % 5, **fields}


def loose(path: str, operator: Operator, *texts: str) -> Condition:
    return Condition(path, operator, tuple(Loose(text) for text in texts))


BY_STOCK = Query((loose("name", "eq", "n1"),), order=(SortKey("stock", descending=True),), window=Window(0, 3))


def warm(store: Store, query: Query) -> Reads:
    """What was read when a question came again."""
    for _ in range(2):
        with store.noting() as reads:
            select(store[NAME], query)
    return reads


@pytest.mark.parametrize(
    "written",
    [2, row(101, name="n1"), row(1, stock=9), row(1, note="rewritten"), row(1, name="other"), row(3, name="n1")],
)
def test_a_view_is_not_current_once_a_document_of_its_own_is_written(written: Document | int) -> None:
    store = store_of(loosened(), [row(key) for key in range(1, 60)])
    write(store, [row(2, name="n1")])
    reads = warm(store, BY_STOCK)
    write(store, [written])
    assert not reads.is_current


@pytest.mark.parametrize("written", [3, row(100, name="other"), row(3, stock=9), row(3, name="other")])
def test_a_view_stays_current_whatever_is_written_beside_it(written: Document | int) -> None:
    store = store_of(loosened(), [row(key) for key in range(1, 60)])
    write(store, [row(200, name="beside")])  # the rows are its own by then
    reads = warm(store, BY_STOCK)
    write(store, [written])
    assert reads.is_current


def test_a_view_that_had_to_go_is_not_current() -> None:
    store = store_of(loosened(), [row(key) for key in range(1, 60)])
    reads = warm(store, BY_STOCK)
    for number in range(View.most):
        warm(store, Query((loose("stock", "gt", str(number)),)))
    assert not reads.is_current


def test_what_is_kept_is_bounded_by_number_and_by_size() -> None:
    rows = Collection(loosened()[NAME], [row(key) for key in range(1, 200)])
    for number in range(2 * View.most):
        for _ in range(2):
            select(
                rows,
                Query(
                    (loose("stock", "gt", str(number)), loose(f"f{number % 40}", "isnull")), "n", window=Window(0, 1)
                ),
            )
            select(rows, Query(order=tuple(SortKey(name) for name in FIELDS[: number % 14])))
    kept = [type(part) for part in Indexes.of(rows).parts]
    assert all(kept.count(kind) <= kind.most for kind in set(kept))
    small = Indexes(Texts(rows.resource), limit_bytes=20_000)
    rows.followers["indexes"] = small
    for number in range(20):
        select(rows, Query((loose("stock", "eq", str(number)),), order=(SortKey(FIELDS[number % 13]),)))
        assert small.size_bytes <= 20_000


@given(st.sets(st.integers(0, 4000), max_size=1500), st.lists(st.integers(0, 4000), max_size=60), st.data())
@settings(max_examples=60)
def test_a_ranking_is_a_sorted_list(numbers: set[int], changed: list[int], data: st.DataObject) -> None:
    held = {(one, str(one)) for one in numbers | set(range(0, 4000, data.draw(st.integers(2, 9))))}
    original = Ranking(sorted(held))
    ranking, before = original.copy(), sorted(held)
    for number in changed:
        entry = (number, str(number))
        (ranking.remove if entry in held else ranking.add)(entry)
        held ^= {entry}
    expected = sorted(held)
    start, end = data.draw(st.integers(0, 2500)), data.draw(st.none() | st.integers(0, 2500))
    assert ranking.between(start, end) == expected[start:end]
    assert list(ranking) == expected
    assert list(ranking.since((start,))) == [entry for entry in expected if entry >= (start,)]
    assert ranking.place((start,)) == sum(entry < (start,) for entry in expected)
    assert list(original) == before
    for entry in before[::7]:
        original.remove(entry)
    assert list(ranking) == expected
    assert len(original) == len(list(original))


def test_the_status_says_what_is_kept() -> None:
    service = assemble(DEFINITION)
    assert service.status()["indexes"] == {"fields": 0, "orders": 0, "views": 0, "bytes": 0}
    write(service.sandbox.store, [row(key) for key in range(1, 60)])
    warm(service.sandbox.store, Query((Condition("name", "eq", ("n1",)),), order=(SortKey("stock"),)))
    kept = service.status()["indexes"]
    assert isinstance(kept, dict)
    assert (kept["fields"], kept["orders"], kept["views"]) == (1, 1, 1)
    assert isinstance(kept["bytes"], int)
    assert 59 * 150 < kept["bytes"] < 59 * 400


ROWS = 30_000


def test_a_question_that_came_before_takes_no_longer_for_more_documents() -> None:
    def cost(count: int) -> float:
        rows = Collection(loosened()[NAME], [row(key) for key in range(1, count + 1)])
        for _ in range(2):
            select(rows, BY_STOCK)

        def once() -> float:
            started = thread_time()
            select(rows, BY_STOCK)
            return thread_time() - started

        return min(once() for _ in range(50))

    assert cost(ROWS) < 5 * cost(300)


@pytest.mark.parametrize(
    ("condition", "order"),
    [
        (loose("id", "gt", "15000"), (SortKey("stock"), SortKey("id"))),
        (loose("stock", "eq", "4"), (SortKey("stock"),)),
        (loose("stock", "ne", "4"), (SortKey("stock", descending=True), SortKey("name"))),
    ],
)
def test_where_condition_and_order_are_known_not_all_documents_are_looked_at(
    condition: Condition, order: tuple[SortKey, ...]
) -> None:
    rows = Collection(loosened()[NAME], [row(key) for key in range(1, ROWS + 1)])

    def cost(answer: Callable[[Collection, Question], object]) -> float:
        started = thread_time()
        answer(rows, Question((condition,), "", sees_all, order))
        return thread_time() - started

    plain_s = cost(lambda rows, asked: plainly.select(rows, Query(tuple(asked.conditions), order=asked.order)))
    known_s = min(cost(lambda rows, asked: Plan(rows, asked).window(0, 10)) for _ in range(5))
    assert known_s < plain_s / 10
