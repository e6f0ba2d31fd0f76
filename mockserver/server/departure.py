"""Notices that a client has gone while nothing is read from its connection."""

import socket
from collections.abc import Callable
from typing import Any

import gevent

_READABLE = 1


class Departure:
    """Calls `gone` once when the other end has closed, until it is stopped; needs no greenlet of its own.

    A client that sends more, a pipelined request, is still there: those bytes are left for whoever reads next.
    """

    def __init__(self, sock: Any, gone: Callable[[], None]) -> None:
        self._sock = sock
        self._gone = gone
        self._watcher = gevent.get_hub().loop.io(sock.fileno(), _READABLE)
        self._watcher.start(self._look)

    def stop(self) -> None:
        """Look no more."""
        self._watcher.stop()
        self._watcher.close()

    def _look(self) -> None:
        self._watcher.stop()
        try:
            # The plain socket below gevent's, which would wait.
            is_gone = not self._sock._sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            self._watcher.start(self._look)
            return
        except OSError:
            is_gone = True
        if is_gone:
            self._gone()
