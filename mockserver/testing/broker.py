"""Servers shared by the workers of pytest-xdist: the process that started them keeps the servers, workers ask it.

One JSON line asks, one answers, on a connection of this machine that begins with a secret. Light, because the listening
end is open in every run with workers, whether anybody asks or not.
"""

import json
import secrets
import socket
import socketserver
from collections.abc import Callable
from dataclasses import asdict
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mockserver.testing.fleet import Lease
    from mockserver.testing.launch import Launch

_PATIENCE_S: Final = 60.0
Answer = Callable[[dict[str, Any]], dict[str, Any]]


class Broker:
    """The end that answers; `ticket` is what a worker needs to ask. What answers is begun with the first question."""

    def __init__(self, begin: Callable[[], Answer]) -> None:
        token = secrets.token_hex(16)
        lock = Lock()
        begun: list[Answer] = []

        def answer(asked: dict[str, Any]) -> dict[str, Any]:
            with lock:
                if not begun:
                    begun.append(begin())
            return begun[0](asked)

        class Handler(socketserver.StreamRequestHandler):
            timeout = _PATIENCE_S

            def handle(self) -> None:
                asked = json.loads(self.rfile.readline() or b"{}")
                if secrets.compare_digest(str(asked.pop("token", "")), token):
                    self.wfile.write(json.dumps(answer(asked)).encode() + b"\n")

        self._listener = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._listener.daemon_threads = True
        # The poll is how soon `close` is noticed.
        self._thread = Thread(target=self._listener.serve_forever, args=(0.05,), name="mockserver-broker", daemon=True)
        self._thread.start()
        self.ticket = f"{self._listener.server_address[1]} {token}"

    def close(self) -> None:
        """Answer no more."""
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()


class Remote:
    """The servers of the process that started this worker."""

    def __init__(self, ticket: str) -> None:
        port, self._token = ticket.split()
        self._port = int(port)

    def is_near(self) -> bool:
        """Whether it can be reached: a worker may be on another machine."""
        try:
            return bool(self._ask({"ping": True}))
        except (OSError, ValueError):
            return False

    def lease(self, launch: "Launch") -> "Lease":
        """The server of a definition. *Raises* `ServerFailed`."""
        from mockserver.testing.error import ServerFailed  # noqa: PLC0415 - only where it is used
        from mockserver.testing.fleet import Lease  # noqa: PLC0415

        told = self._ask(asdict(launch))
        if "failed" in told:
            raise ServerFailed(told["failed"])
        return Lease(**told)

    def obituary(self, number: int) -> str:
        """How it ended, nothing while it runs."""
        return str(self._ask({"obituary": number})["obituary"])

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        with socket.create_connection(("127.0.0.1", self._port), _PATIENCE_S) as connection:
            connection.sendall(json.dumps({**asked, "token": self._token}).encode() + b"\n")
            with connection.makefile("rb") as lines:
                line = lines.readline()
        if not line:
            raise ConnectionError("the process that started the workers does not answer")
        told: dict[str, Any] = json.loads(line)
        return told
