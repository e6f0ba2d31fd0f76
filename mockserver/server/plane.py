"""One plane: an application behind every socket of its listener, started, stopped and emptied together."""

import socket
from typing import Any

from mockserver.server.handler import Handler, PlaneServer
from mockserver.server.host import HostList
from mockserver.server.limits import BodyLimit, Limits
from mockserver.server.listener import Listener


class Plane:
    """The servers of one listener and the connections they hold."""

    def __init__(self, listener: Listener, app: Any, hosts: HostList, limits: Limits, body_limit: BodyLimit) -> None:
        self._servers = [PlaneServer(sock, app, hosts, limits, body_limit) for sock in listener.sockets]

    def start(self) -> None:
        """Accept."""
        for server in self._servers:
            server.start()

    def stop_accepting(self) -> None:
        """Close the listening sockets and every connection on which nothing is being asked."""
        for server in self._servers:
            server.stopping = True
            server.close()
        for handler in self._handlers():
            if handler.receiver.idle:
                _stop_reading(handler)

    @property
    def is_busy(self) -> bool:
        """Whether any connection is left."""
        return any(server.handlers for server in self._servers)

    def _handlers(self) -> list[Handler]:
        return [handler for server in self._servers for handler in tuple(server.handlers)]


def _stop_reading(handler: Handler) -> None:
    # Only the reading side: a request that has just arrived is still read and answered.
    try:
        handler.socket.shutdown(socket.SHUT_RD)
    except OSError:
        return
