"""Many test workers on one server, each in a sandbox of its own: none ever meets anything of another's."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any, Final

import pytest

from tests.live import SEEDS, started
from tests.server.process import Running

WORKERS: Final = 8
PAGE: Final = 500
"""So many requests are made before the journal is read: it holds twice as many."""

CONTRADICTING: Final[tuple[dict[str, Any], ...]] = (
    {"match": "ANY *", "probability": 0.3, "status": 503},
    {"match": "ANY *", "every": 3, "status": 418, "body": {"worker": 1}},
    {"match": "GET *", "patch": {"worker": 2}},
    {"match": "ANY *", "probability": 0.2, "reset": "connect"},
    {"match": "GET *", "pattern": "FSS", "malformed": "html"},
    {"match": "POST *", "commit": True, "probability": 0.5, "status": 500},
    {"match": "ANY *", "headers": {"X-Worker": "6"}},
    {"match": "ANY *", "every": 50, "latency": "5ms", "enabled": False},
)
"""What breaks for each worker, in its order."""

DRAWN: Final[dict[str, dict[str, Any]]] = {
    "flaky": {"match": "ANY *", "probability": 0.3, "status": 503},
    "third": {"match": "GET *", "every": 3, "latency": ["0ms", "1ms"]},
    "ringed": {"match": "GET *", "pattern": "FSSF", "skip": 5, "headers": {"X-Ring": "1"}},
}


@dataclass
class Worker:
    """One client with one connection, by path where its number is even and by header where it is odd."""

    number: int
    port: int
    connection: HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = HTTPConnection("127.0.0.1", self.port, timeout=20)

    @property
    def name(self) -> str:
        return f"worker{self.number}"

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, dict[str, str], bytes]:
        """Status (0 for none), headers in lower case, and body."""
        headers = {} if self.number % 2 == 0 else {"X-Mock-Sandbox": self.name}
        prefix = f"/~{self.name}" if self.number % 2 == 0 else ""
        data = None if body is None else json.dumps(body)
        if data is not None:
            headers["Content-Type"] = "application/json"
        try:
            self.connection.request(method, prefix + path, data, headers)
            answer = self.connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        except (HTTPException, OSError):
            self.connection.close()
            return 0, {}, b""


@pytest.fixture(scope="session")
def requests(*, is_thorough: bool) -> int:
    """How many each worker makes."""
    return 2000 if is_thorough else 200


@pytest.fixture
def server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml"), "--log", "quiet") as running:
        yield running


def in_parallel(server: Running, work: Callable[[Worker], Any]) -> list[Any]:
    """What all workers come to, each in a thread."""
    workers = [Worker(number, server.port) for number in range(WORKERS)]
    try:
        with ThreadPoolExecutor(WORKERS) as pool:
            return list(pool.map(work, workers))
    finally:
        for worker in workers:
            worker.connection.close()


def arm(server: Running, sandbox: str, name: str, rule: dict[str, Any]) -> None:
    assert server.switch(name, rule, sandbox).status == 201


def read_journal(server: Running, sandbox: str, since: int) -> list[dict[str, Any]]:
    answer = server.control("GET", f"/api/requests?sandbox={sandbox}&since={since}")
    assert answer.status == 200, answer.body
    entries: list[dict[str, Any]] = answer.json
    return entries


def test_no_worker_meets_anything_of_anothers(server: Running, requests: int) -> None:
    for number, rule in enumerate(CONTRADICTING):
        arm(server, f"worker{number}", f"fault{number}", rule)
    seeded = {zoo["name"] for zoo in server.get("/v1/zoos").json}

    def work(worker: Worker) -> None:
        own, since = f"fault{worker.number}", 0
        for turn in range(requests):
            made = turn % 4 == 0
            body = {"name": f"{worker.name} {turn}", "city": "Ulm"} if made else None
            status, headers, data = worker.ask("POST" if made else "GET", "/v1/zoos?limit=100", body)
            assert headers.get("x-mock-fault", own) == own, headers
            assert ("x-worker" in headers) == (worker.number == 6 and status != 0)
            if status == 200:
                documents = json.loads(data) if data[:1] == b"[" else []
                foreign = {zoo["name"] for zoo in documents} - seeded
                assert all(name.startswith(f"{worker.name} ") for name in foreign), foreign
            if (turn + 1) % PAGE == 0 or turn + 1 == requests:
                entries = read_journal(server, worker.name, since)
                since = entries[-1]["number"]
                assert {entry["sandbox"] for entry in entries} == {worker.name}
                assert {one["fault"] for entry in entries for one in entry["faults"]} <= {own}
        assert since == requests

    in_parallel(server, work)
    assert server.control("POST", "/api/faults/off?sandbox=*").status == 200
    for number in range(WORKERS):
        events = server.get(f"/~worker{number}/v1/events?since=start").json["events"]
        assert all(event["data"]["name"].startswith(f"worker{number} ") for event in events)
    assert {zoo["name"] for zoo in server.get("/v1/zoos").json} == seeded
    assert server.get("/v1/events?since=start").json["events"] == []


def run_of_decisions(requests: int) -> list[bytes]:
    """What was decided in each worker's sandbox in one run of a server, byte for byte."""
    with started(str(SEEDS / "zoo.yaml"), "--log", "quiet") as server:
        for number in range(WORKERS):
            for name, rule in DRAWN.items():
                arm(server, f"worker{number}", name, rule)

        def work(worker: Worker) -> bytes:
            log, since = [], 0
            for turn in range(requests):
                worker.ask("DELETE" if turn % 7 == 0 else "GET", f"/v1/animals/{turn}")
                if (turn + 1) % PAGE == 0 or turn + 1 == requests:
                    entries = read_journal(server, worker.name, since)
                    since = entries[-1]["number"]
                    log += [[entry["number"], entry["status"], entry["faults"]] for entry in entries]
            assert len(log) == requests
            return json.dumps(log).encode()

        return in_parallel(server, work)


def test_two_runs_decide_alike_and_so_do_all_sandboxes_of_one(requests: int) -> None:
    first, second = run_of_decisions(requests), run_of_decisions(requests)
    assert first == second
    assert set(first) == {first[0]}
    assert b'"fired": true' in first[0]
    assert b'"fired": false' in first[0]
