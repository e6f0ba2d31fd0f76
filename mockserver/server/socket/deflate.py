"""permessage-deflate (RFC 7692): compressing as agreed, and inflating that can't fill the memory."""

import zlib
from typing import Any, Final

from wsproto.extensions import PerMessageDeflate
from wsproto.frame_protocol import CloseReason, FrameDecoder, FrameProtocol, Opcode, RsvBits

from mockserver.server.socket.agreement import Agreement

_WINDOW_BITS: Final = 12
"""The widest window we compress with, whatever is allowed: a socket costs 32 KiB that way and not 256."""
_MEMORY_LEVEL: Final = 5
_TAIL: Final = b"\x00\x00\xff\xff"


class BoundedDeflate(PerMessageDeflate):
    """wsproto's extension with a bound on what a message inflates to, and right about Pings between its fragments."""

    def __init__(self, agreement: Agreement, limit_bytes: int) -> None:
        super().__init__(
            client_no_context_takeover=agreement.client_no_context_takeover,
            server_no_context_takeover=agreement.server_no_context_takeover,
        )
        self._enabled = True
        self._limit = limit_bytes
        self._inflated = 0
        self._bits = min(_WINDOW_BITS, agreement.server_max_window_bits or _WINDOW_BITS)
        self._is_data = False
        self._is_inside = False

    def frame_inbound_header(
        self, proto: FrameDecoder | FrameProtocol, opcode: Opcode, rsv: RsvBits, payload_length: int
    ) -> CloseReason | RsvBits:
        self._is_data = opcode < Opcode.CLOSE
        if not self._is_data:
            # wsproto would take a control frame for the end of the message around it.
            return RsvBits(rsv1=False, rsv2=False, rsv3=False)
        if self._is_inside and opcode is not Opcode.CONTINUATION:
            # wsproto would inflate a message that may not begin here before it says so.
            return CloseReason.PROTOCOL_ERROR
        return super().frame_inbound_header(proto, opcode, rsv, payload_length)

    def frame_inbound_payload_data(self, _proto: FrameDecoder | FrameProtocol, data: bytes) -> bytes | CloseReason:
        return self._inflate(data) if self._is_data and self._inbound_compressed else data

    def frame_inbound_complete(self, _proto: FrameDecoder | FrameProtocol, fin: bool) -> bytes | CloseReason | None:  # noqa: FBT001 - wsproto's signature
        if not self._is_data:
            return None
        self._is_inside = not fin
        if self._is_inside:
            return None
        last = self._inflate(_TAIL) if self._inbound_compressed else None
        self._inbound_compressed = None
        self._inflated = 0
        if self.client_no_context_takeover or (self._decompressor is not None and self._decompressor.eof):
            self._decompressor = None
        return last

    def _inflate(self, data: bytes) -> bytes | CloseReason:
        decompressor: Any = self._decompressor
        if decompressor.eof:
            # RFC 7692 §7.2.3.4: a last block may end the message; all that follows is one empty byte and the tail.
            return b"" if data.strip(b"\x00") in {b"", b"\xff\xff"} else CloseReason.INVALID_FRAME_PAYLOAD_DATA
        room = self._limit - self._inflated
        try:
            piece: bytes = decompressor.decompress(data, room + 1)
        except zlib.error:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        if len(piece) > room:
            return CloseReason.MESSAGE_TOO_BIG
        if decompressor.unused_data.strip(b"\x00") not in {b"", b"\xff\xff"}:
            return CloseReason.INVALID_FRAME_PAYLOAD_DATA
        self._inflated += len(piece)
        return piece

    def frame_outbound(
        self,
        proto: FrameDecoder | FrameProtocol,
        opcode: Opcode,
        rsv: RsvBits,
        data: bytes,
        fin: bool,  # noqa: FBT001 - wsproto's signature
    ) -> tuple[RsvBits, bytes]:
        if self._compressor is None:
            self._compressor = zlib.compressobj(zlib.Z_DEFAULT_COMPRESSION, zlib.DEFLATED, -self._bits, _MEMORY_LEVEL)
        return super().frame_outbound(proto, opcode, rsv, data, fin)
