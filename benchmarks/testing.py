"""What the pytest fixtures cost: a Markdown table, for `RESULTS.md`. `python -m benchmarks.testing`.

Whole runs of pytest, each with its own server: one with tests that do nothing, one whose tests have the fixture too. The
difference of their calls, set-ups and tear-downs is what the fixture costs a test.
"""

import os
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.start import describe_machine
from mockserver.definitions.shipped import shipped
from mockserver.testing import Server

RUNS = 5
TESTS = 200
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MOCKSERVER"))}
KINDS = {
    "an empty test": ("", ""),
    "with the fixture": ("", "mockserver"),
    "with a fault and a scenario": ('@pytest.mark.mockserver(scenario="empty", faults=["outage"])', "mockserver"),
}


def time_tests(folder: Path, kind: str) -> float:
    """Milliseconds a test, without the first, which begins the server."""
    marker, fixture = KINDS[kind]
    (folder / "test_it.py").write_text(
        f"import pytest\n@pytest.mark.parametrize('n', range({TESTS}))\n{marker}\ndef test_it(n, {fixture}): ...\n",
        encoding="utf-8",
    )
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "mockserver.testing.plugin", "--mockserver-definition", "zoo",
        "--durations=0", "--durations-min=0", "-vv",
    ]  # fmt: skip
    ran = subprocess.run(
        command,
        cwd=folder,
        env=ENVIRONMENT | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    taken: dict[str, float] = {}
    for seconds, test in re.findall(r"^([\d.]+)s \w+ +\S+\[(\d+)\]$", ran.stdout, re.MULTILINE):
        taken[test] = taken.get(test, 0.0) + float(seconds)
    assert len(taken) == TESTS
    return statistics.mean(seconds for test, seconds in taken.items() if test != "0") * 1000


def time_start() -> float:
    """Seconds until a server is ready for the first test."""
    started = time.perf_counter()
    with Server(shipped("zoo")):
        return time.perf_counter() - started


def main() -> None:
    print(f"Machine: {describe_machine()}.\n")
    time_start()
    starts = [time_start() for _ in range(RUNS)]
    print(f"| | median of {RUNS} | slowest | limit |\n|---|---|---|---|")
    print(f"| server start inside pytest, s | {statistics.median(starts):.3f} | {max(starts):.3f} | 1.0 |")
    with TemporaryDirectory() as folder:
        for kind in KINDS:
            times = [time_tests(Path(folder), kind) for _ in range(RUNS)]
            print(f"| {kind}, ms a test | {statistics.median(times):.2f} | {max(times):.2f} | 10 |")


if __name__ == "__main__":
    main()
