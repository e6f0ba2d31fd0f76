"""The command line: help that helps, `serve` as what is meant, and errors of one line."""

import importlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from mockserver.cli import CommandGroup, main
from tests.server.process import Running

assert isinstance(main, CommandGroup)
COMMANDS = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_three_examples(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    examples = result.output.partition("Examples:")[2]
    assert len([line for line in examples.splitlines() if "mockserver" in line]) == 3


def test_the_whole_help_names_every_command() -> None:
    output = CliRunner().invoke(main, ["--help"]).output
    assert all(f"  {name} " in output for name in COMMANDS)
    assert CliRunner().invoke(main, ["-h"]).output == output


def test_help_is_fast_because_nothing_heavy_is_imported() -> None:
    script = (
        "import sys; from click.testing import CliRunner; from mockserver.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "heavy = {'flask', 'gevent', 'pydantic', 'yaml', 'faker', 'jinja2', 'urllib.request'} & sys.modules.keys()\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_the_version_is_said() -> None:
    assert CliRunner().invoke(main, ["--version"]).output.startswith("mockserver ")


@pytest.mark.parametrize(
    ("arguments", "read"),
    [
        ([], ["serve"]),
        (["--port", "0"], ["serve", "--port", "0"]),
        (["./shop.yaml", "--seed", "7"], ["serve", "./shop.yaml", "--seed", "7"]),
        (["shop.yaml"], ["serve", "shop.yaml"]),
        (["status"], ["status"]),
    ],
)
def test_arguments_without_a_command_are_serves(arguments: list[str], read: list[str]) -> None:
    assert isinstance(main, CommandGroup)
    with click.Context(main, **main.context_settings) as context:
        main.parse_args(context, arguments)
        assert [*context._protected_args, *context.args] == read


def test_a_mistyped_command_is_answered_with_the_nearest() -> None:
    result = CliRunner().invoke(main, ["statsu"])
    assert result.exit_code == 2
    assert "No command 'statsu'. Did you mean 'status'?" in result.output


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "mockserver", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.fixture
def unused_url() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


def control_of(server: Running) -> dict[str, str]:
    return {"MOCKSERVER_CONTROL": f"http://127.0.0.1:{server.control_port}"}


def test_the_commands_for_a_running_server_reach_it(server: Running) -> None:
    reached = control_of(server)
    assert run("health", **reached).stdout == "ok\n"
    assert "fixture" in run("status", **reached).stdout
    assert '"name": "fixture"' in run("status", "--json", "--control", reached["MOCKSERVER_CONTROL"]).stdout
    assert run("reset", "data", "clock", **reached).stdout == "reset: data, clock\n"
    assert run("status", http_proxy="http://127.0.0.1:1", **reached).returncode == 0


def test_what_the_server_refuses_is_one_line(server: Running) -> None:
    result = run("reset", "dta", **control_of(server))
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        "Error: The server refused with 400: 'what' must be one of data, faults, feed, journal, clock."
    ]


@pytest.mark.parametrize("command", ["health", "status", "reset"])
def test_no_server_is_one_line(command: str, unused_url: str) -> None:
    result = run(command, "--control", unused_url)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1
    assert unused_url in result.stderr


@pytest.mark.parametrize("url", ["localhost:8001", "ftp://x", "file:///etc/passwd"])
def test_what_is_no_control_url_is_wrong_usage(url: str) -> None:
    assert run("status", "--control", url).returncode == 2


def test_something_else_on_the_port_is_told_apart(server: Running) -> None:
    result = run("status", "--control", f"http://127.0.0.1:{server.port}/status/200?x=")
    assert result.returncode in {0, 1}
    assert "Traceback" not in result.stderr


def test_health_waits_as_long_as_it_is_told(unused_url: str) -> None:
    start = time.perf_counter()
    assert run("health", "--wait", "500ms", "--control", unused_url).returncode == 1
    assert time.perf_counter() - start > 0.5
    assert run("health", "--wait", "soon").returncode == 2


def test_a_port_in_use_ends_serve_in_under_a_second() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        start = time.perf_counter()
        result = run("serve", "--port", port)
    assert time.perf_counter() - start < 1
    assert result.returncode == 1
    assert result.stderr.startswith(f"Error: Port {port} on localhost is already in use.")
    assert "--port 0" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["--allow-origin", "*"],
        ["--port", "70000"],
        ["--log", "loud"],
        ["./no-such-file.yaml"],
        ["--seed", "x"],
    ],
)
def test_what_serve_can_not_mean_is_wrong_usage(arguments: list[str]) -> None:
    result = run("serve", "--port", "0", "--control-port", "0", *arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_only_serve_patches_the_process() -> None:
    folder = Path(importlib.import_module("mockserver.cli").__file__ or "").parent
    assert [path.stem for path in folder.rglob("*.py") if "monkey" in path.read_text(encoding="utf-8")] == ["serve"]
