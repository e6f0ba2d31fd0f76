"""What the tests of pages share: a browser, a server, and a desk with a sandbox of its own for each test."""

import os
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.clients.browser import WITHOUT, find_chromium
from tests.live import SEEDS, started
from tests.panel.desk import Desk, seated
from tests.panel.picture import take
from tests.server.process import Running

FLAGS = ("--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
_numbers = count(1)
# As long as for everything else at a desk: these tests share their machine with others.
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a window."""
    program = find_chromium()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.getuid() != 0, args=[*FLAGS])
        yield browser
        browser.close()


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Takes a picture of a page under a name in `docs/pictures`, where `--update-pictures` asks for it."""
    wants = bool(request.config.getoption("update_pictures"))
    return take if wants else lambda page, name: None


@pytest.fixture(scope="session")
def panel_server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml")) as server:
        yield server


@pytest.fixture
def desk(chromium: Browser, panel_server: Running, request: pytest.FixtureRequest) -> Iterator[Desk]:
    """A desk with a wide window, or with what a test gives for it (`parametrize("desk", […], indirect=True)`)."""
    options: dict[str, Any] = getattr(request, "param", {})
    with seated(panel_server, chromium, f"desk-{next(_numbers)}", **options) as one:
        yield one
