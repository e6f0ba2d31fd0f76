"""How the control plane asks for a socket's end: by a close code, or as networks and half-dead peers end them."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias, get_args

from mockserver.errors import BadRequest, FieldError, suggestion
from mockserver.messages import Json, as_integer
from mockserver.realtime.close_code import NO_STATUS, NORMAL, REASON_BYTES, may_close
from mockserver.value import dataclass

How: TypeAlias = Literal["close", "drop", "reset", "stall"]
_HOWS: Final = get_args(How)


@dataclass(frozen=True, slots=True)
class Disconnection:
    """The verb of the wire, and for `close` the code and the reason that the client is told."""

    how: How = "close"
    code: int = NORMAL
    reason: str = ""


def read_disconnection(body: Mapping[str, Json]) -> Disconnection:
    """The end that `{code, reason}` or `{how}` asks for; an empty object is code 1000. *Raises* `BadRequest`."""
    for name in body:
        if name not in Disconnection.__slots__:
            raise _wrong(name, "is not known", f"; {suggestion(name, list(Disconnection.__slots__))}")
    how = body.get("how", "close")
    if how not in _HOWS:
        raise _wrong("how", f"must be one of {', '.join(_HOWS)}")
    if how != "close" and (set(body) - {"how"}):
        raise _wrong("how", f"'{how}' sends no Close frame, so that there is no code and no reason")
    code, reason = as_integer(body.get("code", NORMAL)), body.get("reason", "")
    if isinstance(code, bool) or not isinstance(code, int) or not may_close(code):
        raise _wrong("code", "must be 1000-1003, 1007-1014 or 3000-4999, or 1005 for none (RFC 6455 §7.4)")
    if not isinstance(reason, str) or len(reason.encode("utf-8", "replace")) > REASON_BYTES:
        raise _wrong("reason", f"must be a text of at most {REASON_BYTES} bytes")
    if not reason.isprintable():
        raise _wrong("reason", "must be one line without control characters")
    if code == NO_STATUS and reason:
        raise _wrong("reason", "can't be sent without a code")
    return Disconnection(_HOWS[_HOWS.index(how)], code, reason)


def _wrong(name: str, detail: str, advice: str = "") -> BadRequest:
    return BadRequest(f"'{name}' {detail}{advice}.", [FieldError(detail, pointer=f"/{name}")])
