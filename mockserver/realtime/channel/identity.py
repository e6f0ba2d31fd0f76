"""Who a client of a channel is, as far as that can be told now."""

from mockserver.errors import Unauthenticated
from mockserver.formula.scope import described
from mockserver.messages import Json, Request
from mockserver.query.caller import Caller, Gate
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody; `user` is what expressions see of them, `refusal` what they are told where one has to be logged in."""

    caller: Caller
    user: Json
    refusal: Unauthenticated | None


def identify(gate: Gate, request: Request) -> Identity:
    """Who sends a request; a visitor where it does not say, or says something wrong."""
    refusal: Unauthenticated | None = None
    try:
        caller = gate.identify(request)
    except Unauthenticated as problem:
        caller, refusal = gate.visitor(), problem
    return Identity(caller, described(caller.user), refusal)
