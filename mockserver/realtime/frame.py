"""One message of the feed or of the system, as text and as transports carry it; encoded once for all who get it."""

from collections.abc import Callable
from copy import copy
from typing import Final, Self

import orjson

from mockserver.messages import Json, exact
from mockserver.realtime.label import labels_of

_SHORT: Final = 125
_MEDIUM: Final = 0xFFFF
_TEXT: Final = 0x81
_BINARY: Final = 0x82


class Frame:
    """A JSON object on its way to clients; `cursor` is the place in the feed that is reached with it, if any.

    Words of the system are no messages of their own to an `EventSource`: they come to listeners of `sys`.
    """

    __slots__ = ("_event_stream", "_labels", "_websocket", "cursor", "data", "is_spoiled", "is_system")

    is_binary = False

    def __init__(self, body: dict[str, Json], cursor: str = "", *, is_system: bool = False) -> None:
        self.data = exact(orjson.dumps(body))
        self.cursor = cursor
        self.is_system = is_system
        self.is_spoiled = False
        self._websocket = b""
        self._event_stream = b""
        self._labels: tuple[str, ...] | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """What it may be called."""
        if self._labels is None:
            self._labels = labels_of(self.data)
        return self._labels

    def spoiled(self, change: Callable[[str | bytes], str | bytes]) -> Self:
        """The same with another payload; it stays the text or the bytes that it is."""
        spoiled = change(self.data if self.is_binary else self.data.decode("utf-8", "replace"))
        other = copy(self)
        other.data = spoiled.encode("utf-8", "replace") if isinstance(spoiled, str) else spoiled
        other._websocket = other._event_stream = b""
        other._labels = self.labels
        other.is_spoiled = True
        return other

    @property
    def websocket(self) -> bytes:
        """As a text frame of a server's, whole and unmasked (RFC 6455 §5.2)."""
        if not self._websocket:
            self._websocket = frame_of(self.data, _TEXT)
        return self._websocket

    @property
    def event_stream(self) -> bytes:
        """As an event of an event stream (WHATWG HTML §9.2.6)."""
        if not self._event_stream:
            kind = b"event: sys\n" if self.is_system else b""
            place = b"id: %b\n" % self.cursor.encode() if self.cursor else b""
            self._event_stream = b"%b%b%b\n" % (kind, place, data_lines(self.data))
        return self._event_stream


def data_lines(data: bytes) -> bytes:
    """The data of an event: each line is one of its own (WHATWG HTML §9.2.6)."""
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    return b"".join(b"data: %b\n" % line for line in lines)


def text_frame(text: str) -> bytes:
    """A text as a frame of a server's."""
    return frame_of(text.encode("utf-8", "replace"), _TEXT)


def binary_frame(data: bytes) -> bytes:
    """Bytes as a frame of a server's."""
    return frame_of(data, _BINARY)


def frame_of(payload: bytes, first: int) -> bytes:
    """One unmasked frame; `first` is its first byte: FIN, the reserved bits and the opcode (RFC 6455 §5.2)."""
    length = len(payload)
    if length <= _SHORT:
        return bytes((first, length)) + payload
    if length <= _MEDIUM:
        return bytes((first, 126)) + length.to_bytes(2, "big") + payload
    return bytes((first, 127)) + length.to_bytes(8, "big") + payload
