"""Servers of these tests: a definition with other limits, what the system says of a process, and who is tried on it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.live import ROOT, SEEDS
from tests.server.process import Running, await_ready, end

ZOO = SEEDS / "zoo.yaml"


@contextmanager
def entered(path: Path = ZOO, **options: Any) -> Iterator[Running]:
    """A server by `entry.py`, until the block ends."""
    process = spawn("tests.reliability.entry", {"path": str(path), **options})
    try:
        yield await_ready(process)
    finally:
        end(process)


def spawn(module: str, options: dict[str, Any]) -> "subprocess.Popen[str]":
    """A process of one of our modules, told this."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-m", module, json.dumps(options)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def count_greenlets(server: Running) -> int:
    """Of a server by `entry.py` that logs nothing."""
    server.process.send_signal(signal.SIGUSR1)
    return int(server.stdout.readline())


def count_files(server: Running) -> int:
    """Its file descriptors."""
    return len(os.listdir(f"/proc/{server.process.pid}/fd"))  # noqa: PTH208


def memory_mb(server: Running) -> float:
    """How much of it is in memory now."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def cpu_s(server: Running) -> float:
    """How long it has worked so far."""
    found = Path(f"/proc/{server.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(found[11]) + int(found[12])) / os.sysconf("SC_CLK_TCK")
