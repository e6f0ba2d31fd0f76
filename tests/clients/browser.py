"""A browser for the tests: the Chromium of this machine, without a window."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from tests.clients.client import FOLDER, NODE, PublishedClient, run_client

WITHOUT: Final = "there is no Chromium on the PATH (Debian: apt-get install chromium); CHROMIUM names one elsewhere"
_NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_chromium() -> str | None:
    """The browser's program, if there is one."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, (named,) if named else _NAMES)), None)


@contextmanager
def run_browser(program: str) -> Iterator[PublishedClient]:
    """A browser until the block ends; it is left in order, so that nothing of it stays behind."""
    with run_client(NODE, str(FOLDER / "browser.mjs"), program) as browser:
        yield browser
        browser.call("leave")
