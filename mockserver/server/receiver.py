"""Reading requests off a socket under deadlines: heads, bodies with a length, chunked bodies.

Knows bytes and time; what they mean is `head`'s business. Everything a client can do wrong ends as a `Problem`.
"""

import re
from socket import SHUT_RD
from time import monotonic
from typing import Any

import gevent

from mockserver.errors import BadRequest, RequestTimeout
from mockserver.messages import body_too_long
from mockserver.server.head import Framing, verify_unfinished
from mockserver.server.limits import BodyLimit, Limits
from mockserver.server.patience import Patience
from mockserver.server.socket import tcp

_PIECE_BYTES = 64 * 1024
_HEAD_END = b"\r\n\r\n"
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_WORD = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
_SPACE = rb"[ \t]*"
_EXTENSION = rb"%b;%b%b(?:%b=%b(?:%b|%b))?" % (_SPACE, _SPACE, _WORD, _SPACE, _SPACE, _WORD, _QUOTED)
_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,15})(?:%b)*" % _EXTENSION)
_TRAILER = re.compile(rb"(?!(?i:content-length|transfer-encoding|host):)%b:[\t -~\x80-\xff]*" % _WORD)
_CHUNK_LINE_LIMIT = 4 * 1024
_LINGER_LIMIT_BYTES = 16 * 1024 * 1024


class Receiver:
    """What a connection has sent and nobody has read yet; pipelined requests wait in `buffer`."""

    def __init__(self, sock: Any, limits: Limits, body_limit: BodyLimit) -> None:
        self._sock = sock
        self._limits = limits
        self._body_limit = body_limit
        self.buffer = bytearray()
        self.idle = False
        self._patience = Patience(lambda: tcp.shut(sock, SHUT_RD))
        self.is_dismissed = False
        """Whether no further request is wanted."""

    def read_head(self, wait_s: float) -> bytes:
        """The next head without its empty line, or nothing when the client has no further request.

        *Raises* `Problem` for a head that is wrong, too long or too slow.
        """
        if not self.buffer and not self._await_request(wait_s):
            return b""
        deadline = monotonic() + self._limits.head_s
        while (end := self._find_head_end()) < 0:
            if not self._extend_head(deadline):
                return b""
        head = bytes(self.buffer[:end])
        del self.buffer[: end + len(_HEAD_END)]
        return head

    def close(self) -> None:
        """Nothing more will be read."""
        self._patience.close()

    def read_body(self, framing: Framing) -> bytes:
        """The whole body of the request whose head was read last. *Raises* `Problem`."""
        limit = self._body_limit()
        if framing.length > limit:
            raise body_too_long(limit)
        if framing.expects_continue and not self.buffer:
            self._sock.sendall(_CONTINUE)
        deadline = monotonic() + self._limits.body_s
        if framing.chunked:
            return self._read_chunks(deadline, limit)
        return self._take(framing.length, deadline)

    def linger(self) -> None:
        """Throw away what a refused client still sends, for a while, so that our answer outlives our closing."""
        deadline = monotonic() + self._limits.linger_s
        thrown = len(self.buffer)
        self.buffer.clear()
        try:
            while thrown < _LINGER_LIMIT_BYTES and self._fill(deadline):
                thrown += len(self.buffer)
                self.buffer.clear()
                gevent.sleep(0)
        except OSError:
            return

    def _await_request(self, wait_s: float) -> bool:
        self.idle = True
        if self._sock.timeout is not None:
            self._sock.settimeout(None)
        self._patience.begin(wait_s)
        try:
            piece = self._sock.recv(_PIECE_BYTES)
        finally:
            self.idle = False
            self._patience.end()
        self.buffer += piece
        has_begun = bool(piece)
        if has_begun and self.is_dismissed:
            # Closed at once, it would be answered with RST.
            self.linger()
        return has_begun and not self.is_dismissed

    def _find_head_end(self) -> int:
        # RFC 9112 §2.2: an empty line before the request line is passed over.
        while self.buffer.startswith(b"\r\n"):
            del self.buffer[:2]
        return self.buffer.find(_HEAD_END)

    def _extend_head(self, deadline: float) -> bool:
        """Wait for more of a head; false when the client stopped before a single word of it."""
        if self.buffer and self.buffer != b"\r":
            verify_unfinished(bytes(self.buffer), self._limits)
        try:
            more = self._fill(deadline)
        except TimeoutError:
            if not self.buffer:
                return False
            raise RequestTimeout(f"The request head did not arrive within {self._limits.head_s:g} s.") from None
        if not more and self.buffer:
            raise BadRequest("The connection ended in the middle of the request head.")
        return more

    def _read_chunks(self, deadline: float, limit: int) -> bytes:
        body = bytearray()
        framing_bytes = 0
        while True:
            line = self._take_line(deadline)
            found = _CHUNK_LINE.fullmatch(line)
            if found is None:
                raise BadRequest("The length of a chunk is malformed.")
            size = int(found[1], 16)
            framing_bytes += len(line) + 4
            # Lengths and extensions count too: a million chunks of one byte are no small body.
            if len(body) + size > limit or framing_bytes > limit:
                raise body_too_long(limit)
            if size == 0:
                break
            body += self._take(size, deadline)
            if self._take(2, deadline) != b"\r\n":
                raise BadRequest("A chunk is longer than its length says.")
        self._skip_trailers(deadline)
        return bytes(body)

    def _skip_trailers(self, deadline: float) -> None:
        left = self._limits.head_bytes
        while line := self._take_line(deadline):
            left -= len(line) + 2
            if left < 0 or _TRAILER.fullmatch(line) is None:
                raise BadRequest("The trailers of the body are malformed or too long.")

    def _take_line(self, deadline: float) -> bytes:
        buffer = self.buffer
        while (end := buffer.find(b"\r\n")) < 0:
            if len(buffer) > _CHUNK_LINE_LIMIT or b"\n" in buffer:
                raise BadRequest("A line of the chunked body is malformed or too long.")
            self._extend_body(deadline)
        line = bytes(buffer[:end])
        del buffer[: end + 2]
        if len(line) > _CHUNK_LINE_LIMIT:
            raise BadRequest("A line of the chunked body is too long.")
        return line

    def _take(self, size: int, deadline: float) -> bytes:
        buffer = self.buffer
        while len(buffer) < size:
            self._extend_body(deadline)
        taken = bytes(buffer[:size])
        del buffer[:size]
        return taken

    def _extend_body(self, deadline: float) -> None:
        try:
            more = self._fill(min(deadline, monotonic() + self._limits.body_idle_s))
        except TimeoutError:
            raise RequestTimeout("The request body did not arrive in time.") from None
        if not more:
            raise BadRequest("The connection ended in the middle of the request body.")
        # A fast sender never makes recv wait; others must still get their turn.
        gevent.sleep(0)

    def _fill(self, deadline: float) -> bool:
        """Wait for more bytes; false at the end of the stream. *Raises* `TimeoutError`, `OSError`."""
        left = deadline - monotonic()
        if left <= 0:
            raise TimeoutError
        self._sock.settimeout(left)
        piece = self._sock.recv(_PIECE_BYTES)
        self.buffer += piece
        return bool(piece)
