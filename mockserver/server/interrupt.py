"""What asks the process to end, as an event of the loop: signals, of which the second ends it at once, or its input."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import gevent
import gevent.socket
from gevent.event import Event
from gevent.monkey import get_original

_STOPPED_AT_ONCE = 1
_STDIN = 0
_CHUNK_BYTES = 4096


def stop_on_signals() -> Event:
    """What is set by the first SIGTERM, SIGINT or SIGHUP; by the second, the process is over."""
    stop = Event()
    wake: Callable[..., Any] = gevent.get_hub().loop.run_callback_threadsafe

    def on_signal(_number: int, _frame: object) -> None:
        # A plain handler and not gevent's: it must also work while a request keeps the loop busy.
        if stopping:
            os._exit(_STOPPED_AT_ONCE)
        stopping.append(_number)
        wake(stop.set)

    stopping: list[int] = []
    _wake_on_signals()
    # SIGHUP: the terminal was closed.
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_signal)
    return stop


def stop_with_stdin(stop: Event) -> None:
    """Set it when standard input ends: whoever holds the other end of that pipe is gone, however that came about."""
    wake: Callable[..., Any] = gevent.get_hub().loop.run_callback_threadsafe

    def wait() -> None:
        with suppress(OSError):
            while os.read(_STDIN, _CHUNK_BYTES):
                pass
        wake(stop.set)

    # A thread of the system's: the loop can't wait for every kind of file everywhere, and nobody waits for this one.
    get_original("_thread", "start_new_thread")(wait, ())


def _wake_on_signals() -> None:
    """Make every signal an event of the loop.

    Python calls a handler between two of its instructions only: a signal that comes just as the loop falls asleep
    would not be noticed before something else happens.
    """
    reading, writing = gevent.socket.socketpair()
    for end in (reading, writing):
        end.settimeout(0)
    signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    watcher = gevent.get_hub().loop.io(reading.fileno(), 1)
    # Holds both sockets for as long as the loop lives.
    watcher.start(lambda: (reading.recv(4096), writing))
