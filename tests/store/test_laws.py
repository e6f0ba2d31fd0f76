"""A store under any sequence of writes: indexes equal a scan, what fails changes nothing, the feed replays it all."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.errors import Conflict
from mockserver.messages import Document
from mockserver.store.store import Store, Transaction
from tests.store.stocked import Stock, picture, scan
from tests.told import told

people = st.none() | st.integers(1, 8)
writes = st.one_of(
    st.tuples(st.just("teams"), st.integers(1, 5), st.fixed_dictionaries({"name": st.sampled_from(["red", "sky"])})),
    st.tuples(
        st.just("people"),
        st.integers(1, 12),
        st.fixed_dictionaries({}, optional={"team_id": st.none() | st.integers(1, 3), "boss_id": people}),
    ),
    st.tuples(
        st.just("tasks"),
        st.integers(1, 30),
        st.fixed_dictionaries(
            {}, optional={"owner_id": people, "keeper_id": people, "tag_ids": st.lists(st.integers(1, 4), max_size=3)}
        ),
    ),
    st.tuples(st.sampled_from(["teams", "people", "tasks", "tags"]), st.integers(1, 30), st.none()),
)
Write = tuple[str, int, dict[str, Any] | None]


class Failure(Exception):
    """What a test lets a transaction die of."""


def apply(transaction: Transaction, store: Store, write: Write) -> None:
    """One write; a reference to a row that is not there is left out, and a delete of none does nothing."""
    resource, key, fields = write
    declared = store.schema[resource]
    if fields is None:
        if key in store[resource]:
            transaction.delete(declared, key)
        return
    row = store.find(resource, key) or {**dict.fromkeys(declared.attributes), "id": key}
    if resource == "tasks" and row["tag_ids"] is None:
        row = {**row, "tag_ids": []}
    if resource == "people" and row["name"] is None:
        row = {**row, "name": f"N{key}"}
    good = {name: value for name, value in fields.items() if leads(store, resource, name, value)}
    transaction.put(declared, {**row, **good})


def leads(store: Store, resource: str, field: str, value: Any) -> bool:
    reference = store.schema[resource].attributes[field].reference
    held = value if isinstance(value, list) else [value]
    return reference is None or all(key is None or key in store[reference.target] for key in held)


def run(store: Store, batch: list[Write]) -> bool:
    """A batch as one transaction; whether it happened."""
    try:
        with store.transaction() as transaction:
            for write in batch:
                apply(transaction, store, write)
    except Conflict:
        return False
    return True


batches = st.lists(st.lists(writes, max_size=4), max_size=8)


@settings(max_examples=60)
@given(batches)
def test_indexes_equal_a_scan(plan: list[list[Write]]) -> None:
    store = Stock().store
    store["tasks"].referring("owner_id", 1)  # made before the writes; the others are made after them
    for batch in plan:
        run(store, batch)
    for name, resource in store.schema.resources.items():
        for field, attribute in resource.attributes.items():
            if attribute.reference is not None:
                for target in range(1, 13):
                    assert store[name].referring(field, target) == scan(store, name, field, target)
    for row in store["people"]:
        assert store["people"].holder("name", row["name"]) == row["id"]


@settings(max_examples=60)
@given(batches, st.lists(writes, min_size=1, max_size=5))
def test_a_transaction_that_raises_changes_nothing(plan: list[list[Write]], last: list[Write]) -> None:
    store = Stock().store
    for batch in plan:
        run(store, batch)
    before, versions = deepcopy(picture(store)), {name: store[name].version for name in store.schema.resources}
    try:
        with store.transaction() as transaction:
            for write in last:
                apply(transaction, store, write)
            raise Failure
    except (Failure, Conflict):
        pass
    assert picture(store) == before
    assert all(store[name].version >= version for name, version in versions.items())


@settings(max_examples=60)
@given(batches)
def test_no_reference_dangles_and_every_computed_field_is_true(plan: list[list[Write]]) -> None:
    store = Stock().store
    for batch in plan:
        run(store, batch)
    for name, resource in store.schema.resources.items():
        for row in store[name]:
            assert store.derivation.computed(resource, row) == row
            for field, attribute in resource.attributes.items():
                if attribute.reference is not None:
                    assert leads(store, name, field, row[field]), (name, field, row)


@settings(max_examples=60)
@given(batches)
def test_the_feed_replayed_over_the_seed_gives_the_store(plan: list[list[Write]]) -> None:
    stock = Stock()
    store = stock.store
    replica: dict[str, dict[Any, Document]] = {
        name: {row["id"]: dict(row) for row in store[name]} for name in store.schema.resources
    }
    for batch in plan:
        run(store, batch)
    events = told(store.feed)
    assert [int(event.cursor.split(".")[1]) for event in events] == list(range(1, len(events) + 1))
    for event in events:
        change = event.change
        assert replica[change.resource].get(change.key) == change.before
        if change.document is None:
            del replica[change.resource][change.key]
        else:
            replica[change.resource][change.key] = change.document
    assert replica == {name: {row["id"]: row for row in store[name]} for name in store.schema.resources}


@settings(max_examples=60)
@given(batches)
def test_versions_grow_with_every_change_and_stand_still_without_one(plan: list[list[Write]]) -> None:
    store = Stock().store
    for batch in plan:
        before = {name: store[name].version for name in store.schema.resources}
        at = store.feed.at
        happened = run(store, batch)
        moved = {name for name, version in before.items() if store[name].version > version}
        changed = {event.change.resource for event in told(store.feed) if is_after(event.cursor, at)}
        assert changed <= moved
        if happened:
            assert moved == changed
        assert all(store[name].version >= version for name, version in before.items())


def is_after(cursor: str, at: str) -> bool:
    return int(cursor.split(".")[1]) > int(at.split(".")[1])


@pytest.mark.parametrize("cause", [KeyboardInterrupt, ZeroDivisionError, Failure])
def test_whatever_ends_a_transaction_undoes_it(cause: type[BaseException]) -> None:
    store = Stock().store
    before = deepcopy(picture(store))
    with pytest.raises(cause), store.transaction() as transaction:  # noqa: PT012
        transaction.delete(store.schema["people"], 8)
        raise cause
    assert picture(store) == before
