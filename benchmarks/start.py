"""How long commands take to start: Markdown tables of medians, for `RESULTS.md`. `python benchmarks/start.py`.

Each figure is of whole processes, started one after the other: until the command ended, or for `serve` until its ready
line was read. One run before the first is not counted, so that files are in the page cache. The second table is `serve`
on plain databases until the first answer, with CPU time and memory then. Beside another server, where the command that
starts it is given, the two take turns: `python benchmarks/start.py node …/json-server/lib/bin.js`.
"""

import json
import os
import platform
import re
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.process import Usage, read_usage
from benchmarks.peers.ticket import make_rows
from mockserver.definitions.shipped import shipped

RUNS = 10
# As users have it: modules are compiled once, not at every start.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
COMMAND = str(Path(sys.executable).parent / "mockserver")


def time_command(*arguments: str) -> float:
    started = time.perf_counter()
    subprocess.run([COMMAND, *arguments], env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def time_ready(*arguments: str) -> float:
    started = time.perf_counter()
    with subprocess.Popen(
        [COMMAND, "serve", *arguments, "--port", "0", "--control-port", "0"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        ready = any(line.startswith("mockserver ready") for line in server.stdout)
        taken = time.perf_counter() - started
        server.terminate()
        server.stdout.read()
    if not ready:
        sys.exit(f"serve ended with {server.returncode} before it was ready")
    return taken


def describe_machine() -> str:
    """Processor, cores, system and Python, and nothing that names the machine."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", info.read_text(encoding="utf-8")) if info.exists() else None
    processor = found[1] if found else platform.machine()
    return f"{processor}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def measure(time_once: Callable[..., float], *arguments: str) -> list[float]:
    time_once(*arguments)
    return [time_once(*arguments) for _ in range(RUNS)]


def write_database(path: Path) -> str:
    """A plain database of 100,000 rows of ten members each, some 40 MB, laid out for people."""
    posts = [
        {
            "id": number, "title": f"Post number {number}", "body": "lorem ipsum dolor sit amet " * 3,
            "views": number * 7919 % 100_000, "rating": number % 50 / 10, "published": number % 2 == 0,
            "created_at": "2026-01-15T09:00:00Z", "author": {"name": f"Author {number % 100}"},
            "tags": ["a", "b"], "userId": number % 1000 + 1,
        }
        for number in range(1, 100_001)
    ]  # fmt: skip
    users = [{"id": number, "name": f"User {number}"} for number in range(1, 1001)]
    path.write_text(json.dumps({"posts": posts, "users": users}, indent=2), encoding="utf-8")
    return str(path)


def time_answer(command: Sequence[str]) -> tuple[float, Usage]:
    """Until the first ticket is answered, and what the process has used by then."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = time.perf_counter()
    whole = [*command, "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(whole, env=ENVIRONMENT, stdout=subprocess.DEVNULL, start_new_session=True) as server:
        while not is_answered(port):
            if server.poll() is not None:
                sys.exit(f"{command[0]} ended with {server.returncode} before it had answered")
        taken, usage = time.perf_counter() - started, read_usage(server.pid)
        server.terminate()
    return taken, usage


def is_answered(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/tickets/5")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        time.sleep(0.002)
        return False
    finally:
        connection.close()


def write_tickets(folder: Path, count: int) -> dict[str, str]:
    """One database with ids that are numbers, one with texts."""
    rows = make_rows(count)
    paths = {"numbers": folder / f"{count}.json", "texts": folder / f"{count}-texts.json"}
    paths["numbers"].write_text(json.dumps(rows.database()), encoding="utf-8")
    paths["texts"].write_text(json.dumps(rows.with_text_ids().database()), encoding="utf-8")
    return {name: str(path) for name, path in paths.items()}


def report_answers(folder: Path, other: Sequence[str]) -> None:
    print("\n| first answer of | tickets | median, s | least CPU, s | memory, MB |\n|---|---|---|---|---|")
    for count in (1000, 10_000, 100_000):
        paths = write_tickets(folder, count)
        servers = {"mockserver": [COMMAND, "serve", paths["numbers"], "--control-port", "0"]}
        if other:
            servers[Path(other[-1]).parents[1].name] = [*other, paths["texts"]]
        found: dict[str, list[tuple[float, Usage]]] = {name: [] for name in servers}
        for _ in range(RUNS):
            for name, command in servers.items():
                found[name].append(time_answer(command))
        for name, runs in found.items():
            wall, cpu = statistics.median(taken for taken, _ in runs), min(usage.cpu_s for _, usage in runs)
            memory = statistics.median(usage.memory_bytes for _, usage in runs) / 1e6
            print(f"| {name} | {count:,} | {wall:.3f} | {cpu:.2f} | {memory:.0f} |")


def main() -> None:
    zoo = str(shipped("zoo"))
    with TemporaryDirectory() as folder:
        report(zoo, write_database(Path(folder) / "db.json"))
        report_answers(Path(folder), sys.argv[1:])


def report(zoo: str, database: str) -> None:
    rows = (
        ("`mockserver --help`", "0.2", measure(time_command, "--help")),
        ("`mockserver serve` on the zoo, until ready", "1.0", measure(time_ready, zoo)),
        ("`mockserver serve` on a `db.json` of 100,000 rows, until ready", "1.5", measure(time_ready, database)),
        ("`mockserver check` of the zoo", "", measure(time_command, "check", zoo)),
    )
    print(f"Machine: {describe_machine()}.\n")
    print(f"| command | median of {RUNS}, s | slowest, s | limit, s |\n|---|---|---|---|")
    for name, limit, times in rows:
        print(f"| {name} | {statistics.median(times):.3f} | {max(times):.3f} | {limit} |")


if __name__ == "__main__":
    main()
