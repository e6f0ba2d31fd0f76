"""What drives the published cases: a WebSocket client that sends whatever a case asks for, right or wrong.

Behaves as the library that the cases were written for (`WebSocketClientProtocol`), as far as they can tell.
"""
# ruff: noqa: FBT001, FBT002, N802, N803 - names and signatures are the library's

import asyncio
import os
import zlib
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from tests.conformance.published import Library
from tests.server.socket.raw import FIN, frame, mask

_HANDSHAKE_S: Final = 5
_CLOSE_S: Final = 1
_GOING_AWAY: Final = 1001
_TAIL: Final = b"\x00\x00\xff\xff"
_LIMIT_BYTES: Final = 64 * 1024 * 1024


class Fuzzer(Library):
    """One connection with one case; the names that cases use are the library's.

    `speaks_bytes` cases are handed messages as bytes, others as characters that stand for bytes.
    """

    def __init__(self, case: Any, *, speaks_bytes: bool) -> None:
        self.factory = SimpleNamespace(isServer=False)
        self.state = self.STATE_CONNECTING
        self.connectionWasOpen = self.closedByMe = self.failedByMe = self.droppedByMe = self.wasClean = False
        self.remoteCloseCode: int | None = None
        self.localCloseReason: bytes | None = None
        self.createWirelog = True
        self.autoFragmentSize = 0
        self.txFrameStats: Counter[int] = Counter()
        self.trafficStats = None
        self.perMessageCompressionOffers: list[Any] = []
        self.perMessageCompressionAccept: object = None
        self._perMessageCompress: _Deflate | None = None
        self._speaks_bytes = speaks_bytes
        self._timers: list[asyncio.TimerHandle] = []
        self._parts: list[bytes] = []
        self._opcode = 0
        self._is_compressed = False
        self._chops: list[bytes] = []
        self._sending: asyncio.Task[None] | None = None
        self.case = case(self)

    async def run(self, host: str, port: int, target: str) -> None:
        """Have the case out."""
        self._reader, self._writer = await asyncio.open_connection(host, port, limit=_LIMIT_BYTES)
        try:
            async with asyncio.timeout(_HANDSHAKE_S):
                await self._shake_hands(host, port, target)
            self.state, self.connectionWasOpen = self.STATE_OPEN, True
            self.case.onOpen()
            while await self._read_frame():
                pass
        except (OSError, asyncio.IncompleteReadError, TimeoutError):
            pass
        finally:
            self.state = self.STATE_CLOSED
            for timer in self._timers:
                timer.cancel()
            self._writer.transport.abort()
            if self._sending is not None:
                self._sending.cancel()
            self.case.onConnectionLost(self.failedByMe)

    async def _shake_hands(self, host: str, port: int, target: str) -> None:
        key = b64encode(os.urandom(16)).decode()
        lines = [
            f"GET {target} HTTP/1.1", f"Host: {host}:{port}", "Upgrade: websocket", "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13",
            *(f"Sec-WebSocket-Extensions: {offer.header}" for offer in self.perMessageCompressionOffers),
        ]  # fmt: skip
        self._writer.write("\r\n".join([*lines, "", ""]).encode())
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode().lower()
        assert head.startswith("http/1.1 101 "), head
        if "permessage-deflate" in head:
            self._perMessageCompress = _Deflate(head)

    # What cases do.

    def sendFrame(
        self,
        opcode: int,
        payload: str | bytes = b"",
        *,
        fin: bool = True,
        rsv: int = 0,
        payload_len: int | None = None,
        chopsize: int | None = None,
        sync: bool = False,
    ) -> None:
        """A frame; a payload that is to be longer is repeated. All goes out at once, so nothing is to be `sync`."""
        data = _bytes(payload)
        if payload_len is not None and data:
            data = (data * (payload_len // len(data) + 1))[:payload_len]
        self.txFrameStats[opcode] += 1
        self._send(frame((FIN if fin else 0) | rsv << 4 | opcode, data), chopsize)

    def sendMessage(
        self,
        payload: str | bytes,
        isBinary: bool = False,
        fragmentSize: int | None = None,
    ) -> None:
        if self.state != self.STATE_OPEN:
            return
        data, opcode, rsv = _bytes(payload), 2 if isBinary else 1, 0
        if self._perMessageCompress is not None:
            data, rsv = self._perMessageCompress.shrink(data), 4
        size = fragmentSize or self.autoFragmentSize or len(data) or 1
        pieces = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
        for number, piece in enumerate(pieces):
            is_first, is_last = number == 0, number == len(pieces) - 1
            self.sendFrame(opcode if is_first else 0, piece, fin=is_last, rsv=rsv if is_first else 0)

    def beginMessage(self, opcode: int = 1) -> None:
        self._begun = opcode

    def beginMessageFrame(self, length: int) -> None:
        self._send(frame(FIN | self._begun, length=length), None)
        self._offset = 0

    def sendMessageFrameData(self, payload: str, sync: bool = False) -> None:
        data = bytes(self._offset % 4) + _bytes(payload)
        self._send(mask(data)[self._offset % 4 :], None)
        self._offset += len(payload)

    def endMessage(self) -> None:
        self.sendFrame(0)

    def sendClose(self, code: int | None = None, reason: str | None = None) -> None:
        self.sendCloseFrame(code, reason)

    def sendCloseFrame(
        self,
        code: int | None = None,
        reasonUtf8: str | bytes | None = None,
        isReply: bool = False,
    ) -> None:
        if self.state != self.STATE_OPEN:
            return
        reason = b"" if reasonUtf8 is None else _bytes(reasonUtf8)
        self.sendFrame(8, (b"" if code is None else code.to_bytes(2, "big")) + reason)
        self.state = self.STATE_CLOSING
        self.closedByMe = not isReply
        self.localCloseReason = reason
        if self.closedByMe:
            self._later(_CLOSE_S, self._drop)

    def continueLater(self, delay: float, function: Callable[[], None], tag: str = "") -> None:
        self._later(delay, function)

    def killAfter(self, delay: float) -> None:
        self._later(delay, self._fail)

    def closeAfter(self, delay: float) -> None:
        self._later(delay, self.sendClose)

    def enableWirelog(self, enable: bool) -> None:
        """Nobody reads one."""

    # What the library does by itself.

    def _later(self, delay: float, function: Callable[[], None]) -> None:
        def act() -> None:
            if self.state != self.STATE_CLOSED:
                function()

        self._timers.append(asyncio.get_running_loop().call_later(delay, act))

    def _fail(self) -> None:
        self.failedByMe = True
        if self.state == self.STATE_CLOSING:
            self._drop()
        else:
            self.sendCloseFrame(_GOING_AWAY, b"Going Away")

    def _drop(self) -> None:
        self.droppedByMe, self.wasClean = True, False
        self._writer.transport.abort()

    def _send(self, data: bytes, chop: int | None) -> None:
        """Chopped bytes leave one piece after the other, each as a segment of its own where TCP lets it."""
        if chop is None and self._sending is None:
            self._writer.write(data)
            return
        step = chop or len(data)
        self._chops += [data[at : at + step] for at in range(0, len(data), step)]
        if self._sending is None:
            self._sending = asyncio.create_task(self._send_chops())

    async def _send_chops(self) -> None:
        while self._chops:
            self._writer.write(self._chops.pop(0))
            await asyncio.sleep(0)
        self._sending = None

    async def _read_frame(self) -> bool:
        """Take in one frame; false when nothing can come any more."""
        first, short = await self._reader.readexactly(2)
        size = {126: 2, 127: 8}.get(short, 0)
        length = int.from_bytes(await self._reader.readexactly(size), "big") if size else short
        payload = await self._reader.readexactly(length)
        opcode = first & 0x0F
        match opcode:
            case 8:
                self._take_close(payload)
            case 9:
                self.case.onPing(self._shown(payload))
                if self.state == self.STATE_OPEN:
                    self.sendFrame(10, payload)
            case 10:
                self.case.onPong(self._shown(payload))
            case _:
                self._take_data(first, payload)
        return True

    def _take_close(self, payload: bytes) -> None:
        self.remoteCloseCode = int.from_bytes(payload[:2], "big") if payload else None
        self.wasClean = True
        if self.state == self.STATE_OPEN:
            self.sendCloseFrame(self.remoteCloseCode, b"", isReply=True)
        else:
            for timer in self._timers:
                timer.cancel()
        # It is the server that has to end TCP.
        self._later(_CLOSE_S, self._drop)

    def _take_data(self, first: int, payload: bytes) -> None:
        if first & 0x0F:
            self._opcode, self._is_compressed = first & 0x0F, bool(first & 0x40)
        self._parts.append(payload)
        if not first & 0x80:
            return
        data, self._parts = b"".join(self._parts), []
        if self._is_compressed and self._perMessageCompress is not None:
            data = self._perMessageCompress.grow(data)
        if self.state == self.STATE_OPEN:
            self.case.onMessage(self._shown(data), self._opcode == 2)

    def _shown(self, data: bytes) -> str | bytes:
        return data if self._speaks_bytes else data.decode("latin-1")


class _Deflate:
    """The client's half of permessage-deflate, as the answer to the handshake says."""

    def __init__(self, head: str) -> None:
        self._forgets = "client_no_context_takeover" in head
        self._server_forgets = "server_no_context_takeover" in head
        self._deflate = self._make_deflate()
        self._inflate = zlib.decompressobj(-15)

    def _make_deflate(self) -> Any:
        return zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -15)

    def shrink(self, data: bytes) -> bytes:
        if self._forgets:
            self._deflate = self._make_deflate()
        small: bytes = self._deflate.compress(data) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        return small.removesuffix(_TAIL)

    def grow(self, data: bytes) -> bytes:
        if self._server_forgets:
            self._inflate = zlib.decompressobj(-15)
        return self._inflate.decompress(data + _TAIL)


def _bytes(text: str | bytes) -> bytes:
    return text.encode("latin-1") if isinstance(text, str) else text
