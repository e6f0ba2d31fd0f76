"""How an answer goes out under faults: slowly, in part, or not at all. What it says was settled before.

Flask is done by then: a response does its work when the server iterates over it, on the socket itself where HTTP has
no word for what happens, and ends with an error on which the connection is closed without a word.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from socket import SHUT_WR
from typing import Any, Final, Protocol

import gevent
from flask import Response
from werkzeug.wsgi import ClosingIterator

from mockserver.faults.course import REPEATABLE, Cut, Decision, Pace, Wait
from mockserver.messages import BODILESS, Reply
from mockserver.server.fault.cut import Fragment, first_bytes, fragment
from mockserver.server.fault.hold import Client, Stay
from mockserver.server.fault.pace import spread
from mockserver.server.phrase import status_line
from mockserver.server.socket import tcp

_JOIN_BYTES: Final = 256 * 1024
_SETTLE_S: Final = 0.02
"""What a client gets to read what has reached its system, before an RST may throw it away there."""


class Severed(ConnectionAbortedError):
    """A connection has ended as a fault would have it, or its client has left: there is nothing more to send."""


class Collector(Protocol):
    """What can keep back the bytes it would send."""

    def collect(self, size_bytes: int) -> None:
        """Send nothing before there is so much of it."""
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """One answer, and what becomes of it on its way. `done` is called when it has been sent."""

    client: Client
    reply: Reply
    waits: tuple[Wait, ...] = ()
    """Those between head and body."""
    pace: Pace | None = None
    paced_by: str = ""
    cut: Cut | None = None
    buffer_bytes: int = 0
    buffered_by: str = ""
    shows_cors: bool = True
    removals: tuple[str, ...] = ()
    additions: tuple[tuple[str, str], ...] = ()
    """Headers left out of the answer, and then those put in, in place of any of the same name."""
    done: Callable[[], None] | None = None

    decisions: tuple[Decision, ...] = ()
    """What all rules had to say that are for this."""

    @property
    def is_plain(self) -> bool:
        """Whether it goes out as every other answer does; of one without a body nothing is slow."""
        is_slow = (bool(self.waits) or self.pace is not None) and self.reply.status not in BODILESS
        return not is_slow and self.cut is None

    @property
    def told(self) -> Reply:
        """What journal and log say: a status that never got out whole is 0."""
        is_lost = self.cut is not None and self.cut.at in ("nothing", "head")
        headers = tuple(self.amend(self.reply.headers))
        return replace(self.reply, status=0 if is_lost else self.reply.status, headers=headers)

    def amend(self, headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The headers as they go out, when all others are there: no name twice that may be there once."""
        for removed in self.removals:
            headers = [pair for pair in headers if pair[0].lower() != removed.lower()]
        for name, value in self.additions:
            if name.lower() not in REPEATABLE:
                headers = [pair for pair in headers if pair[0].lower() != name.lower()]
            headers = [*headers, (name, value)]
        return [*headers]

    def follow_up(self, response: Response) -> Response:
        """Have `done` called once the response has been sent."""
        if self.done is not None:
            response.call_on_close(self.done)
        return response

    def collect(self, stream: Collector, response: Response) -> Response:
        """Have a stream collect what it says before any of it is sent, as long as the fault goes on that wants it."""
        if self.buffer_bytes:
            stream.collect(self.buffer_bytes)
            response.call_on_close(self.client.when_over(self.buffered_by, lambda: stream.collect(0)))
        return response

    def begin(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """A body without an end: whoever waits for it to be sent need not wait for more than its head."""
        if self.done is not None:
            self.done()
        yield from chunks

    def pass_on(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces of a body, each at its time. *Raises* `Severed` when the client has left."""
        for wait in self.waits:
            self._let_wait(Stay(self.client.terms, wait.fault, wait.seconds))
        for piece in body:
            yield from self._spread(piece)

    def _spread(self, body: bytes) -> Iterator[bytes]:
        if self.pace is None:
            yield body
            return
        stay = Stay(self.client.terms, self.paced_by, 0.0)
        sent = 0
        for due_s, piece in spread(body, self.pace):
            stay.extend(due_s)
            if not self._let_wait(stay):
                yield body[sent:]
                return
            yield piece
            sent += len(piece)

    def _let_wait(self, stay: Stay) -> bool:
        """Wait to the end of a time; false where it was ended before. *Raises* `Severed`."""
        end = self.client.holds.wait(stay, self.client.sock)
        if end == "left":
            raise Severed
        return end == "over"


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
