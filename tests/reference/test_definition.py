"""docs/definition.md names every key of the format."""

import re
from collections.abc import Iterator
from typing import Any

from mockserver.server.assemble import definition_model
from tests.document import ROOT

PAGE = (ROOT / "docs/definition.md").read_text(encoding="utf-8")


def keys(schema: Any) -> Iterator[str]:
    """Every name that a mapping of the format may hold, but the statuses, which the pages of the conventions list."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from keys(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from keys(inner)


def test_every_key_is_told_of() -> None:
    told = {word for span in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", span)}
    told |= {
        word for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL) for word in re.findall(r"(\w+):", block)
    }
    known = set(keys(definition_model().model_json_schema()))
    assert len(known) > 80
    assert known - told == set()
