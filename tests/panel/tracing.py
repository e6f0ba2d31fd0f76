"""A page while requests arrive: an even stream of them, and what Chromium's trace says of its main thread meanwhile."""

import json
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from playwright.sync_api import Browser, Page

LONG_MS = 50.0
CATEGORIES = ("devtools.timeline", "disabled-by-default-devtools.timeline")
BODY = json.dumps({"name": "Leo", "species": "lion", "zoo_id": 1, "diet": ["meat"]}).encode()
ASKED = (
    ("GET", "/v1/animals?limit=5&sort=-name", b""),
    ("GET", "/v1/animals/7", b""),
    ("PATCH", "/v1/animals/7", BODY),
    ("GET", "/v1/nowhere", b""),
)


class Visitor:
    """Somebody who asks a sandbox for this and that, on one connection."""

    def __init__(self, port: int, base: str = "") -> None:
        self._client = HTTPConnection("127.0.0.1", port)
        self._base = base
        self._count = 0

    def ask(self) -> None:
        method, path, body = ASKED[self._count % len(ASKED)]
        self._count += 1
        headers = {"Accept": "application/json", "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}
        if body:
            headers["Content-Type"] = "application/json"
        self._client.request(method, self._base + path, body or None, headers)
        self._client.getresponse().read()

    def close(self) -> None:
        self._client.close()


@contextmanager
def arriving(port: int, a_second: int, base: str = "") -> Iterator[None]:
    """So many requests a second until the block ends, each in its own moment."""
    is_over = threading.Event()

    def run() -> None:
        visitor = Visitor(port, base)
        due = time.perf_counter()
        while not is_over.wait(max(0.0, due - time.perf_counter())):
            visitor.ask()
            due += 1 / a_second
        visitor.close()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


@dataclass(frozen=True)
class Traced:
    """What the main thread of a page did: how long each task took, by the clock and in its own time, and frames."""

    tasks_ms: Sequence[float]
    own_ms: Sequence[float]
    frames: int

    @property
    def long(self) -> int:
        return sum(one > LONG_MS for one in self.tasks_ms)


def read_trace(trace: bytes) -> Traced:
    """The tasks of the busiest renderer in a trace of Chromium."""
    events = json.loads(trace)["traceEvents"]
    named = [one for one in events if one["name"] == "thread_name"]
    mains = {(one["pid"], one["tid"]) for one in named if one["args"]["name"] == "CrRendererMain"}
    tasks = [one for one in events if one["name"] == "RunTask" and (one["pid"], one["tid"]) in mains and "dur" in one]
    busiest = statistics.mode([one["pid"] for one in tasks])
    own = [one for one in tasks if one["pid"] == busiest]
    frames = sum(one["name"] == "Commit" and one["pid"] == busiest for one in events)
    return Traced([one["dur"] / 1e3 for one in own], [one.get("tdur", 0) / 1e3 for one in own], frames)


def trace(browser: Browser, page: Page, seconds: float, act: Callable[[Page], None]) -> Traced:
    """What the page does while somebody acts, again and again."""
    browser.start_tracing(page=page, categories=[*CATEGORIES])
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        act(page)
        page.wait_for_timeout(100)
    return read_trace(browser.stop_tracing())
