"""Pictures of documents: taken of pages as they are with `--update-pictures`, else held to what is said of them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from playwright.sync_api import Page

from tests.live import ROOT

FOLDER: Final = ROOT / "docs" / "pictures"
MOST_BYTES: Final = 250_000
MOST_BYTES_OF_A_FAULT: Final = 60_000
"""There are many of those on one page."""
_SHOWN: Final = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)|<img\b[^>]*?\bsrc=\"([^\"]+)\"")


def take(page: Page, name: str) -> None:
    """Write what a page's window shows to `docs/pictures/NAME.png`."""
    file = FOLDER / f"{name}.png"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(page.screenshot(animations="disabled", caret="hide"))


def shown_in(document: Path) -> Iterator[tuple[Path, str]]:
    """The pictures of our own that a document shows, each with the words for those who don't see it."""
    for found in _SHOWN.finditer(document.read_text(encoding="utf-8")):
        target = found[2] or found[3]
        if "://" not in target:
            yield (document.parent / unquote(target)).resolve(), found[1] or found[0]


def bound_of(picture: Path) -> int:
    """How many bytes a picture may have."""
    return MOST_BYTES_OF_A_FAULT if picture.parent.name == "faults" else MOST_BYTES
