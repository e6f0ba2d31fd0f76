"""`mockserver openapi`: the document of the control plane without a server, as JSON and as YAML."""

import json
from pathlib import Path

import pytest
import yaml

from tests.cli.command import SEEDS, ZOO, run


@pytest.mark.parametrize("seed", SEEDS, ids=lambda path: path.stem)
def test_both_formats_say_the_same(seed: Path) -> None:
    document = json.loads(run("openapi", str(seed)).stdout)
    assert document["openapi"].startswith("3.1")
    assert yaml.safe_load(run("openapi", str(seed), "--format", "yaml").stdout) == document


def test_it_is_the_same_at_every_run() -> None:
    assert run("openapi", ZOO).stdout == run("openapi", ZOO).stdout


def test_options_win_over_the_file() -> None:
    done = run("openapi", ZOO, "--convention", "abp", "--server", "https://api.example.org/", "--seed", "7")
    document = json.loads(done.stdout)
    assert document["servers"] == [{"url": "https://api.example.org"}]
    assert "/api/v1/zoos" in document["paths"]
    assert done.stdout != run("openapi", ZOO, "--convention", "abp", "--server", "https://api.example.org").stdout


def test_a_definition_that_is_wrong_has_no_document(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("resources: {pets: {cuont: 1}}\n", encoding="utf-8")
    for command in ("openapi", "types"):
        done = run(command, "a.yaml", cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"did you mean 'count'?" in done.stderr
        assert run(command, "b.yaml", cwd=tmp_path).returncode == 2
        assert run(command, ZOO, "--convention", "lnkis").returncode == 2
