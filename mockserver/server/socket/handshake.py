"""The opening of a WebSocket (RFC 6455 §4.2): what a client asks for, whether it may, and the answer that says yes.

A refusal is a `Problem` like any other. Knows nothing of what is behind the path.
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from hashlib import sha1
from typing import Any, Final

from mockserver.errors import BadRequest, Forbidden, UpgradeRequired
from mockserver.messages import Request
from mockserver.realtime.session import Opening
from mockserver.server.cors import OriginList
from mockserver.server.guest import Guest
from mockserver.server.socket.agreement import Agreement, Parameters, agree
from mockserver.server.socket.conversation import Companion
from mockserver.value import dataclass

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_VERSION: Final = "13"
_KEY_BYTES: Final = 16
_TOKEN: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110 calls a word a token
_WORD: Final = re.compile(_TOKEN)
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,2}")
# A value may be quoted, but is a word all the same (RFC 6455 §9.1).
_PARAMETER: Final = re.compile(rf'[ \t]*({_TOKEN})[ \t]*(?:=[ \t]*(?:({_TOKEN})|"({_TOKEN})")[ \t]*)?')

Offers = tuple[tuple[str, Parameters], ...]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A handshake that was answered with yes; `headers` are that answer's, and it is yet to be sent.

    `unread` is what the client has sent behind its request, `target` the path it asked for, `companion` whoever goes
    along with the connection, and `guest` who it is with, where that is recorded.
    """

    sock: Any
    opening: Opening
    companion: Companion
    deflate: Agreement | None
    headers: tuple[tuple[str, str], ...]
    unread: bytes
    target: str
    guest: Guest | None = None

    @property
    def head(self) -> bytes:
        """The answer as it is sent."""
        lines = [f"{name}: {value}\r\n" for name, value in self.headers]
        return f"HTTP/1.1 101 Switching Protocols\r\n{''.join(lines)}\r\n".encode("latin-1")

    @property
    def remote(self) -> str:
        """Address and port of the client, empty when it has gone."""
        try:
            address, port = self.sock.getpeername()[:2]
        except OSError:
            return ""
        return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client asks for: `subprotocols` and `extensions` are those it understands, the best first."""

    key: str
    subprotocols: tuple[str, ...]
    extensions: Offers


def asks_for_socket(upgrade: str) -> bool:
    """Whether a request with this `Upgrade` means to open a WebSocket, however badly it goes about it."""
    return bool(upgrade) and "websocket" in _words(upgrade.lower())


def read_offer(request: Request, version: str) -> Offer:
    """What a handshake asks for. *Raises* `BadRequest`, and `UpgradeRequired` for another version of the protocol."""
    headers = request.headers
    if request.method != "GET" or version != "HTTP/1.1":
        raise BadRequest("A WebSocket is opened with GET and HTTP/1.1.")
    if "upgrade" not in _words(headers.get("connection", "").lower()):
        raise BadRequest("'Upgrade: websocket' needs 'Connection: Upgrade' beside it.")
    _verify_version(headers.get("sec-websocket-version", ""))
    _verify_key(headers.get("sec-websocket-key", ""))
    return Offer(
        headers["sec-websocket-key"],
        _read_subprotocols(headers.get("sec-websocket-protocol", "")),
        _read_extensions(headers.get("sec-websocket-extensions", "")),
    )


def verify_origin(request: Request, origins: OriginList) -> None:
    """Nothing, for a page that may read our answers, and for one of our own. *Raises* `Forbidden`.

    No answer of ours could keep another page from a socket, unlike from everything else: CORS does not cover them.
    """
    origin = request.headers.get("origin")
    host = request.headers.get("host", "").lower()
    if origin is None or origins.admits(origin, host) or origin.lower() in (f"http://{host}", f"https://{host}"):
        return
    raise Forbidden(
        f"A page of the origin '{origin}' may open no socket here. Start the server with --allow-origin if it should."
    )


def accept(
    offer: Offer, opening: Opening, environ: Mapping[str, Any], companion: Companion, guest: Guest | None = None
) -> Accepted:
    """Yes to a handshake on the terms of a session (RFC 6455 §4.2.2).

    The subprotocol is the best of the session's that the client understands too; there may be none.
    """
    subprotocol = next((name for name in opening.subprotocols if name in offer.subprotocols), "")
    deflate = agree(offer.extensions) if opening.deflate else None
    proof = b64encode(sha1(offer.key.encode() + _GUID).digest()).decode()  # noqa: S324 - what the protocol asks for
    headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", proof)]
    if subprotocol:
        headers.append(("Sec-WebSocket-Protocol", subprotocol))
    if deflate is not None:
        headers.append(("Sec-WebSocket-Extensions", deflate.header))
    sock = environ["mockserver.socket"]
    unread = bytes(environ["mockserver.unread"])
    environ["mockserver.unread"].clear()
    target = environ["RAW_URI"].partition("?")[0]
    return Accepted(sock, opening, companion, deflate, tuple(headers), unread, target, guest)


def _words(value: str) -> list[str]:
    return [word.strip(" \t") for word in value.split(",")]


def _verify_version(value: str) -> None:
    if value == _VERSION:
        return
    headers = {"Sec-WebSocket-Version": _VERSION}
    if _NUMBER.fullmatch(value) is None:
        raise BadRequest("Sec-WebSocket-Version must be one number: 13.", headers=headers)
    more = {"Upgrade": "websocket", "Connection": "Upgrade"}
    raise UpgradeRequired("This server speaks version 13 of the WebSocket protocol.", headers=headers | more)


def _verify_key(value: str) -> None:
    try:
        is_sound = len(b64decode(value, validate=True)) == _KEY_BYTES
    except (NotBase64, ValueError):
        is_sound = False
    if not is_sound:
        raise BadRequest(f"Sec-WebSocket-Key must be one value: {_KEY_BYTES} bytes in base64.")


def _read_subprotocols(value: str) -> tuple[str, ...]:
    names = [word for word in _words(value) if word]
    if any(_WORD.fullmatch(name) is None for name in names):
        raise BadRequest("Sec-WebSocket-Protocol must be a list of words.")
    return tuple(names)


def _read_extensions(value: str) -> Offers:
    """The extensions offered (RFC 6455 §9.1)."""
    offers: list[tuple[str, Parameters]] = []
    for text in value.split(","):
        if not text.strip(" \t"):
            continue
        found = [_PARAMETER.fullmatch(part) for part in text.split(";")]
        pairs = [(match[1], match[2] or match[3]) for match in found if match is not None]
        if len(pairs) < len(found) or pairs[0][1] is not None:
            raise BadRequest("Sec-WebSocket-Extensions is malformed.")
        offers.append((pairs[0][0].lower(), tuple(pairs[1:])))
    return tuple(offers)
