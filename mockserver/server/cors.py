"""Which pages may use the API: origins on this machine and those named read every answer, with credentials.

Others read nothing, change nothing, and run nothing of it as their own script.

Source: the CORS protocol of the Fetch standard, https://fetch.spec.whatwg.org/#http-cors-protocol, and Fetch Metadata,
https://www.w3.org/TR/fetch-metadata/.
"""

import re
from collections.abc import Iterable, Mapping

from mockserver.errors import Forbidden
from mockserver.messages import Reply, Request

Headers = tuple[tuple[str, str], ...]

EXPOSED = (
    "X-Total-Count, Content-Range, Link, Location, ETag, Retry-After, Preference-Applied, "
    "RateLimit, RateLimit-Policy, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "X-Mock-At, X-Mock-Fault, X-Mock-Fault-Released, X-Mock-Fault-Overflow"
)
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_MAX_AGE_S = 600
_HTTP_PORT = 80
_LOOPBACK = re.compile(
    r"https?://(?:localhost|(?:[a-z0-9_-]+\.)+localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE
)
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/?#@*]+|file://", re.IGNORECASE)
_REFERRING = re.compile(rf"({_ORIGIN.pattern})(?:/|\Z)", re.IGNORECASE)
_SLASH = re.compile(r"(?<!/)/\Z")
_PORT = re.compile(r":[0-9]*$")
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110 calls a word a token
_METHOD = re.compile(_TOKEN)
_NAMES = re.compile(rf"{_TOKEN}(?:[ \t]*,[ \t]*{_TOKEN})*")


class OriginList:
    """The origins that may read answers: loopback ones by pattern, others by their exact text. `null` never.

    So may our own pages: those that come from `page_port` of the host that a request is for. *Raises* `ValueError` for
    something that is not an origin.
    """

    def __init__(self, origins: Iterable[str] = (), page_port: int = 0) -> None:
        self._origins = frozenset(_checked(origin) for origin in origins)
        self._page_port = page_port

    def with_pages(self, port: int) -> "OriginList":
        """The same with our own pages, which come from this port."""
        return OriginList(self._origins, port)

    def admits(self, origin: str, host: str) -> bool:
        """Whether a page of this origin may read the answer to a request for this host."""
        if _LOOPBACK.fullmatch(origin) is not None or origin.lower() in self._origins:
            return True
        port = "" if self._page_port == _HTTP_PORT else f":{self._page_port}"  # browsers leave that one out
        return self._page_port > 0 and origin.lower() == f"http://{_PORT.sub('', host.lower())}{port}"


def _checked(origin: str) -> str:
    plain = _SLASH.sub("", origin.lower())
    if _ORIGIN.fullmatch(plain) is None:
        raise ValueError(f"'{origin}' is not an origin; write it like https://app.example.org:8443")
    return plain


def cors_headers(asked: Mapping[str, str], origins: OriginList) -> Headers:
    """What every answer to a request with these headers carries, `Vary` aside."""
    origin = asked.get("origin", "")
    if not origin or not origins.admits(origin, asked.get("host", "")):
        return ()
    return (
        ("Access-Control-Allow-Origin", origin),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", EXPOSED),
    )


def verify_site(request: Request, origins: OriginList) -> None:
    """Nothing, but for what CORS does not keep from pages of other sites: writing and scripts. *Raises* `Forbidden`.

    Forms and beacons write without asking first, and a script runs in whatever page names it. What a browser says
    of the site counts, and an origin alone does not: a proxy before us passes on that of pages that are its own.
    """
    headers = request.headers
    if headers.get("sec-fetch-site") != "cross-site" or origins.admits(_page_of(headers), headers["host"]):
        return
    if request.method not in _SAFE:
        raise Forbidden(
            "A page of another site may change nothing here. Start the server with --allow-origin if it should."
        )
    if headers.get("sec-fetch-dest") == "script":
        raise Forbidden(
            "A page of another site may run no script from here. Write <script crossorigin>, and start the server with"
            " --allow-origin, if it should."
        )


def _page_of(headers: Mapping[str, str]) -> str:
    """The origin of the page that asks; a plain `<script>` says it in `Referer` alone, which no page can feign."""
    found = _REFERRING.match(headers.get("referer", ""))
    return headers.get("origin") or (found[1] if found else "")


def is_preflight(request: Request) -> bool:
    """Whether this is the browser's own question before a request, which never reaches the API."""
    headers = request.headers
    return request.method == "OPTIONS" and "origin" in headers and "access-control-request-method" in headers


def answer_preflight(request: Request, origins: OriginList) -> Reply:
    """204 with everything asked for, or 204 with nothing for an origin that is not admitted."""
    asked = request.headers
    headers = _permissions(asked) if origins.admits(asked["origin"], asked.get("host", "")) else ()
    vary = ("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
    return Reply(204, (*headers, vary), decided_by="preflight")


def _permissions(asked: Mapping[str, str]) -> Headers:
    method = asked["access-control-request-method"]
    methods = _METHODS if method in _METHODS or _METHOD.fullmatch(method) is None else (*_METHODS, method)
    names = asked.get("access-control-request-headers", "").strip()
    granted = [("Access-Control-Allow-Methods", ", ".join(methods)), ("Access-Control-Max-Age", str(_MAX_AGE_S))]
    if _NAMES.fullmatch(names):
        granted.append(("Access-Control-Allow-Headers", names))
    if asked.get("access-control-request-private-network") == "true":
        granted.append(("Access-Control-Allow-Private-Network", "true"))
    return tuple(granted)
