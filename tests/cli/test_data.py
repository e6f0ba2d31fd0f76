"""`mockserver data`: rows as JSON or CSV, byte for byte the same everywhere."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import ROOT, ZOO, run

AWKWARD = """\
resources:
  notes:
    fields:
      id: {seq: 1}
      text: {value: null, type: string}
      inner: {value: null, type: any}
    rows:
      - {id: 1, text: "a,\\"b\\"\\r\\nc\\nd", inner: {x: [1, "é"]}}
      - {id: 2, text: "", inner: true}
      - {id: 3}
  empty: {count: 0}
"""


@pytest.fixture
def awkward(tmp_path: Path) -> Path:
    path = tmp_path / "awkward.yaml"
    path.write_text(AWKWARD, encoding="utf-8")
    return path


def test_without_a_resource_it_is_an_object_of_all_in_the_order_of_the_file() -> None:
    done = run("data", ZOO)
    assert (done.returncode, done.stderr) == (0, b"")
    data = json.loads(done.stdout)
    assert list(data) == ["zoos", "animal_types", "animals", "employees", "accounts", "transactions"]
    assert data["zoos"] == json.loads(run("data", ZOO, "zoos").stdout)
    assert done.stdout.endswith(b"]\n}\n")


def test_the_seed_can_be_chosen() -> None:
    assert run("data", ZOO, "zoos", "--seed", "42").stdout == run("data", ZOO, "zoos").stdout
    assert run("data", ZOO, "zoos", "--seed", "7").stdout != run("data", ZOO, "zoos").stdout
    assert run("data", ZOO, "--seed", "-1").returncode == 2


def test_nothing_is_an_empty_array_and_an_empty_object(awkward: Path, tmp_path: Path) -> None:
    assert run("data", str(awkward), "empty").stdout == b"[]\n"
    assert json.loads(run("data", str(awkward)).stdout)["empty"] == []
    (tmp_path / "none.yaml").write_text("mock: 1\n", encoding="utf-8")
    assert run("data", str(tmp_path / "none.yaml")).stdout == b"{}\n"


def test_csv_is_that_of_rfc_4180(awkward: Path) -> None:
    printed = run("data", str(awkward), "notes", "--format", "csv").stdout
    assert printed.startswith(b'id,text,inner\r\n1,"a,""b""\r\nc\nd","{""x"":[1,""\xc3\xa9""]}"\r\n')
    rows = list(csv.reader(printed.decode().splitlines(keepends=True)))
    assert rows[2:] == [["2", "", "true"], ["3", "", ""]]
    assert run("data", str(awkward), "empty", "--format", "csv").stdout == b"id\r\n"


def test_csv_needs_a_resource() -> None:
    done = run("data", ZOO, "--format", "csv")
    assert done.returncode == 2
    assert b"name it after the path" in done.stderr


def test_an_unknown_resource_is_answered_with_the_nearest() -> None:
    done = run("data", ZOO, "animal")
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"did you mean 'animals'?" in done.stderr


def test_a_broken_definition_shows_its_problems_on_stderr(tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("resources: {pets: {fields: {name: frist_name}}}\n", encoding="utf-8")
    done = run("data", str(path))
    assert (done.returncode, done.stdout) == (2, b"")
    assert f"{path}:1:35: ".encode() in done.stderr
    assert b"^" in done.stderr


def test_a_reader_that_leaves_early_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "many.yaml"
    path.write_text("resources: {pets: {count: 20000, fields: {n: {int: [0, 9]}}}}\n", encoding="utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "mockserver", "data", str(path)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"{\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("data", ZOO, stdout=full)
    assert done.returncode == 1
    assert done.stderr == b"Error: The output can't be written: No space left on device.\n"


def test_a_singleton_is_an_array_of_one_and_files_and_pictures_are_as_documents_have_them(tmp_path: Path) -> None:
    fields = "{name: {value: x}, photo: {file: {}}, pic: {image: [9, 9]}}"
    text = f"api: {{version: v1}}\nresources: {{own: {{singleton: true, fields: {fields}}}}}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    data = json.loads(run("data", "a.yaml", cwd=tmp_path).stdout)
    assert data == {"own": [{"id": 1, "name": "x", "photo": None, "pic": "/v1/own/pic"}]}
