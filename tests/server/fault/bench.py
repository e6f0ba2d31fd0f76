"""The other end of `entry`: courses put to it, and exact bytes with the end that comes behind them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from tests.server.process import end
from tests.server.test_stop import wait_until
from tests.server.wire import Wire, ask, request

_ROOT = Path(__file__).parents[3]

Step = tuple[Any, ...]


@dataclass(frozen=True)
class Heard:
    """All that came over a connection, and how it ended."""

    data: bytes
    end: Literal["fin", "rst"]

    @property
    def head(self) -> str:
        return self.data.partition(b"\r\n\r\n")[0].decode("latin-1").lower()

    @property
    def body(self) -> bytes:
        return self.data.partition(b"\r\n\r\n")[2]


def hear(wire: Wire) -> Heard:
    """Read to the end."""
    pieces = []
    try:
        while piece := wire.sock.recv(1 << 20):
            pieces.append(piece)
    except ConnectionResetError:
        return Heard(b"".join(pieces), "rst")
    return Heard(b"".join(pieces), "fin")


@dataclass(frozen=True)
class Bench:
    port: int
    control_port: int

    def asking(self, target: str, *steps: Step, method: str = "GET", headers: tuple[str, ...] = ()) -> bytes:
        return request(method, target, f"X-Course: {json.dumps(steps)}", *headers)

    def begin(self, target: str, *steps: Step, method: str = "GET", headers: tuple[str, ...] = ()) -> Wire:
        """A connection on which this is asked."""
        wire = Wire(self.port)
        wire.send(self.asking(target, *steps, method=method, headers=headers))
        return wire

    def hear(self, target: str, *steps: Step, method: str = "GET") -> Heard:
        with self.begin(target, *steps, method=method) as wire:
            return hear(wire)

    def tell(self, target: str = "/state") -> Any:
        return ask(self.control_port, request("GET", target)).json

    def await_waiting(self, count: int) -> None:
        wait_until(lambda: self.tell()["waiting"] == count)


@contextmanager
def started(**limits: Any) -> Iterator[Bench]:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.server.fault.entry", json.dumps(limits)],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        ports = [process.stdout.readline() for _ in range(2)]
        assert all(ports), process.stderr.read()
        yield Bench(*map(int, ports))
    finally:
        end(process)
