"""How much and how slowly a client may send, and how long it is waited for. Bytes and seconds, nothing else."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from mockserver.messages import BODY_BYTES, HEAD_BYTES, TARGET_BYTES
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes count what stands on the wire; a request of exactly the limit is served.

    `head_bytes` is the block of header lines without the request line; `head_s` is for the whole head, from its
    first byte; `body_idle_s` is between two pieces of a body and `body_s` for all of it; `idle_s` is between two
    requests on a kept connection; `linger_s` is how long the rest of a refused request is read and thrown away, so
    that its sender sees the answer; `stop_s` is what running requests get when the server stops.

    `sockets` may be open at a time; `socket_queue_bytes` and `socket_queue_messages` are what may wait for a client
    that does not read, beside what the system keeps for it, and `socket_queue_plays` how many rows of messages yet to
    be drawn; `close_s` is how long a client has for each step of an end.

    `held_sandbox` and `held` are how many requests faults may hold at a time, within one sandbox and in all.
    """

    target_bytes: int = TARGET_BYTES
    head_bytes: int = HEAD_BYTES
    body_bytes: int = BODY_BYTES
    head_s: float = 10.0
    body_idle_s: float = 30.0
    body_s: float = 300.0
    idle_s: float = 75.0
    write_s: float = 60.0
    linger_s: float = 2.0
    stop_s: float = 4.0
    sockets: int = 5_000
    socket_queue_bytes: int = 1024 * 1024
    socket_queue_messages: int = 1_000
    socket_queue_plays: int = 16
    close_s: float = 1.0
    held_sandbox: int = 64
    held: int = 256


_CALLED: Final[Mapping[str, str]] = {
    "url": "target_bytes",
    "headers": "head_bytes",
    "body": "body_bytes",
    "sockets": "sockets",
    "unread": "socket_queue_bytes",
    "unread-frames": "socket_queue_messages",
    "held": "held",
    "held-sandbox": "held_sandbox",
}
"""What those that can be set are called by whoever starts the server."""


def limit_server(given: Mapping[str, int]) -> Limits:
    """The limits, with those that are given by name; names of others' limits are passed over."""
    return Limits(**{field: given[name] for name, field in _CALLED.items() if name in given})


BodyLimit: TypeAlias = Callable[[], int]
"""The most bytes a body may have now: what is served decides on it, and may be another definition later."""
