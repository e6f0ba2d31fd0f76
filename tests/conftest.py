"""What holds for every test: nothing is left open behind it, and hypothesis is the same on every CI run."""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import gevent
import pytest
from hypothesis import settings

from tests.scorecard import Figures, collect, show, write_into

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "default")

# The hub of the main thread lives as long as the process: its descriptors are not the leak of whichever test is first.
gevent.get_hub()

SETTLE_S = 2.0
"""How long what is already ending may take to be gone: a joined thread stays visible to the kernel for a moment."""

_descriptors = Path("/proc/self/fd" if os.path.exists("/proc/self/fd") else "/dev/fd")  # noqa: PTH110
_tasks = Path("/proc/self/task")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Golden files are written anew by `./scripts/test … --update-golden`; the difference is then for review."""
    parser.addoption("--update-golden", action="store_true", help="write the golden files instead of comparing")
    parser.addoption("--update-pictures", action="store_true", help="take the pictures of the documents anew")
    parser.addoption("--thorough", action="store_true", help="as often and as widely as for a record: minutes more")
    parser.addoption("--scorecard", type=Path, help="write what was measured into this document")


@pytest.fixture(scope="session")
def is_thorough(request: pytest.FixtureRequest) -> bool:
    """Whether tests that can be content with less are not to be."""
    return bool(request.config.getoption("thorough"))


@pytest.fixture
def figure(request: pytest.FixtureRequest) -> Figures:
    """Notes what a test has measured, and fails it where that is not what is wanted."""
    path = request.path.relative_to(request.config.rootpath).as_posix()
    return Figures(path, request.node.user_properties)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what was measured, whoever measured it, and write it down where that is asked for."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, ())]
    figures = collect(said for report in reports if report.when == "call" for said in report.user_properties)
    if figures:
        terminalreporter.section("measured")
        for line in show(figures):
            terminalreporter.write_line(line)
    scorecard: Path | None = config.getoption("scorecard")
    if scorecard is not None:
        scorecard.write_text(write_into(scorecard.read_text(encoding="utf-8"), figures), encoding="utf-8")


def open_descriptors() -> dict[tuple[int, int, int], str]:
    """Every open file, socket and pipe, with what it is; the inode tells a reused number from what had it before."""
    found = {}
    for number in [int(name) for name in os.listdir(_descriptors)]:  # noqa: PTH208
        try:
            status = os.fstat(number)
        except OSError:  # the descriptor that listed the folder
            continue
        try:
            meaning = str((_descriptors / str(number)).readlink())
        except OSError:  # no links under /dev/fd
            meaning = "open"
        found[number, status.st_dev, status.st_ino] = f"descriptor {number}: {meaning}"
    return found


def native_threads() -> dict[int, str]:
    """Every thread of the process by its native id, those unknown to `threading` included."""
    named = {thread.native_id or 0: f"thread '{thread.name}'" for thread in threading.enumerate()}
    if not _tasks.exists():
        return named
    return {number: named.get(number, f"native thread {number}") for number in map(int, os.listdir(_tasks))}  # noqa: PTH208


def watch_leaks() -> Callable[[], list[str]]:
    """Remembers what is open now; the function it gives back says what has come since and stays."""
    descriptors, threads = open_descriptors(), native_threads()

    def left_over() -> list[str]:
        came = [what for key, what in open_descriptors().items() if key not in descriptors]
        return came + [what for key, what in native_threads().items() if key not in threads]

    def settle() -> list[str]:
        deadline = time.monotonic() + SETTLE_S
        while (left := left_over()) and time.monotonic() < deadline:
            gc.collect()
            time.sleep(0.01)
        return left

    return settle


def _refuse_leaks() -> Iterator[None]:
    leaks = watch_leaks()
    yield
    left = leaks()
    if left:
        pytest.fail("left open: " + "; ".join(left), pytrace=False)


@pytest.fixture(autouse=True)
def nothing_left_open() -> Iterator[None]:
    """Fails a test behind which a thread, a file or a socket stays; its own fixtures have closed theirs by then."""
    yield from _refuse_leaks()


@pytest.fixture(autouse=True, scope="session")
def nothing_left_open_at_the_end() -> Iterator[None]:
    """The same for fixtures that several tests share."""
    yield from _refuse_leaks()
