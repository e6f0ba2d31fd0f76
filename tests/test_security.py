"""SECURITY.md names proofs that exist, comes with the sources, and is found."""

import re

import pytest

from tests.document import ROOT

MODEL = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
PROOFS = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", MODEL)


@pytest.mark.parametrize(("path", "name"), PROOFS)
def test_a_proof_that_is_named_exists(path: str, name: str) -> None:
    assert f"def {name or 'test_'}" in (ROOT / path).read_text(encoding="utf-8")


def test_every_threat_has_a_proof() -> None:
    table = MODEL.partition("## What holds")[2].partition("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    assert [row for row in rows if "`tests/" not in row] == []


def test_it_comes_with_the_sources_and_is_linked() -> None:
    assert '"/SECURITY.md"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "](SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
