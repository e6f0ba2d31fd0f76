"""`mockserver demo`: the address of a running server's demo, or a server started for it, and a browser on top."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.command import ROOT, fetch, run
from tests.server.process import Running


@contextmanager
def started(*arguments: str, **environment: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "mockserver", "demo", "--port", "0", "--control-port", "0", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=10)


def address_of(process: "subprocess.Popen[str]") -> str:
    """What it says after its ready line."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("demo: "):
            return line.removeprefix("demo: ").strip()
    raise AssertionError("it ended without an address")


def control_of(server: Running) -> str:
    return f"http://127.0.0.1:{server.control_port}"


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that writes down where it is sent."""
    program = tmp_path / "browser"
    program.write_text(f'#!/bin/sh\nprintf "%s" "$1" > "{tmp_path}/seen"\n', encoding="utf-8")
    program.chmod(0o700)
    return program


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ((), ""),
        (("--walk",), "?walk"),
        (("--sandbox", "a b"), "?sandbox=a%20b"),
        (("--sandbox", "w3", "--walk"), "?sandbox=w3&walk"),
    ],
)
def test_the_demo_of_a_running_server_is_named(server: Running, options: tuple[str, ...], query: str) -> None:
    done = run("demo", "--no-open", "--control", control_of(server), *options)
    assert (done.returncode, done.stdout.decode()) == (0, f"demo: {control_of(server)}/demo{query}\n")
    assert b"<title>Fallback demo" in fetch(f"{control_of(server)}/demo{query}")


def test_a_browser_is_opened(server: Running, browser: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", str(browser))
    assert run("demo", "--walk", "--control", control_of(server)).stderr == b""
    assert (browser.parent / "seen").read_text(encoding="utf-8") == f"{control_of(server)}/demo?walk"


def test_without_a_browser_the_address_is_there_all_the_same(
    server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER", str(tmp_path / "nowhere"))
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TERM"):
        monkeypatch.delenv(name, raising=False)
    done = run("demo", "--control", control_of(server))
    assert done.returncode == 0
    assert done.stdout.startswith(b"demo: http://")
    assert done.stderr == b"No browser could be opened here; open the address above in one.\n"


def test_a_server_that_was_named_and_is_not_there_is_one_line() -> None:
    done = run("demo", "--no-open", "--control", "http://127.0.0.1:1")
    assert done.returncode == 1
    assert done.stderr.decode().startswith("Error: No mockserver answers at http://127.0.0.1:1")


def test_a_server_is_started_and_opened_when_it_is_there(browser: Path) -> None:
    with started("--token", "secret", BROWSER=str(browser)) as process:
        address = address_of(process)
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/demo", address)
        assert b"<title>Fallback demo" in fetch(address)
    assert process.returncode == 0
    assert (browser.parent / "seen").read_text(encoding="utf-8") == address


def test_a_port_that_is_taken_is_named(server: Running) -> None:
    done = run("demo", "--no-open", "--port", str(server.port))
    assert done.returncode == 1
    assert str(server.port).encode() in done.stderr
    assert b"--port 0" in done.stderr
