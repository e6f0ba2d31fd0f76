"""What holds for every place a feed can be kept in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.store.database.database import Database
from mockserver.store.feed import Backend, Feed, backends
from tests.store.stocked import NOW, Stock, picture


@pytest.fixture(params=backends.names())
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """One of each; those that take a database have one."""
    if request.param == "memory":
        yield backends.get("memory")()
        return
    database = Database(tmp_path / "data.json")
    made: Any = backends.get(request.param)
    kept = made(database)
    kept.start(anew=True)
    yield kept
    database.close()


def test_it_takes_what_happens_and_what_takes_its_place(backend: Backend) -> None:
    stock = Stock()
    stock.put("people", id=3, name="Ada")
    changes = [event.content for event in stock.store.feed.held(stock.store.feed.start, "people")]
    feed = Feed(backend, lambda: 0.0)
    feed.append(changes, NOW)  # type: ignore[arg-type]
    with backend.replacing(), backend.replacing():
        feed.append(changes, NOW)  # type: ignore[arg-type]
    feed.append(changes, NOW)  # type: ignore[arg-type]
    assert feed.place.offset == 3 * len(changes)


def test_whoever_replaces_may_fail(backend: Backend) -> None:
    stock = Stock()
    before = picture(stock.store)
    with pytest.raises(KeyError), backend.replacing():
        raise KeyError
    backend.append([], NOW)
    assert picture(stock.store) == before
