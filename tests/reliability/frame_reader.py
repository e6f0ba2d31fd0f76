"""A WebSocket's answer to a stream of anything, held against RFC 6455: what a server may send, and how it may end."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress

from mockserver.realtime.close_code import may_be_sent
from tests.server.socket.raw import CLOSE, CONTINUATION, FIN, RSV1, UPGRADE, Frame, handshake
from tests.server.wire import Wire

_OPCODES = frozenset({0x0, 0x1, 0x2, 0x8, 0x9, 0xA})
_CONTROL = 0x8


def exchange_frames(port: int, target: str, extension: str, pieces: Sequence[bytes]) -> list[Frame] | None:
    """What a socket answers to these pieces, behind which nothing more comes; nothing where it was not opened.

    Fails where the server does not end the connection, or has sent what none may.
    """
    offer = (f"Sec-WebSocket-Extensions: {extension}",) if extension else ()
    with Wire(port) as wire:
        wire.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.send(handshake(target, *UPGRADE, *offer))
        answer = wire.read(head_only=True)
        if answer.status != 101:
            assert 400 <= answer.status < 500, answer
            return None
        _send(wire, pieces)
        found = list(_frames(_rest(wire)))
        verify_frames(found, is_deflated="sec-websocket-extensions" in answer.headers)
        return found


def verify_frames(frames: Sequence[Frame], *, is_deflated: bool) -> None:
    """A server's frames are in order, and a Close frame is the last."""
    is_within = False
    for place, frame in enumerate(frames):
        is_control = frame.opcode >= _CONTROL
        reserved = frame.first & 0x70
        assert frame.opcode in _OPCODES, frame
        assert reserved in ((0, RSV1) if is_deflated and not is_control and not is_within else (0,)), frame
        if is_control:
            assert frame.first & FIN, frame
            assert len(frame.payload) < 126, frame
        else:
            assert (frame.opcode == CONTINUATION) == is_within, frame
            is_within = not frame.first & FIN
        if frame.opcode == CLOSE:
            assert place == len(frames) - 1, frames
            assert not frame.payload or may_be_sent(frame.code), frame
            frame.payload[2:].decode()


def _send(wire: Wire, pieces: Sequence[bytes]) -> None:
    """Send what is taken: a server that has closed may have gone."""
    with suppress(OSError):
        for piece in pieces:
            wire.send(piece)
        wire.end()


def _rest(wire: Wire) -> bytes:
    """All that comes; what was on its way when the server went may be lost (RFC 9293 §3.10.7)."""
    try:
        return wire.rest()
    except ConnectionResetError:
        return b""


def _frames(data: bytes) -> Iterator[Frame]:
    place = 0
    while place + 2 <= len(data):
        first, short = data[place], data[place + 1]
        assert short < 0x80, "a server masks nothing (RFC 6455 §5.1)"
        size = {126: 2, 127: 8}.get(short, 0)
        start = place + 2 + size
        length = int.from_bytes(data[place + 2 : start], "big") if size else short
        assert start + length <= len(data), "a frame was cut short"
        yield Frame(first, data[start : start + length])
        place = start + length
    assert place == len(data), data[place:]
