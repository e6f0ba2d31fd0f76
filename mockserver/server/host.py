"""Whom a request may be addressed to: the check that keeps pages elsewhere out (DNS rebinding).

Knows nothing of sockets; both planes use it on every request.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from mockserver.errors import BadRequest, Misdirected

_HOST = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9._-]+))(?::(?P<port>[0-9]{0,5}))?")


class HostList:
    """The names this server answers to, besides `localhost`, `*.localhost` and every IP literal.

    An IP literal can't be rebound: a browser that sends it went to that address.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = frozenset(name.lower().rstrip(".") for name in names)

    def verify(self, value: str) -> None:
        """Nothing, for a `Host` (or authority) that means us.

        *Raises* `BadRequest` for one that is malformed and `Misdirected` for somebody else's.
        """
        name = host_name(value)
        if name in self._names or name == "localhost" or name.endswith(".localhost") or _is_address(name):
            return
        raise Misdirected(
            f"This server does not answer for the host '{name}'. Start it with --allow-host {name} if it should."
        )


@lru_cache(maxsize=256)
def host_name(value: str) -> str:
    """The name in a `Host` value without port, brackets and the dot of the root, in lower case.

    *Raises* `BadRequest`.
    """
    found = _HOST.fullmatch(value)
    if found is None or int(found["port"] or 0) > 65535:
        raise BadRequest("The Host header is malformed.")
    if found["v6"] is not None and not _is_address(found["v6"], IPv6Address):
        raise BadRequest("The Host header holds brackets without an IPv6 address in them.")
    return (found["v6"] or found["name"].removesuffix(".")).lower()


@lru_cache(maxsize=256)
def _is_address(name: str, read: Callable[[str], object] = ip_address) -> bool:
    try:
        read(name)
    except ValueError:
        return False
    return True
