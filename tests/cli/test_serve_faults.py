"""What `serve` begins with beside its file: faults, a delay, a scenario, or no faults at all."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.live import started
from tests.server.process import Running

DEFINITION = """
mock: 1
resources: {things: {count: 3, fields: {name: word}}}
faults:
  outage: {match: GET *, status: 503, enabled: false}
  marked: {match: ANY *, headers: {X-Marked: "yes"}}
scenarios:
  empty: {data: {things: {count: 0}}, faults: [marked]}
"""


@pytest.fixture
def definition(tmp_path: Path) -> str:
    path = tmp_path / "things.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    return str(path)


@pytest.fixture
def server(definition: str, options: Sequence[str]) -> Iterator[Running]:
    with started(definition, *options) as running:
        yield running


def put(server: Running, target: str, value: object) -> Any:
    return server.control("PUT", target, "Content-Type: application/json", body=json.dumps(value).encode())


def faults_of(server: Running, sandbox: str) -> dict[str, bool]:
    return {one["name"]: one["enabled"] for one in server.control("GET", f"/api/faults?sandbox={sandbox}").json}


@pytest.mark.parametrize("options", [("--fault", "outage", "--fault", "ws-drop", "--delay", "1ms")])
@pytest.mark.parametrize("sandbox", ["default", "w1"])
def test_faults_are_on_in_every_sandbox_and_after_a_reset(server: Running, sandbox: str) -> None:
    began = {"outage": True, "marked": True, "ws-drop": True, "--delay": True}
    answer = server.get(f"/~{sandbox}/things")
    assert (answer.status, answer.headers["x-mock-fault"]) == (503, "outage, marked, --delay")
    assert faults_of(server, sandbox) == began
    assert server.control("POST", f"/api/faults/off?sandbox={sandbox}").status == 200
    assert not any(faults_of(server, sandbox).values())
    assert server.control("POST", f"/api/reset?sandbox={sandbox}").status == 200
    assert faults_of(server, sandbox) == began


@pytest.mark.parametrize("options", [("--scenario", "empty", "--fault", "ws-drop")])
@pytest.mark.parametrize("sandbox", ["default", "w1"])
def test_a_scenario_is_begun_and_come_back_to(server: Running, sandbox: str) -> None:
    def state() -> tuple[int, dict[str, bool], str | None]:
        scenario = server.control("GET", f"/api/scenario?sandbox={sandbox}").json["name"]
        return len(server.get(f"/~{sandbox}/things").json), faults_of(server, sandbox), scenario

    began = (0, {"outage": False, "marked": True, "ws-drop": True}, "empty")
    assert state() == began
    assert put(server, f"/api/scenario?sandbox={sandbox}", {"name": None}).status == 200
    assert state() == began
    server.switch("outage", {"match": "GET *", "status": 500, "enabled": False}, sandbox)
    assert server.control("POST", f"/api/reset?sandbox={sandbox}").status == 200
    assert state() == began


@pytest.mark.parametrize("options", [("--no-faults", "--scenario", "empty")])
def test_nothing_ever_acts_without_faults(server: Running) -> None:
    assert server.get("/things", "Prefer: code=500").status == 200
    refused = server.switch("broken", {"match": "ANY *", "status": 500})
    assert refused.status == 409
    assert "--no-faults" in refused.json["detail"]
    assert "x-mock-fault" not in server.get("/~w1/things").headers


def test_the_first_screen_names_faults_and_scenarios(definition: str) -> None:
    with started(definition, "--log", "text") as server:
        control = f"--control http://127.0.0.1:{server.control_port}"
        shown = [line.strip() for line in server.before]
    assert f"# mockserver scenario empty {control}" in shown
    (faults,) = [line for line in shown if line.startswith(f"# mockserver fault on outage {control}   or marked, ")]
    assert faults.endswith(", …")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--fault", "outag"), "There is no fault 'outag'; did you mean 'outage'?"),
        (("--scenario", "emptyy"), "There is no scenario 'emptyy'; did you mean 'empty'?"),
        (("--delay", "300"), "'300' is no duration"),
        (("--delay", "11m"), "up to 10m"),
        (("--delay", "0s"), "up to 10m"),
        (("--no-faults", "--fault", "outage"), "--no-faults bars"),
        (("--token", "é"), "ASCII"),
    ],
)
def test_what_can_not_be_begun_with_is_wrong_usage(definition: str, options: Sequence[str], said: str) -> None:
    command = [sys.executable, "-m", "mockserver", "serve", definition, "--port", "0", "--control-port", "0", *options]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert said in ended.stderr


def test_a_scenario_that_can_not_be_is_told_of_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "few.yaml"
    path.write_text(
        "mock: 1\nresources: {a: {count: 2, fields: {n: {faker: random_digit, unique: true}}}}\n"
        "scenarios: {s: {data: {a: {count: 2000}}}}\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mockserver", "serve", str(path), "--port", "0", "--control-port", "0"]
    ended = subprocess.run([*command, "--scenario", "s"], check=False, capture_output=True, text=True, timeout=20)
    assert ended.returncode == 2
    assert f"{path}:3:" in ended.stderr
    assert "Traceback" not in ended.stderr
