"""`mockserver serve` as a process of the test run: ready when it says so, its log kept, gone when the run is gone."""

import json
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Any, Final

from mockserver.testing.client import Client
from mockserver.testing.control import Control
from mockserver.testing.error import MockServerError, ServerFailed
from mockserver.testing.sandbox import DEFAULT

__tracebackhide__ = True

KEPT_LINES: Final = 200
_SHOWN_LINES: Final = 20
_OPTIONS: Final = ("--port", "0", "--control-port", "0", "--log", "json", "--no-watch", "--end-with-stdin")
_PATIENCE_S: Final = 30.0
_GRACE_S: Final = 6.0
_DYING_S: Final = 1.0


class Server:
    """A server on free ports, for as long as the block: `with Server("pets.yaml") as server: …`.

    Without a definition it serves what `mockserver serve` does in that folder. `args` are further options of that
    command, and may replace those that are given anyway.
    """

    def __init__(
        self,
        *definitions: str | Path,
        args: Sequence[str] = (),
        cwd: str | Path | None = None,
        token: str | None = None,
    ) -> None:
        self._command = [sys.executable, "-P", "-m", "mockserver", "serve", *_OPTIONS, *args, *map(str, definitions)]
        self._cwd = cwd
        self._token = token
        self._lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._ready: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None
        self._reader: Thread | None = None
        self._control: Control | None = None

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def start(self) -> None:
        """Start it, and return when it is ready. *Raises* `ServerFailed` with what it said, where it never is."""
        is_known = Event()
        self._process = subprocess.Popen(  # noqa: S603 - our own command, without a shell
            self._command,
            cwd=self._cwd,
            # Never written to: it ends when we do, also when we are killed.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            # Ctrl-C is for the test run, which ends the server when it needs it no more.
            start_new_session=True,
        )
        self._reader = Thread(target=self._read, args=(self._process, is_known), name="mockserver-log", daemon=True)
        self._reader.start()
        is_known.wait(_PATIENCE_S)
        if not self._ready:
            was_running = self._process.poll() is None
            self.close()
            raise ServerFailed(self._explain_start(hangs=was_running and not is_known.is_set()))
        self._control = Control(self._ready["control"], self._token, explain=self.obituary)

    @property
    def url(self) -> str:
        """Of the API."""
        return self._ready["api"]

    @property
    def ws_url(self) -> str:
        """The same for WebSockets."""
        return f"ws{self.url.removeprefix('http')}"

    @property
    def control_url(self) -> str:
        """Of the control plane."""
        return self._ready["control"]

    @property
    def pid(self) -> int:
        """The number of its process, 0 before it is started."""
        return 0 if self._process is None else self._process.pid

    @property
    def log(self) -> list[str]:
        """The last lines of its log, at most 200."""
        return [*self._lines]

    @property
    def exit_code(self) -> int | None:
        """None while it runs, and before; the negative number of the signal that ended it."""
        return None if self._process is None else self._process.poll()

    def client(self, sandbox: str = DEFAULT) -> Client:
        """A client of one of its sandboxes; all of them share their connections. *Raises* `MockServerError`."""
        if self._control is None:
            raise MockServerError("The server has not been started.")
        return Client(sandbox=sandbox, control=self._control)

    def obituary(self) -> str:
        """How it ended and its last lines, nothing while it runs."""
        if self._process is None:
            return ""
        try:
            # Who finds it gone may do so a moment before the system does.
            code = self._process.wait(_DYING_S)
        except subprocess.TimeoutExpired:
            return ""
        if self._reader is not None:
            self._reader.join(_DYING_S)
        return "\n".join([f"{_tell_end(code)} Its last lines:", *indent(self.log[-_SHOWN_LINES:])])

    def close(self) -> None:
        """End it in order; by force where it takes longer than it should."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_GRACE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not None:
            self._reader.join()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        if self._control is not None:
            self._control.close()

    def _read(self, process: "subprocess.Popen[str]", is_known: Event) -> None:
        """Keep what it writes, and note where it is ready."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            text = line.rstrip("\n")
            if not is_known.is_set() and text.startswith('{"event":"ready"'):
                self._ready = json.loads(text)
                is_known.set()
            self._lines.append(text)
        is_known.set()

    def _explain_start(self, *, hangs: bool) -> str:
        said = "\n".join(self.log)
        if hangs:
            return f"The mock server was not ready within {_PATIENCE_S:g} s.\n{said}"
        return said or _tell_end(self.exit_code)


def indent(lines: Sequence[str]) -> list[str]:
    """Lines of a log as they are shown below something."""
    return [f"  {_tell_line(line)}" for line in lines] or ["  (none)"]


def _tell_end(code: int | None) -> str:
    how = f"was ended by signal {-code}" if code is not None and code < 0 else f"ended with exit code {code}"
    return f"The mock server {how}."


def _tell_line(line: str) -> str:
    """An exchange shorter than JSON has it; anything else as it is."""
    told: Any = None
    with suppress(ValueError):
        told = json.loads(line)
    if not (isinstance(told, dict) and told.get("event") == "exchange"):
        return line
    where = f"~{told['sandbox']} " if "sandbox" in told else ""
    faults = f"  fault {', '.join(told['faults'])}" if "faults" in told else ""
    return f"{told['time'][11:23]} {where}{told['method']} {told['target']} {told['status'] or '---'}{faults}"
