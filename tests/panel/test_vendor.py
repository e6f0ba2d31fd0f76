"""What the pages are made of: libraries as they were published, nothing from elsewhere, and not much of it."""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import pytest

from mockserver.server.control.page import PAGES
from tests.clients.client import PACKAGES
from tests.live import ROOT

PANEL: Final = ROOT / "mockserver" / "panel"
VENDOR: Final = PANEL / "vendor"
LOCK: Final = ROOT / "tests" / "clients" / "package-lock.json"
ABOUT: Final = {"README.md", "SHA256SUMS"}
MOST_BYTES: Final = 100_000
ROW: Final = re.compile(r"^\| `([^`]+)` \| (\S+) (\S+) \| `([^`]+)` \|")
ADDRESS: Final = re.compile(r"""(?:https?|wss?)://[^\s"'`)<>]*""", re.IGNORECASE)
NAMES_ONLY: Final = ("http://www.w3.org/2000/svg",)
"""What looks like an address and is the name of something."""


def vendored() -> list[str]:
    return sorted(
        path.relative_to(VENDOR).as_posix() for path in VENDOR.rglob("*") if path.is_file() and path.name not in ABOUT
    )


def listed() -> dict[str, tuple[str, str, str]]:
    """What README.md says of each file: package, version, and the file there."""
    rows = (ROW.match(line) for line in (VENDOR / "README.md").read_text(encoding="utf-8").splitlines())
    return {row[1]: (row[2], row[3], row[4]) for row in rows if row is not None}


def own() -> Iterator[Path]:
    """The files that we wrote."""
    return (path for path in PANEL.rglob("*") if path.is_file() and VENDOR not in path.parents)


def test_every_vendored_file_is_listed_with_its_sum() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert sorted(sums) == sorted(listed()) == vendored()
    assert sums == {name: sha256((VENDOR / name).read_bytes()).hexdigest() for name in sums}


@pytest.mark.parametrize("name", vendored())
def test_every_vendored_file_is_as_it_was_published(name: str) -> None:
    package, version, file = listed()[name]
    assert json.loads(LOCK.read_text(encoding="utf-8"))["packages"][f"node_modules/{package}"]["version"] == version
    assert json.loads((PACKAGES / package / "package.json").read_text(encoding="utf-8"))["version"] == version
    assert (VENDOR / name).read_bytes() == (PACKAGES / package / file).read_bytes()


def test_nothing_names_the_registry_that_packages_came_from() -> None:
    assert "resolved" not in LOCK.read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", [".html", ".js", ".css", ".svg"])
def test_nothing_of_ours_leads_outside(suffix: str) -> None:
    files = [path for path in own() if path.suffix == suffix]
    assert files
    for path in files:
        for address in ADDRESS.findall(path.read_text(encoding="utf-8")):
            assert is_ours(address), f"{path.name}: {address}"


def is_ours(address: str) -> bool:
    """Whether it is made of where the page is from, an example in words, or a mere name."""
    host = address.partition("//")[2]
    return address in NAMES_ONLY or host.startswith(("${", "localhost", "127.0.0.1"))


def test_vendored_styles_load_nothing() -> None:
    for path in VENDOR.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "@import" not in text
        assert all(place.startswith("data:") for place in re.findall(r"url\(['\"]?([^'\")]*)", text))


def test_no_text_of_ours_becomes_markup() -> None:
    banned = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|dangerouslySetInnerHTML|document\.write|\beval\(|new Function"
    )
    for path in own():
        assert banned.search(path.read_text(encoding="utf-8")) is None, path.name
        if path.suffix == ".html":
            assert not re.search(r"\sstyle=|\son[a-z]+=", path.read_text(encoding="utf-8")), path.name


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def mapped() -> dict[str, Path]:
    """The files that modules call by a name."""
    found = re.search(r'<script type="importmap">(.*?)</script>', read(PANEL / "index.html"), re.DOTALL)
    assert found is not None
    return {name: PANEL / target.removeprefix("/panel/") for name, target in json.loads(found[1])["imports"].items()}


def imported(module: Path) -> Iterator[Path]:
    """The modules that one loads, now or later."""
    for name in re.findall(r'\b(?:from|import)\s*\(?\s*"([^"]+)"', read(module)):
        yield (module.parent / name).resolve() if name.startswith(".") else mapped()[name]


def loaded(page: str, without: Sequence[str] = ()) -> set[Path]:
    """Every file that a page may load, itself included, leaving out some and what they alone load."""
    found = {PANEL / page}
    coming = [PANEL / name for name in re.findall(r'(?:src|href)="/panel/([^"]+)"', read(PANEL / page))]
    while coming:
        path = coming.pop()
        if path not in found and path.relative_to(PANEL).as_posix() not in without:
            found.add(path)
            coming += imported(path) if path.suffix == ".js" and "swagger-ui" not in path.parts else []
    return found


@pytest.mark.parametrize("page", sorted(PAGES.values()))
def test_all_that_a_page_may_load_is_there(page: str) -> None:
    missing = [path for path in loaded(page) if not path.is_file()]
    assert missing == []


def test_every_module_is_loaded_by_some_page() -> None:
    used = set().union(*(loaded(page) for page in PAGES.values()))
    assert [path for path in own() if path.suffix in {".js", ".css"} and path not in used] == []


def test_the_panel_is_small() -> None:
    """All its views but that of the API, each file compressed by itself."""
    files = loaded("index.html", ["views/api.js", "style/api.css"])
    assert len(files) > 30
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < MOST_BYTES
