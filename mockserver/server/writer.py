"""Lines on their way to a file descriptor, written by a native thread: whoever does not read slows nobody down."""

import os
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from gevent.monkey import get_original

_BATCH_LINES: Final = 500
_PAUSE_S: Final = 0.02

T = TypeVar("T")


class LineWriter(Generic[T]):
    """A bounded queue of things and what makes a line of each; formatting happens off the event loop.

    What does not fit is counted in `dropped`, and `format_dropped` makes the line that says so when somebody reads
    again. When nobody ever will, because the other end is gone, everything after is let go without a word.
    """

    def __init__(
        self, descriptor: int, limit_lines: int, format_line: Callable[[T], str], format_dropped: Callable[[int], str]
    ) -> None:
        self._descriptor = descriptor
        self._limit = limit_lines
        self._format = format_line
        self._format_dropped = format_dropped
        # Real threads and queues: a monkey-patched writer would block the whole loop when the pipe is full.
        self._queue: Any = get_original("queue", "SimpleQueue")()
        self._sleep: Any = get_original("time", "sleep")
        self._done: Any = get_original("_thread", "allocate_lock")()
        self._said = 0
        self._gone = False
        self.dropped = 0

    def start(self) -> None:
        """Begin to write; until then things wait."""
        self._done.acquire()
        get_original("_thread", "start_new_thread")(self._run, ())

    def put(self, thing: T) -> None:
        """Hand over one thing; never waits."""
        if self._gone:
            return
        if self._queue.qsize() >= self._limit:
            self.dropped += 1
            return
        self._queue.put(thing)

    def close(self, wait_s: float) -> None:
        """Write what is left, for at most this long."""
        self._queue.put(None)
        self._done.acquire(True, wait_s)  # noqa: FBT003 - a lock's own signature

    def _run(self) -> None:
        try:
            while self._write_batch():
                # One wake-up for many lines: each would cost the loop a switch of threads.
                self._sleep(_PAUSE_S)
        except OSError:
            self._gone = True
        finally:
            self._done.release()

    def _write_batch(self) -> bool:
        """Wait for things and write their lines; false after the last."""
        things = [self._queue.get()]
        while len(things) < _BATCH_LINES and not self._queue.empty():
            things.append(self._queue.get())
        self._write([self._format(thing) for thing in things if thing is not None])
        # Only now has somebody read; a count written earlier would stand in the pipe as too small.
        if (dropped := self.dropped) != self._said and self._queue.empty():
            self._write([self._format_dropped(dropped - self._said)])
            self._said = dropped
        return None not in things

    def _write(self, lines: list[str]) -> None:
        if lines:
            write_all(self._descriptor, "".join([f"{line}\n" for line in lines]))


def write_all(descriptor: int, text: str) -> None:
    """Every byte of it, blocking this thread and no other. *Raises* `OSError` when the other end is gone."""
    select: Any = get_original("select", "select")
    left = memoryview(text.encode("utf-8", "backslashreplace"))
    while left:
        try:
            left = left[os.write(descriptor, left) :]
        except BlockingIOError:
            select([], [descriptor], [])
