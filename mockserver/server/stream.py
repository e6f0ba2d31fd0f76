"""Event streams: a session's messages as the chunks of one answer that does not end.

*Source* WHATWG HTML §9.2 (server-sent events). Knows nothing of what is said, nor who listens.
"""

import socket
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

import gevent
from gevent.event import Event

from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message, Session, Stream
from mockserver.server.departure import Departure
from mockserver.server.limits import Limits
from mockserver.server.socket import tcp
from mockserver.server.socket.register import Ending, Sockets, State, Traffic

_CHUNK_BYTES: Final = 64 * 1024
_NO_CODE: Final = 1006


class EventStream:
    """The wire of one event stream: what is said on it comes out of `run`, in the greenlet that sends the answer.

    There is no place for a close code: however it ends, the client comes back.
    """

    transport: Literal["sse"] = "sse"

    def __init__(self, stream: Stream, environ: dict[str, Any], limits: Limits) -> None:
        self.session: Session = stream.opening.session
        self.sandbox = stream.opening.sandbox
        self.target: str = environ["RAW_URI"].partition("?")[0]
        self.remote: str = environ["REMOTE_ADDR"]
        self.traffic = Traffic()
        self.state: State = "open"
        self._beat_s = stream.opening.beat_s
        self._sock = environ["mockserver.socket"]
        self._limits = limits
        self._queue: deque[bytes | Iterator[Message]] = deque([stream.preamble])
        self._queued_bytes = len(stream.preamble)
        self._ready = Event()
        self._ending = Ending("client", "lost", _NO_CODE)

    @property
    def queue(self) -> tuple[int, int]:
        """How many messages and how many bytes wait for the client."""
        return len(self._queue), self._queued_bytes

    def send(self, message: Message) -> None:
        """Queue a message; whoever does not read what is queued is cut off."""
        if self.state != "open":
            return
        chunk = event_of(message)
        self._queue.append(chunk)
        self._queued_bytes += len(chunk)
        self.traffic.messages_out += 1
        limits = self._limits
        if self._queued_bytes > limits.socket_queue_bytes or len(self._queue) > limits.socket_queue_messages:
            self._cut(Ending("server", "drop", _NO_CODE, "The client does not read."))
            return
        self._ready.set()

    def play(self, messages: Iterable[Message]) -> None:
        """Queue messages that are drawn as they are sent."""
        if self.state == "open":
            self._queue.append(iter(messages))
            self._ready.set()

    def beat(self) -> None:
        """Pass the heartbeat on."""
        if self.state == "open":
            self.session.beat()

    def close(self, code: int, reason: str = "") -> None:
        """End the answer as HTTP ends one, after what is queued."""
        if self.state == "stalled":
            self.drop()
        elif self.state == "open":
            self.state = "closing"
            self._ending = Ending("server", "close", code, reason)
            self._ready.set()

    def hurry(self, code: int, reason: str) -> None:
        """The same, but whoever has not read it in a moment is cut off."""
        self.close(code, reason)
        if self.state == "closing":
            gevent.spawn_later(self._limits.close_s, self._cut, self._ending)

    def drop(self) -> None:
        """End TCP in the middle of the answer."""
        self._cut(Ending("server", "drop", _NO_CODE))

    def reset(self) -> None:
        """Reset TCP in the middle of the answer."""
        if self.state != "ended":
            tcp.reset(self._sock)
            self._finish(Ending("server", "reset", _NO_CODE))

    def stall(self) -> None:
        """Say nothing more, and stay."""
        if self.state == "open":
            self.state = "stalled"
            self._queue.clear()
            self._queued_bytes = 0

    def run(self, sockets: Sockets) -> Iterator[bytes]:
        """The body of the answer, in chunks, and the life of the session."""
        entry = sockets.add(self, self._beat_s)
        departure = Departure(self._sock, self._leave)
        try:
            self.session.open(self)
            while self.state != "ended":
                chunk = self._take()
                if chunk:
                    self.traffic.bytes_out += len(chunk)
                    yield chunk
                elif self.state == "closing":
                    break
                else:
                    self._ready.wait()
                    self._ready.clear()
        finally:
            departure.stop()
            self._finish(self._ending)
            sockets.remove(entry, self._ending)
            self.session.end()

    def _leave(self) -> None:
        """The client has gone."""
        self._finish(Ending("client", "lost", _NO_CODE))

    def _cut(self, ending: Ending) -> None:
        if self.state != "ended":
            self._finish(ending)
            tcp.shut(self._sock, socket.SHUT_RDWR)

    def _finish(self, ending: Ending) -> None:
        """Let go of what waits, and wake whoever sends it; the first ending is the one that counts."""
        if self.state == "ended":
            return
        if self.state != "closing":
            self._ending = ending
        self.state = "ended"
        self._queue.clear()
        self._queued_bytes = 0
        self._ready.set()

    def _take(self) -> bytes:
        """What is queued, as much as is sent at a time."""
        taken: list[bytes] = []
        size = 0
        while self._queue and size < _CHUNK_BYTES:
            first = self._queue[0]
            if isinstance(first, bytes):
                self._queue.popleft()
                self._queued_bytes -= len(first)
                chunk = first
            else:
                drawn = next(first, None)
                if drawn is None:
                    self._queue.popleft()
                    continue
                self.traffic.messages_out += 1
                chunk = event_of(drawn)
            taken.append(chunk)
            size += len(chunk)
        return b"".join(taken)


def event_of(message: Message) -> bytes:
    """A message as an event; each line of a text is one of its data."""
    if isinstance(message, Frame):
        return message.event_stream
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return ("".join(f"data: {line}\n" for line in lines) + "\n").encode("utf-8", "replace")
