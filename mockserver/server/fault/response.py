"""The responses of answers that are slow, or are cut.

Flask is done by then: a response does its work when the server iterates over it, on the socket itself where HTTP has
no word for what happens, and ends with an error on which the connection is closed without a word.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from socket import SHUT_WR
from typing import Any, Final

import gevent
from flask import Response
from werkzeug.wsgi import ClosingIterator

from mockserver.faults.course import Cut
from mockserver.server.fault.cut import Fragment, first_bytes, fragment
from mockserver.server.fault.delivery import Delivery, Severed
from mockserver.server.fault.hold import Client
from mockserver.server.phrase import status_line
from mockserver.server.socket import tcp

_JOIN_BYTES: Final = 256 * 1024
_SETTLE_S: Final = 0.02
"""What a client gets to read what has reached its system, before an RST may throw it away there."""


def respond(
    delivery: Delivery, headers: Sequence[tuple[str, str]], chunks: Iterable[bytes] | None = None, size: int = 0
) -> Response:
    """The response that carries a delivery out which is not plain.

    `chunks` are a body that is yet to be made or read, in place of the reply's, and `size` is theirs where it is known.
    """
    if delivery.cut is None:
        return delivery.follow_up(Slow(delivery, headers, chunks))
    if chunks is None:
        chunks, size = (delivery.reply.body,), len(delivery.reply.body)
    parts = fragment(delivery.reply.status, headers, size, delivery.cut)
    return delivery.follow_up(Broken(delivery, delivery.cut, parts, chunks))


class Slow(Response):
    """Sends its head at once, and its body in its own time."""

    default_mimetype = None

    def __init__(
        self, delivery: Delivery, headers: Sequence[tuple[str, str]], chunks: Iterable[bytes] | None = None
    ) -> None:
        reply = delivery.reply
        body = chunks if chunks is not None else (reply.body,)
        super().__init__(delivery.pass_on(body), status_line(reply.status), list(headers))
        if chunks is None:
            self.content_length = len(reply.body)
        else:
            _close_behind(self, chunks)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """What the server iterates over."""
        chunks, status, headers = self.get_wsgi_response(environ)
        return ClosingIterator(_after_head(start_response(status, headers), chunks), chunks.close)  # type: ignore[attr-defined]


def _after_head(write: Callable[[bytes], object], chunks: Iterable[bytes]) -> Iterator[bytes]:
    # Else the server would keep the head until there is something of the body.
    write(b"")
    yield from chunks


def _close_behind(response: Response, chunks: Iterable[bytes]) -> None:
    if (close := getattr(chunks, "close", None)) is not None:
        response.call_on_close(close)


class Broken(Response):
    """Stands for an answer; in its place a part of one is sent, and the connection ended."""

    default_mimetype = None

    def __init__(self, delivery: Delivery, cut: Cut, parts: Fragment, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._delivery = delivery
        self._cut = cut
        self._parts = parts
        self._chunks = chunks
        _close_behind(self, chunks)

    def __call__(self, _environ: object, _start_response: object) -> Any:
        """What the server iterates over: nothing, until the connection has ended."""
        return ClosingIterator(self._send(), self.close)

    def _send(self) -> Iterator[bytes]:
        client = self._delivery.client
        client.sock.settimeout(client.holds.limits.write_s)
        for piece in self._pieces():
            client.sock.sendall(piece)
        self._end()
        raise Severed
        yield b""

    def _pieces(self) -> Iterator[bytes]:
        delivery, parts = self._delivery, self._parts
        body = first_bytes(self._chunks, parts.body_bytes)
        if delivery.pace is None and not delivery.waits:
            # Two sends would wait for each other's acknowledgement (Nagle).
            yield from _joined(chain((parts.head,), body, (parts.tail,)))
            return
        yield parts.head
        yield from delivery.pass_on(body)
        yield parts.tail

    def _end(self) -> None:
        client, cut = self._delivery.client, self._cut
        if cut.by == "rst":
            if cut.at != "nothing" or cut.tail:
                _see_off(client)
            tcp.reset(client.sock)
            return
        tcp.shut(client.sock, SHUT_WR)
        tcp.linger(client.sock, client.holds.limits.close_s)


def _joined(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    ready = b""
    for piece in pieces:
        if len(ready) + len(piece) > _JOIN_BYTES:
            yield ready
            ready = b""
        ready += piece
    yield ready


def _see_off(client: Client) -> None:
    """Wait until what was sent has arrived: an RST overtakes everything before it."""
    if tcp.count_untaken(client.sock):
        tcp.wait_while_taken(
            lambda: -tcp.count_untaken(client.sock),
            lambda: tcp.count_untaken(client.sock) > 0,
            client.holds.limits.close_s,
        )
    gevent.sleep(_SETTLE_S)
