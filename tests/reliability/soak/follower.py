"""Those who follow the feed over a connection that stays open. Each notes on its track what it is told."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

import orjson

from tests.reliability.soak.ledger import Ledger, Told, Track, Word
from tests.reliability.soak.pipe import HOST, PATIENCE_S, Cut

_UPGRADE = (
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
)  # fmt: skip
_CLOSING = (1000).to_bytes(2, "big")


class Follower(asyncio.Protocol):
    """One connection that stays open; `at_end` is told why it is over, unless this side has ended it."""

    headers: tuple[str, ...] = ()

    def __init__(self, ledger: Ledger, track: Track, target: str, *headers: str, is_timed: bool = False) -> None:
        self.ledger = ledger
        self.track = track
        self.target = target
        self.extra = headers
        self.is_timed = is_timed
        self.is_ending = False
        self.status = 0
        self.why = "FIN"
        self.heard_at = 0.0
        self.at_end: Callable[[str], None] = _do_nothing
        loop = asyncio.get_running_loop()
        self._time = loop.time
        self.opened: asyncio.Future[None] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self._rest = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        lines = [f"GET {self.target} HTTP/1.1", f"Host: {HOST}", *self.headers, *self.extra, "", ""]
        transport.write("\r\n".join(lines).encode())

    def data_received(self, data: bytes) -> None:
        self.heard_at = self._time()
        data = self._rest + data
        if not self.status:
            head, mark, rest = data.partition(b"\r\n\r\n")
            if not mark:
                self._rest = data
                return
            self.status = int(head[9:12])
            self.why = f"status {self.status}" if self.status >= 400 else self.why
            data = rest
        self._rest = self.parse(data)

    def parse(self, data: bytes) -> bytes:
        """Take what is whole; the rest."""
        raise NotImplementedError

    def hear(self, payload: bytes) -> None:
        """Take one thing that was said."""
        said = self.ledger.read(payload)
        if isinstance(said, Told):
            self.track.take(self.ledger.epoch, said.offset)
            if self.is_timed:
                self.ledger.time(said.offset)
        elif said.method == "/sys/hello":
            self.track.begin(said.said["data"]["at"])
            if not self.opened.done():
                self.opened.set_result(None)
        elif said.method == "/sys/gap":
            self.miss(said)
        else:
            self.answered(said)

    def miss(self, word: Word) -> None:
        """Learn that something can't be told."""
        self.why = f"gap {word.said['data']}"
        self.abort()

    def answered(self, word: Word) -> None:
        """Take what is neither an event nor a word about events."""

    def connection_lost(self, error: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(Cut(0))
            self.opened.exception()
        if not self.closed.done():
            self.closed.set_result(None)
        if not self.is_ending:
            self.at_end(self.why if error is None else repr(error))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def finish(self) -> None:
        """End it in order."""
        self.is_ending = True
        if self._transport is not None:
            self._transport.close()


class SocketFollower(Follower):
    """A WebSocket. Commands go over it too."""

    headers = _UPGRADE

    def __init__(self, ledger: Ledger, track: Track, target: str, *headers: str, is_timed: bool = False) -> None:
        super().__init__(ledger, track, target, *headers, is_timed=is_timed)
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._tags = itertools.count(1)

    def parse(self, data: bytes) -> bytes:
        at, end = 0, len(data)
        while end - at >= 2:
            first, size = data[at], data[at + 1]
            body = at + 2
            if size == 126:
                size, body = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif size == 127:
                size, body = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if end < body + size or body > end:
                break
            at = body + size
            self._frame(first, data[body:at])
        return data[at:]

    def _frame(self, first: int, payload: bytes) -> None:
        if first == 0x81:
            self.hear(payload)
        elif first == 0x89:
            self._send(0x8A, payload)
        elif first == 0x88:
            self.why = f"close {int.from_bytes(payload[:2], 'big')} {payload[2:].decode()}".rstrip()
            self._send(0x88, payload[:2])

    def _send(self, first: int, payload: bytes) -> None:
        """A frame under a mask of zeros, which changes nothing."""
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(bytes([first]) + length + b"\0\0\0\0" + payload)

    async def command(self, method: str, data: object = None) -> dict[str, Any]:
        """The reply to a command."""
        tag = f"t{next(self._tags)}"
        found = self._asked[tag] = asyncio.get_running_loop().create_future()
        self._send(0x81, orjson.dumps({"method": method, "data": data, "websocketTag": tag}))
        return await asyncio.wait_for(found, PATIENCE_S)

    def answered(self, word: Word) -> None:
        asked = self._asked.pop(word.said.get("websocketTag", ""), None)
        if asked is not None:
            asked.set_result(word.said)

    def finish(self) -> None:
        self.is_ending = True
        self._send(0x88, _CLOSING)


class DeafFollower(SocketFollower):
    """One that is told nonsense by faults, and is content with its socket staying open."""

    def hear(self, payload: bytes) -> None:
        if not self.opened.done():
            self.opened.set_result(None)


class StreamFollower(Follower):
    """An event stream: events between empty lines, in chunks of any size."""

    headers = ("Accept: text/event-stream",)

    def __init__(self, ledger: Ledger, track: Track, target: str, *headers: str, is_timed: bool = False) -> None:
        super().__init__(ledger, track, target, *headers, is_timed=is_timed)
        self._text = b""

    def parse(self, data: bytes) -> bytes:
        while (line_end := data.find(b"\r\n")) >= 0:
            size = int(data[:line_end], 16)
            end = line_end + 2 + size
            if len(data) < end + 2:
                break
            self._text += data[line_end + 2 : end]
            data = data[end + 2 :]
        *whole, self._text = self._text.split(b"\n\n")
        for event in whole:
            _, mark, payload = event.rpartition(b"data: ")
            if mark:
                self.hear(payload)
        return data


def _do_nothing(why: str) -> None:
    """Nothing."""
