"""A bad network: a TCP proxy before a server that ends, resets or swallows what belongs to one way to the feed."""

import re
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from types import TracebackType
from typing import Final, Literal, Self, TypeAlias

Way: TypeAlias = Literal["ws", "sse", "longpoll", "poll", "rest"]
End: TypeAlias = Literal["fin", "rst", "stall"]

WAYS: Final[tuple[Way, ...]] = ("ws", "sse", "longpoll", "poll")
"""The ways to the feed, the best first."""
PATIENCE_S: Final = 10
_REQUEST: Final = re.compile(rb"[A-Z]+ (\S+) HTTP/1\.1\r\n")
_AT_ONCE: Final = struct.pack("ii", 1, 0)


def way_of(target: str) -> Way:
    """The way that a request with this target goes."""
    path, _, query = target.partition("?")
    if path.endswith("/events/ws"):
        return "ws"
    if path.endswith("/events/sse"):
        return "sse"
    if path.endswith("/events"):
        return "longpoll" if "wait=" in query else "poll"
    return "rest"


@dataclass(eq=False)
class _Connection:
    client: socket.socket
    server: socket.socket
    way: Way = "rest"


class BadNetwork:
    """Listens on `port` and passes everything on to the server's, in a thread of its own, until the block ends."""

    def __init__(self, server_port: int) -> None:
        self._server = ("127.0.0.1", server_port)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._waker, self._wakened = socket.socketpair()
        self._selector = DefaultSelector()
        self._orders: deque[Callable[[], object]] = deque()
        self._barred: dict[Way, End] = {}
        self._connections: set[_Connection] = set()
        self._is_over = False
        self._thread = threading.Thread(target=self._carry, name="bad network")
        self.port: int = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        self._selector.register(self._listener, EVENT_READ, self._accept)
        self._selector.register(self._wakened, EVENT_READ, self._obey)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._order(self._stop)
        self._thread.join()
        for sock in (self._listener, self._waker, self._wakened):
            sock.close()
        self._selector.close()

    def cut(self, *ways: Way, by: End) -> None:
        """End the connections that stand, once: by FIN, by RST, or by silence, of which nobody is told."""
        self._order(lambda: self._cut(ways, by))

    def bar(self, *ways: Way, by: End = "rst") -> None:
        """End the connections that stand, and every request that goes these ways from now on."""
        self._order(lambda: self._bar(ways, by))

    def open(self, *ways: Way) -> None:
        """Let requests go these ways again."""
        self._order(lambda: [self._barred.pop(way, None) for way in ways])

    def _order(self, act: Callable[[], object]) -> None:
        """Has something done in the thread that owns the connections, and waits until it is."""
        done = threading.Event()
        self._orders += [act, done.set]
        self._waker.send(b"!")
        assert done.wait(PATIENCE_S), "the proxy does nothing any more"

    def _obey(self) -> None:
        self._wakened.recv(4096)
        while self._orders:
            self._orders.popleft()()

    def _stop(self) -> None:
        self._is_over = True
        for one in tuple(self._connections):
            self._end(one, "rst")

    def _carry(self) -> None:
        while not self._is_over:
            for key, _ in self._selector.select():
                if self._hears(key.fileobj):  # and was not ended by one before it
                    key.data()

    def _hears(self, sock: object) -> bool:
        return isinstance(sock, socket.socket) and sock.fileno() >= 0 and sock in self._selector.get_map()

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        client.settimeout(PATIENCE_S)
        try:
            one = _Connection(client, socket.create_connection(self._server, PATIENCE_S))
        except OSError:
            client.close()
            return
        self._connections.add(one)
        self._selector.register(one.client, EVENT_READ, lambda: self._pass_on(one, one.client, one.server))
        self._selector.register(one.server, EVENT_READ, lambda: self._pass_on(one, one.server, one.client))

    def _pass_on(self, one: _Connection, source: socket.socket, target: socket.socket) -> None:
        try:
            data = source.recv(65536)
            request = _REQUEST.match(data) if source is one.client else None
            if request:
                one.way = way_of(request[1].decode())
            if request and one.way in self._barred:
                self._end(one, self._barred[one.way])
            elif data:
                target.sendall(data)
            else:
                self._end(one, "fin")
        except OSError:
            self._end(one, "rst")

    def _bar(self, ways: tuple[Way, ...], by: End) -> None:
        self._barred.update(dict.fromkeys(ways, by))
        self._cut(ways, by)

    def _cut(self, ways: tuple[Way, ...], by: End) -> None:
        for one in tuple(self._connections):
            if one.way in ways:
                self._end(one, by)

    def _end(self, one: _Connection, by: End) -> None:
        if one not in self._connections:
            return
        for sock in (one.client, one.server):
            if self._hears(sock):
                self._selector.unregister(sock)
            if by == "rst":
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
            if by != "stall":
                sock.close()
        if by != "stall":  # what is silent stays open to the end
            self._connections.discard(one)
