"""Load from wrk: requests as fast as a server answers them, on a core of its own."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from pydantic import BaseModel, ConfigDict

from benchmarks.peers.process import LOAD_CORE, pinned
from benchmarks.peers.ticket import NEW

SCRIPT: Final = Path(__file__).with_name("load.lua")
TIMEOUT_S: Final = 30
MOMENTS_A_ROUND: Final = 1_000_000
"""More than a round takes: so no two rounds ask for the same moment."""


class LoadError(Exception):
    """wrk did not say what it measured."""


class Load(BaseModel):
    """What wrk counted; answers above 399 are `bad_statuses`, `broken` are errors of sockets."""

    model_config = ConfigDict(frozen=True)

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bad_statuses: int
    timeouts: int
    broken: int

    @property
    def errors(self) -> int:
        return self.bad_statuses + self.timeouts + self.broken


def parse_load(output: str) -> Load:
    """What stands in wrk's output.

    Raises LoadError.
    """
    found = re.search(r"^measured (\{.*\})$", output, re.MULTILINE)
    if found is None:
        raise LoadError(f"wrk said: {output[-300:].strip() or 'nothing'}")
    return Load.model_validate_json(found[1])


def put_load(port: int, requests: Sequence[str], connections: int, seconds: int, number: int) -> Load:
    """Sends requests for some seconds; each `number` has moments of its own.

    Raises LoadError.
    """
    with NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(requests) + "\n")
        file.flush()
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", f"{TIMEOUT_S}s", "-s", str(SCRIPT)]
        arguments = [file.name, json.dumps(NEW), str(number * MOMENTS_A_ROUND)]
        command = [*pinned(LOAD_CORE), "wrk", *options, f"http://127.0.0.1:{port}", "--", *arguments]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return parse_load(ran.stdout + ran.stderr)
