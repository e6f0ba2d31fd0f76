"""How an answer goes out under faults: slowly, in part, or not at all. What it says was settled before.

Flask is done by then: a response does its work when the server iterates over it, on the socket itself where HTTP has
no word for what happens, and ends with an error on which the connection is closed without a word.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from socket import SHUT_WR
from typing import Any, Final, Protocol

import gevent
from flask import Response
from werkzeug.wsgi import ClosingIterator

from mockserver.faults.course import Cut, Decision, Pace, Wait
from mockserver.messages import Reply
from mockserver.server.fault.cut import BODILESS, Fragment, fit, fragment
from mockserver.server.fault.hold import Client, Stay
from mockserver.server.fault.pace import spread
from mockserver.server.phrase import status_line
from mockserver.server.socket import tcp

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
    ended_by: str = ""
    buffer_bytes: int = 0
    buffered_by: str = ""
    shows_cors: bool = True
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
        if self.cut is None or self.cut.at not in ("nothing", "head"):
            return self.reply
        return replace(self.reply, status=0)

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


def respond(delivery: Delivery, headers: Sequence[tuple[str, str]], chunks: Iterable[bytes] | None = None) -> Response:
    """The response that carries a delivery out which is not plain; `chunks` are a body that is yet to be made."""
    response = Slow(delivery, headers, chunks) if delivery.cut is None else Broken(delivery, delivery.cut, headers)
    return delivery.follow_up(response)


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
        elif (close := getattr(chunks, "close", None)) is not None:
            self.call_on_close(close)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """What the server iterates over."""
        chunks, status, headers = self.get_wsgi_response(environ)
        return ClosingIterator(_after_head(start_response(status, headers), chunks), chunks.close)  # type: ignore[attr-defined]


def _after_head(write: Callable[[bytes], object], chunks: Iterable[bytes]) -> Iterator[bytes]:
    # Else the server would keep the head until there is something of the body.
    write(b"")
    yield from chunks


class Broken(Response):
    """Stands for an answer; in its place a part of one is sent, and the connection ended."""

    default_mimetype = None

    def __init__(self, delivery: Delivery, cut: Cut, headers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._delivery = delivery
        self._cut = cut
        self._headers = headers

    def __call__(self, environ: Any, _start_response: object) -> Any:
        """What the server iterates over: nothing, until the connection has ended."""
        return ClosingIterator(self._send(environ["REQUEST_METHOD"]), self.close)

    def _send(self, method: str) -> Iterator[bytes]:
        reply, client = self._delivery.reply, self._delivery.client
        cut = fit(self._cut, method, reply.status, len(reply.body))
        parts = fragment(status_line(reply.status), self._headers, reply.body, cut)
        client.sock.settimeout(client.holds.limits.write_s)
        for piece in self._pieces(parts):
            client.sock.sendall(piece)
        self._end(cut)
        raise Severed
        yield b""

    def _pieces(self, parts: Fragment) -> Iterator[bytes]:
        if self._delivery.pace is None and not self._delivery.waits:
            yield parts.head + parts.body + parts.tail
            return
        yield parts.head
        yield from self._delivery.pass_on((parts.body,))
        yield parts.tail

    def _end(self, cut: Cut) -> None:
        client = self._delivery.client
        if cut.by == "rst":
            if cut.at != "nothing" or cut.tail:
                _see_off(client)
            tcp.reset(client.sock)
            return
        if cut.by == "silence":
            client.hold(self._delivery.ended_by, None)
        tcp.shut(client.sock, SHUT_WR)
        tcp.linger(client.sock, client.holds.limits.close_s)


def _see_off(client: Client) -> None:
    """Wait until what was sent has arrived: an RST overtakes everything before it."""
    if tcp.count_untaken(client.sock):
        tcp.wait_while_taken(
            lambda: -tcp.count_untaken(client.sock),
            lambda: tcp.count_untaken(client.sock) > 0,
            client.holds.limits.close_s,
        )
    gevent.sleep(_SETTLE_S)
