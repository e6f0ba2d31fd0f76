"""The sending half of one connection that stays open: everything whole and in order, nobody ever made to wait.

What the socket does not take at once is queued, within bounds, and sent by a greenlet that lives as long as something
waits. Knows nothing of what the bytes mean.
"""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import Any, Final

import gevent
from gevent.socket import wait_write

from mockserver.server.limits import Limits
from mockserver.server.socket import tcp

_TURN_PIECES: Final = 64


class Overflow(Exception):
    """More waits for a client than is kept for it: it does not read."""


class Outlet:
    """`fail` is told what a playing iterator raised; the iterator is over then."""

    __slots__ = ("_fail", "_is_halted", "_is_over", "_limits", "_queue", "_rest", "_send", "_sock", "_writer", "queued")

    def __init__(self, sock: Any, limits: Limits, fail: Callable[[Exception], None]) -> None:
        self._sock = sock
        self._send = sock.send
        self._limits = limits
        self._fail = fail
        self._queue: deque[bytes | memoryview | Iterator[bytes]] = deque()
        self._rest = memoryview(b"")
        self._writer: gevent.Greenlet | None = None
        self._is_halted = False
        self._is_over = False
        self.queued = 0
        """How many bytes wait, as far as they are known."""

    def __len__(self) -> int:
        """How many pieces wait; all that is yet to be played is one."""
        return len(self._queue) + bool(self._rest)

    def put(self, data: bytes) -> None:
        """Send this after all that waits. *Raises* `Overflow` when too much does; one piece may be of any length."""
        if self._is_over:
            return
        if self._writer is not None or self._is_halted:
            if self.queued >= self._limits.socket_queue_bytes or len(self) >= self._limits.socket_queue_messages:
                raise Overflow
            self._append(data)
            return
        try:
            sent = self._send(data, 0, 0.0)
        except BlockingIOError:
            sent = 0
        except OSError:
            # The client has gone, as whoever reads from it learns by itself.
            self.discard()
            return
        if sent < len(data):
            self._append(memoryview(data)[sent:])

    def play(self, pieces: Iterator[bytes]) -> None:
        """Send these after all that waits, each drawn when there is room for it."""
        if not self._is_over:
            self._queue.append(pieces)
            self._start()

    def finish(self, data: bytes) -> None:
        """Send this after all that waits, however much that is, and take nothing more."""
        self._is_halted = False
        if not self._is_over:
            self._append(data)
        self._is_over = True

    def cut(self) -> None:
        """Let go of what is yet to be played and of all behind it but the end, since nothing may be missing between."""
        last = self._queue.pop() if self._is_over and self._queue else None
        kept = list(takewhile(_is_drawn, self._queue))
        self._queue.clear()
        self._queue.extend(kept if last is None else [*kept, last])
        self.queued = len(self._rest) + sum(
            len(piece) for piece in self._queue if isinstance(piece, bytes | memoryview)
        )

    def halt(self) -> None:
        """Send nothing more, not even the rest of a piece, until `finish`."""
        self._is_halted = True
        self._stop()

    def discard(self) -> None:
        """Let go of all that waits, and of all that will come."""
        self._is_over = True
        self._queue.clear()
        self._rest = memoryview(b"")
        self.queued = 0
        self._stop()

    def flush(self, wait_s: float | None) -> bool:
        """Wait until everything is sent; whether it is."""
        if self._writer is not None:
            self._writer.join(wait_s)
        return self._writer is None

    def _append(self, data: bytes | memoryview) -> None:
        self._queue.append(data)
        self.queued += len(data)
        self._start()

    def _start(self) -> None:
        if self._writer is None and not self._is_halted:
            self._writer = gevent.spawn(self._run)

    def _stop(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None and writer is not gevent.getcurrent():
            writer.kill(block=False)

    def _run(self) -> None:
        """Send until nothing waits, the client has gone, or somebody puts an end to it."""
        this, turn = gevent.getcurrent(), 0
        try:
            while self._rest or self._draw():
                if self._writer is not this:
                    return
                self._push()
                turn += 1
                if turn % _TURN_PIECES == 0:
                    # A client that is always ready never makes us wait, and the others must have their turn.
                    gevent.sleep(0)
        except TimeoutError:
            self.discard()
            # This wakes whoever reads.
            tcp.reset(self._sock)
        except OSError:
            self.discard()
        finally:
            if self._writer is this:
                self._writer = None

    def _push(self) -> None:
        """Send what the socket takes of the piece that is on its way. *Raises* `OSError`."""
        try:
            sent = self._send(self._rest, 0, 0.0)
        except BlockingIOError:
            wait_write(self._sock.fileno(), self._limits.write_s)
            return
        self.queued -= sent
        self._rest = self._rest[sent:]

    def _draw(self) -> bool:
        """Take up the next piece; false when there is none."""
        while self._queue:
            head = self._queue[0]
            if isinstance(head, bytes | memoryview):
                self._queue.popleft()
                self._rest = memoryview(head)
                return True
            piece = self._draw_played(head)
            if piece:
                self.queued += len(piece)
                self._rest = memoryview(piece)
                return True
        return False

    def _draw_played(self, pieces: Iterator[bytes]) -> bytes:
        """The next of what is played, nothing when that was all."""
        try:
            piece = next(pieces, b"")
        except Exception as error:  # noqa: BLE001 - a bug of whoever made the iterator
            piece = b""
            self._fail(error)
        if not piece and self._queue and self._queue[0] is pieces:
            self._queue.popleft()
        return piece


def _is_drawn(piece: object) -> bool:
    return isinstance(piece, bytes | memoryview)
