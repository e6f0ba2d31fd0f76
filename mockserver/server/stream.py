"""Event streams: a session's messages as the chunks of one answer that does not end.

*Source* WHATWG HTML §9.2 (server-sent events). Knows nothing of what is said, nor who listens.
"""

import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from time import time
from typing import Any, Final, Literal

import gevent
from gevent.event import Event

from mockserver.messages import Reply
from mockserver.realtime.channel.said import COMMENT
from mockserver.realtime.close_code import ABNORMAL
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message, Session, Stream
from mockserver.server.backlog import Backlog
from mockserver.server.basin import Basin
from mockserver.server.departure import Departure
from mockserver.server.guest import Guest
from mockserver.server.socket import tcp
from mockserver.server.socket.conversation import Companion, Gate, State, Traffic
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.register import Sockets

_CHUNK_BYTES: Final = 64 * 1024


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
        self.gate: Gate | None = None
        self._companion = companion
        self.guest = guest
        self.opening = stream.opening
        self.session: Session = stream.opening.session
        self.sandbox = stream.opening.sandbox
        self.target: str = environ["RAW_URI"].partition("?")[0]
        self.remote: str = environ["REMOTE_ADDR"]
        self.traffic = Traffic()
        self.state: State = "open"
        self._beat_s = stream.opening.beat_s
        self._sock = environ["mockserver.socket"]
        self._sockets = sockets
        self._is_sending = False
        self._backlog = Backlog(stream.preamble, self._pass, partial(sockets.fail, self))
        self._basin = Basin()
        self._ready = Event()
        self._ending = Ending("client", "lost", ABNORMAL)

    @property
    def queue(self) -> tuple[int, int]:
        """How many messages and how many bytes wait for the client."""
        return len(self._backlog) + len(self._basin), self._backlog.size + self._basin.size

    def send(self, message: Message) -> None:
        """Queue a message; whoever does not read what is queued is cut off."""
        if self.gate is None:
            self.emit(message)
        elif self.state == "open":
            self._backlog.put_later(message)
            self._note_put()

    def emit(self, message: Message) -> None:
        """Queue a message that has passed the gate."""
        if self.state == "open":
            self._backlog.put(event_of(message))
            self._note_sent(message)
            self._note_put()

    def deliver(self, message: str | bytes) -> None:
        """Nothing: a client of an event stream has no way to say anything."""

    def _note_sent(self, message: Message) -> None:
        """Count a message that goes out."""
        traffic = self.traffic
        traffic.messages_out += 1
        if isinstance(message, Frame):
            (traffic.flow.hand if self.gate is None else traffic.flow.hand_passed)(message)
        if traffic.tap is not None:
            traffic.tap("out", message)

    def _note_put(self) -> None:
        """Have it sent, unless too much waits already."""
        limits = self._sockets.limits
        if self._backlog.size > limits.socket_queue_bytes or len(self._backlog) > limits.socket_queue_messages:
            self._give_up()
        else:
            self._ready.set()

    def play(self, messages: Iterable[Message]) -> None:
        """Queue messages that are drawn as they are sent; too many such rows are as too many messages are."""
        if self.state != "open":
            return
        if self._is_sending and self._backlog.rows >= self._sockets.limits.socket_queue_plays:
            self._give_up()
        else:
            self._backlog.play(messages)
            self._ready.set()

    def _give_up(self) -> None:
        self._cut(Ending("server", "drop", ABNORMAL, "The client does not read."))

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
            self._forget()

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

    def _chunks(self) -> Iterator[bytes]:
        # Where bytes are collected, the head has gone without any.
        has_head = self._basin.least_bytes > 0
        if has_head:
            self._call(self._companion.stand)
        while self.state != "ended":
            # With a gate one by one, since any may be the last.
            chunk = self._hold_back(self._backlog.take(_CHUNK_BYTES if self.gate is None else 1))
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
            elif not self._backlog:
                self._ready.wait()
                self._ready.clear()

    def collect(self, size_bytes: int) -> None:
        """Send nothing before there is so much of it, or as much as may wait; what there is, if that is enough now."""
        self._basin.least_bytes = min(size_bytes, self._sockets.limits.socket_queue_bytes)
        self._ready.set()

    def _hold_back(self, chunk: bytes) -> bytes:
        """What is sent now that there is this chunk more."""
        self._basin.fill(chunk)
        return self._basin.empty() if self._basin.is_full or self.state != "open" else b""

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
        self._forget()
        self._ready.set()

    def _forget(self) -> None:
        self._backlog.clear()
        self._basin.empty()

    def _pass(self, message: Message) -> bytes:
        """What goes out in a message's turn."""
        passed = (message,) if self.gate is None else tuple(self.gate.send(message))
        for one in passed:
            self._note_sent(one)
        return b"".join(map(event_of, passed))


def as_whole(reply: Reply) -> Reply:
    """The answer that an event stream is where nothing is said on it."""
    if not isinstance(reply.live, Stream):
        return reply
    return replace(reply, body=reply.live.preamble, live=None)


def event_of(message: Message) -> bytes:
    """A message as an event; each line of a text is one of its data."""
    if isinstance(message, Frame):
        return message.event_stream
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return ("".join(f"data: {line}\n" for line in lines) + "\n").encode("utf-8", "replace")
