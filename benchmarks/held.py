"""Whether the control plane stays usable beside all that may be held: `python -m benchmarks.held`, about a minute.

Prints a Markdown table for `RESULTS.md`. The server has the first core, its clients share the second.
"""

import resource
import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from benchmarks.sockets import HERE, IDLE, our_server, pinned
from tests.clients.client import NODE, run_client

SANDBOXES, EACH = 4, 64
REQUESTS = 3000
PATHS = ("/health", "/api/status", "/api/faults?sandbox=held0")


@contextmanager
def held(port: int, control: int) -> Iterator[int]:
    """As many requests as may be held, each on a connection of its own."""
    with ExitStack() as stack:
        switch = HTTPConnection("127.0.0.1", control)
        for number in range(SANDBOXES):
            body = orjson.dumps({"match": "ANY *", "hang": True})
            headers = {"Content-Type": "application/json"}
            switch.request("PUT", f"/api/faults/hang?sandbox=held{number}", body, headers)
            assert switch.getresponse().read()
            for _ in range(EACH):
                sock = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
                sock.sendall(f"GET /~held{number}/things HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        switch.close()
        yield SANDBOXES * EACH


def time_control(control: int) -> dict[str, list[float]]:
    """How long each of some paths took, in ms, asked by turns on one connection."""
    taken: dict[str, list[float]] = {path: [] for path in PATHS}
    client = HTTPConnection("127.0.0.1", control)
    for turn in range(REQUESTS):
        path = PATHS[turn % len(PATHS)]
        started = time.perf_counter()
        client.request("GET", path)
        answer = client.getresponse()
        answer.read()
        taken[path].append((time.perf_counter() - started) * 1000)
        assert answer.status == 200, answer.status
    client.close()
    return taken


def describe(label: str, taken: dict[str, list[float]]) -> None:
    for path, times in taken.items():
        ordered = sorted(times)
        p99 = ordered[int(len(ordered) * 0.99)]
        print(
            f"| {label} | `{path.partition('?')[0]}` | {statistics.median(times):.2f} | {p99:.2f} | {ordered[-1]:.2f} |"
        )


def main() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print("| control port | path | median ms | p99 ms (limit: 100) | slowest ms |\n|---|---|---|---|---|")
    with (
        TemporaryDirectory() as name,
        run_client(*pinned(1), NODE, str(HERE / "load.mjs")) as client,
        our_server(Path(name)) as server,
    ):
        control = server.control
        time_control(control)
        describe("alone", time_control(control))
        client.call("idle", f"ws://127.0.0.1:{server.port}/events/ws", IDLE)
        with held(server.port, control) as count:
            describe(f"beside {count} held requests and {IDLE:,} sockets", time_control(control))
        client.call("release")


if __name__ == "__main__":
    main()
