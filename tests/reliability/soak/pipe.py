"""One kept-alive connection that asks for one thing at a time: bytes out, whole answers in."""

import asyncio
from typing import NamedTuple, Self

import orjson

HOST = "127.0.0.1"
PATIENCE_S = 30.0
_READ = (b"GET ", b"HEAD")


class Reply(NamedTuple):
    status: int
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def fault(self) -> str:
        """The fault that has touched it, if any."""
        return self.headers.get(b"x-mock-fault", b"").decode()


class Cut(Exception):
    """The connection ended before its answer was whole; `got` is how much of that had come."""

    def __init__(self, got: int, why: Exception | None = None) -> None:
        super().__init__(f"ended after {got} bytes by {why!r}" if why else f"ended after {got} bytes by FIN")
        self.got = got


def write_request(method: str, target: str, body: object = None, headers: tuple[str, ...] = ()) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", f"Host: {HOST}", *headers]
    data = b"" if body is None else orjson.dumps(body)
    if data:
        lines += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    return "\r\n".join([*lines, "", ""]).encode() + data


class Connection(asyncio.Protocol):
    """What is under way on one connection."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[Reply] | None = None
        self._is_lost = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    @property
    def is_open(self) -> bool:
        return not self._is_lost and self._transport is not None and not self._transport.is_closing()

    def ask(self, data: bytes) -> "asyncio.Future[Reply]":
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return self._answer

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, mark, rest = self._buffer.partition(b"\r\n\r\n")
        if not mark:
            return
        status, *lines = head.split(b"\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
        assert b"transfer-encoding" not in headers, head
        length = int(headers.get(b"content-length", 0))
        if len(rest) < length:
            return
        answer, self._answer, self._buffer = self._answer, None, rest[length:]
        if headers.get(b"connection") == b"close":
            self.close()
        if answer is not None and not answer.done():
            answer.set_result(Reply(int(status[9:12]), headers, rest[:length]))

    def connection_lost(self, error: Exception | None) -> None:
        self._is_lost = True
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Cut(len(self._buffer), error))


class Pipe:
    """A connection to one port that is opened anew when it has ended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: Connection | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    async def ask(
        self, method: str, target: str, body: object = None, *headers: str, patience_s: float = PATIENCE_S
    ) -> Reply:
        """The answer. *Raises* `Cut`; a read that found its connection gone is sent once more, as browsers do."""
        data = write_request(method, target, body, headers)
        is_kept = self._connection is not None and self._connection.is_open
        try:
            return await self._send(data, patience_s)
        except Cut as cut:
            if cut.got or not is_kept or not data.startswith(_READ):
                raise
            return await self._send(data, patience_s)

    async def _send(self, data: bytes, patience_s: float) -> Reply:
        connection = self._connection
        if connection is None or not connection.is_open:
            try:
                _, connection = await asyncio.get_running_loop().create_connection(Connection, HOST, self._port)
            except OSError as error:
                raise Cut(0, error) from error
            self._connection = connection
        try:
            return await asyncio.wait_for(connection.ask(data), patience_s)
        except (Cut, TimeoutError, asyncio.CancelledError):
            # Whatever comes now is no answer to what is asked next.
            connection.close()
            self._connection = None
            raise
