"""What waits for one event stream, in its order: chunks, messages that are decided on in their turn, rows of messages.

Knows nothing of what becomes of them, nor of who reads.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator

from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message
from mockserver.value import dataclass


@dataclass(slots=True)
class _Later:
    """A message of which it is known only in its turn what becomes of it."""

    message: Message
    size: int


class Backlog:
    """`turn` gives the bytes of a message whose turn has come; `fail` is told what it raised, or a row of messages."""

    __slots__ = ("_fail", "_queue", "_turn", "size")

    def __init__(self, preamble: bytes, turn: Callable[[Message], bytes], fail: Callable[[Exception], None]) -> None:
        self._queue: deque[bytes | _Later | Iterator[Message]] = deque([preamble])
        self._turn = turn
        self._fail = fail
        self.size = len(preamble)
        """How many bytes wait, as far as they are known."""

    def __len__(self) -> int:
        return len(self._queue)

    @property
    def rows(self) -> int:
        """How many rows of messages wait."""
        return sum(not isinstance(waiting, bytes | _Later) for waiting in self._queue)

    def put(self, chunk: bytes) -> None:
        """Have this sent after all that waits."""
        self._queue.append(chunk)
        self.size += len(chunk)

    def put_later(self, message: Message) -> None:
        """Have a message take its turn after all that waits."""
        later = _Later(message, len(message.data if isinstance(message, Frame) else message))
        self._queue.append(later)
        self.size += later.size

    def play(self, messages: Iterable[Message]) -> None:
        """Have messages take their turns, drawn one by one."""
        self._queue.append(iter(messages))

    def clear(self) -> None:
        """Forget all that waits."""
        self._queue.clear()
        self.size = 0

    def take(self, most_bytes: int) -> bytes:
        """What comes next, up to about so much; nothing only where nothing waits any more."""
        taken: list[bytes] = []
        size = 0
        while self._queue and size < most_bytes:
            taken.append(self._take_first())
            size += len(taken[-1])
        return b"".join(taken)

    def _take_first(self) -> bytes:
        first = self._queue[0]
        if isinstance(first, bytes):
            self._queue.popleft()
            self.size -= len(first)
            return first
        if isinstance(first, _Later):
            self._queue.popleft()
            self.size -= first.size
            return self._give_turn(first.message)
        return self._draw(first)

    def _draw(self, messages: Iterator[Message]) -> bytes:
        """The next of a row, nothing when that was all."""
        try:
            drawn = next(messages, None)
        except Exception as error:  # noqa: BLE001 - a bug of whoever made the iterator
            drawn = None
            self._fail(error)
        if drawn is not None:
            return self._give_turn(drawn)
        if self._queue and self._queue[0] is messages:
            self._queue.popleft()
        return b""

    def _give_turn(self, message: Message) -> bytes:
        """What goes out of a message; where that can't be told, neither can it of those behind it."""
        try:
            return self._turn(message)
        except Exception as error:  # noqa: BLE001 - a bug in what decides on it
            self.clear()
            self._fail(error)
            return b""
