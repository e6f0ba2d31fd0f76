"""What the pytest fixtures cost: a Markdown table, for `RESULTS.md`. `python -m benchmarks.testing`.

Whole runs of pytest, each with its own server: tests that do nothing, with the fixture and without, whose difference is
what it costs. The first test of a run does not count, for it begins the server.
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
# As users have it: modules are compiled once, not at every start.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MOCKSERVER"))}
KINDS = {
    "an empty test": ("", ""),
    "with the fixture": ("", "mockserver"),
    "with a fault and a scenario": ('@pytest.mark.mockserver(scenario="empty", faults=["outage"])', "mockserver"),
}


WATCH = """
import statistics, time
import pytest

taken = []

@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    began = time.perf_counter()
    done = yield
    taken.append(time.perf_counter() - began)
    return done

def pytest_terminal_summary(terminalreporter):
    terminalreporter.line(f"median {statistics.median(taken[1:])}")
"""


def time_tests(folder: Path, kind: str) -> float:
    """Milliseconds a test."""
    marker, fixture = KINDS[kind]
    (folder / "conftest.py").write_text(WATCH, encoding="utf-8")
    (folder / "test_it.py").write_text(
        f"import pytest\n@pytest.mark.parametrize('n', range({TESTS}))\n{marker}\ndef test_it(n, {fixture}): ...\n",
        encoding="utf-8",
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "mockserver.testing.plugin",
        "--mockserver-definition",
        "zoo",
    ]
    environment = ENVIRONMENT | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    ran = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    found = re.search(r"^median (.+)$", ran.stdout, re.MULTILINE)
    assert found is not None, ran.stdout
    return float(found[1]) * 1000


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
