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
from mockserver.value import dataclass

_TURN_PIECES: Final = 64
_BACKLOG_BYTES: Final = 64 * 1024
"""More than is merely on its way, which a client's system takes even when the client hangs."""


class Overflow(Exception):
    """More waits for a client than is kept for it: it does not read."""


@dataclass(slots=True)
class _Undrawn:
    """What comes to be only when it is its turn: a single piece of about this size, or without one what is played."""

    pieces: Iterator[bytes]
    size: int = 0


class Outlet:
    """`fail` is told what an iterator of pieces raised; the iterator is over then."""

    __slots__ = (
        "_ahead", "_fail", "_had_backlog", "_is_blocked", "_is_halted", "_is_over", "_limits", "_queue", "_rest",
        "_send", "_sent", "_sock", "_taken", "_writer", "queued",
    )  # fmt: skip

    def __init__(self, sock: Any, limits: Limits, fail: Callable[[Exception], None]) -> None:
        self._sock = sock
        self._send = sock.send
        self._limits = limits
        self._fail = fail
        self._queue: deque[bytes | _Undrawn] = deque()
        self._rest = memoryview(b"")
        self._ahead = b""
        self._writer: gevent.Greenlet | None = None
        self._is_blocked = False
        self._is_halted = False
        self._is_over = False
        self._sent = 0
        self._taken = 0
        self._had_backlog = False
        self.queued = 0
        """How many bytes wait, as far as they are known."""

    def __len__(self) -> int:
        """How many pieces wait; all that is yet to be played is one."""
        return len(self._queue) + bool(self._rest)

    @property
    def is_busy(self) -> bool:
        """Whether something waits, so that what is put now is sent later."""
        return self._writer is not None

    def put(self, data: bytes) -> None:
        """Send this after all that waits. *Raises* `Overflow` when too much does; one piece may be of any length."""
        if self._is_over:
            return
        if self._writer is not None or self._is_halted:
            self._verify_room()
            self._append(data)
        else:
            self._send_now(data)

    def put_ahead(self, data: bytes) -> None:
        """Send this before all that waits whole, in place of the last such piece where that waits still."""
        if self._is_over:
            return
        if self._writer is not None or self._is_halted:
            self._ahead = data
        else:
            self._send_now(data)

    def put_undrawn(self, piece: Iterator[bytes], size: int) -> None:
        """Send a piece of about this size after all that waits, drawn only then. *Raises* `Overflow` as `put` does."""
        if not self._is_over:
            self._verify_room()
            self.queued += size
            self._queue.append(_Undrawn(piece, size))
            self._start()

    def play(self, pieces: Iterator[bytes]) -> None:
        """Send these after all that waits, each drawn when there is room for it.

        *Raises* `Overflow` when too many such rows wait for a client that does not read.
        """
        if self._is_over:
            return
        if self._is_blocked and sum(map(_is_play, self._queue)) >= self._limits.socket_queue_plays:
            raise Overflow
        self._queue.append(_Undrawn(pieces))
        self._start()

    def finish(self, data: bytes) -> None:
        """Send this after all that waits, however much that is, and take nothing more."""
        self._is_halted = False
        if not self._is_over:
            self._append(data)
        self._is_over = True

    def abandon(self) -> None:
        """Tell nobody of failures any more, so that nothing holds on to whoever was told."""
        self._fail = lambda _: None

    def cut(self) -> None:
        """Let go of what is yet to be played and of all behind it but the end, since nothing may be missing between."""
        last = self._queue.pop() if self._is_over and self._queue else None
        kept = list(takewhile(_is_drawn, self._queue))
        self._queue.clear()
        self._queue.extend(kept if last is None else [*kept, last])
        self.queued = len(self._rest) + sum(len(piece) for piece in self._queue if isinstance(piece, bytes))

    def halt(self) -> None:
        """Send nothing more, not even the rest of a piece, until `finish`."""
        self._is_halted = True
        self._stop()

    def discard(self) -> None:
        """Let go of all that waits, and of all that will come."""
        self._is_over = True
        self._queue.clear()
        self._rest = memoryview(b"")
        self._ahead = b""
        self.queued = 0
        self._stop()

    def flush(self, wait_s: float) -> bool:
        """Wait until everything is sent; whether it is."""
        if self._writer is not None:
            self._writer.join(wait_s)
        return self._writer is None

    # How far the client has come.

    @property
    def taken(self) -> int:
        """How many bytes the client's system has taken so far, as far as ours knows."""
        return self._sent - tcp.count_untaken(self._sock)

    def note_progress(self) -> bool:
        """Whether the client has taken any of what was a backlog when this was last asked."""
        before, had_backlog = self._taken, self._had_backlog
        self._taken = self.taken
        self._had_backlog = self._writer is not None or self._sent - self._taken > _BACKLOG_BYTES
        return had_backlog and self._taken > before

    # How it is sent.

    def _verify_room(self) -> None:
        if self.queued >= self._limits.socket_queue_bytes or len(self) >= self._limits.socket_queue_messages:
            raise Overflow

    def _send_now(self, data: bytes) -> None:
        """Send what the socket takes at once, and leave the rest to the writer."""
        try:
            sent = self._send(data, 0, 0.0)
        except BlockingIOError:
            sent = 0
        except OSError:
            # The client has gone, as whoever reads from it learns by itself.
            self.discard()
            return
        self._sent += sent
        if sent < len(data):
            self._rest = memoryview(data)[sent:]
            self.queued += len(self._rest)
            self._start()

    def _append(self, data: bytes) -> None:
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
            self._is_blocked = True
            wait_write(self._sock.fileno(), self._limits.write_s)
            self._is_blocked = False
            return
        self._sent += sent
        self.queued -= sent
        self._rest = self._rest[sent:]

    def _draw(self) -> bool:
        """Take up the next piece; false when there is none."""
        piece, self._ahead = self._ahead, b""
        while not piece and self._queue:
            head = self._queue[0]
            if isinstance(head, bytes):
                self._queue.popleft()
                self._rest = memoryview(head)
                return True
            piece = self._draw_from(head)
        self.queued += len(piece)
        self._rest = memoryview(piece)
        return bool(piece)

    def _draw_from(self, head: _Undrawn) -> bytes:
        """The next of what comes to be only now, nothing when that was all."""
        try:
            piece = next(head.pieces, b"")
        except Exception as error:  # noqa: BLE001 - a bug of whoever made the iterator
            piece = b""
            self._fail(error)
        is_done = not piece or head.size > 0
        if is_done and self._queue and self._queue[0] is head:
            self._queue.popleft()
            self.queued -= head.size
        return piece


def _is_drawn(piece: object) -> bool:
    return isinstance(piece, bytes)


def _is_play(piece: object) -> bool:
    return isinstance(piece, _Undrawn) and not piece.size
