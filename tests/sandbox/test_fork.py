"""What a sandbox costs: next to nothing until it writes, however many rows there are."""

import gc
import tracemalloc
from collections.abc import Callable
from functools import lru_cache
from time import perf_counter

from mockserver.definitions.source import parse_source
from mockserver.messages import Document
from mockserver.sandbox.sandbox import Sandbox
from mockserver.sandbox.seeded import Seeded
from mockserver.server.assemble import AssembledService, prepare
from tests.client import direct

TEXT = """
mock: 1
resources:
  zoos: {count: 3, fields: {id: {seq: 1}, name: {seq: "Z{n}"}}}
  animals: {count: 1, fields: {id: {seq: 1}, zoo_id: {ref: zoos}, name: {seq: "A{n}"}}}
"""
PREPARED = prepare(parse_source(TEXT, "fork.yaml"))
ROWS = 100_000


@lru_cache
def seeded(count: int) -> Seeded:
    rows: list[Document] = [{"id": key, "zoo_id": key % 3 + 1, "name": f"A{key}"} for key in range(1, count + 1)]
    return PREPARED.seeded.varied({**PREPARED.rows, "animals": rows})


def fastest_s(work: Callable[[], object], times: int = 10) -> float:
    """The best of some times, which is what it takes when nothing else runs."""

    def once() -> float:
        started = perf_counter()
        work()
        return perf_counter() - started

    return min(once() for _ in range(times))


def test_a_fork_of_many_rows_takes_a_millisecond_and_100_kb_at_most() -> None:
    state = seeded(ROWS)
    assert fastest_s(lambda: Sandbox(state, "w1")) < 0.001
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        fork = Sandbox(state, "w2")
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(fork.store["animals"]) == ROWS
    assert after - before < 100_000


def test_so_does_all_that_answers_from_it() -> None:
    service = AssembledService(PREPARED)
    names = iter(range(1000))
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        service.enter("w")
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert after - before < 100_000
    assert fastest_s(lambda: service.enter(f"w{next(names)}")) < 0.001


def test_the_first_write_copies_one_collection_and_the_next_ones_nothing() -> None:
    fork = Sandbox(seeded(ROWS), "w1")

    def write(key: int) -> int:
        tracemalloc.start()
        try:
            with fork.store.transaction() as transaction:
                transaction.put(fork.store.schema["animals"], {"id": key, "zoo_id": 1, "name": "other"})
            _, peak = tracemalloc.get_traced_memory()
            return peak
        finally:
            tracemalloc.stop()

    assert write(1) > 1_000_000
    assert write(2) < 10_000
    assert fork.store["zoos"].keys is seeded(ROWS).pristine["zoos"].keys
    assert seeded(ROWS).pristine["animals"].get(1) == {"id": 1, "zoo_id": 2, "name": "A1"}


def test_a_reset_takes_50_ms_at_most_for_5000_rows() -> None:
    fork = Sandbox(seeded(5000), "w1")

    def write_and_reset() -> None:
        with fork.store.transaction() as transaction:
            transaction.put(fork.store.schema["animals"], {"id": 1, "zoo_id": 1, "name": "other"})
        fork.reset([])

    assert fastest_s(write_and_reset) < 0.05
    assert fork.store["animals"].get(1) == {"id": 1, "zoo_id": 2, "name": "A1"}


def test_256_sandboxes_hold_their_own_writes_and_nobody_elses() -> None:
    service = AssembledService(PREPARED)
    for number in range(256):
        made = direct(service.enter(f"w{number}")).post("/zoos", {"name": f"of {number}"})
        assert made.json == {"id": 4, "name": f"of {number}"}
    for number in range(256):
        assert direct(service.enter(f"w{number}")).get("/zoos/4").json["name"] == f"of {number}"
    assert direct(service.default).get("/zoos/4").status == 404
    assert len(service.instances()) == 257


def test_other_rows_of_the_same_definition_share_what_is_the_same() -> None:
    varied = PREPARED.seeded.varied({**PREPARED.rows, "animals": []})
    assert varied.pristine["zoos"] is PREPARED.seeded.pristine["zoos"]
    assert len(varied.pristine["animals"]) == 0
    assert varied.schema is PREPARED.seeded.schema
