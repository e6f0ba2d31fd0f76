"""What a running server takes for a save, for writes that compete, and for a page: `python -m benchmarks.serve`.

Prints Markdown tables for `RESULTS.md`. Every figure is wall time at a client on the same machine, over real sockets.
"""

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.start import COMMAND, ENVIRONMENT, describe_machine
from mockserver.definitions.shipped import shipped

SAVES = 10
CLIENTS, WRITES = 50, 20
PAGES = 300
SHOP = """
mock: 1
resources:
  things: {count: %d, fields: {name: name, price: {int: [1, 900]}, made_on: {date: [-9y, -1d]}}}
  marks: {count: 1, fields: {text: {value: "%d"}}}
"""


@contextmanager
def served(path: Path) -> Iterator[int]:
    """A server on a definition, by its port."""
    command = [COMMAND, "serve", str(path), "--port", "0", "--control-port", "0", "--log", "quiet"]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        ready = next((line for line in server.stdout if line.startswith("mockserver ready")), "")
        found = re.search(r"api=http://[^ ]+:(\d+)", ready)
        try:
            if found is None:
                sys.exit("serve ended before it was ready")
            yield int(found[1])
        finally:
            server.terminate()


def ask(connection: HTTPConnection, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
    sent = None if body is None else json.dumps(body)
    connection.request(method, path, sent, {"Content-Type": "application/json", **headers} if sent else headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def time_saves(folder: Path, rows: int) -> list[float]:
    """Seconds from a save until the new row is answered."""
    path, taken = folder / "shop.yaml", []
    path.write_text(SHOP % (rows, 0), encoding="utf-8")
    with served(path) as port:
        connection = HTTPConnection("127.0.0.1", port)
        for number in range(1, SAVES + 1):
            started = time.perf_counter()
            path.write_text(SHOP % (rows, number), encoding="utf-8")
            while b'"%d"' % number not in ask(connection, "GET", "/marks")[1]:
                time.sleep(0.005)
            taken.append(time.perf_counter() - started)
        connection.close()
    return taken


def time_transfers() -> tuple[float, int, int]:
    """Seconds for all transfers between two accounts, how many were made, and by how much the money differs after."""
    with served(shipped("zoo")) as port:

        def balance() -> int:
            connection = HTTPConnection("127.0.0.1", port)
            found = json.loads(ask(connection, "GET", "/v1/accounts?id=1,2")[1])
            connection.close()
            return sum(int(account["balance"]) for account in found)

        def pay(client: int) -> list[int]:
            connection = HTTPConnection("127.0.0.1", port)
            both = (1, 2) if client % 2 else (2, 1)
            body = {"from": both[0], "to": both[1], "amount": 250}
            statuses = [ask(connection, "POST", "/v1/transactions", body)[0] for _ in range(WRITES)]
            connection.close()
            return statuses

        before, started = balance(), time.perf_counter()
        with ThreadPoolExecutor(CLIENTS) as pool:
            statuses = [status for found in pool.map(pay, range(CLIENTS)) for status in found]
        taken = time.perf_counter() - started
        assert set(statuses) <= {201, 409}
        return taken, statuses.count(201), balance() - before


def time_pages(folder: Path, coding: str) -> tuple[float, int]:
    """Milliseconds for a page of a hundred rows, the median, and its bytes."""
    path, taken, body = folder / "pages.yaml", [], b""
    path.write_text(SHOP % (1000, 0), encoding="utf-8")
    with served(path) as port:
        connection = HTTPConnection("127.0.0.1", port)
        for _ in range(PAGES):
            started = time.perf_counter()
            _, body = ask(connection, "GET", "/things?limit=100", **{"Accept-Encoding": coding})
            taken.append(time.perf_counter() - started)
        connection.close()
    return statistics.median(taken) * 1000, len(body)


def main() -> None:
    print(f"Machine: {describe_machine()}.\n")
    with TemporaryDirectory() as name:
        folder = Path(name)
        print(f"| a save, until it is served | median of {SAVES}, s | slowest, s |\n|---|---|---|")
        for rows in (100, 10_000):
            taken = time_saves(folder, rows)
            print(f"| {rows:,} rows beside the one that changed | {statistics.median(taken):.3f} | {max(taken):.3f} |")
        taken_s, made, lost = time_transfers()
        print(f"\n| {CLIENTS} clients, {CLIENTS * WRITES:,} transfers between two accounts | |\n|---|---|")
        print(f"| seconds in all | {taken_s:.2f} |\n| made (201), the others refused (409) | {made} |")
        print(f"| money lost or made | {lost} |")
        print("\n| a page of 100 rows | median, ms | bytes |\n|---|---|---|")
        for coding in ("identity", "gzip"):
            taken_ms, size = time_pages(folder, coding)
            print(f"| {coding} | {taken_ms:.2f} | {size:,} |")


if __name__ == "__main__":
    main()
