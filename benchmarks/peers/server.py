"""One server of a comparison as a process: started on a copy of the data, asked, and ended."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.peers.peer import Peer, Place
from benchmarks.peers.process import SERVER_CORE, Usage, pinned, read_usage
from benchmarks.peers.ticket import NEW
from benchmarks.start import ENVIRONMENT

PATIENCE_S: Final = 120
ANSWER_S: Final = 60


class StartError(Exception):
    """A server ended, or did not answer, before it was used."""


@dataclass(frozen=True, slots=True)
class Server:
    """One that runs. `started_s` is how long it took to its first answer."""

    peer: Peer
    port: int
    session: int
    started_s: float

    def usage(self) -> Usage:
        return read_usage(self.session)

    def ask(self, method: str, address: str) -> tuple[int, bytes, float]:
        """Status and body of an answer, and how long it took in seconds."""
        body = json.dumps(NEW) if method == "POST" else None
        started = time.perf_counter()
        status, answer = _ask(self.port, method, address, body)
        return status, answer, time.perf_counter() - started


def _ask(port: int, method: str, address: str, body: str | None = None) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=ANSWER_S)
    try:
        connection.request(method, address, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def running(peer: Peer, data: Path, packages: Path) -> Iterator[Server]:
    """A server on its own copy of what it reads, on a core of its own.

    Raises StartError.
    """
    with TemporaryDirectory(dir=data.parent) as name:
        folder = Path(name)
        _copy(data / peer.data, folder / peer.data)
        place = Place(_free_port(), folder, packages)
        with (folder / "log").open("wb") as log:
            started = time.perf_counter()
            process = subprocess.Popen(
                [*pinned(SERVER_CORE), *peer.command(place)],
                cwd=folder,
                env=ENVIRONMENT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            if not _answers(process, peer, place.port):
                said = (folder / "log").read_text(encoding="utf-8", errors="replace").strip()[-500:]
                raise StartError(f"it did not start: {said or 'it said nothing'}")
            yield Server(peer, place.port, process.pid, time.perf_counter() - started)
        finally:
            _end(process)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _answers(process: "subprocess.Popen[bytes]", peer: Peer, port: int) -> bool:
    """Waits for the first document."""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if _ask(port, "GET", peer.addresses["item"].format(id=1))[0] == 200:
                return True
        except (OSError, HTTPException):  # it does not listen yet
            pass
        time.sleep(0.005)
    return False


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a server with its children, which share its process group."""
    for way in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, way)
            process.wait(10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
