"""The ends of a TCP connection: at once, in order, or noticed; and how far its client has come.

Knows nothing of what is said on it.
"""

import select
import socket
import struct
import sys
from collections.abc import Callable, Iterable
from functools import cache
from time import monotonic
from typing import Any

import gevent
from gevent.monkey import get_original

from mockserver.server.libc import find_function

_PIECE_BYTES = 64 * 1024
_LINGER_LIMIT_BYTES = 16 * 1024 * 1024
_NO_LINGER = struct.pack("ii", 1, 0)
# An address of the family AF_UNSPEC, which is 0 everywhere; long enough for any system's `struct sockaddr`.
_NOWHERE = bytes(16)
_LOOKS = 8
GONE = select.POLLHUP | select.POLLERR | getattr(select, "POLLRDHUP", 0)
"""What the system tells of a connection that its client has ended."""


def reset(sock: Any) -> None:
    """Reset the connection (RST), whoever else holds the socket or waits on it.

    Where the system can't dissolve a connection (only Linux can), the socket is closed without lingering, which does
    the same as long as nobody has a duplicate of it.
    """
    # The one that takes the address that Python's does not.
    connect = find_function("connect")
    if connect is not None and sock.fileno() >= 0 and connect(sock.fileno(), _NOWHERE, len(_NOWHERE)) == 0:
        return
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
        sock.close()
    except OSError:
        return


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
    return bool(find_told((sock.fileno(),), GONE))


def has_unread(sock: Any) -> bool:
    """Whether there is something to read, the end among it."""
    return bool(find_told((sock.fileno(),), select.POLLIN))


def find_told(numbers: Iterable[int], what: int) -> list[int]:
    """Of which of these descriptors the system has to tell that now."""
    poll = get_original("select", "poll")()
    for number in numbers:
        poll.register(number, what)
    return [number for number, _ in poll.poll(0)]


def count_untaken(sock: Any) -> int:
    """How many of the bytes sent the client's system has not taken yet; none, where ours can't tell (only Linux can).

    *Source* tcp(7), SIOCOUTQ.
    """
    ask = _find_untaken()
    return 0 if ask is None else ask(sock.fileno())


@cache
def _find_untaken() -> Callable[[int], int] | None:
    try:
        import fcntl  # noqa: PLC0415 - not there on Windows
        import termios  # noqa: PLC0415 - the same
    except ImportError:
        return None

    def ask(descriptor: int) -> int:
        try:
            told = fcntl.ioctl(descriptor, termios.TIOCOUTQ, bytes(4))
        except (OSError, ValueError):
            # No queue of that kind, or the socket is closed.
            return 0
        return int.from_bytes(told, sys.byteorder)

    return ask


def wait_while_taken(taken: Callable[[], int], is_awaited: Callable[[], bool], still_s: float) -> None:
    """Wait as long as a client is awaited and goes on taking what it is sent; nothing for so long is the end of it."""
    before, still = taken(), 0
    while is_awaited() and still < _LOOKS:
        gevent.sleep(still_s / _LOOKS)
        now = taken()
        still = 0 if now > before else still + 1
        before = now
