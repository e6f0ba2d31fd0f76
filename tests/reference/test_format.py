"""docs/format.md is what the models say: `./scripts/test tests/reference --update-golden` writes it anew."""

import pytest

from mockserver.definitions.json_schema import write_schema
from mockserver.server.assemble import definition_model
from tests.document import ROOT
from tests.reference.format_page import write_page

PAGE = ROOT / "docs" / "format.md"


def test_the_page_is_as_the_models(request: pytest.FixtureRequest) -> None:
    text = write_page()
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.exists(), "run ./scripts/test tests/reference --update-golden"
    assert PAGE.read_text(encoding="utf-8") == text


def test_every_key_says_what_it_means() -> None:
    schema = write_schema(definition_model(), "2020-12")
    silent = [
        f"{name}.{key}"
        for name, part in {"": schema, **schema["$defs"]}.items()
        for key, value in part.get("properties", {}).items()
        if not value.get("description")
    ]
    assert silent == []
