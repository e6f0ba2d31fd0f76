"""One plane: an application behind every socket of its listener, started, stopped and emptied together."""

import socket
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import gevent

from mockserver.server.front import Front
from mockserver.server.handler import Handler, PlaneServer
from mockserver.server.host import HostList
from mockserver.server.late import LateApplication
from mockserver.server.limits import BodyLimit, Limits
from mockserver.server.listener import Listener
from mockserver.server.room import Room
from mockserver.server.socket import tcp

_TURN_ENDS: Final = 64


class Plane:
    """The servers of one listener and the connections they hold."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it stands on
        self,
        listener: Listener,
        app: LateApplication,
        hosts: HostList,
        limits: Limits,
        body_limit: BodyLimit,
        front: Front | None = None,
        room: Room | None = None,
    ) -> None:
        self._listener = listener
        self._app = app
        self._build = partial(
            PlaneServer,
            app=app,
            hosts=hosts,
            limits=limits,
            body_limit=body_limit,
            front=front,
            room=room or Room(),
        )
        self._servers = [self._build(sock) for sock in listener.sockets]
        self._linger_s = limits.linger_s
        self._keeps_alive = True
        self._is_stopping = False

    def start(self) -> None:
        """Accept."""
        for server in self._servers:
            server.start()

    def make_ready(self) -> None:
        """Make the application now, when nobody waits for it."""
        self._app.made  # noqa: B018 - made by being asked for

    def stop_accepting(self) -> None:
        """Close the listening sockets and every connection on which nothing is being asked."""
        self._is_stopping = True
        self._close()
        self.keep_alive(is_kept=False)
        self.dismiss(lambda _: True)
        for handler in self._handlers():
            # One on which a request has begun to arrive is closed behind its answer.
            if handler.is_at_rest:
                tcp.shut(handler.socket, socket.SHUT_RDWR)

    @property
    def is_busy(self) -> bool:
        """Whether any connection is left."""
        return any(server.handlers for server in self._servers)

    def keep_alive(self, *, is_kept: bool) -> None:
        """Say whether connections may carry another request behind the one that they carry next."""
        self._keeps_alive = is_kept and not self._is_stopping
        for server in self._servers:
            server.keeps_alive = self._keeps_alive

    def dismiss(self, is_theirs: Callable[[str], bool]) -> None:
        """End the connections at rest of certain sandboxes: each belongs to the one that its latest request was led to.

        `is_theirs` is asked by name, by an empty one where nobody knows. A connection that waits for its first request
        has nothing to do with what was before: it ends behind its answer.
        """
        resting = []
        for handler in self._handlers():
            if handler.served and is_theirs(handler.sandbox) and handler.is_at_rest:
                handler.dismiss()
                resting.append(handler.socket)
        if resting:
            gevent.spawn_later(self._linger_s, _shut_all, resting)

    def refuse(self) -> None:
        """Let nobody in from now on, and begin nothing more; what goes on, goes on."""
        self._close()
        for server in self._servers:
            server.is_down = True

    def cut(self) -> Iterator[None]:
        """End every connection of those that were let in before `refuse`, one by one, whatever goes on there."""
        # Those that end meanwhile have no socket any more.
        for sock in [handler.socket for handler in self._handlers() if handler.server.is_down]:
            tcp.shut(sock, socket.SHUT_RDWR)
            yield

    def open_again(self) -> None:
        """Let them in again, at the same place. *Raises* `OSError` while somebody else has the port."""
        self._listener = self._listener.open_again()
        left = [server for server in self._servers if server.handlers]
        fresh = [self._build(sock) for sock in self._listener.sockets]
        self._servers = [*left, *fresh]
        for server in fresh:
            server.keeps_alive = self._keeps_alive
            server.start()

    def _close(self) -> None:
        for server in self._servers:
            server.close()

    def _handlers(self) -> list[Handler]:
        return [handler for server in self._servers for handler in tuple(server.handlers)]


def _shut_all(socks: Sequence[Any]) -> None:
    """Wait no longer for clients to end their side too; others have their turn in between."""
    for turn, sock in enumerate(socks, start=1):
        tcp.shut(sock, socket.SHUT_RD)
        if turn % _TURN_ENDS == 0:
            gevent.sleep(0)
