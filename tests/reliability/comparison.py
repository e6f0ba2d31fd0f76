"""Schemathesis on a running server: its own program, as anybody would run it, in all its phases."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Final, NamedTuple

from tests.live import ROOT

_HERE: Final = Path(__file__).parent
_GENERATED: Final = re.compile(r"^ +(\d+) generated", re.MULTILINE)
_FAILURES: Final = re.compile(r"found (\d+) unique failure")


class Comparison(NamedTuple):
    """What came of comparing a server with its document."""

    code: int
    said: str

    @property
    def requests(self) -> int:
        """How many there were."""
        found = _GENERATED.search(self.said)
        return int(found[1]) if found else 0

    @property
    def failures(self) -> int:
        """How many kinds of answers were not as the document says."""
        found = _FAILURES.search(self.said)
        return int(found[1]) if found else 0


def compare(document: str, origin: str, configuration: str, *options: str) -> Comparison:
    """What is found by the configuration of this name (a file beside this one)."""
    program = (sys.executable, "-m", "schemathesis.cli", "--config-file", str(_HERE / f"{configuration}.toml"), "run")
    done = subprocess.run(
        (*program, document, "--url", origin, "--continue-on-failure", "--no-color", "--seed", "1", *options),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    return Comparison(done.returncode, done.stdout)
