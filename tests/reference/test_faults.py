"""docs/faults.md is what the code says: `./scripts/test tests/reference --update-golden` writes it anew."""

import re

import pytest

from mockserver.faults.kind import kinds
from mockserver.faults.preset import presets
from mockserver.faults.section import BASE_KEYS, OWNERS
from tests.document import ROOT
from tests.reference.fault_page import write_page

PAGE = ROOT / "docs" / "faults.md"


def test_the_page_is_as_the_code(request: pytest.FixtureRequest) -> None:
    text = write_page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.exists(), "run ./scripts/test tests/reference --update-golden"
    assert PAGE.read_text(encoding="utf-8") == text


def test_it_tells_of_every_kind_key_and_preset() -> None:
    text = write_page()
    told = {word for span in re.findall(r"`([^`\n]+)`", text) for word in re.findall(r"[\w-]+", span)}
    assert {*kinds.names(), *presets, *OWNERS, *BASE_KEYS} - told == set()
    assert "None" not in text
