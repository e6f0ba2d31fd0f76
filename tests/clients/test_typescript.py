"""What `mockserver types` writes, through `tsc --strict` of typescript 7.0.2: shipped definitions, each convention.

The types are held against what the server says: the answer to a GET must be of the type that its route promises.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.conventions.base import conventions
from mockserver.openapi.typescript import write_types
from tests.client import assemble, direct
from tests.clients.client import installed_version
from tests.clients.typescript import refusals
from tests.live import SEEDS
from tests.server.wire import Answer

VERSION = "7.0.2"
DEFINITIONS = sorted(path.name for path in SEEDS.glob("*.yaml"))
PARAMETER = re.compile(r"{(\w+)}")
SCHEMA = re.compile(r"'#/components/schemas/(\w+)'")


def test_the_compiler_is_the_published_one_and_strict(tmp_path: Path) -> None:
    assert installed_version("typescript") == VERSION
    sources = {"right.ts": "export const a: string = 'a';\n", "wrong.ts": "export const b: string = null;\n"}
    assert [line.partition("(")[0] for line in refusals(sources, tmp_path)] == ["wrong.ts"]


@pytest.mark.parametrize("name", DEFINITIONS)
def test_the_types_are_strict_typescript_and_what_is_answered_has_them(name: str, tmp_path: Path) -> None:
    sources: dict[str, str] = {}
    for convention in conventions.names():
        text = (SEEDS / name).read_text(encoding="utf-8")
        sources |= dict(written_and_used(convention, text))
    assert refusals(sources, tmp_path) == []


def written_and_used(convention: str, definition: str) -> Iterator[tuple[str, str]]:
    """The types of a definition in a convention, and a module that gives each of them an answer to hold."""
    service = assemble(definition, convention)
    document: Any = service.openapi("")
    client = direct(service)
    lines = [f'import type * as api from "./{convention}";', ""]
    for number, (template, path) in enumerate(sorted(document["paths"].items())):
        examples = {one["name"]: one["example"] for one in path.get("parameters", ()) if "example" in one}
        if "get" in path and examples.keys() >= set(PARAMETER.findall(template)):
            answer = client.get(template.format_map(examples), "Accept: application/json")
            if kind := promised(path["get"]["responses"], answer):
                lines.append(f"export const answer{number}: api.{kind} = {answer.body.decode()};")
    assert len(lines) > 6, "hardly anything was asked for"
    yield f"{convention}.ts", write_types(document)
    yield f"{convention}-used.ts", "\n".join(lines) + "\n"


def promised(responses: dict[str, object], answer: Answer) -> str:
    """The name of the type that an operation promises for an answer of this status; routes of actions have none."""
    if answer.status >= 400:
        return "Problem"
    named = SCHEMA.search(str(responses.get(str(answer.status))))
    return named[1] if named else ""
