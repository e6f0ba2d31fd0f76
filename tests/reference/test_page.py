"""docs/conventions/ is what the code says: `./scripts/test tests/reference --update-golden` writes the pages anew."""

import pytest

from mockserver.conventions.base import conventions
from tests.document import ROOT
from tests.reference.page import write_page

PAGES = ROOT / "docs" / "conventions"


@pytest.mark.parametrize("name", conventions.names())
def test_the_page_of_a_convention_is_as_its_code(name: str, request: pytest.FixtureRequest) -> None:
    path, text = PAGES / f"{name}.md", write_page(name)
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert path.exists(), f"{path.name} is new: run ./scripts/test tests/reference --update-golden"
    assert path.read_text(encoding="utf-8") == text


def test_every_page_is_of_a_convention_there_is() -> None:
    assert {path.stem for path in PAGES.glob("*.md")} == set(conventions.names())
