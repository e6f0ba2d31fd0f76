"""What is said on one event stream: from messages, past the gate where there is one, to chunks that wait their turn.

*Source* WHATWG HTML §9.2 (server-sent events). Knows nothing of how the stream lives and ends.
"""

from collections.abc import Callable, Iterable
from typing import Final

from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message
from mockserver.server.backlog import Backlog
from mockserver.server.basin import Basin
from mockserver.server.limits import Limits
from mockserver.server.socket.conversation import Gate, Traffic

_CHUNK_BYTES: Final = 64 * 1024


class Outpour:
    """What waits may be more than is kept (`is_too_much`); whoever puts it there looks."""

    __slots__ = ("_backlog", "_basin", "_limits", "gate", "traffic")

    def __init__(self, preamble: bytes, limits: Limits, fail: Callable[[Exception], None]) -> None:
        self._backlog = Backlog(preamble, self._pass, fail)
        self._basin = Basin()
        self._limits = limits
        self.traffic = Traffic()
        self.gate: Gate | None = None

    @property
    def queue(self) -> tuple[int, int]:
        """How many messages and how many bytes wait for the client."""
        return len(self._backlog) + len(self._basin), self._backlog.size + self._basin.size

    @property
    def is_waiting(self) -> bool:
        """Whether something waits for its turn."""
        return bool(self._backlog)

    @property
    def is_too_much(self) -> bool:
        """Whether more waits for its turn than is kept for one who does not read."""
        limits, backlog = self._limits, self._backlog
        return backlog.size > limits.socket_queue_bytes or len(backlog) > limits.socket_queue_messages

    @property
    def has_too_many_rows(self) -> bool:
        """The same of rows of messages that are yet to be drawn."""
        return self._backlog.rows >= self._limits.socket_queue_plays

    @property
    def is_collecting(self) -> bool:
        """Whether bytes are kept back until there are enough of them."""
        return self._basin.least_bytes > 0

    def send(self, message: Message) -> None:
        """Have a message take its turn; what becomes of it at the gate is known only then."""
        if self.gate is None:
            self.emit(message)
        else:
            self._backlog.put_later(message)

    def emit(self, message: Message) -> None:
        """Have a message take its turn that has passed the gate."""
        self._backlog.put(event_of(message))
        self._note(message)

    def play(self, messages: Iterable[Message]) -> None:
        """Have messages take their turns, drawn one by one."""
        self._backlog.play(messages)

    def collect(self, size_bytes: int) -> None:
        """Give nothing before there is so much of it, or as much as may wait."""
        self._basin.least_bytes = min(size_bytes, self._limits.socket_queue_bytes)

    def draw(self) -> bytes:
        """What is sent next, nothing where there is not enough of it."""
        self._fill()
        return self._basin.empty() if self._basin.is_full else b""

    def drain(self) -> bytes:
        """What is sent next, however little."""
        self._fill()
        return self._basin.empty()

    def abandon(self) -> None:
        """Take nothing up any more, and hold on to nobody who was told of it."""
        self._backlog = Backlog(b"", event_of, lambda _: None)

    def clear(self) -> None:
        """Forget all that waits."""
        self._backlog.clear()
        self._basin.empty()

    def _fill(self) -> None:
        # With a gate one by one, since any may be the last.
        self._basin.fill(self._backlog.take(_CHUNK_BYTES if self.gate is None else 1))

    def _pass(self, message: Message) -> bytes:
        """What goes out in a message's turn."""
        passed = (message,) if self.gate is None else tuple(self.gate.send(message))
        for one in passed:
            self._note(one)
        return b"".join(map(event_of, passed))

    def _note(self, message: Message) -> None:
        """Count a message that goes out."""
        traffic = self.traffic
        traffic.messages_out += 1
        if isinstance(message, Frame):
            (traffic.flow.hand if self.gate is None else traffic.flow.hand_passed)(message)
        if traffic.tap is not None:
            traffic.tap("out", message)


def event_of(message: Message) -> bytes:
    """A message as an event; each line of a text is one of its data."""
    if isinstance(message, Frame):
        return message.event_stream
    text = message.decode("utf-8", "replace") if isinstance(message, bytes) else message
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return ("".join(f"data: {line}\n" for line in lines) + "\n").encode("utf-8", "replace")
