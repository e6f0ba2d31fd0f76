"""How a family of back ends speaks over sockets: where its own are, and what of a frame is the reply's body.

*Source* seed document 000_d212b2e637d1f864 for frames and their `status`, which every convention's frames have.
"""

from collections.abc import Mapping
from typing import Final

from mockserver.value import dataclass

_CODES: Final[Mapping[str, int]] = {
    "unauthenticated": -1, "invalid": 2, "precondition_failed": 2, "precondition_required": 2, "forbidden": 3,
}  # fmt: skip
_CODES_BY_STATUS: Final[Mapping[int, int]] = {401: -1, 403: 3, 412: 2, 422: 2, 428: 2}


def code_of(slug: str) -> int:
    """The `status` of a problem's frame: −1 not logged in, 1 error, 2 failed validation, 3 no access; success is 0."""
    return _CODES.get(slug, 1)


def code_of_status(status: int) -> int:
    """The same for an answer of which only the HTTP status is known."""
    return _CODES_BY_STATUS.get(status, 1) if status >= 400 else 0


@dataclass(frozen=True, slots=True)
class SocketManner:
    """One family's way.

    `paths` are its own sockets, `:name` standing for any step; what is said there are commands, and events only to
    those who subscribe. `is_envelope` says that its bodies have the shape of a frame themselves. `takes_strangers`
    lets a socket stand for those who are not logged in, and each of their commands be refused; elsewhere the handshake
    is.
    """

    paths: tuple[str, ...] = ()
    is_envelope: bool = False
    takes_strangers: bool = False


PLAIN: Final = SocketManner()
"""The way of families that have none of their own."""
