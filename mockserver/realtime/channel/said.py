"""What channels say: any JSON, text or bytes, encoded once for all who get it, whatever carries it."""

import json
from typing import Final

import orjson

from mockserver.messages import Json, exact
from mockserver.realtime.frame import Frame, binary_frame, data_lines

COMMENT: Final = b":\n\n"
"""An event stream's way to say nothing, so that proxies keep it open (WHATWG HTML §9.2.6)."""


class Said(Frame):
    """One message of a channel's. On an event stream `event` is its name there, and `cursor` its id."""

    __slots__ = ("_event", "is_binary")

    def __init__(self, data: bytes, *, event: str = "", cursor: str = "", is_binary: bool = False) -> None:
        super().__init__({}, cursor)
        self.data = data
        self._event = event
        self.is_binary = is_binary

    @property
    def labels(self) -> tuple[str, ...]:
        """What it may be called; on an event stream its name there too."""
        found = super().labels
        return found if not self._event or self._event in found else (*found, self._event)

    @property
    def websocket(self) -> bytes:
        """As a frame of a server's, whole and unmasked (RFC 6455 §5.2)."""
        if self.is_binary and not self._websocket:
            self._websocket = binary_frame(self.data)
        return super().websocket

    @property
    def event_stream(self) -> bytes:
        """As an event of an event stream; each line of a text is one of its data."""
        if not self._event_stream:
            head = f"event: {' '.join(self._event.splitlines())}\n" if self._event else ""
            head += f"id: {self.cursor}\n" if self.cursor else ""
            self._event_stream = b"%b%b\n" % (head.encode("utf-8", "replace"), data_lines(self.data))
        return self._event_stream

    def placed(self, cursor: str) -> "Said":
        """The same with its place among those that can be asked for again."""
        return Said(self.data, event=self._event, cursor=cursor, is_binary=self.is_binary)


class Breath(Said):
    """Nothing but a sign of life, on an event stream."""

    __slots__ = ()

    @property
    def event_stream(self) -> bytes:
        """As a comment."""
        return COMMENT


BREATH: Final = Breath(b"")


def encode_json(value: Json) -> bytes:
    """A value as JSON; what UTF-8 has no place for, half a character of UTF-16, is escaped."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(value).encode()


def said_json(value: Json, event: str = "", cursor: str = "") -> Said:
    """A value as JSON."""
    return Said(exact(encode_json(value)), event=event, cursor=cursor)


def said_text(text: str, event: str = "", cursor: str = "") -> Said:
    """A text as it is."""
    return Said(text.encode("utf-8", "replace"), event=event, cursor=cursor)


def said_bytes(data: bytes) -> Said:
    """Bytes as they are."""
    return Said(data, is_binary=True)
