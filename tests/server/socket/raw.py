"""A raw WebSocket client for tests: frames of bytes out, frames in, nothing checked or put right on the way."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.server.wire import Answer, Wire

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN, RSV1, RSV2, RSV3 = 0x80, 0x40, 0x20, 0x10
MASK = b"\x37\xfa\x21\x3d"
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
PROOF = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
"""The key and what becomes of it of RFC 6455 §1.3."""
UPGRADE = (
    "Upgrade: websocket",
    "Connection: Upgrade",
    f"Sec-WebSocket-Key: {KEY}",
    "Sec-WebSocket-Version: 13",
)


@dataclass(frozen=True)
class Frame:
    """`first` is FIN, the reserved bits and the opcode."""

    first: int
    payload: bytes = b""

    @property
    def opcode(self) -> int:
        return self.first & 0x0F

    @property
    def code(self) -> int:
        """Of a Close frame; 0 when it has none."""
        return int.from_bytes(self.payload[:2], "big")

    @property
    def reason(self) -> str:
        return self.payload[2:].decode()


def handshake(target: str = "/echo", *headers: str, host: str = "localhost", first: str = "") -> bytes:
    """A handshake that is in order, but for what is given otherwise."""
    return "\r\n".join([first or f"GET {target} HTTP/1.1", f"Host: {host}", *headers, "", ""]).encode("latin-1")


def frame(first: int, payload: bytes = b"", *, size: int = 0, length: int | None = None) -> bytes:
    """A masked frame.

    `size` 2 or 8 takes so many bytes for the length where fewer would do; `length` is another than the payload's.
    """
    count = len(payload) if length is None else length
    size = size or (0 if count < 126 else 2 if count < 65536 else 8)
    short = {0: count, 2: 126, 8: 127}[size]
    long = count.to_bytes(size, "big") if size else b""
    return bytes((first, 0x80 | short)) + long + MASK + mask(payload)


def mask(payload: bytes) -> bytes:
    """The payload under `MASK`."""
    if not payload:
        return b""
    key = (MASK * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")


def text(words: str | bytes, first: int = FIN | TEXT) -> bytes:
    return frame(first, words.encode() if isinstance(words, str) else words)


def more(payload: bytes, *, last: bool = False) -> bytes:
    """A continuation."""
    return frame((FIN if last else 0) | CONTINUATION, payload)


def close(code: int | None = None, reason: str | bytes = b"") -> bytes:
    head = b"" if code is None else code.to_bytes(2, "big")
    return frame(FIN | CLOSE, head + (reason.encode() if isinstance(reason, str) else reason))


class Raw:
    """One WebSocket, opened."""

    def __init__(self, port: int, target: str = "/echo", *headers: str, behind: bytes = b"") -> None:
        self.wire = Wire(port)
        # Each send is a segment of its own.
        self.wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.wire.send(handshake(target, *UPGRADE, *headers) + behind)
            self.answer: Answer = self.wire.read(head_only=True)
            assert self.answer.status == 101, self.answer
        except BaseException:
            self.wire.sock.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.wire.sock.close()

    @property
    def sock(self) -> socket.socket:
        return self.wire.sock

    def send(self, data: bytes) -> None:
        self.wire.send(data)

    def say(self, words: str) -> None:
        """One message of text."""
        self.send(text(words))

    def read(self) -> Frame:
        """The next frame of the server's."""
        first, short = self.wire.take(2)
        assert short < 0x80, "a server masks nothing (RFC 6455 §5.1)"
        size = {126: 2, 127: 8}.get(short, 0)
        length = int.from_bytes(self.wire.take(size), "big") if size else short
        return Frame(first, self.wire.take(length))

    def hear(self) -> str:
        """The next message, which must be one frame of text."""
        got = self.read()
        assert got.first == FIN | TEXT, got
        return got.payload.decode()

    def skip_to(self, opcode: int) -> Frame:
        """The next frame of that kind."""
        while (got := self.read()).opcode != opcode:
            pass
        return got

    def is_alive(self) -> bool:
        """Whether a Ping is answered before anything else comes."""
        self.send(frame(FIN | PING, b"alive?"))
        return self.read() == Frame(FIN | PONG, b"alive?")

    def at_end(self) -> bool:
        """Whether the server has ended TCP behind what was read."""
        return self.wire.at_end()


def frames(answers: Sequence[tuple[int, bytes]]) -> list[Frame]:
    """What a server sends, by opcode and payload."""
    return [Frame(FIN | opcode, payload) for opcode, payload in answers]
