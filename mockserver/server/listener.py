"""Listening sockets: which addresses a host name means, one port on all of them, and a clear word when it is taken.

Light on purpose: sockets are opened before anything slow is imported or generated.
"""

import errno
import socket
from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address

from mockserver.server.room import ANY
from mockserver.value import dataclass

_BACKLOG = 1024
_OPEN_MAX = 10_240
"""What macOS grants at most, whose hard limit says that there is none and whose soft one is 256."""
_FREE_PORT_TRIES = 20


class ListenError(Exception):
    """An address that can't be listened on; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Listener:
    """The sockets of one plane, all on one port; `host` is as asked for, `addresses` are what it meant."""

    host: str
    port: int
    addresses: tuple[str, ...]
    sockets: tuple[socket.socket, ...]

    @property
    def origin(self) -> str:
        """A URL that reaches it from this machine."""
        address = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.addresses[0], self.addresses[0])  # noqa: S104
        return f"http://{f'[{address}]' if ':' in address else address}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return all(ip_address(address.partition("%")[0]).is_loopback for address in self.addresses)

    def close(self) -> None:
        """Give the port back."""
        for sock in self.sockets:
            sock.close()

    def open_again(self) -> "Listener":
        """The same, where its sockets have been closed. *Raises* `OSError` when somebody else has its port now."""
        return replace(self, sockets=tuple(_bind_all(self.addresses, self.port)))


def open_listener(host: str, port: int, option: str = "--port") -> Listener:
    """Sockets that already accept into their backlog; port 0 takes one that is free on every address.

    *Raises* `ListenError`, which names the port and `option`.
    """
    addresses = _resolve(host)
    tries = _FREE_PORT_TRIES if port == 0 else 1
    for left in reversed(range(tries)):
        try:
            sockets = _bind_all(addresses, port)
        except OSError as error:
            if left == 0:
                raise ListenError(_explain(error, host, port, option)) from None
        else:
            bound = sockets[0].getsockname()[1]
            return Listener(host, bound, addresses[: len(sockets)], tuple(sockets))
    raise AssertionError("unreachable")


def raise_file_limit() -> int:
    """Lift the soft limit of open files to the hard one, where the system knows such limits; how many there may be."""
    try:
        import resource  # noqa: PLC0415 - not there on Windows
    except ImportError:
        return ANY
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for most in (hard, _OPEN_MAX):
        if soft == resource.RLIM_INFINITY or 0 <= most <= soft:
            break
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        except (ValueError, OSError):
            continue
        soft = most
        break
    return ANY if soft == resource.RLIM_INFINITY else soft


def _resolve(host: str) -> tuple[str, ...]:
    if host == "localhost":
        # Not asked of the name service: browsers try both, and some systems know only one.
        return ("127.0.0.1", "::1") if _has_ipv6() else ("127.0.0.1",)
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ListenError(f"The host '{host}' has no address here: {error.strerror}.") from None
    return (str(found[0][4][0]),)


def _has_ipv6() -> bool:
    if not socket.has_ipv6:
        return False
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _bind_all(addresses: Sequence[str], port: int) -> list[socket.socket]:
    """A socket on every address, all on one port; none stays open when one of them fails."""
    opened: list[socket.socket] = []
    try:
        for address in addresses:
            opened.append(_bind(address, port))
            port = opened[0].getsockname()[1]
    except OSError:
        for sock in opened:
            sock.close()
        raise
    return opened


def _bind(address: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit it: without, an answer waits 40 ms for the client's delayed acknowledgement.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if ":" in address:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        sock.bind((address, port))
        sock.listen(_BACKLOG)
        sock.settimeout(0)
    except OSError:
        sock.close()
        raise
    return sock


def _explain(error: OSError, host: str, port: int, option: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is already in use. Stop what listens there, or take a free one with {option} 0."
    return f"Port {port} on {host} can't be listened on: {error.strerror}. A free one comes with {option} 0."
