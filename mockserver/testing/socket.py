"""The WebSockets and event streams that are open in a sandbox: listed, awaited, spoken to, ended."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from mockserver.testing.error import MockServerError
from mockserver.testing.reading import read_as
from mockserver.testing.sandbox import Sandbox
from mockserver.value import dataclass

__tracebackhide__ = True


@dataclass(frozen=True, slots=True)
class Socket:
    """One that is open: a WebSocket (`websocket`) or an event stream (`sse`); `path` has no sandbox's prefix."""

    id: str
    transport: str
    path: str
    session: str
    user: str
    sandbox: str
    rooms: tuple[str, ...]
    remote: str
    state: str
    since: str
    age_s: float
    messages_in: int
    messages_out: int
    bytes_in: int
    bytes_out: int
    queue: int
    queue_bytes: int


class Sockets:
    """What is open in the sandbox, the oldest first."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def __call__(self) -> list[Socket]:
        """All that are open now."""
        told = self._sandbox.ask("GET", "/api/sockets")
        return [_read(one) for one in told]

    def __iter__(self) -> Iterator[Socket]:
        return iter(self())

    def __len__(self) -> int:
        return len(self())

    def __getitem__(self, index: int) -> Socket:
        return self()[index]

    def close(
        self,
        socket: Socket | str | None = None,
        *,
        code: int | None = None,
        reason: str | None = None,
        how: str | None = None,
    ) -> list[str]:
        """End one, or all of the sandbox; the ids of those told.

        `how` is close (with `code` and `reason`), drop, reset or stall. *Raises* `MockServerError`.
        """
        ending = {"code": code, "reason": reason, "how": how}
        body = {name: value for name, value in ending.items() if value is not None}
        path = "/api/sockets/close" if socket is None else f"/api/sockets/{_name(socket)}/close"
        closed: list[str] = self._sandbox.ask("POST", path, body)["closed"]
        return closed

    def send(self, socket: Socket | str, message: Any) -> None:
        """A message to that client as if the server had said it: a text, bytes, or anything else as JSON."""
        body: Mapping[str, Any] = {"json": message}
        if isinstance(message, str):
            body = {"text": message}
        elif isinstance(message, bytes):
            body = {"base64": base64.b64encode(message).decode()}
        self._sandbox.ask("POST", f"/api/sockets/{_name(socket)}/send", body)

    def wait_for(self, count: int = 1, *, within: float = 5.0) -> list[Socket]:
        """Those that are open, as soon as they are so many or more; with 0, as soon as none is.

        *Raises* `MockServerError` with those that were.
        """

        def look() -> list[Socket] | None:
            found = self()
            return found if (len(found) >= count if count else not found) else None

        found = self._sandbox.wait("socket", look, within)
        if found is None:
            there = [f"  {one.transport} {one.path}, open for {one.age_s:.1f} s" for one in self]
            said = f"Within {within:g} s there were not {count} open sockets, but {len(there)}{':' if there else '.'}"
            raise MockServerError("\n".join([said, *there]))
        return found


def _read(told: Mapping[str, Any]) -> Socket:
    return read_as(Socket, told, path=told["path"].removeprefix(f"/~{told['sandbox']}"), rooms=tuple(told["rooms"]))


def _name(socket: Socket | str) -> str:
    return quote(socket.id if isinstance(socket, Socket) else socket, safe="")
