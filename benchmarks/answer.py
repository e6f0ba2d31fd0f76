"""What answering costs in process: CPU µs from a `Request` to its `Reply`. `taskset -c 0 python -m benchmarks.answer`.

Markdown: a table of all scenarios, and for those that are named as arguments the functions they spend their time in. No
sockets and no bytes of HTTP. Each figure is the best of 30 rounds over 80 requests, by the CPU's clock; rounds take
turns, and each has a sandbox of its own. The tickets are 1,000 rows of a `db.json`, the rest are shipped definitions.
"""

import cProfile
import gc
import pstats
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import thread_time_ns
from typing import Final

import orjson

from mockserver.definitions.shipped import shipped
from mockserver.messages import Request, read_query
from mockserver.server.assemble import AssembledInstance, Prepared, load_prepared

ROUNDS: Final = 30
REQUESTS: Final = 80
WARM_UP: Final = 20
ROWS: Final = 1000
SHOWN: Final = 25
TOOL: Final = {"host": "127.0.0.1:8000"}
"""What a tool that makes load sends."""
BROWSER: Final = {
    "host": "127.0.0.1:8000",
    "connection": "keep-alive",
    "sec-ch-ua": '"Chromium";v="156", "Not=A?Brand";v="24"',
    "sec-ch-ua-mobile": "?0",
    "sec-ch-ua-platform": '"Linux"',
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0",
    "accept": "application/json, text/plain, */*",
    "origin": "http://localhost:5173",
    "sec-fetch-site": "same-site",
    "sec-fetch-mode": "cors",
    "referer": "http://localhost:5173/",
    "accept-encoding": "gzip, deflate, br, zstd",
    "accept-language": "en-GB,en;q=0.9",
}
TICKET: Final = orjson.dumps(
    {
        "subject": "Printer slow export", "state": "open", "priority": 3, "customer_name": "Ned Brown",
        "created_at": "2026-01-15T09:00:00Z", "updated_at": "2026-01-15T09:00:00Z",
    }
)  # fmt: skip
ANIMAL: Final = orjson.dumps({"name": "Nala", "species": "lion", "zoo_id": 1, "weight_kg": 120.5})


@dataclass(frozen=True, slots=True)
class Scenario:
    """A way to ask: `path` and `query` hold `{n}` where all requests differ, `{few}` where 20 do; `body` holds `%d`.

    `known` says that whoever asks has been given the same answer before.
    """

    data: str
    method: str
    path: str
    query: str = ""
    body: bytes = b""
    is_browser: bool = False
    known: bool = False

    def requests(self, instance: AssembledInstance) -> Iterator[Request]:
        """As many as are asked, each for another document where there are several."""
        headers = BROWSER if self.is_browser else TOOL
        for number in range(1, REQUESTS + WARM_UP + 1):
            numbers = {"n": number, "few": number % WARM_UP + 1}
            query = read_query(self.query.format(**numbers))
            body = self.body.replace(b"%d", b"%d" % number)
            said = {"content-type": "application/json", "content-length": str(len(body))} if body else {}
            request = Request(self.method, self.path.format(**numbers), query, {**headers, **said}, body)
            tag = instance.handle(request).header("etag") if self.known else None
            yield request if tag is None else replace(request, headers={**headers, "if-none-match": tag})


SCENARIOS: Final = {
    "item": Scenario("tickets", "GET", "/tickets/{few}"),
    "item, for the first time": Scenario("tickets", "GET", "/tickets/{n}"),
    "item of a browser": Scenario("tickets", "GET", "/tickets/{few}", is_browser=True),
    "item, HEAD": Scenario("tickets", "HEAD", "/tickets/{few}"),
    "item, not modified": Scenario("tickets", "GET", "/tickets/{few}", known=True),
    "page of 10": Scenario("tickets", "GET", "/tickets", "page={few}&per_page=10"),
    "page of 10, for the first time": Scenario("tickets", "GET", "/tickets", "page={n}&per_page=10"),
    "page of 10 of a browser": Scenario("tickets", "GET", "/tickets", "page={few}&per_page=10", is_browser=True),
    "filter and order, page of 10": Scenario(
        "tickets", "GET", "/tickets", "state=open&sort=-priority,created_at&page=2&per_page=10"
    ),
    "POST": Scenario("tickets", "POST", "/tickets", body=TICKET),
    "PUT": Scenario("tickets", "PUT", "/tickets/{n}", body=TICKET),
    "PATCH": Scenario("tickets", "PATCH", "/tickets/{n}", body=b'{"priority": %d}'),
    "DELETE": Scenario("tickets", "DELETE", "/tickets/{n}"),
    "zoo: item": Scenario("zoo", "GET", "/v1/zoos/1"),
    "zoo: nested item": Scenario("zoo", "GET", "/v1/zoos/1/animals/1"),
    "zoo: page of 10": Scenario("zoo", "GET", "/v1/animals", "page_number=1&page_size=10"),
    "zoo: page of 10, with zoos": Scenario("zoo", "GET", "/v1/animals", "limit=10&embed=zoo"),
    "zoo: POST": Scenario("zoo", "POST", "/v1/animals", body=ANIMAL),
    "zoo: PATCH": Scenario("zoo", "PATCH", "/v1/animals/1", body=b'{"weight_kg": %d}'),
    "abp: item": Scenario("abp", "GET", "/api/v1/tickets/7"),
    "abp: POST": Scenario("abp", "POST", "/api/v1/tickets", body=b'{"subject": "Printer slow", "customer_id": 1}'),
    "linkis: item": Scenario("linkis", "GET", "/api/rest_j/v1/project/projects/1"),
    "linkis: POST": Scenario(
        "linkis", "POST", "/api/rest_j/v1/project/projects", body=b'{"name": "new", "creator": "ada"}'
    ),
}


@cache
def prepared(name: str) -> Prepared:
    """A definition with its data."""
    if name != "tickets":
        return load_prepared([shipped({"abp": "tickets"}.get(name, name))])
    draw = random.Random(42)
    words = ("Printer", "slow", "export", "account", "session", "network", "search", "crash", "payment", "browser")
    rows = [
        {
            "id": number,
            "subject": " ".join(draw.choices(words, k=6)),
            "state": draw.choice(("open", "pending", "solved", "closed")),
            "priority": draw.randrange(5),
            "customer_name": " ".join(draw.choices(words, k=2)),
            "created_at": f"2025-{draw.randrange(1, 13):02}-{draw.randrange(1, 29):02}T15:46:46Z",
            "updated_at": f"2026-01-{draw.randrange(1, 15):02}T01:29:22Z",
        }
        for number in range(1, ROWS + 1)
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder, "db.json")
        path.write_bytes(orjson.dumps({"tickets": rows}))
        return load_prepared([path])


def ask(scenario: Scenario, work: Callable[[AssembledInstance, Sequence[Request]], None]) -> None:
    """Have a warm instance answer the requests of a scenario."""
    instance = AssembledInstance(prepared(scenario.data))
    asked = list(scenario.requests(instance))
    for request in asked[:WARM_UP]:
        reply = instance.handle(request)
        assert reply.status < 400, (scenario, reply.status, reply.body)
    gc.collect()
    work(instance, asked[WARM_UP:])


def time_us(scenario: Scenario) -> float:
    """CPU µs of one request."""
    taken: list[int] = []

    def work(instance: AssembledInstance, asked: Sequence[Request]) -> None:
        started = thread_time_ns()
        for request in asked:
            instance.handle(request)
        taken.append(thread_time_ns() - started)

    ask(scenario, work)
    return taken[0] / REQUESTS / 1000


def print_functions(name: str) -> None:
    """The functions with the most time of their own."""
    profile = cProfile.Profile()

    def work(instance: AssembledInstance, asked: Sequence[Request]) -> None:
        profile.enable()
        for request in asked:
            instance.handle(request)
        profile.disable()

    ask(SCENARIOS[name], work)
    stats = pstats.Stats(profile)
    print(f"\n## {name}\n\n| function | calls a request | own µs a request, as profiled |\n|---|---|---|")
    found = sorted(stats.stats.items(), key=lambda pair: -pair[1][2])  # type: ignore[attr-defined]
    for (file, line, function), (_, calls, own_s, _, _) in found[:SHOWN]:
        place = f"{Path(file).parent.name}/{Path(file).name}:{line} " if line else ""
        print(f"| `{place}{function}` | {calls / REQUESTS:g} | {own_s / REQUESTS * 1e6:.1f} |")


def main() -> None:
    names = sys.argv[1:]
    if unknown := [name for name in names if name not in SCENARIOS]:
        sys.exit(f"there is no scenario {unknown}; there are {', '.join(SCENARIOS)}")
    chosen = names or list(SCENARIOS)
    best = dict.fromkeys(chosen, float("inf"))
    for _ in range(ROUNDS):
        for name in chosen:
            best[name] = min(best[name], time_us(SCENARIOS[name]))
    print("| in process, 1,000 rows | CPU µs |\n|---|---|")
    for name, taken in best.items():
        print(f"| {name} | {taken:.1f} |")
    for name in names:
        print_functions(name)


if __name__ == "__main__":
    main()
