"""The projects of `examples/`, each run as its user would: by `npm test`, with a real server that it starts itself."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.clients.browser import WITHOUT, find_chromium
from tests.clients.client import NODE, run_as_user
from tests.clients.typescript import project_refusals
from tests.document import ROOT, find_blocks

EXAMPLES = ROOT / "examples"
# What makes a project of it, beside package.json and tsconfig.json.
SHOWN = ("*.[jt]s", "*.html", "app/*", "src/*", ".storybook/*", "cypress/*/*", "test/*", "tests/*")
WORKSPACE = json.loads((EXAMPLES / "package.json").read_text(encoding="utf-8"))["workspaces"]
CYPRESS = Path(os.environ.get("CYPRESS_CACHE_FOLDER", Path.home() / ".cache/Cypress"))


def run_example(name: str, *command: str, **environment: str) -> str:
    """What it prints; it has to end well."""
    assert (EXAMPLES / "node_modules").is_dir(), "the examples are not installed: run ./scripts/prepare dev"
    done = run_as_user(EXAMPLES / name, *command, STORYBOOK_DISABLE_TELEMETRY="1", **environment)
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.mark.parametrize(("name", "outcome"), [("vitest", "4 passed (4)"), ("vite", "pass 2")])
def test_the_tests_of_an_example_pass(name: str, outcome: str) -> None:
    assert outcome in run_example(name, "npm", "test")


def test_the_stories_pass_and_become_a_site(is_thorough: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a fixture
    assert "4 passed (4)" in run_example("storybook", "npm", "test")
    if is_thorough:
        run_example("storybook", "npm", "run", "build", "--", "--output-dir", str(tmp_path))
        assert "todolist--recovers" in (tmp_path / "index.json").read_text(encoding="utf-8")


def test_the_tests_of_the_playwright_example_pass(tmp_path: Path) -> None:
    browser = find_chromium()
    if browser is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(WITHOUT)
    printed = run_example(
        "playwright", "npm", "test", "--", "--output", str(tmp_path), "--workers", "1", CHROMIUM=browser
    )
    assert "3 passed" in printed


def test_the_cypress_example_s_tasks_do_what_its_commands_say() -> None:
    run_example("cypress", NODE, str(Path(__file__).with_name("cypress_tasks.mjs")))
    if any(CYPRESS.glob("*/Cypress")):
        # Its browser can't be had from a package registry; where it is, it runs.
        run_example("cypress", "npm", "test")


@pytest.mark.parametrize("name", sorted(name for name in WORKSPACE if (EXAMPLES / name / "tsconfig.json").exists()))
def test_an_example_is_strict_typescript(name: str) -> None:
    assert project_refusals(EXAMPLES / name) == []


@pytest.mark.parametrize("name", WORKSPACE)
def test_who_follows_a_page_in_an_empty_folder_has_the_example(name: str) -> None:
    page = (ROOT / f"docs/recipes/{name}.md").read_text(encoding="utf-8")
    blocks = [block.text.partition("\n") for block in find_blocks(page) if block.kind not in ("text", "yaml")]
    shown = {re.sub(r"^(?://|<!--) | -->$", "", first): text for first, _, text in blocks}
    tracked = {path for one in SHOWN for path in (EXAMPLES / name).glob(one) if "node_modules" not in path.parts}
    assert shown == {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in tracked}
    described = json.loads((EXAMPLES / name / "package.json").read_text(encoding="utf-8"))
    installs = " ".join(re.findall(r"^npm install ([^#\n]*)", page, re.MULTILINE)).split()
    assert {*described.get("dependencies", {}), *described["devDependencies"]} <= {*installs}


@pytest.mark.parametrize("name", WORKSPACE)
def test_an_example_stands_alone(name: str) -> None:
    described = json.loads((EXAMPLES / name / "package.json").read_text(encoding="utf-8"))
    pinned = {**described.get("dependencies", {}), **described["devDependencies"]}
    client = json.loads((ROOT / "clients/js/package.json").read_text(encoding="utf-8"))
    assert pinned["mockserver-py"] == f"^{client['version']}"
    assert (EXAMPLES / name / "mockserver.yaml").is_file()
    page = (ROOT / f"docs/recipes/{name}.md").read_text(encoding="utf-8")
    definitions = [block.text for block in find_blocks(page) if block.kind == "yaml"]
    assert definitions == [f"# mockserver.yaml\n{(EXAMPLES / name / 'mockserver.yaml').read_text(encoding='utf-8')}"]
