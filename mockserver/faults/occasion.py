"""What a fault may be matched against: a request, a handshake, a connection that stays open, a message on one."""

from collections.abc import Callable, Sequence
from typing import Literal, TypeAlias

from mockserver.errors import FieldError, Invalid, Problem, sentence
from mockserver.messages import Request
from mockserver.value import dataclass

Scope: TypeAlias = Literal["request", "handshake", "connection", "frame"]
"""A plain request and its answer (that of an event stream included); the opening of a WebSocket; a WebSocket or an
event stream once it stands; one message on either."""

Transport: TypeAlias = Literal["http", "ws", "sse"]
Direction: TypeAlias = Literal["in", "out"]


def invalid_fields(names: Sequence[str]) -> Problem:
    """What is said of fields where nobody knows them better; a name may have dots."""
    errors = [FieldError("is not valid", "/" + name.replace(".", "/")) for name in names]
    return Invalid(sentence(f"The request is not valid: {errors[0].name} {errors[0].detail}"), errors)


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
    credentials: Callable[[], Sequence[str]] | None = None
    """The tokens that the request shows, or what else it says of who is asking; none where everybody is nobody."""
    is_login: Callable[[], bool] = bool
    """Whether the request is for logging in, or for going on with a login."""
    invalid: Callable[[Sequence[str]], Problem] = invalid_fields
    """What is said where these fields of the resource break their rules (`violation.invalid_of`)."""
