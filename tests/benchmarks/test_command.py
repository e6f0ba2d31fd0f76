"""`benchmarks/run` as far as it goes without the peers: what is missing, what may be asked, the report alone."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.peers.__main__ import main
from benchmarks.peers.package import DEBIAN, InstallError, find_missing, install, packages_of
from benchmarks.peers.peer import OURS, PEERS, Peer
from benchmarks.peers.record import keeping
from tests.benchmarks.measured import whole_run

PRISM = next(peer for peer in PEERS if peer.name == "prism")


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are found; it has none yet."""
    folder = tmp_path / "tools"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def write_program(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def write_manifest(peer: Peer, cache: Path, version: str) -> None:
    """As npm leaves it."""
    path = packages_of(peer, cache) / peer.package.rpartition("@")[0] / "package.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"version": version}), encoding="utf-8")


def test_what_is_missing_is_known_with_where_to_get_it(tools: Path) -> None:
    assert find_missing(PEERS) == sorted(DEBIAN)
    assert find_missing([OURS]) == ["taskset", "wrk"]
    write_program(tools / "wrk", "exit 1")
    assert find_missing([OURS]) == ["taskset"]


def test_a_package_that_is_there_is_not_installed_again(tools: Path, tmp_path: Path) -> None:
    write_program(tools / "npm", "exit 1")
    write_manifest(PRISM, tmp_path, PRISM.version)
    install(PRISM, tmp_path)


@pytest.mark.parametrize("version", ["", "5.0.0"], ids=["none", "another version"])
def test_the_version_that_is_compared_is_installed(version: str, tools: Path, tmp_path: Path) -> None:
    write_program(tools / "npm", 'echo "$PWD $*" >&2; exit 1')
    if version:
        write_manifest(PRISM, tmp_path, version)
    with pytest.raises(InstallError, match=r"peers/prism install .* @stoplight/prism-cli@5\.16\.0"):
        install(PRISM, tmp_path)


def test_a_report_is_made_from_what_is_there(tmp_path: Path) -> None:
    arguments = ["--report-only", "--cache", str(tmp_path), "--into", str(tmp_path / "into")]
    without = CliRunner().invoke(main, arguments)
    assert without.exit_code == 1
    assert "nothing was measured yet" in without.output
    with keeping(tmp_path / "measured.jsonl") as keep:
        for record in whole_run():
            keep(record)
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert "## Beside the peers" in (tmp_path / "into" / "RESULTS.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--peers", "mockserver,msw"], "'msw' is none of mockserver, json-server-0,"),
        (["--scenarios", "items"], "'items' is none of item, latency,"),
        (["--rows", "10"], "write numbers from 1000"),
        (["--rows", "1e3"], "write numbers from 1000"),
    ],
)
def test_what_is_not_there_can_t_be_chosen(arguments: list[str], problem: str) -> None:
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert problem in " ".join(done.output.split())
