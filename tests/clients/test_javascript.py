"""The client for JavaScript, `clients/js/`: its own tests in Node.js, its types, and the package as it is published."""

import json
import shutil
from pathlib import Path

import pytest

import mockserver
from tests.clients.client import FOLDER, NODE, run_as_user
from tests.clients.typescript import refusals
from tests.document import ROOT, find_blocks
from tests.live import SEEDS

PACKAGE = ROOT / "clients/js"


@pytest.mark.parametrize("name", ["client", "server"])
def test_what_its_own_tests_say_holds(name: str) -> None:
    script = str(FOLDER / f"javascript/{name}.test.mjs")
    done = run_as_user(ROOT, NODE, "--test", "--test-reporter=spec", script, ZOO=str(SEEDS / "zoo.yaml"))
    assert done.returncode == 0, done.stdout


def test_its_types_say_how_it_is_used(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/mockserver-py").symlink_to(PACKAGE)
    assert refusals({"usage.ts": (FOLDER / "javascript/usage.ts").read_text(encoding="utf-8")}, tmp_path) == []


def test_its_readme_does_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/mockserver-py").symlink_to(PACKAGE)
    shutil.copy(ROOT / "examples/vitest/mockserver.yaml", tmp_path)
    blocks = find_blocks((PACKAGE / "README.md").read_text(encoding="utf-8"))
    [script] = [block.text for block in blocks if block.kind == "js"]
    (tmp_path / "readme.mjs").write_text(script, encoding="utf-8")
    done = run_as_user(tmp_path, NODE, "readme.mjs")
    assert (done.returncode, done.stdout) == (0, "")


def test_its_version_is_the_server_s() -> None:
    described = json.loads((PACKAGE / "package.json").read_text(encoding="utf-8"))
    assert described["version"] == mockserver.__version__
    assert "dependencies" not in described


def test_its_licence_is_the_project_s() -> None:
    assert (PACKAGE / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_what_is_published_is_all_of_it_and_nothing_else(tmp_path: Path) -> None:
    done = run_as_user(PACKAGE, "npm", "pack", "--dry-run", "--json", "--loglevel=silent", "--cache", str(tmp_path))
    assert done.returncode == 0, done.stdout
    packed = json.loads(done.stdout)
    [about] = packed if isinstance(packed, list) else packed.values()
    assert {one["path"] for one in about["files"]} == {path.name for path in PACKAGE.iterdir()}
