"""What is kept in readiness catches up when it is read, stays within its bounds, and never says what is not so."""

from collections.abc import Callable
from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.generation.schema import Schema
from mockserver.messages import Document
from mockserver.query.condition import Texts
from mockserver.query.index.indexes import Indexes
from mockserver.query.index.sorting import Sorting
from mockserver.query.index.view import View
from mockserver.query.query import Condition, Operator, Query, SortKey, Window
from mockserver.query.select import select
from mockserver.store.store import Store
from tests.query import plainly
from tests.query.test_select import BY_STOCK, NAME, declared, ids, loose, loosened, row, store_of, warm, write

FORGOTTEN = 1001
"""So many writes lie behind no longer."""


def same(store: Store, query: Query) -> bool:
    return ids(select(store[NAME], query)) == ids(plainly.select(store[NAME], query))


def keeping(store: Store, limit_bytes: int) -> Indexes:
    """What is kept of the rows from now on, in so much room."""
    kept = store[NAME].followers["indexes"] = Indexes(Texts(store.schema[NAME]), limit_bytes)
    assert isinstance(kept, Indexes)
    return kept


def stocked(count: int = 60) -> Store:
    """A store whose rows are nobody else's."""
    store = store_of(loosened(), [row(key) for key in range(1, count)])
    write(store, [row(1)])
    write(store, [row(count)])
    return store


@pytest.mark.parametrize("schema", [declared, loosened])
def test_a_document_is_counted_once_whatever_many_of_its_texts_begin_alike(schema: Callable[[], Schema]) -> None:
    store = store_of(schema(), [{"id": key, "tags": ["a", "ab"] if key % 2 else ["b"]} for key in range(1, 40)])
    query = Query((Condition("tags", "startswith", ("a",)),), window=Window(0, 3))
    assert select(store[NAME], query).total == 20
    assert same(store, query)


def test_a_view_of_two_conditions_on_references_takes_in_what_both_hold_for() -> None:
    store = store_of(loosened(), [{"id": key, "owner_id": 1} for key in range(1, 5)])
    query = Query((loose("owner_id", "eq", "1"), loose("owner_id", "in", "1.0")))
    warm(store, query)
    write(store, [{"id": 10, "owner_id": 1}])
    assert select(store[NAME], query).total == 5
    assert same(store, query)


def test_what_is_too_large_to_be_kept_is_current_until_anything_is_written() -> None:
    store = stocked()
    keeping(store, 600)
    reads = warm(store, BY_STOCK)
    assert reads.is_current
    write(store, [row(100, name="n1")])
    assert not reads.is_current


def test_what_outgrows_its_bounds_by_writes_goes() -> None:
    store = stocked()
    kept = keeping(store, 60_000)
    for key in range(100, 400):
        write(store, [row(key, name="n1", tags=[f"{key}-{number}" for number in range(5)])])
        reads = warm(store, BY_STOCK)
        assert reads.is_current
        assert same(store, Query((loose("tags", "eq", f"{key}-1"),), "n1", order=(SortKey("tags"),)))
        assert kept.size_bytes == sum(part.size_bytes for part in kept.parts) <= 60_000
    write(store, list(range(100, 400)))
    assert same(store, BY_STOCK)
    assert kept.size_bytes == sum(part.size_bytes for part in kept.parts)


def test_a_view_has_all_its_entries_to_itself_once_the_order_they_are_of_is_dropped() -> None:
    store = stocked()
    kept = Indexes.of(store[NAME])
    warm(store, BY_STOCK)
    view = next(part for part in kept.parts if isinstance(part, View))
    before = view.size_bytes
    for number in range(Sorting.most):
        select(store[NAME], Query(order=(SortKey(f"f{number}"),)))
    assert view.size_bytes > 2 * before
    assert kept.size_bytes == sum(part.size_bytes for part in kept.parts)


def test_what_is_not_read_for_long_is_forgotten_and_what_is_read_goes_on() -> None:
    store = stocked()
    old, kept = warm(store, BY_STOCK), Indexes.of(store[NAME])
    often = Query((loose("stock", "gte", "3"),), order=(SortKey("name"),))
    warm(store, often)
    view = kept.parts[-1]
    for number in range(FORGOTTEN):
        write(store, [row(number % 70 + 1, stock=number % 7, note=number)])
        if not number % 500:
            assert same(store, often)
    assert kept.parts == [view]
    assert not old.is_current
    assert same(store, BY_STOCK)
    assert same(store, often)


def test_two_that_share_what_is_kept_catch_up_apart() -> None:
    store = stocked()
    warm(store, BY_STOCK)
    write(store, [row(4, stock=9), row(7, name="other")])
    saved = store.copies()
    write(store, [row(10, stock=8)])
    other = store_of(loosened(), [])
    other.begin(saved)
    write(other, [row(13, stock=7), 16])
    for one in (other, store, other):
        assert same(one, BY_STOCK)
        write(one, [row(19, stock=len(one[NAME]) % 9)])


def test_a_write_takes_no_longer_for_all_that_is_kept() -> None:
    def cost(store: Store) -> float:
        def once(key: int) -> float:
            document: Document = row(key)
            started = thread_time()
            write(store, [document])
            return thread_time() - started

        return min(once(key) for key in range(1000, 1200))

    bare, full = stocked(), stocked()
    for number in range(View.most):
        warm(full, Query((loose("stock", "lte", str(number + 9)),), order=(SortKey(f"f{number % 8}"),)))
    assert len(Indexes.of(full[NAME]).parts) > View.most
    assert cost(full) < 3 * cost(bare)


FIELDS = st.fixed_dictionaries({
    "state": st.sampled_from(["open", "closed", None, ["open", "x"]]),
    "stock": st.one_of(st.integers(-3, 9), st.sampled_from([None, "5", "n", True, 2.5, [1, 7]])),
    "name": st.sampled_from("abc"),
})  # fmt: skip
RANGE_OPERATORS = st.sampled_from(["gt", "gte", "lt", "lte", "between"])


@given(
    st.lists(FIELDS, min_size=30, max_size=60),
    st.lists(
        st.tuples(RANGE_OPERATORS, st.integers(-4, 10), st.integers(-4, 10), st.integers(1, 70), FIELDS), max_size=12
    ),
)
def test_a_range_beside_conditions_that_come_again_is_known_among_those_they_hold_for(
    rows: list[Document], told: list[tuple[Operator, int, int, int, Document]]
) -> None:
    store = store_of(loosened(), [{"id": key, **fields} for key, fields in enumerate(rows, 1)])
    for operator, low, high, key, fields in told:
        texts = [str(low), str(high)] if operator == "between" else [str(low)]
        conditions = (loose("state", "eq", "open"), loose("stock", operator, *texts), loose("name", "ne", "c"))
        for order in ((), (SortKey("stock", descending=True), SortKey("name"))):
            for window in (Window(0, 2), Window(1, 5), Window()):
                assert same(store, Query(conditions, order=order, window=window))
        write(store, [{"id": key, **fields}])


def test_a_new_range_beside_another_condition_looks_at_few_documents() -> None:
    def cost(count: int) -> float:
        rows: list[Document] = [{"id": key, "state": "ab"[key % 2], "stock": key * 7 % count} for key in range(count)]
        store = store_of(loosened(), rows)

        def once(low: int) -> float:
            query = Query(
                (loose("state", "eq", "a"), loose("stock", "gte", str(low))), order=BY_STOCK.order, window=Window(0, 5)
            )
            began = thread_time()
            select(store[NAME], query)
            return thread_time() - began

        return min(once(low) for low in range(40))

    assert cost(20_000) < 5 * cost(500)
