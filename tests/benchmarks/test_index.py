"""benchmarks/README.md lists every benchmark and every option of the comparison."""

import pytest

from benchmarks.peers.__main__ import main
from benchmarks.peers.scenario import SCENARIOS
from tests.document import ROOT

FOLDER = ROOT / "benchmarks"
INDEX = (FOLDER / "README.md").read_text(encoding="utf-8")
COMMANDS = [path.stem for path in FOLDER.glob("*.py") if "\ndef main() -> None" in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_listed(name: str) -> None:
    assert f"benchmarks.{name}`" in INDEX or f"benchmarks/{name}.py`" in INDEX


def test_every_option_is_told() -> None:
    options = [option for parameter in main.params for option in parameter.opts]
    assert [option for option in options if f"| `{option}" not in INDEX] == []
    assert f"`--scenarios {','.join(scenario.name for scenario in SCENARIOS)}`" in INDEX


def test_every_module_of_the_comparison_has_a_line() -> None:
    modules = {path.stem for path in (FOLDER / "peers").glob("*.py")} - {"__main__"}
    listed = INDEX.partition("| module of `peers/` |")[2]
    assert {name for name in modules if f"`{name}`" not in listed} == set()
