"""What `mockserver types` writes, through `tsc --strict` of typescript 7.0.2: shipped definitions, conventions."""

from pathlib import Path

from tests.clients.client import installed_version
from tests.clients.typescript import refusals

VERSION = "7.0.2"


def test_the_compiler_is_the_published_one_and_strict(tmp_path: Path) -> None:
    assert installed_version("typescript") == VERSION
    sources = {"right.ts": "export const a: string = 'a';\n", "wrong.ts": "export const b: string = null;\n"}
    assert [line.partition("(")[0] for line in refusals(sources, tmp_path)] == ["wrong.ts"]
