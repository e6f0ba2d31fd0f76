"""What a fault may be matched against: a request, a handshake, a connection that stays open, a message on one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mockserver.messages import Request

Scope: TypeAlias = Literal["request", "handshake", "connection", "frame"]
"""A plain request and its answer (that of an event stream included); the opening of a WebSocket; a WebSocket or an
event stream once it stands; one message on either."""

Transport: TypeAlias = Literal["http", "ws", "sse"]
Direction: TypeAlias = Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One thing that happens, and all that rules may ask about it.

    `paths` are the steps of the path below the prefix in their canonical spelling, every spelling that means the same;
    `resource` is the one it leads to, empty where to none. `user` is asked only where a rule wants to know.
    `event` is the topic or the method of a message, `direction` where it goes as the server sees it.
    """

    scope: Scope
    transport: Transport
    request: Request
    paths: tuple[tuple[str, ...], ...]
    resource: str = ""
    user: Callable[[], str] = str
    direction: Direction = "out"
    events: tuple[str, ...] = ()
    """What a message may be called in `event`: its topic, its method, `<resource>.<action>`."""
