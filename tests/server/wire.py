"""A raw HTTP client for tests: bytes out, whole answers in, nothing put right on the way."""

import json
import socket
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Wire:
    """One connection; `read` takes the next answer off it, `at_end` says whether the server closed it."""

    def __init__(self, port: int, host: str = "127.0.0.1", timeout_s: float = 10.0) -> None:
        self.sock = socket.create_connection((host, port), timeout_s)
        self._buffer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.sock.close()

    def send(self, data: bytes) -> None:
        self.sock.sendall(data)

    def end(self) -> None:
        """Say that nothing more will be sent."""
        self.sock.shutdown(socket.SHUT_WR)

    def read(self, *, head_only: bool = False) -> Answer:
        head = self._until(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        headers = {}
        for line in lines[1:]:
            name, _, value = line.partition(": ")
            assert name.lower() not in headers, f"{name} stands twice"
            headers[name.lower()] = value
        body = b"" if head_only else self.take(int(headers.get("content-length", 0)))
        return Answer(int(lines[0].split(" ")[1]), headers, body)

    def take(self, length: int) -> bytes:
        """So many bytes."""
        pieces = [self._buffer]
        missing = length - len(self._buffer)
        while missing > 0:
            pieces.append(self.sock.recv(min(missing, 1024 * 1024)))
            assert pieces[-1], "the answer was cut short"
            missing -= len(pieces[-1])
        whole = b"".join(pieces)
        self._buffer = whole[length:]
        return whole[:length]

    def rest(self) -> bytes:
        """Everything up to the end of the connection, as it comes."""
        pieces = [self._buffer]
        self._buffer = b""
        while piece := self.sock.recv(65536):
            pieces.append(piece)
        return b"".join(pieces)

    def at_end(self) -> bool:
        if self._buffer:
            return False
        try:
            self._buffer = self.sock.recv(65536)
        except ConnectionResetError:
            return True
        return not self._buffer

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            piece = self.sock.recv(65536)
            assert piece, f"the connection ended after {self._buffer!r}"
            self._buffer += piece
        head, _, self._buffer = self._buffer.partition(mark)
        return head


def request(
    method: str = "GET", target: str = "/echo", *headers: str, body: bytes = b"", host: str = "localhost"
) -> bytes:
    """A request's bytes; `Content-Length` is added for a body, `host` empty leaves Host out."""
    lines = [f"{method} {target} HTTP/1.1", *headers]
    if host:
        lines.insert(1, f"Host: {host}")
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def ask(port: int, data: bytes, *, head_only: bool = False) -> Answer:
    """The answer to one request on a connection of its own."""
    with Wire(port) as wire:
        wire.send(data)
        return wire.read(head_only=head_only)
