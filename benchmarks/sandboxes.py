"""What sandboxes cost: Markdown tables, for `RESULTS.md`. `taskset -c 0 python -m benchmarks.sandboxes`.

No sockets: a sandbox with all that answers from it, forked, written to and put back. Times are medians of 20; memory is
what Python has taken for it, counted by tracemalloc.
"""

import gc
import statistics
import tracemalloc
from collections.abc import Callable
from time import perf_counter
from typing import Any

import orjson

from benchmarks.start import describe_machine
from mockserver.definitions.source import parse_source
from mockserver.messages import Request
from mockserver.sandbox.sandbox import Sandbox
from mockserver.server.assemble import AssembledInstance, AssembledService, Prepared, prepare

RUNS = 20
DEFINITION = """
mock: 1
resources:
  owners: {{count: 1000, fields: {{id: {{seq: 1}}, name: {{seq: "O{{n}}"}}}}}}
  things:
    count: {count}
    fields:
      id: {{seq: 1}}
      name: {{seq: "T{{n}}", unique: true}}
      owner_id: {{ref: owners}}
      price: {{int: [1, 900]}}
"""


def prepared(count: int) -> Prepared:
    made = prepare(parse_source(DEFINITION.format(count=count), "bench.yaml"))
    # As they are after the first searches of anybody.
    made.seeded.pristine["things"].referring("owner_id", 1)
    made.seeded.pristine["things"].holder("name", "T1")
    return made


def write(sandbox: Sandbox, key: int = 7) -> None:
    things = sandbox.store["things"]
    with sandbox.store.transaction() as transaction:
        transaction.put(things.resource, {**things.keys[key], "owner_id": key % 5 + 1})


def median_ms(work: Callable[[Any], object], begin: Callable[[], Any]) -> float:
    """How long something takes each time after a beginning that is not counted."""

    def once() -> float:
        state = begin()
        started = perf_counter()
        work(state)
        return perf_counter() - started

    return statistics.median(once() for _ in range(RUNS)) * 1000


def size_bytes(work: Callable[[], object]) -> int:
    """What is held by what comes of it."""
    gc.collect()
    tracemalloc.start()
    kept = work()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return taken


def written(made: Prepared) -> AssembledInstance:
    instance = AssembledInstance(made, "w1")
    write(instance.sandbox)
    return instance


def table_of_one(few: Prepared, many: Prepared) -> None:
    print("| one sandbox | 5,000 rows | 100,000 rows |\n|---|---|---|")

    def row(what: str, figure: Callable[[Prepared], str]) -> None:
        print(f"| {what} | {figure(few)} | {figure(many)} |")

    def nothing() -> None: ...

    row("forked, ms", lambda made: f"{median_ms(lambda _: AssembledInstance(made, 'w'), nothing):.3f}")
    row("forked, KB", lambda made: f"{size_bytes(lambda: AssembledInstance(made, 'w')) / 1000:.1f}")
    row("first write, ms", lambda made: f"{median_ms(write, lambda: Sandbox(made.seeded)):.3f}")
    row("first write, KB", lambda made: f"{_first_write_bytes(made) / 1000:,.0f}")
    row("second write, ms", lambda made: f"{median_ms(write_again, lambda: written(made).sandbox):.3f}")
    row("reset after a write, ms", lambda made: f"{median_ms(lambda one: one.reset([]), lambda: written(made)):.3f}")
    row("snapshot, ms", lambda made: f"{median_ms(lambda one: one.save('s'), lambda: written(made)):.3f}")
    row("put back to it, ms", lambda made: f"{median_ms(lambda one: one.restore('s'), lambda: saved(made)):.3f}")
    row("looking back past a write, ms", lambda made: f"{median_ms(look_back, lambda: written(made)):.3f}")


def _first_write_bytes(made: Prepared) -> int:
    sandbox = Sandbox(made.seeded)
    return size_bytes(lambda: write(sandbox))


def write_again(sandbox: Sandbox) -> None:
    write(sandbox, 8)


def saved(made: Prepared) -> AssembledInstance:
    instance = written(made)
    instance.save("s")
    write_again(instance.sandbox)
    return instance


def look_back(instance: AssembledInstance) -> None:
    with instance.sandbox.store.looking_back(600):
        instance.sandbox.store.find("things", 7)


def table_of_many(few: Prepared) -> None:
    print("\n| 256 sandboxes of 5,000 rows | in all |\n|---|---|")
    service = AssembledService(few)
    names = [f"w{number}" for number in range(256)]

    def ask(what: str, method: str, price: int | None = None) -> None:
        body = b"" if price is None else orjson.dumps({"price": price})
        request = Request(method, "/things/1", headers={"content-type": "application/json"}, body=body)
        started = perf_counter()
        replies = [service.enter(name).handle(request) for name in names]
        print(f"| {what}, ms | {(perf_counter() - started) * 1000:,.0f} |")
        assert all(reply.status < 300 for reply in replies)

    ask("forked by a first `GET`", "GET")
    ask("another `GET`", "GET")
    ask("first `PATCH`", "PATCH", 1000)
    ask("second `PATCH`", "PATCH", 1001)
    started = perf_counter()
    for instance in service.instances():
        instance.reset([])
    print(f"| all reset, ms | {(perf_counter() - started) * 1000:,.0f} |")
    staged = service.stage(prepared(5001))
    started = perf_counter()
    for _ in service.take_over(staged):
        pass
    print(f"| all led to another definition, ms | {(perf_counter() - started) * 1000:,.0f} |")


def main() -> None:
    print(f"{describe_machine()}\n")
    few, many = prepared(5_000), prepared(100_000)
    table_of_one(few, many)
    table_of_many(few)


if __name__ == "__main__":
    main()
