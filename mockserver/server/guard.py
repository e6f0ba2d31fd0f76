"""Who may use the control plane: no page of another origin, and beyond loopback only the holder of the token.

One call before every request; what it refuses it raises as a `Problem`. Knows nothing of what is asked for.
"""

from hmac import compare_digest
from typing import TYPE_CHECKING

from mockserver.errors import (
    BadRequest,
    Forbidden,
    NotImplementedMethod,
    Problem,
    Unauthenticated,
    UnsupportedMediaType,
)
from mockserver.rest.body import check_coding
from mockserver.server.socket.handshake import asks_for_socket
from mockserver.value import dataclass

if TYPE_CHECKING:
    from flask import Request

_SAFE = frozenset({"GET", "HEAD"})
_OWN_SITES = frozenset({"same-origin", "none"})
_UTF8 = frozenset({"utf-8", "utf8"})


@dataclass(frozen=True, slots=True)
class Guard:
    """`token` is empty when none is asked for."""

    token: str = ""

    def verify(self, request: "Request") -> None:
        """Nothing, for a request that may have its way. *Raises* `Problem`."""
        refused = request.environ.get("mockserver.problem")
        if isinstance(refused, Problem):
            raise refused
        if request.method != request.environ["REQUEST_METHOD"]:
            # The library has them all in capitals; RFC 9110 §9.1 has `get` and GET apart.
            raise NotImplementedMethod("Methods are written in capitals.")
        if request.method == "OPTIONS":
            raise Forbidden("The control plane answers no preflight: it is not for pages of other origins.")
        if asks_for_socket(request.headers.get("Upgrade", "")):
            raise BadRequest("The control plane has no WebSockets; what happens is told at GET /api/stream.")
        api = request.path.startswith("/api/")
        if api or not _is_link(request):
            _verify_site(request)
        if request.method not in _SAFE:
            _verify_json(request)
        if api and self.token:
            _verify_token(request, self.token)


def _is_link(request: "Request") -> bool:
    """Whether somebody follows a link, or types an address: what comes is shown to them and to no page elsewhere."""
    headers = request.headers
    asked = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
    return request.method in _SAFE and "Origin" not in headers and asked == ("navigate", "document")


def _verify_site(request: "Request") -> None:
    # Compared as text: an origin that is malformed is another one, and nothing is there to stumble over it.
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"http://{request.headers.get('Host', '').lower()}":
        raise Forbidden("The control plane can't be used from a page of another origin.")
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in _OWN_SITES:
        raise Forbidden("The control plane can't be used from a page of another site.")


def _verify_json(request: "Request") -> None:
    check_coding(request.environ["mockserver.request"])
    # No form can be sent as JSON, and without CORS no page elsewhere can either.
    # The library's own `content_length` knows nothing of chunks.
    has_body = request.environ.get("CONTENT_LENGTH", "0") != "0" or request.content_type is not None
    if has_body and (request.mimetype != "application/json" or not _is_utf8(request)):
        raise UnsupportedMediaType("The control plane reads application/json only, in UTF-8.")


def _is_utf8(request: "Request") -> bool:
    """Whether the body is in the one encoding that JSON has (RFC 8259 §8.1), as far as its type says."""
    return request.mimetype_params.get("charset", "utf-8").lower() in _UTF8


def _verify_token(request: "Request", token: str) -> None:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not compare_digest(given.strip().encode(), token.encode()):
        raise Unauthenticated(
            "This control plane asks for its token: Authorization: Bearer <token>.",
            headers={"WWW-Authenticate": 'Bearer realm="mockserver control"'},
        )
