"""What is said on one WebSocket, from messages to bytes that wait for their turn: past the gate, where there is one.

Knows nothing of how the connection lives and ends.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message
from mockserver.server.socket.conversation import Gate, Traffic
from mockserver.server.socket.engine import Engine
from mockserver.server.socket.outlet import Outlet

_LEAST_HEAD_BYTES: Final = 2


class Speech:
    """All of it *raises* `Overflow` when more waits than is kept for a client."""

    __slots__ = ("_engine", "_outlet", "gate", "traffic")

    def __init__(self, engine: Engine, outlet: Outlet, traffic: Traffic) -> None:
        self._engine = engine
        self._outlet = outlet
        self.traffic = traffic
        self.gate: Gate | None = None

    def send(self, message: Message) -> None:
        """Send one message."""
        if self.gate is None:
            self.emit(message)
        elif self._outlet.is_busy:
            # What becomes of it is known when its turn comes: the n-th is the n-th for the client too.
            self._send_later(message, self._encode_passing)
        else:
            for passed in self.gate.send(message):
                self.emit(passed)

    def emit(self, message: Message) -> None:
        """Send a message that has passed the gate."""
        if self._engine.deflates and self._outlet.is_busy:
            # When its turn comes: only then it is known what the client has before it.
            self._send_later(message, self._encode)
        else:
            self._outlet.put(self._encode(message))

    def play(self, messages: Iterable[Message]) -> None:
        """Send these, drawn one by one as the client takes them."""
        self._outlet.play(map(self._encode, self._passing(messages)))

    def let_out(self) -> None:
        """Send what the gate has kept, since nothing can be sent later."""
        if self.gate is not None:
            for message in self.gate.let_go():
                self.emit(message)

    def _send_later(self, message: Message, encode: Callable[[Message], bytes]) -> None:
        size = _LEAST_HEAD_BYTES + len(message.data if isinstance(message, Frame) else message)
        self._outlet.put_undrawn(map(encode, (message,)), size)

    def _passing(self, messages: Iterable[Message]) -> Iterator[Message]:
        for message in messages:
            if self.gate is None:
                yield message
            else:
                yield from self.gate.send(message)

    def _encode_passing(self, message: Message) -> bytes:
        return b"".join(map(self._encode, self._passing((message,))))

    def _encode(self, message: Message) -> bytes:
        data, traffic = self._engine.encode(message), self.traffic
        traffic.messages_out += 1
        traffic.bytes_out += len(data)
        if isinstance(message, Frame):
            (traffic.flow.hand if self.gate is None else traffic.flow.hand_passed)(message)
        if traffic.tap is not None:
            traffic.tap("out", message)
        return data
