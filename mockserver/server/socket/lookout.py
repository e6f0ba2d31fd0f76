"""Notices that clients have gone from whose connections nothing is read: one look for all, as long as there is one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import gevent

from mockserver.server.socket import tcp

_LOOK_S: Final = 0.5


class Lookout:
    """Reads nothing. A FIN behind more than the system takes in unread can't arrive; an RST always does."""

    def __init__(self) -> None:
        self._told: dict[int, Callable[[], object]] = {}
        self._walker: gevent.Greenlet | None = None

    @contextmanager
    def watching(self, sock: Any, gone: Callable[[], object]) -> Iterator[None]:
        """Call `gone` when the client has ended the connection, maybe more than once; it must not block."""
        number = sock.fileno()
        self._told[number] = gone
        if self._walker is None:
            self._walker = gevent.spawn(self._walk)
        try:
            yield
        finally:
            self._told.pop(number, None)

    def _walk(self) -> None:
        while self._told:
            for number in tcp.find_told(self._told, tcp.GONE):
                self._told[number]()
            gevent.sleep(_LOOK_S)
        self._walker = None
