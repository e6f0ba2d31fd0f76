"""`mockserver check`: every problem in its place, each path a definition of its own."""

import json
from pathlib import Path

import pytest

from tests.cli.command import SEEDS, run

BROKEN = "mock: 1\nresources:\n  pets:\n    fields:\n      name: frist_name\n      kind: {enmu: [a]}\n"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
    return tmp_path


def test_clean_files_are_checked_apart_and_get_a_line_each() -> None:
    done = run("check", *map(str, SEEDS))
    assert (done.returncode, done.stderr) == (0, b"")
    lines = done.stdout.decode().splitlines()
    assert [line.partition(": no problems, ")[0] for line in lines] == list(map(str, SEEDS))
    assert all(line.endswith(" rows") and " resources with " in line for line in lines)


def test_every_problem_has_its_place_line_caret_and_hint(broken: Path) -> None:
    done = run("check", "broken.yaml", cwd=broken)
    said = done.stdout.decode()
    assert done.returncode == 2
    assert "broken.yaml:5:13: " in said
    assert "broken.yaml:6:" in said
    assert "          name: frist_name\n                ^\n" in said
    assert "first_name" in said
    assert "2 problems in broken.yaml" in said


def test_problems_of_one_definition_do_not_hide_that_another_is_clean(broken: Path) -> None:
    done = run("check", "broken.yaml", str(SEEDS[0]), cwd=broken)
    assert done.returncode == 2
    assert f"{SEEDS[0]}: no problems" in done.stdout.decode()


def test_json_is_one_list_over_all_paths(broken: Path) -> None:
    done = run("check", "--format", "json", "broken.yaml", str(SEEDS[0]), "nowhere.yaml", cwd=broken)
    problems = json.loads(done.stdout)
    assert done.returncode == 2
    assert [(each["file"], each["line"]) for each in problems] == [
        ("broken.yaml", 5), ("broken.yaml", 6), ("nowhere.yaml", 1),
    ]  # fmt: skip
    assert json.loads(run("check", "--format", "json", str(SEEDS[0])).stdout) == []


def test_github_gets_annotations(broken: Path) -> None:
    done = run("check", "--format", "github", "broken.yaml", cwd=broken)
    assert done.returncode == 2
    assert all(line.startswith("::error file=broken.yaml,line=") for line in done.stdout.decode().splitlines())


def test_a_folder_is_one_definition(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("mock: 1\nresources: {owners: {count: 2}}\n", encoding="utf-8")
    pets = "resources: {pets: {count: 1, fields: {owner_id: {ref: owners}}}}\n"
    (tmp_path / "b.yaml").write_text(pets, encoding="utf-8")
    assert b"no problems, 2 resources with 3 rows" in run("check", str(tmp_path)).stdout
    apart = run("check", "a.yaml", "b.yaml", cwd=tmp_path)
    assert apart.returncode == 2
    assert b"a.yaml: no problems, 1 resource with 2 rows" in apart.stdout


def test_what_can_not_be_generated_is_found(tmp_path: Path) -> None:
    text = "resources:\n  pets: {count: 5, fields: {kind: {enum: [a, b], unique: true}}}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    done = run("check", "a.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert b"a.yaml:2:" in done.stdout
    assert b"unique" in done.stdout


def test_a_missing_file_is_a_problem_with_the_nearest_name(broken: Path) -> None:
    done = run("check", "brokn.yaml", cwd=broken)
    assert done.returncode == 2
    assert b"did you mean 'broken.yaml'?" in done.stdout


def test_without_a_path_it_is_wrong_usage() -> None:
    assert run("check").returncode == 2


def test_a_definition_may_be_as_large_as_whoever_checks_it_says(tmp_path: Path) -> None:
    many = "[&a 1" + ", *a" * 101 + "]"
    (tmp_path / "large.yaml").write_text(
        f"resources: {{pets: {{count: 1, fields: {{many: {{value: {{is: {many}}}, type: object}}}}}}}}\n#"
        + "x" * 1024 * 1024
    )
    refused = run("check", "large.yaml", cwd=tmp_path).stdout.decode()
    assert "larger than 1 MiB" in refused
    assert "--limit definition=" in refused
    refused = run("check", "--limit", "definition=2MiB", "large.yaml", cwd=tmp_path).stdout.decode()
    assert "more than 100 aliases" in refused
    assert "--limit aliases=" in refused
    done = run("check", "--limit", "definition=2MiB", "--limit", "aliases=101", "large.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"large.yaml: no problems, 1 resource with 1 row\n")
