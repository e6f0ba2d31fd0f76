"""`mockserver init`: a definition that works at once, and nothing overwritten."""

import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft7Validator

from mockserver.cli.newfile import create_file
from tests.cli.command import ROOT, fetch, list_names, plain_urls, run, serving


@pytest.mark.parametrize("source", [[], ["--from", "zoo"], ["--from", "tickets"], ["--from", "linkis"]])
def test_what_init_writes_checks_clean_and_is_served(tmp_path: Path, source: list[str]) -> None:
    done = run("init", *source, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list_names(tmp_path) == ["mockserver.schema.json", "mockserver.yaml"]
    first = (tmp_path / "mockserver.yaml").read_text(encoding="utf-8").splitlines()[0]
    schema = tmp_path / first.removeprefix("# yaml-language-server: $schema=")
    Draft7Validator.check_schema(json.loads(schema.read_text(encoding="utf-8")))
    assert run("check", "mockserver.yaml", cwd=tmp_path).returncode == 0
    with serving(cwd=tmp_path) as lines:
        asked = plain_urls(lines)
        assert asked
        for url in asked:
            assert json.loads(fetch(url))


def test_the_shipped_definition_is_taken_as_it_is(tmp_path: Path) -> None:
    run("init", "--from", "zoo", cwd=tmp_path)
    text = (tmp_path / "mockserver.yaml").read_text(encoding="utf-8")
    assert text.partition("\n")[2] == (ROOT / "seeds/zoo.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["mockserver.yaml", "mockserver.schema.json"])
def test_what_exists_stays_as_it_is(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    done = run("init", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.decode() == f"Error: {name} exists already and stays as it is: remove it, or go elsewhere.\n"
    assert list_names(tmp_path) == [name]
    assert (tmp_path / name).read_text(encoding="utf-8") == "mine"


def test_the_same_schema_is_no_obstacle(tmp_path: Path) -> None:
    run("init", cwd=tmp_path)
    (tmp_path / "mockserver.yaml").unlink()
    assert run("init", cwd=tmp_path).returncode == 0


def test_a_link_that_leads_nowhere_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mockserver.yaml").symlink_to(tmp_path / "gone")
    assert run("init", cwd=tmp_path).returncode == 1
    assert list_names(tmp_path) == ["mockserver.yaml"]


def test_an_unknown_source_is_wrong_usage_and_names_those_there_are(tmp_path: Path) -> None:
    done = run("init", "--from", "zo", cwd=tmp_path)
    assert done.returncode == 2
    assert b"zoo" in done.stderr
    assert list_names(tmp_path) == []


def test_a_file_that_can_not_be_written_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        create_file(tmp_path / "a", "text")
    assert list_names(tmp_path) == []


def test_without_links_nothing_is_replaced_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    create_file(tmp_path / "a", "one\n")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "a", "two\n")
    assert (tmp_path / "a").read_bytes() == b"one\n"
    assert list_names(tmp_path) == ["a"]
