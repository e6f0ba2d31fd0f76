"""Running the real command in a process of its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
SEEDS = sorted((ROOT / "seeds").glob("*.yaml"))
ZOO = str(ROOT / "seeds/zoo.yaml")


def run(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", stdout: int | IO[bytes] = subprocess.PIPE
) -> "subprocess.CompletedProcess[bytes]":
    """The finished command; warnings are errors, and no traceback is ever right."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "mockserver", *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input=stdin,
        stdout=stdout,
        stderr=subprocess.PIPE,
        timeout=30,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


def fetch(url: str) -> bytes:
    """The body at a URL of a server under test; any status but 200 is a failure."""
    with urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        assert answer.status == 200
        body: bytes = answer.read()
        return body


def plain_urls(lines: list[str]) -> list[str]:
    """The URLs that the first screen says to ask as nobody; all of it is run in tests/server/test_auth.py."""
    return [found[1] for line in lines if (found := re.fullmatch(r" *curl '([^']+)' +#.*", line))]


def list_names(folder: Path) -> list[str]:
    """The names in a folder, hidden ones included."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def serving(*arguments: str, cwd: Path | None = None) -> Iterator[list[str]]:
    """The lines that `serve` wrote up to the one that says it is ready; it ends with the block, by SIGTERM."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "mockserver", *arguments, "--port", "0", "--control-port", "0"],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        lines: list[str] = []
        try:
            for line in server.stdout:
                lines.append(line.rstrip("\n"))
                if line.startswith("mockserver ready"):
                    break
            yield lines
        finally:
            server.terminate()
            server.stdout.read()
    assert server.returncode == 0
