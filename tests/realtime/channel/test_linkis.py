"""The channel of `seeds/linkis.yaml`: what a job does is pushed to the socket that submitted it, for its console."""

import json
from typing import Any, Final

import pytest

from tests.client import assemble
from tests.live import SEEDS
from tests.realtime.channel.party import Guest, Party

EXECUTE: Final = "/api/rest_j/v1/entrance/execute"
COOKIE: Final = "Token-Code: BML-AUTH"


@pytest.fixture
def party() -> Party:
    text = (SEEDS / "linkis.yaml").read_text(encoding="utf-8")
    return Party(assemble(text.replace("clock: 2026-01-15T09:00:00Z", "clock: 2026-01-15T09:00:00Z\nfreeze: true")))


def come(party: Party) -> Guest:
    return party.come("/ws/api/entrance/connect", COOKIE, "Token-User: hadoop")


def submit(party: Party, guest: Guest, code: str, tag: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What a job is answered, and what is pushed while it runs."""
    [reply] = guest.say({"method": EXECUTE, "websocketTag": tag, "data": {"executionCode": code}})
    party.deliver()
    for _ in range(70):
        party.wait(1)
    return reply, guest.take()


def test_a_job_that_succeeds_pushes_its_log_progress_and_status(party: Party) -> None:
    guest = come(party)
    reply, pushes = submit(party, guest, "select 1", "37fc")
    data = reply["data"]
    assert (reply["method"], reply["status"], data["websocketTag"]) == (EXECUTE, 0, "37fc")
    for push in pushes:
        kind = push["method"].rpartition("/")[2]
        assert push["method"] == f"/api/rest_j/v1/entrance/{data['execID']}/{kind}"
        assert (push["status"], push["message"]) == (0, "")
        assert push["data"]["taskID"] == data["taskID"]
        assert (push["data"]["execID"], push["data"]["websocketTag"]) == (data["execID"], "37fc")
    said = [(one["method"].rpartition("/")[2], one["data"]) for one in pushes]
    assert [one["status"] for kind, one in said if kind == "status"] == ["Scheduled", "Running", "Succeed"]
    assert [one["progress"] for kind, one in said if kind == "progress"] == [0.1, 0.6, 1]
    progress = [one for kind, one in said if kind == "progress"]
    resources = [one for kind, one in said if kind == "progressWithResource"]
    metrics = {
        "yarnResource": [],
        "memoryPercent": 0,
        "memoryRGB": "rgb(0,0,0)",
        "coreRGB": "rgb(0,0,0)",
        "corePercent": 0,
    }
    assert resources == [{**one, "yarnMetrics": metrics} for one in progress]
    logs = [one["log"] for kind, one in said if kind == "log"]
    assert len(logs) == 5
    assert all(len(log) == 4 and any(log) for log in logs)
    lines = "\n".join(log[3] for log in logs).split("\n")
    assert len(lines) == 6
    assert sum(line.split(" ")[1] == "WARN" for line in lines) == 1
    assert [kind for kind, _ in said][:2] == ["log", "log"]


@pytest.mark.parametrize(("code", "last"), [("FAIL", "Failed"), ("TIMEOUT", "Timeout")])
def test_a_job_that_does_not_succeed_pushes_that(party: Party, code: str, last: str) -> None:
    _, pushes = submit(party, come(party), code, "1")
    assert [one["data"]["status"] for one in pushes if one["method"].endswith("/status")][-1] == last
    assert any(one["data"]["log"][0] for one in pushes if one["method"].endswith("/log"))


def test_a_job_is_pushed_to_the_socket_that_submitted_it_and_no_other(party: Party) -> None:
    mine, other = come(party), come(party)
    reply, pushes = submit(party, mine, "select 1", "a")
    assert pushes
    assert other.take() == []
    second, more = submit(party, mine, "select 2", "b")
    assert {one["data"]["websocketTag"] for one in more} == {"b"}
    assert {one["data"]["execID"] for one in more} == {second["data"]["execID"]} != {reply["data"]["execID"]}
    party.ask("POST", "/api/rest_j/v1/entrance/execute", {"executionCode": "select 3"}, COOKIE, "Token-User: hadoop")
    party.wait(10)
    assert (mine.take(), other.take()) == ([], [])


def test_a_job_that_is_killed_over_the_socket_pushes_its_end(party: Party) -> None:
    guest = come(party)
    [reply] = guest.say({"method": EXECUTE, "websocketTag": "1", "data": {"executionCode": "select 1"}})
    kill = f"/api/rest_j/v1/entrance/{reply['data']['execID']}/kill"
    [killed] = guest.say({"method": kill, "websocketTag": "2", "data": {}})
    assert (killed["status"], killed["websocketTag"]) == (0, "2")
    party.wait(10)
    statuses = [one["data"]["status"] for one in guest.take() if one["method"].endswith("/status")]
    assert statuses == ["Cancelled"]


def test_who_is_not_logged_in_is_told_so_and_stays(party: Party) -> None:
    guest = party.come("/ws/api/entrance/connect")
    frame = {"method": EXECUTE, "websocketTag": "1", "data": {"executionCode": "select 1"}}
    assert [one["status"] for one in guest.say(frame, "", "nonsense")] == [-1, 1, 1]
    login = {
        "method": "/api/rest_j/v1/user/login",
        "websocketTag": "2",
        "data": {"userName": "hadoop", "password": "x"},
    }
    assert [one["status"] for one in guest.say(login, json.dumps(frame))] == [0, 0]
