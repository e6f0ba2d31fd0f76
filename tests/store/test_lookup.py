"""Lookups hold what documents hold, and nothing once those have left."""

import tracemalloc

from mockserver.messages import Document
from mockserver.store.lookup import Lookup
from tests.store.stocked import Stock

CLEARING = """
resources:
  tags: {count: 2, fields: {id: {seq: 1}}}
  tasks: {count: 1, fields: {id: {seq: 1}, tag_ids: {refs: tags, items: [0, 3]}}}
"""


def test_nothing_is_left_of_what_was_referred_to() -> None:
    lookup = Lookup()
    assert not lookup.referring("owner_id", 1, {})

    def come_and_go(first: int) -> int:
        for key in range(first, first + 2000):
            row: Document = {"id": key, "owner_id": [key, key, key + 1]}
            lookup.remember(key, row)
            assert [*lookup.referring("owner_id", str(key), {})] == [key]
            lookup.forget(key, row)
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = come_and_go(1)
        assert come_and_go(10_000) < before + 20_000
    finally:
        tracemalloc.stop()


def test_a_reference_in_a_list_is_cleared_however_its_id_is_written() -> None:
    stock = Stock(CLEARING)
    stock.put("tasks", id=1, tag_ids=["1", 2, 1])
    stock.delete("tags", 1)
    assert stock.row("tasks", 1)["tag_ids"] == [2]
