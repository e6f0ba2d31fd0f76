"""The WebSocket protocol between bytes and messages: wsproto's engine, with a bound on them and what it lacks.

Knows nothing of sockets. What a client does wrong comes as `ParseFailed` with the close code it deserves.
"""

from io import BytesIO, StringIO
from typing import Any, Final

from wsproto.extensions import Extension
from wsproto.frame_protocol import (
    CloseReason,
    FrameDecoder,
    FrameProtocol,
    Opcode,
    ParseFailed,
    RsvBits,
)
from wsproto.frame_protocol import Frame as WireFrame

from mockserver.realtime.close_code import BAD_GATEWAY, NO_STATUS, TRY_AGAIN_LATER, fit_reason, may_be_sent
from mockserver.realtime.frame import Frame, binary_frame, frame_of, text_frame
from mockserver.realtime.session import Message
from mockserver.server.socket.agreement import Agreement
from mockserver.server.socket.deflate import BoundedDeflate

PONG: Final = 0x8A
PING: Final = 0x89
_CLOSE: Final = 0x88
_NO_BITS: Final = RsvBits(rsv1=False, rsv2=False, rsv3=False)
_NEIGHBOUR: Final = TRY_AGAIN_LATER.to_bytes(2, "big")


class Engine(FrameProtocol):
    """What one client sends, strictly read, and what it is sent.

    `limit_bytes` holds for frames, messages and what they inflate to.
    """

    def __init__(self, limit_bytes: int, deflate: Agreement | None) -> None:
        extensions: list[Extension] = [_Bound(limit_bytes)]
        if deflate is not None:
            extensions.append(BoundedDeflate(deflate, limit_bytes))
        super().__init__(False, extensions)  # noqa: FBT003 - wsproto's signature: not a client
        self._limit = limit_bytes
        self._parts: StringIO | BytesIO | None = None
        self.deflates = deflate is not None

    def encode(self, message: Message) -> bytes:
        """A message on its way out. One that is compressed refers to those before it: this is asked in their order."""
        if not self.deflates:
            if isinstance(message, Frame):
                return message.websocket
            return text_frame(message) if isinstance(message, str) else binary_frame(message)
        said: str | bytes = message.data if isinstance(message, Frame) else message
        if isinstance(said, str):
            said = said.encode("utf-8", "replace").decode()
        elif isinstance(message, Frame) and not message.is_binary:
            said = said.decode()
        return bytes(self.send_data(said))

    @property
    def is_joining(self) -> bool:
        """Whether a message has begun that is yet to be finished."""
        return self._parts is not None

    def join(self, frame: WireFrame) -> str | bytes:
        """The whole message with its last piece, nothing before."""
        parts: Any = self._parts
        if parts is None:
            parts = self._parts = StringIO() if frame.opcode is Opcode.TEXT else BytesIO()
        parts.write(frame.payload)
        if not frame.message_finished:
            return b""
        self._parts = None
        whole: str | bytes = parts.getvalue()
        return whole

    def explain(self, error: ParseFailed) -> str:
        """What was wrong, in a reason's few words."""
        if error.code is CloseReason.MESSAGE_TOO_BIG:
            return f"A message may have {self._limit} bytes, by a channel's max_message or by --limit frame=."
        if str(error) == "error in extension":
            is_data = error.code is CloseReason.INVALID_FRAME_PAYLOAD_DATA
            return "The compressed data is broken." if is_data else "The frame does not fit the extension."
        return "The text is not UTF-8." if error.code is CloseReason.INVALID_FRAME_PAYLOAD_DATA else f"{error}."

    def _process_close(self, frame: WireFrame) -> WireFrame:
        # wsproto does not know 1014 (IANA registered it after 1013), which is right wherever its neighbour is.
        payload = bytes(frame.payload) if isinstance(frame.payload, bytes | bytearray) else b""
        if int.from_bytes(payload[:2], "big") != BAD_GATEWAY:
            return super()._process_close(frame)
        checked = super()._process_close(frame._replace(payload=_NEIGHBOUR + payload[2:]))
        return checked._replace(payload=(BAD_GATEWAY, str(checked.payload[1])))


class _Bound(Extension):
    """Refuses a message as soon as the header of a frame says that it is too long (RFC 6455 §10.4)."""

    name = "bound"

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._message = 0
        self._frame = 0
        self._is_data = False

    def enabled(self) -> bool:
        return True

    def offer(self) -> bool:
        return False

    def frame_inbound_header(
        self, _proto: FrameDecoder | FrameProtocol, opcode: Opcode, _rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        self._is_data = opcode < Opcode.CLOSE
        self._frame = payload_length
        # Nothing is added up here: a header that comes in two pieces is asked about twice.
        if self._is_data and self._message + payload_length > self._limit:
            return CloseReason.MESSAGE_TOO_BIG
        return _NO_BITS

    def frame_inbound_complete(self, _proto: FrameDecoder | FrameProtocol, fin: bool) -> None:  # noqa: FBT001 - wsproto's signature
        if self._is_data:
            self._message = 0 if fin else self._message + self._frame


def close_frame(code: int, reason: str = "") -> bytes:
    """A Close frame; the reason is cut to what there is room for. With 1005 it says nothing (RFC 6455 §7.1.5).

    *Raises* `ValueError` for a code that may not be on the wire.
    """
    if code == NO_STATUS:
        return frame_of(b"", _CLOSE)
    if not may_be_sent(code):
        raise ValueError(f"{code} may not stand in a Close frame")
    return frame_of(code.to_bytes(2, "big") + fit_reason(reason).encode(), _CLOSE)
