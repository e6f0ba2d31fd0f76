"""Looking back: after any writes, what is read is what could be read then, or as long ago as is known."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.messages import Json
from mockserver.store.ring import KEPT, KEPT_S
from mockserver.store.store import Store
from tests.store.stocked import Stock, shown
from tests.store.test_laws import Write, run, writes

steps = st.lists(
    st.one_of(
        st.lists(writes, min_size=1, max_size=4),
        # Eighths of seconds add up exactly.
        st.integers(0, 40).map(lambda eighths: eighths / 8),
        st.sampled_from(["news", "tags.extra"]),
    ),
    max_size=16,
)
Step = list[Write] | float | str


def seen(store: Store) -> dict[str, Any]:
    """All that can be read, with versions and the cursor."""
    names = store.schema.resources
    return {
        **shown(store),
        "at": store.feed.at,
        "versions": {name: {key: store[name].version_of(key) for key in range(60)} for name in names},
    }


def play(stock: Stock, step: Step) -> None:
    if isinstance(step, str):
        stock.service.publish(step, 1)
    elif isinstance(step, float):
        stock.advance(step)
    else:
        run(stock.store, step)


@settings(max_examples=80)
@given(steps, st.data())
def test_what_is_read_is_what_a_copy_taken_then_says(plan: list[Step], data: st.DataObject) -> None:
    stock = Stock()
    elapsed = stock.service.sandbox.clock.elapsed
    taken = [(elapsed(), seen(stock.store))]
    for step in plan:
        play(stock, step)
        taken.append((elapsed(), seen(stock.store)))
    now = seen(stock.store)
    for ago_s in data.draw(st.lists(st.integers(0, 400).map(lambda eighths: eighths / 8), min_size=1, max_size=4)):
        then_s = elapsed() - ago_s
        expected = next((one for moment_s, one in reversed(taken) if moment_s <= then_s), taken[0][1])
        with stock.store.looking_back(ago_s):
            assert seen(stock.store) == expected
        assert seen(stock.store) == now


def test_what_has_not_changed_since_is_shared(stock: Stock) -> None:
    stock.put("tags", id=1, name="other")
    people = stock.store["people"]
    stock.advance(1)
    stock.put("tags", id=2, name="another")
    with stock.store.looking_back(1):
        assert stock.store["people"] is people
        assert [stock.row("tags", key)["name"] for key in (1, 2)] == ["other", "tag2"]


@pytest.fixture
def stock() -> Stock:
    return Stock()


def test_no_more_is_known_than_since_the_feed_began(stock: Stock) -> None:
    stock.put("tags", id=1, name="before")
    stock.advance(5)
    stock.service.reset(["feed"])
    stock.put("tags", id=1, name="after")
    with stock.store.looking_back(60):
        assert stock.row("tags", 1)["name"] == "before"
        assert stock.store.feed.at.endswith(".0")


def test_no_more_is_known_than_what_is_held(stock: Stock) -> None:
    stock.put("tags", id=1, name="oldest")
    at = stock.store.feed.at
    stock.advance(1)
    for number in range(KEPT):
        stock.put("tags", id=1, name=f"{number}")
    stock.put("teams", id=1, name="sky")
    with stock.store.looking_back(60):
        assert stock.row("tags", 1)["name"] == "oldest"
        assert stock.store.feed.at == at
        assert stock.row("teams", 1)["title"] != "SKY"
    stock.put("tags", id=1, name="newest")
    with stock.store.looking_back(60):
        assert stock.row("tags", 1)["name"] == "0", "one more was held no longer"
    stock.advance(KEPT_S)
    with stock.store.looking_back(2 * KEPT_S):
        assert stock.row("tags", 1)["name"] == "newest"


def test_all_collections_are_seen_as_they_were_at_one_time(stock: Stock) -> None:
    stock.put("teams", id=1, name="sky")
    for number in range(KEPT + 1):
        stock.put("tags", id=1, name=f"{number}")
    with stock.store.looking_back(60):
        assert stock.row("tags", 1)["name"] == "0", "the one before is held no longer"
        assert stock.row("teams", 1)["name"] == "sky", "and that was after this"


def test_a_batch_is_never_seen_in_part(stock: Stock) -> None:
    with stock.store.transaction() as transaction:
        for number in range(KEPT + 10):
            transaction.put(stock.store.schema["tags"], {"id": number + 100, "name": "x"})
        transaction.put(stock.store.schema["teams"], {**stock.row("teams", 1), "name": "sky"})
    with stock.store.looking_back(60):
        assert len(stock.store["tags"]) == KEPT + 14
        assert stock.row("teams", 1)["name"] == "sky"


def test_whoever_writes_is_in_the_present(stock: Stock) -> None:
    stock.put("tags", id=1, name="before")
    stock.advance(1)
    stock.put("tags", id=1, name="now")
    with stock.store.looking_back(1):
        assert stock.row("tags", 1)["name"] == "before"
        stock.put("tags", id=2, name="written")
        assert [stock.row("tags", key)["name"] for key in (1, 2)] == ["now", "written"]
        at = stock.store.feed.at
    assert stock.store.feed.at == at
    assert stock.store.feed.place.offset == 3


def test_who_writes_after_that_need_copy_nothing(stock: Stock) -> None:
    stock.put("tags", id=1, name="before")
    rows = stock.store["tags"].keys
    with stock.store.looking_back(1):
        assert stock.row("tags", 1)["name"] == "tag1"
    stock.put("tags", id=1, name="after")
    assert stock.store["tags"].keys is rows


@pytest.mark.parametrize("seconds", [0, 1e-9, 1e9, float("inf")])
def test_any_time_may_be_looked_back(stock: Stock, seconds: float) -> None:
    stock.put("tags", id=1, name="now")
    wanted: Json = "now" if seconds == 0 else "tag1"
    with stock.store.looking_back(seconds):
        assert stock.row("tags", 1)["name"] == wanted
    assert stock.row("tags", 1)["name"] == "now"


def test_what_is_raised_in_it_ends_it(stock: Stock) -> None:
    stock.put("tags", id=1, name="now")
    with pytest.raises(ZeroDivisionError), stock.store.looking_back(1):
        raise ZeroDivisionError
    assert stock.row("tags", 1)["name"] == "now"
    assert stock.store.feed.at.endswith(".1")
