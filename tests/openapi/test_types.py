"""`mockserver types`: what the compiler accepts, of whatever is served, and the same text at every run.

`./scripts/test tests/openapi --update-golden` writes the golden file anew.
"""

from pathlib import Path

import pytest

from mockserver.conventions.base import conventions
from tests.cli.command import SEEDS, ZOO, run
from tests.clients.typescript import refusals

HERE = Path(__file__).parent
ODD = str(HERE / "definition.yaml")
GOLDEN = HERE / "types.ts"
TEMPLATES = (
    "api: {convention: {like: rest, list: {rows: $items, n: $total}, item: {row: $item}}}\nresources: {pets: {}}\n"
)
USED = """
import type { Animal, AnimalCreate, AnimalList, AnimalPatch, Problem } from './zoo';
const made: AnimalCreate = { name: 'Leo', species: 'lion', zoo_id: 1, diet: ['meat'] };
const patch: AnimalPatch = {};
const named = (list: AnimalList): string[] => list.map((one: Animal) => one.name);
const said = (problem: Problem): number => problem.status;
// @ts-expect-error: no such species
const wrong: AnimalCreate = { name: 'Leo', species: 'dog', zoo_id: 1 };
// @ts-expect-error: the name is missing
const less: AnimalCreate = { species: 'lion', zoo_id: 1 };
// @ts-expect-error: a label is never given
const more: AnimalCreate = { name: 'Leo', species: 'lion', zoo_id: 1, label: 'x' };
// @ts-expect-error: a weight may be null
const heavy = (one: Animal): number => one.weight_kg;
export { made, patch, named, said, wrong, less, more, heavy };
"""


def types_of(*arguments: str) -> str:
    done = run("types", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_the_compiler_accepts_them_all(tmp_path: Path) -> None:
    (tmp_path / "templates.yaml").write_text(TEMPLATES, encoding="utf-8")
    sources = {f"{seed.stem}.ts": types_of(str(seed)) for seed in SEEDS}
    sources |= {f"odd-{name}.ts": types_of(ODD, "--convention", name) for name in conventions.names()}
    sources["templates.ts"] = types_of(str(tmp_path / "templates.yaml"))
    assert refusals({**sources, "used.ts": USED}, tmp_path) == []


def test_they_are_those_kept(request: pytest.FixtureRequest) -> None:
    text = types_of(ODD)
    if request.config.getoption("--update-golden"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text == types_of(ODD)


def test_parts_that_fields_leave_are_no_types_of_their_own() -> None:
    assert "Part" not in types_of(ZOO)
