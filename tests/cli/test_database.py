"""Every command that takes a definition takes a plain JSON file of collections too."""

import json
from pathlib import Path

import pytest

from tests.cli.command import run, serving

DATABASE = {"posts": [{"id": 1, "title": "one"}, {"id": 2, "title": "two", "extra": [1]}], "users": []}


@pytest.fixture
def path(tmp_path: Path) -> str:
    file = tmp_path / "db.json"
    file.write_text(json.dumps(DATABASE, indent=2), encoding="utf-8")
    return str(file)


def test_check_counts_what_is_in_it(path: str) -> None:
    done = run("check", path)
    assert (done.returncode, done.stdout.decode()) == (0, f"{path}: no problems, 2 resources with 2 rows\n")


def test_check_says_what_can_not_be_served(tmp_path: Path) -> None:
    file = tmp_path / "db.json"
    file.write_text('{\n  "posts": [{"id": 1}, {"id": 1}],\n  "limit": 7\n}\n', encoding="utf-8")
    done = run("check", str(file))
    assert done.returncode == 2
    assert done.stdout.decode().splitlines() == [
        f"{file}:2:31: the id 1 is taken by the row in line 2",
        '      "posts": [{"id": 1}, {"id": 1}],',
        "                                  ^",
        "  give it another",
        f"{file}:3:12: 'limit' is a number, which can't be served",
        '      "limit": 7',
        "               ^",
        "  every key holds a list of objects, or one object",
        f"2 problems in {file}",
    ]


def test_data_prints_it(path: str) -> None:
    assert json.loads(run("data", path).stdout) == DATABASE
    assert run("data", path, "posts", "--format", "csv").stdout.splitlines()[0] == b"id,title,extra"


def test_get_answers_from_it(path: str) -> None:
    assert json.loads(run("get", path, "/posts?_sort=id&_order=desc&_limit=1").stdout) == DATABASE["posts"][1:]
    assert json.loads(run("get", path, "/api/posts/1", "--convention", "abp").stdout)["result"]["title"] == "one"


def test_routes_lists_what_there_is(path: str) -> None:
    lines = run("routes", path).stdout.decode().splitlines()
    assert lines[0].split() == ["GET", "/posts", "→", "posts.list"]


def test_serve_says_how_to_ask_for_it(path: str) -> None:
    with serving("serve", path) as lines:
        assert lines[0] == "db.json · json-server · seed 1"
        assert any("/posts'" in line and "# 2 posts" in line for line in lines)


def test_other_files_may_stand_beside_it(path: str, tmp_path: Path) -> None:
    other = tmp_path / "more.yaml"
    other.write_text("name: Blog\nresources: {tags: {rows: [{id: 1}]}}\n", encoding="utf-8")
    with serving("serve", path, str(other)) as lines:
        assert lines[0] == "Blog · json-server · seed 1"
        assert any("/tags'" in line for line in lines)
