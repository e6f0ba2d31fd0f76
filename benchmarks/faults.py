"""What faults cost a request for which none is: `python -m benchmarks.faults`, some seconds.

Prints a Markdown table for `RESULTS.md`. Each row is the median of several runs on one core, in microseconds for each
request; the limit is for the first.
"""

import statistics
from collections.abc import Callable
from time import perf_counter

from mockserver.definitions.source import parse_source
from mockserver.faults.load import read_fault
from mockserver.messages import Json, Reply, Request
from mockserver.server.assemble import AssembledService, prepare
from mockserver.server.fault.interference import Interference
from mockserver.server.limits import Limits
from mockserver.server.visit import Visit

LIMIT_US = 5.0
RUNS, REQUESTS = 15, 20_000
DEFINITION = """
mock: 1
resources:
  things: {count: 100, fields: {name: first_name, size: {int: [1, 9]}}}
"""
HEADERS = {
    "host": "localhost:8000",
    "accept": "*/*",
    "accept-encoding": "gzip, deflate, br",
    "origin": "http://localhost:5173",
    "user-agent": "Mozilla/5.0",
}
REQUEST = Request("GET", "/things", (("limit", "10"), ("sort", "name")), HEADERS)


def measure(call: Callable[[], object]) -> float:
    """Microseconds for each call."""
    taken = []
    for _ in range(RUNS):
        start = perf_counter()
        for _ in range(REQUESTS):
            call()
        taken.append((perf_counter() - start) / REQUESTS * 1e6)
    return statistics.median(taken)


def main() -> None:
    instance = AssembledService(prepare(parse_source(DEFINITION, "things.yaml"))).default
    interference = Interference(Limits())

    visit = Visit(instance, REQUEST, {})

    def meet() -> object:
        return interference.meet("http", visit, interference.preferences(visit), _answer, _as_it_is)

    loop_us = measure(lambda: None)
    rows = {"nothing armed": measure(meet) - loop_us}
    for number in range(1, 11):
        settings: Json = {"match": f"DELETE /things/{number}", "status": 503}
        name = f"f{number}"
        instance.faults.put(name, read_fault(name, settings, instance.faults.presets, instance.served))
        if number == 1:
            rows["one armed for others"] = measure(meet) - loop_us
    rows["ten armed for others"] = measure(meet) - loop_us
    print("| faults, for each request | µs |\n|---|---|")
    for name, cost_us in rows.items():
        limit = f" (limit: {LIMIT_US:g})" if name == "nothing armed" else ""
        print(f"| {name}{limit} | {cost_us:.2f} |")


def _answer(request: Request, age_s: float) -> Reply:
    raise AssertionError(f"Something acts on {request.target} as it was {age_s} s ago.")


def _as_it_is(reply: Reply) -> Reply:
    return reply


if __name__ == "__main__":
    main()
