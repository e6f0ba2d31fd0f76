"""What was read is known to be true or not: never current when reading it again gives something else."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.store.store import Store
from tests.store.stocked import Stock
from tests.store.test_laws import Write, run, writes

Read = Callable[[Store], Any]
READS: dict[str, Callable[[Any], Read]] = {
    "document": lambda key: lambda store: store.find("people", key),
    "its text": lambda key: lambda store: store.find("people", str(key)),
    "version": lambda key: lambda store: (store["people"].version_of(key), store["people"].get(key)),
    "when it was written": lambda key: lambda store: (store["people"].modified(key), store["people"].get(key)),
    "buried": lambda key: lambda store: store["people"].buried(key),
    "whether it is known": lambda key: lambda store: (store["people"].knows(key), key in store["people"]),
    "count": lambda _: lambda store: len(store["tasks"]),
    "all": lambda _: lambda store: list(store["tasks"]),
    "ids": lambda _: lambda store: list(store["tasks"].keys),
    "front": lambda key: lambda store: store["tasks"].front(key, 3),
    "among": lambda key: lambda store: store["tasks"].among([key, str(key + 1)]),
    "referring": lambda key: lambda store: store["tasks"].referring("owner_id", key),
    "holder": lambda key: lambda store: store["people"].holder("name", f"P{key}"),
    "what is computed": lambda key: lambda store: store.find("tasks", key),
}
reads = st.lists(st.tuples(st.sampled_from([*READS]), st.integers(1, 30)), min_size=1, max_size=4)
batches = st.lists(st.lists(writes, min_size=1, max_size=3), max_size=4)


@settings(max_examples=150)
@given(batches, reads, batches)
def test_what_is_read_otherwise_is_not_current(
    first: list[list[Write]], asked: list[tuple[str, int]], then: list[list[Write]]
) -> None:
    stock = Stock()
    for batch in first:
        run(stock.store, batch)
    wanted = [READS[name](key) for name, key in asked]
    with stock.store.noting() as noted:
        before = [read(stock.store) for read in wanted]
    assert noted.is_current
    for batch in then:
        run(stock.store, batch)
        if [read(stock.store) for read in wanted] != before:
            assert not noted.is_current


@pytest.fixture
def stock() -> Stock:
    return Stock()


def test_a_document_stays_current_whatever_is_written_beside_it(stock: Stock) -> None:
    with stock.store.noting() as noted:
        stock.row("tags", 1)
    stock.put("tags", id=2, name="other")
    stock.put("tags", id=9, name="new")
    assert noted.is_current
    stock.put("tags", id=1, name="other")
    assert not noted.is_current


def test_a_list_is_current_until_anything_of_it_is_written(stock: Stock) -> None:
    with stock.store.noting() as noted:
        stock.ids("tags")
    stock.put("people", id=1, name="X")
    assert noted.is_current
    stock.put("tags", id=9, name="new")
    assert not noted.is_current


def test_what_was_taken_back_is_current_again_for_a_document(stock: Stock) -> None:
    with stock.store.noting() as noted:
        stock.row("tags", 1)
    with pytest.raises(ZeroDivisionError), stock.store.transaction() as transaction:  # noqa: PT012
        transaction.put(stock.store.schema["tags"], {"id": 1, "name": "other"})
        assert not noted.is_current
        raise ZeroDivisionError
    assert noted.is_current


def test_what_was_read_in_a_write_that_was_taken_back_is_not_current(stock: Stock) -> None:
    with stock.store.noting() as noted, pytest.raises(ZeroDivisionError), stock.store.transaction() as transaction:  # noqa: PT012
        transaction.put(stock.store.schema["tags"], {"id": 1, "name": "other"})
        stock.row("tags", 1)
        raise ZeroDivisionError
    assert not noted.is_current


def test_what_was_read_before_and_after_a_write_meanwhile_is_not_current(stock: Stock) -> None:
    with stock.store.noting() as noted:
        stock.row("tags", 1)
        stock.put("tags", id=1, name="other")
        stock.row("tags", 1)
    assert not noted.is_current


def test_a_document_that_was_deleted_and_brought_back_is_another(stock: Stock) -> None:
    before = stock.row("people", 1)
    with stock.store.noting() as noted:
        stock.row("people", 1)
    stock.delete("people", 1)
    stock.put("people", **before)
    assert stock.row("people", 1)["id"] == 1
    assert not noted.is_current


@pytest.mark.parametrize(
    "replace",
    [
        lambda stock: stock.service.reset(["data"]),
        lambda stock: stock.service.restore("saved"),
        lambda stock: stock.store.adopt(stock.store["people"]),
        lambda stock: stock.store.end(),
    ],
)
def test_nothing_is_current_once_collections_were_put_in_the_place_of_others(
    stock: Stock, replace: Callable[[Stock], object]
) -> None:
    stock.service.save("saved")
    with stock.store.noting() as noted:
        stock.row("tags", 1)
    replace(stock)
    assert not noted.is_current


def test_what_is_read_of_the_past_is_never_current(stock: Stock) -> None:
    stock.put("tags", id=1, name="other")
    with stock.store.noting() as noted, stock.store.looking_back(1):
        stock.row("tags", 2)
    assert not noted.is_current


def test_nothing_is_noted_outside_and_nobody_notes_within_anothers(stock: Stock) -> None:
    with stock.store.noting() as noted, pytest.raises(RuntimeError, match="already"), stock.store.noting():
        pass
    stock.ids("tags")
    stock.put("tags", id=9, name="new")
    assert noted.is_current
