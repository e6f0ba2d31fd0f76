"""The numbers that WebSockets are closed with: what they are called, which may be sent, and which say to come back.

*Source* RFC 6455 §7.4; https://www.iana.org/assignments/websocket for 1012 to 1014; 4000 and above are ours.
"""

from collections.abc import Mapping
from typing import Final

NORMAL: Final = 1000
GOING_AWAY: Final = 1001
PROTOCOL_ERROR: Final = 1002
UNSUPPORTED_DATA: Final = 1003
NO_STATUS: Final = 1005
ABNORMAL: Final = 1006
INVALID_DATA: Final = 1007
POLICY_VIOLATION: Final = 1008
TOO_LARGE: Final = 1009
EXTENSION_REQUIRED: Final = 1010
INTERNAL_ERROR: Final = 1011
SERVICE_RESTART: Final = 1012
TRY_AGAIN_LATER: Final = 1013
BAD_GATEWAY: Final = 1014
NO_TLS: Final = 1015
UNAUTHENTICATED: Final = 4401
FORBIDDEN: Final = 4403

NAMES: Final[Mapping[int, str]] = {
    NORMAL: "normal closure",
    GOING_AWAY: "going away",
    PROTOCOL_ERROR: "protocol error",
    UNSUPPORTED_DATA: "unsupported data",
    NO_STATUS: "no status",
    ABNORMAL: "abnormal closure",
    INVALID_DATA: "invalid data",
    POLICY_VIOLATION: "policy violation",
    TOO_LARGE: "message too large",
    EXTENSION_REQUIRED: "extension required",
    INTERNAL_ERROR: "internal error",
    SERVICE_RESTART: "service restart",
    TRY_AGAIN_LATER: "try again later",
    BAD_GATEWAY: "bad gateway",
    NO_TLS: "TLS handshake failed",
    UNAUTHENTICATED: "not logged in",
    FORBIDDEN: "not permitted",
}
_NEVER_SENT: Final = (NO_STATUS, ABNORMAL, NO_TLS)
"""These stand for what was not said, and are seen at one end only (RFC 6455 §7.4.1)."""
_FINAL: Final = (NORMAL, POLICY_VIOLATION, UNAUTHENTICATED, FORBIDDEN)
REASON_BYTES: Final = 123
"""How long a reason may be (RFC 6455 §5.5)."""


def name_of(code: int) -> str:
    """What a code is called, empty where nobody has given it a name."""
    return NAMES.get(code, "")


def may_be_sent(code: int) -> bool:
    """Whether a code may stand in a Close frame (RFC 6455 §7.4.2)."""
    return 3000 <= code <= 4999 or (code in NAMES and code not in _NEVER_SENT)


def may_close(code: int) -> bool:
    """Whether a connection may be closed so: with a code that may be sent, or by a Close frame without any (1005)."""
    return code == NO_STATUS or may_be_sent(code)


def reconnects(code: int) -> bool:
    """Whether a client that was closed so should come back, after a while that grows each time.

    1001, 1012, 1013 and 4000 to 4499 say so, and what says nothing of it is no reason to stay away; 1000, 1008, 4401,
    4403, and all from 4500 on are.
    """
    return code < 4500 and code not in _FINAL


def fit_reason(text: str) -> str:
    """As much of a text as a Close frame has room for; no character is cut in two."""
    return text.encode("utf-8", "replace")[:REASON_BYTES].decode("utf-8", "ignore")
