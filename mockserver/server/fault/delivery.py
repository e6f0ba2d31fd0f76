"""How an answer goes out under faults: slowly, in part, or not at all. What it says was settled before.

The responses that carry it out are `response`'s.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from mockserver.faults.course import REPEATABLE, Cut, Decision, Pace, Wait
from mockserver.messages import BODILESS, Reply
from mockserver.server.fault.hold import Client, Stay
from mockserver.server.fault.pace import spread
from mockserver.value import dataclass

if TYPE_CHECKING:
    from flask import Response


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

    def follow_up(self, response: "Response") -> "Response":
        """Have `done` called once the response has been sent."""
        if self.done is not None:
            response.call_on_close(self.done)
        return response

    def collect(self, stream: Collector, response: "Response") -> "Response":
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
