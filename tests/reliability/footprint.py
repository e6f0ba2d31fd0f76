"""What a server process takes: memory, and the time in which it answers nobody else. Read from outside, on Linux."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.server.process import Running
from tests.server.wire import Wire, request

MIB = 1024 * 1024


class Memory:
    """The resident memory of a process, in MiB."""

    def __init__(self, pid: int) -> None:
        self._process = Path(f"/proc/{pid}")

    @property
    def now(self) -> float:
        return self._read("VmRSS:")

    @contextmanager
    def peak_above(self, peaks: list[float]) -> Iterator[None]:
        """Notes how much more than at the beginning it ever was meanwhile."""
        before = self.now
        (self._process / "clear_refs").write_text("5")
        yield
        peaks.append(self._read("VmHWM:") - before)

    def _read(self, name: str) -> float:
        lines = (self._process / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


def cpu_ms(pid: int) -> float:
    """The processor time a process has taken in all its threads; it does not depend on what else the machine does."""
    taken = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            taken += int((task / "schedstat").read_text().split()[0])
        except FileNotFoundError:  # it has just ended
            continue
    return taken / 1e6


class Neighbour:
    """Somebody else who asks for a document again and again, on a kept connection, in a thread.

    `worst_ms` is the most processor time that the server took before one of the answers came, for whatever: so long
    did somebody else keep the loop. `during` is the case in which that was.
    """

    def __init__(self, server: Running, target: str = "/v1/zoos/1") -> None:
        self._pid = server.process.pid
        self._port = server.port
        self._request = request("GET", target)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.case = ""
        self.worst_ms = 0.0
        self.during = ""
        self.answers = 0
        self.problem = ""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        assert not self.problem
        assert self.answers > 0

    def _ask(self) -> None:
        try:
            with Wire(self._port, timeout_s=60) as wire:
                while not self._over.wait(0.002):
                    self._ask_once(wire)
        except (AssertionError, OSError) as error:
            self.problem = f"during {self.case}: {error!r}"

    def _ask_once(self, wire: Wire) -> None:
        case, before = self.case, cpu_ms(self._pid)
        wire.send(self._request)
        assert wire.read().status == 200
        self.answers += 1
        took = cpu_ms(self._pid) - before
        if took > self.worst_ms:
            self.worst_ms, self.during = took, f"{case} or {self.case}"
