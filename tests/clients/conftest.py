"""What the tests of sockets share: a browser, a folder of the pages' files, and the platforms that a script runs on."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tests.clients.browser import WITHOUT, find_chromium, run_browser
from tests.clients.client import FOLDER, PACKAGES, PublishedClient, run_script
from tests.clients.lab import Lab
from tests.clients.proxy import BadNetwork
from tests.live import ROOT, SEEDS, started
from tests.server.process import Running

Call: TypeAlias = Callable[..., Any]
"""One of the calls of `page/calls.js` by its name, made on some platform."""

PLATFORMS = ("chromium", "node", "ws")
"""A browser, Node.js with a WebSocket of its own, and with that of the package `ws`."""


@pytest.fixture(scope="session")
def browser() -> Iterator[PublishedClient | None]:
    """One for all tests; nothing where there is none, which is for those to say who want it."""
    program = find_chromium()
    if program is None:
        yield None
        return
    with run_browser(program) as one:
        yield one


@pytest.fixture(scope="session")
def page_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The test's page and the reference client beside it, for a server to serve."""
    folder = tmp_path_factory.mktemp("pages") / "pages"
    shutil.copytree(FOLDER / "page", folder)
    shutil.copy(ROOT / "mockserver/panel/client.js", folder)
    shutil.copy(PACKAGES / "axios/dist/esm/axios.min.js", folder / "axios.js")
    return folder


@pytest.fixture
def network(server: Running) -> Iterator[BadNetwork]:
    """The way to the server, on which everything can happen."""
    with BadNetwork(server.port) as one:
        yield one


@pytest.fixture(params=PLATFORMS)
def platform(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def call(platform: str, browser: PublishedClient | None, page_files: Path, server: Running) -> Iterator[Call]:
    """Makes calls on the platform: in a new page of the server's, or in a Node.js of their own."""
    if platform != "chromium":
        with run_script("node_page.mjs", str(page_files), platform) as client:
            yield client.call
        return
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    page = browser.call("open", f"http://127.0.0.1:{server.port}/index.html")
    yield lambda *call: browser.call(page, *call)
    browser.call("close", page)


@pytest.fixture(scope="package")
def lab(browser: PublishedClient | None, page_files: Path) -> Iterator[Lab]:
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    zoo = str(SEEDS / "zoo.yaml")
    with (
        started(zoo) as server,
        started(zoo, "--static", str(page_files)) as elsewhere,
        run_script("node_page.mjs", str(page_files), "node") as node,
        run_script("node_page.mjs", str(page_files), "ws") as ws,
    ):
        page = browser.call("open", f"http://127.0.0.1:{elsewhere.port}/index.html")
        yield Lab(server, elsewhere, browser, {"chromium": (browser, (page,)), "node": (node, ()), "ws": (ws, ())})
        browser.call("close", page)
