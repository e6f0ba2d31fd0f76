"""The commands that switch a running server: faults, scenarios, snapshots, each in the sandbox named."""

import json
import subprocess

import pytest

from tests.cli.command import run
from tests.server.process import Running


def told(server: Running, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return run(*arguments, "--control", f"http://127.0.0.1:{server.control_port}")


def said(server: Running, *arguments: str) -> str:
    """What a command prints that does its work."""
    done = told(server, *arguments)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def table(server: Running, *arguments: str) -> dict[str, list[str]]:
    """The lines of a list by their first cell."""
    lines = [line.split() for line in said(server, *arguments).splitlines()]
    return {line[0]: line[1:] for line in lines}


def test_faults_are_listed_switched_on_and_ended(pets: Running) -> None:
    assert table(pets, "fault") == table(pets, "fault", "list")
    assert table(pets, "fault")["outage"] == ["off", "file", "0", "0", "All", "is", "lost."]
    assert table(pets, "fault")["moved"] == ["on", "file", "0", "0", "GET", "/pets/3:", "answered", "410"]
    assert said(pets, "fault", "on", "outage", "--ttl", "2m").startswith(
        ("on: outage, for 2m", "on: outage, for 1m 59s")
    )
    assert pets.get("/pets").status == 503
    assert table(pets, "fault")["outage"][0] == "on"
    assert said(pets, "fault", "off", "outage") == "off: outage\n"
    assert said(pets, "fault", "on", "slow").startswith("on: slow, for 1")
    assert said(pets, "fault", "off") == "off: moved, slow\n"
    assert said(pets, "fault", "off") == "no fault was on\n"
    listed = json.loads(said(pets, "fault", "list", "--json"))
    assert [one["name"] for one in listed] == ["outage", "moved", "slow"]


def test_a_preset_that_is_not_on_can_t_be_switched_off(pets: Running) -> None:
    done = told(pets, "fault", "off", "slow")
    assert (done.returncode, done.stderr) == (1, b"Error: 'slow' is a preset, and it is not on.\n")


def test_a_command_is_about_the_sandbox_that_is_named(pets: Running) -> None:
    said(pets, "fault", "on", "maintenance", "--sandbox", "w1")
    assert (pets.get("/pets").status, pets.get("/~w1/pets").status) == (200, 503)
    assert "maintenance" not in table(pets, "fault")
    assert said(pets, "scenario", "empty", "--sandbox", "w1") == "scenario: empty\n"
    assert table(pets, "scenario", "--sandbox", "w1")["empty"][0] == "*"
    assert table(pets, "scenario")["empty"][0] != "*"
    assert said(pets, "reset", "--sandbox", "w1") == "reset: data, faults, feed, journal, clock\n"
    assert len(pets.get("/~w1/pets").json) == 3
    assert "requests" in said(pets, "status", "--sandbox", "w1")
    assert said(pets, "sockets", "--sandbox", "w1") == "no socket is open\n"


def test_the_sandbox_may_stand_in_the_environment(pets: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_SANDBOX", "w5")
    said(pets, "fault", "on", "maintenance")
    assert (pets.get("/pets").status, pets.get("/~w5/pets").status) == (200, 503)


def test_a_scenario_is_switched_to_listed_and_left(pets: Running) -> None:
    assert said(pets, "scenario", "lost") == "scenario: lost\n"
    assert table(pets, "scenario")["lost"] == ["*", "ada", "outage"]
    assert pets.get("/pets").status == 503
    assert said(pets, "scenario", "--none") == "scenario: none, the state of the file\n"
    assert pets.get("/pets").status == 200
    assert [one["name"] for one in json.loads(said(pets, "scenario", "--json"))] == ["empty", "lost", "fading"]


def test_a_snapshot_is_saved_restored_and_deleted(pets: Running) -> None:
    assert said(pets, "snapshot") == "no snapshot is kept\n"
    assert said(pets, "snapshot", "save", "full") == "saved: full\n"
    said(pets, "scenario", "empty")
    assert pets.get("/pets").json == []
    assert said(pets, "snapshot", "restore", "full") == "restored: full\n"
    assert len(pets.get("/pets").json) == 3
    assert table(pets, "snapshot", "list")["full"][1:] == ["3"]
    assert [one["name"] for one in json.loads(said(pets, "snapshot", "list", "--json"))] == ["full"]
    assert said(pets, "snapshot", "delete", "full") == "deleted: full\n"


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["fault", "on", "flakky"], "There is no fault 'flakky'; did you mean 'flaky'?"),
        (["fault", "off", "outtage"], "There is no fault 'outtage'; did you mean 'outage'?"),
        (["fault", "on", "outage", "--ttl", "soon"], "should be a duration"),
        (["fault", "on", "a?b#c ü"], "There is no fault 'a?b#c ü'"),
        (["scenario", "emtpy"], "There is no scenario 'emtpy'; did you mean 'empty'?"),
        (["snapshot", "restore", "fulll"], "There is no snapshot 'fulll'"),
        (["snapshot", "save", "a b"], "can't be a snapshot"),
        (["reset", "fualts"], "'what' must be one of data, faults, feed, journal, clock."),
        (["status", "--sandbox", "a b"], "must be 1 to 64 letters"),
        (["sockets", "close", "7?x=1#y"], "There is no open socket '7?x=1#y'"),
    ],
)
def test_what_the_server_refuses_is_one_line_with_the_reason(pets: Running, arguments: list[str], reason: str) -> None:
    done = told(pets, *arguments)
    assert done.returncode == 1
    [line] = done.stderr.decode().splitlines()
    assert line.startswith("Error: The server refused with 4")
    assert reason in line


@pytest.mark.parametrize(
    "arguments",
    [
        ["fault", "on"],
        ["fault", "lits"],
        ["fault", "list", "outage"],
        ["fault", "off", "outage", "--ttl", "2m"],
        ["scenario", "empty", "--none"],
        ["snapshot", "save"],
        ["snapshot", "list", "full"],
        ["snapshot", "keep", "full"],
        ["snapshot", "save", "a/b"],
        ["fault", "on", "a/b"],
        ["sockets", "close", "7/8"],
        ["fault", "on", "outage", "--json"],
        ["fault", "off", "--json"],
        ["scenario", "empty", "--json"],
        ["scenario", "--none", "--json"],
        ["snapshot", "save", "full", "--json"],
        ["sockets", "close", "--json"],
        ["fault", "on", "outage", "--sandbox", ""],
    ],
)
def test_what_can_not_be_meant_is_wrong_usage(pets: Running, arguments: list[str]) -> None:
    done = told(pets, *arguments)
    assert done.returncode == 2
    assert done.stdout == b""


@pytest.mark.parametrize(
    "command", [["fault"], ["fault", "off"], ["scenario"], ["snapshot"], ["snapshot", "save", "x"]]
)
def test_no_server_is_one_line(command: list[str]) -> None:
    done = run(*command, "--control", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
