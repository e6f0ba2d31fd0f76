"""Event streams: a session's messages as the chunks of one answer that does not end.

*Source* WHATWG HTML §9.2 (server-sent events). Knows nothing of what is said, nor who listens.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from time import time
from typing import Any, Literal

import gevent
from gevent.event import Event

from mockserver.messages import Reply
from mockserver.realtime.channel.said import COMMENT
from mockserver.realtime.close_code import ABNORMAL
from mockserver.realtime.session import Message, Session, Stream
from mockserver.server.departure import Departure
from mockserver.server.guest import Guest
from mockserver.server.outpour import Outpour
from mockserver.server.socket import tcp
from mockserver.server.socket.conversation import Companion, Gate, State, Traffic
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.register import Sockets


class EventStream:
    """The wire of one event stream: what is said on it comes out of `run`, in the greenlet that sends the answer.

    There is no place for a close code: however it ends, the client comes back.
    """

    transport: Literal["sse"] = "sse"

    def __init__(
        self,
        stream: Stream,
        environ: dict[str, Any],
        sockets: Sockets,
        companion: Companion,
        guest: Guest | None = None,
    ) -> None:
        self._companion = companion
        self.guest = guest
        self.opening = stream.opening
        self.session: Session = stream.opening.session
        self.sandbox = stream.opening.sandbox
        self.target: str = environ["RAW_URI"].partition("?")[0]
        self.remote: str = environ["REMOTE_ADDR"]
        self.state: State = "open"
        self._beat_s = stream.opening.beat_s
        self._sock = environ["mockserver.socket"]
        self._sockets = sockets
        self._is_sending = False
        self._outpour = Outpour(stream.preamble, sockets.limits, partial(sockets.fail, self))
        self._ready = Event()
        self._ending = Ending("client", "lost", ABNORMAL)

    @property
    def traffic(self) -> Traffic:
        """What went to and fro."""
        return self._outpour.traffic

    @property
    def gate(self) -> Gate | None:
        """What messages pass on their way, if anything."""
        return self._outpour.gate

    @gate.setter
    def gate(self, gate: Gate | None) -> None:
        self._outpour.gate = gate

    @property
    def queue(self) -> tuple[int, int]:
        """How many messages and how many bytes wait for the client."""
        return self._outpour.queue

    def send(self, message: Message) -> None:
        """Queue a message; whoever does not read what is queued is cut off."""
        if self.state == "open":
            self._outpour.send(message)
            self._note_put()

    def emit(self, message: Message) -> None:
        """Queue a message that has passed the gate."""
        if self.state == "open":
            self._outpour.emit(message)
            self._note_put()

    def deliver(self, message: str | bytes) -> None:
        """Nothing: a client of an event stream has no way to say anything."""

    def _note_put(self) -> None:
        """Have it sent, unless too much waits already."""
        if self._outpour.is_too_much:
            self._give_up()
        else:
            self._ready.set()

    def play(self, messages: Iterable[Message]) -> None:
        """Queue messages that are drawn as they are sent; too many such rows are as too many messages are."""
        if self.state != "open":
            return
        if self._is_sending and self._outpour.has_too_many_rows:
            self._give_up()
        else:
            self._outpour.play(messages)
            self._ready.set()

    def _give_up(self) -> None:
        if self.state != "ended":
            self._finish(Ending("server", "drop", ABNORMAL, "The client does not read."))
            # In order, the end would wait behind what is not read, and the system would keep all that.
            tcp.reset(self._sock)

    def beat(self) -> None:
        """Pass the heartbeat on."""
        if self.state == "open":
            self.session.beat()

    def close(self, code: int, reason: str = "") -> None:
        """End the answer as HTTP ends one, after what is queued."""
        if self.state == "stalled":
            self.drop()
        elif self.state == "open":
            if self.gate is not None:
                for message in self.gate.let_go():
                    self.emit(message)
            self.state = "closing"
            self._ending = Ending("server", "close", code, reason)
            if self.guest is not None:
                self.guest.part("server", "close", code, reason)
            self._ready.set()
            gevent.spawn(self._see_off)

    def _see_off(self) -> None:
        """Cut off whoever does not read on."""
        tcp.wait_while_taken(self._count_taken, lambda: self.state == "closing", self._sockets.limits.close_s)
        self._cut(self._ending)

    def _count_taken(self) -> int:
        return self.traffic.bytes_out - tcp.count_untaken(self._sock)

    def hurry(self, code: int, reason: str) -> None:
        """The same, but whoever has not read it in a moment is cut off."""
        self.close(code, reason)
        if self.state == "closing":
            gevent.spawn_later(self._sockets.limits.close_s, self._cut, self._ending)

    def drop(self) -> None:
        """End TCP in the middle of the answer."""
        self._cut(Ending("server", "drop", ABNORMAL))

    def reset(self) -> None:
        """Reset TCP in the middle of the answer."""
        if self.state != "ended":
            tcp.reset(self._sock)
            self._finish(Ending("server", "reset", ABNORMAL))

    def stall(self) -> None:
        """Say nothing more, and stay."""
        if self.state == "open":
            self.state = "stalled"
            self.traffic.flow.stalled_at = time()
            self._outpour.clear()

    def run(self) -> Iterator[bytes]:
        """The body of the answer, in chunks, and the life of the session."""
        departure = Departure(self._sock, self._leave)
        entry = self._sockets.add(self, self._beat_s)
        try:
            self._call(self._companion.join, self)
            self._call(self.session.open, self)
            yield from self._chunks()
        finally:
            departure.stop()
            self._companion.leave()
            self._finish(self._ending)
            self._sockets.remove(entry, self._ending)
            self._call(self.session.end)
            self._outpour.abandon()

    def _chunks(self) -> Iterator[bytes]:
        # Where bytes are collected, the head has gone without any.
        has_head = self._outpour.is_collecting
        if has_head:
            self._call(self._companion.stand)
        while self.state != "ended":
            chunk = self._outpour.draw() if self.state == "open" else self._outpour.drain()
            if not chunk and not has_head and self.state == "open":
                # The head goes out with the first chunk, and the client is to know that the stream stands.
                chunk = COMMENT
            if chunk:
                self.traffic.bytes_out += len(chunk)
                self._is_sending = True
                yield chunk
                self._is_sending = False
                if not has_head:
                    has_head = True
                    self._call(self._companion.stand)
            elif self.state == "closing":
                break
            elif not self._outpour.is_waiting:
                self._ready.wait()
                self._ready.clear()

    def collect(self, size_bytes: int) -> None:
        """Send nothing before there is so much of it, or as much as may wait; what there is, if that is enough now."""
        self._outpour.collect(size_bytes)
        self._ready.set()

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """Call a part of the session; a bug in it ends this stream and nothing else."""
        try:
            function(*arguments)
        except Exception as error:  # noqa: BLE001 - the last line of defence; the traceback goes to stderr
            self._sockets.fail(self, error)

    def _leave(self) -> None:
        """The client has gone."""
        self._finish(Ending("client", "lost", ABNORMAL))

    def _cut(self, ending: Ending) -> None:
        if self.state != "ended":
            self._finish(ending)
            tcp.shut(self._sock, socket.SHUT_RDWR)

    def _finish(self, ending: Ending) -> None:
        """Forget what waits, and wake whoever would send it; the first ending is the one that counts."""
        if self.state == "ended":
            return
        if self.state != "closing":
            self._ending = ending
        self.state = "ended"
        self._outpour.clear()
        self._ready.set()


def as_whole(reply: Reply) -> Reply:
    """The answer that an event stream is where nothing is said on it."""
    if not isinstance(reply.live, Stream):
        return reply
    return replace(reply, body=reply.live.preamble, live=None)
