"""Schemathesis on a running server: its own program, as anybody would run it, with our configuration."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.live import ROOT
from tests.server.process import Running

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def compare(server: Running, *options: str) -> tuple[int, str]:
    """The exit code and what was found on comparing what a server does with what its document says."""
    program = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIGURATION), "run")
    addresses = (f"http://127.0.0.1:{server.control_port}/openapi.json", "--url", f"http://127.0.0.1:{server.port}")
    return run((*program, *addresses, "--continue-on-failure", "--no-color", *options))


def run(command: Sequence[str]) -> tuple[int, str]:
    """Exit code and output of a command at the top of the project."""
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout
