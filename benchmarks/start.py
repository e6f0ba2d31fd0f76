"""How long commands take to start: a Markdown table of medians, for `RESULTS.md`. `python benchmarks/start.py`.

Each figure is the wall time of whole processes, started one after the other: until the command ended, or for `serve`
until its ready line was read. One run before the first is not counted, so that files are in the page cache.
"""

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

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


def main() -> None:
    zoo = str(shipped("zoo"))
    with TemporaryDirectory() as folder:
        report(zoo, write_database(Path(folder) / "db.json"))


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
