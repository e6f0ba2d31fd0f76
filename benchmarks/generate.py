"""How fast rows are generated: a Markdown table, for `RESULTS.md`. `taskset -c 0 python benchmarks/generate.py`.

The first table is 100,000 rows of the ticket shape, the median of 5, and what each of its columns costs by itself. The
second shows that what looks at other rows (unique values, references, children per parent) grows with the rows and not
with their square: the time at 25,000 and at 100,000 rows, and the quotient, which is 4 where the growth is linear.
"""

import statistics
import time
from typing import Any

from mockserver.definitions.model import CoreDefinition
from mockserver.generation.build import build_schema
from mockserver.generation.fakes import Fakes
from mockserver.generation.generate import Generation
from mockserver.server.assemble import definition_model

ROWS = 100_000
RUNS = 5
TICKET: dict[str, Any] = {
    "id": {"seq": 1},
    "subject": {"faker": "sentence", "args": {"nb_words": 6}},
    "state": {"enum": ["open", "pending", "solved", "closed"]},
    "priority": {"int": [0, 4]},
    "customer_name": {"faker": "name"},
    "created_at": {"datetime": ["-600d", "-30d"]},
    "updated_at": {"datetime": ["-30d", "now"]},
}
LINEAR: dict[str, dict[str, Any]] = {
    "uuid, unique": {"cell": {"uuid": True, "unique": True}},
    "uuid as id": {"id": {"uuid": True}},
    "seq, unique": {"cell": {"seq": "T-{n:06d}", "unique": True}},
    "int of a range of a million, unique": {"cell": {"int": [1, 1_000_000], "unique": True}},
    "ref into as many rows": {"cell": {"ref": "others"}},
    "ref into as many rows, skewed": {"cell": {"ref": "others", "pick": "skew"}},
    "ref to an earlier row": {"cell": {"ref": "rows"}},
    "two refs into as many rows": {"cell": {"refs": "others", "items": 2}},
    "one child per parent": {"cell": {"ref": "others"}},
    "computed through a ref": {"cell": {"ref": "others"}, "more": {"computed": "cell.id ~ '!'"}},
}


def generation(sections: dict[str, Any]) -> Generation:
    """A generation with nothing drawn yet; Faker's code is loaded and its word lists are read."""
    definition: CoreDefinition = definition_model().model_validate(
        {"seed": 42, "clock": "2026-01-15T09:00:00Z", **sections}
    )
    fakes = Fakes(definition.locales, definition.clock)
    problems: list[Any] = []
    schema = build_schema(definition, fakes, definition.resources, lambda *problem, **_: problems.append(problem))
    if problems:
        raise SystemExit(problems)
    return Generation(definition, schema, fakes)


def time_rows(fields: dict[str, Any], rows: int, count: Any = None) -> float:
    """Seconds for so many rows, with as many in another resource where a field refers to it."""
    others = {"others": {"count": rows}} if "others" in str(fields) else {}
    made = generation({"resources": {**others, "rows": {"count": rows if count is None else count, "fields": fields}}})
    started = time.perf_counter()
    made.documents()
    return time.perf_counter() - started


def median(fields: dict[str, Any], rows: int, count: Any = None, runs: int = RUNS) -> float:
    time_rows(fields, 100, count)
    return statistics.median(time_rows(fields, rows, count) for _ in range(runs))


def main() -> None:
    whole = median(TICKET, ROWS)
    bare = median({"id": {"seq": 1}}, ROWS)
    print("| 100,000 rows of | s | rows a second |\n|---|---|---|")
    print(f"| the ticket shape, 7 fields (limit: 3 s) | {whole:.2f} | {ROWS / whole:,.0f} |")
    print(f"| `id` alone | {bare:.2f} | {ROWS / bare:,.0f} |")
    for name in list(TICKET)[1:]:
        print(f"| `{name}`, beside `id` | {median({name: TICKET[name]}, ROWS) - bare:.2f} | |")
    print("\n| what looks at other rows | 25,000 rows, s | 100,000 rows, s | quotient |\n|---|---|---|---|")
    for name, fields in LINEAR.items():
        count = {"per": "others", "each": 1} if "child" in name else None
        few, many = median(fields, ROWS // 4, count, 3), median(fields, ROWS, count, 3)
        print(f"| {name} | {few:.2f} | {many:.2f} | {many / few:.1f} |")


if __name__ == "__main__":
    main()
