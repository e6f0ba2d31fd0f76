"""The ends of a TCP connection: at once, in order, or noticed. Knows nothing of what is said on it."""

import ctypes
import select
import socket
import struct
from collections.abc import Callable
from functools import cache
from time import monotonic
from typing import Any

import gevent
from gevent.monkey import get_original

_PIECE_BYTES = 64 * 1024
_LINGER_LIMIT_BYTES = 16 * 1024 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)
# An address of the family AF_UNSPEC, which is 0 everywhere; long enough for any system's `struct sockaddr`.
_NOWHERE = bytes(16)
_GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)


def reset(sock: Any) -> None:
    """Reset the connection (RST), whoever else holds the socket or waits on it.

    Where the system can't dissolve a connection (only Linux can), the socket is closed without lingering, which does
    the same as long as nobody has a duplicate of it.
    """
    connect = _find_connect()
    if connect is not None and sock.fileno() >= 0 and connect(sock.fileno(), _NOWHERE, len(_NOWHERE)) == 0:
        return
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        sock.close()
    except OSError:
        return


@cache
def _find_connect() -> Callable[[int, bytes, int], int] | None:
    """The C library's `connect`, which takes the address that Python's does not."""
    try:
        found: Callable[[int, bytes, int], int] = ctypes.CDLL(None).connect
    except (OSError, TypeError, AttributeError):
        return None
    return found


def shut(sock: Any, how: int) -> None:
    """End one direction of the connection, or both; nothing when it is over already."""
    try:
        sock.shutdown(how)
    except OSError:
        return


def linger(sock: Any, wait_s: float) -> None:
    """Throw away what still arrives until the client ends its side too, so that no RST overtakes our last words."""
    deadline = monotonic() + wait_s
    left = _LINGER_LIMIT_BYTES
    try:
        while left > 0 and (wait_s := deadline - monotonic()) > 0:
            sock.settimeout(wait_s)
            piece = sock.recv(_PIECE_BYTES)
            if not piece:
                return
            left -= len(piece)
            gevent.sleep(0)
    except OSError:
        return


def has_gone(sock: Any) -> bool:
    """Whether the client has ended the connection; told without reading anything that it has sent before."""
    poll = get_original("select", "poll")()
    poll.register(sock.fileno(), _GONE)
    return bool(poll.poll(0))
