"""The pages of the control plane: the panel at `/`, `/demo`, `/docs`, and the files that they are made of.

The files are read as they stand in the package, nothing is built. A page may load from its own origin alone, and may
connect to the API besides; nothing in it that was not loaded as a script is run.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath
from re import DOTALL
from re import compile as pattern
from typing import Final
from urllib.parse import urlsplit

from flask import Flask, Response, request

from mockserver.errors import NotFound
from mockserver.messages import Json

PAGES: Final[Mapping[str, str]] = {"/": "index.html", "/demo": "demo.html", "/docs": "docs.html"}
"""The page at each path."""

_FILES: Final = "/panel/"
_PAGE: Final = "text/html; charset=utf-8"
_TYPES: Final[Mapping[str, str]] = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Other files of the folder are not for browsers; pages are at their own paths only, where they have their policy."""

_NAME: Final = pattern(r"(?:[A-Za-z0-9_-]{1,64}/){0,4}[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")
"""A file below the folder: in steps that lead nowhere else, and no longer than a file system takes."""

_NAMEABLE: Final = pattern(r"(?:[a-z0-9-]+\.)*[a-z0-9-]+")
"""A host that a policy can name (CSP3 §2.3.1), which is no address of IPv6 and has no dot at its end."""

_INLINE: Final = pattern(rb'<script type="importmap">(.*?)</script>', DOTALL)
_TRUSTING: Final = frozenset({"docs.html"})
"""Pages whose library writes markup of its own: Swagger UI can't do without."""


def add_pages(app: Flask, facts: Callable[[], dict[str, Json]]) -> None:
    """`/`, `/demo`, `/docs` and `/panel/…`; `facts` tell where the API is."""
    folder = files("mockserver") / "panel"

    def show(name: str) -> Response:
        body = (folder / name).read_bytes()
        policy = _policy(name, body, _api_of(str(facts()["api"])))
        # A page that was kept is another one as soon as it may do something else.
        response = _write(body, _PAGE, body + policy.encode())
        response.headers["Content-Security-Policy"] = policy
        return response

    for path, name in PAGES.items():
        app.add_url_rule(path, f"page {path}", show, defaults={"name": name}, methods=["GET"])

    @app.get(f"{_FILES}<path:name>")
    def send(name: str) -> Response:
        found = _find(folder, name)
        if found is None:
            raise NotFound(f"There is no file '{name}' here.")
        body = found.read_bytes()
        return _write(body, _TYPES[PurePosixPath(name).suffix], body)


def _find(folder: Traversable, name: str) -> Traversable | None:
    """The file of a name below the folder."""
    if not _NAME.fullmatch(name) or PurePosixPath(name).suffix not in _TYPES:
        return None
    found = folder / name
    return found if found.is_file() else None


def _write(body: bytes, media: str, told_by: bytes) -> Response:
    """What browsers keep and ask about each time: a newer one, as `told_by` says, is served at once."""
    response = Response(body, content_type=media)
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(sha256(told_by).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _api_of(origin: str) -> str:
    """Where the API is for whoever asks: the host they know us by, and the API's own port.

    Where a policy can't name that host it is the port anywhere.
    """
    host = urlsplit(f"//{request.headers.get('Host', 'localhost')}").hostname or "localhost"
    return f"{host if _NAMEABLE.fullmatch(host) else '*'}:{urlsplit(origin).port}"


def _policy(name: str, body: bytes, api: str) -> str:
    """What a page may do (Content Security Policy Level 3). *Source*: W3C CSP3, Trusted Types."""
    hashes = "".join(f" 'sha256-{b64encode(sha256(text).digest()).decode()}'" for text in _INLINE.findall(body))
    rules = [
        "default-src 'none'",
        f"script-src 'self'{hashes}",
        "style-src 'self'",
        f"img-src 'self' data: http://{api}",
        f"connect-src 'self' http://{api} ws://{api}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
    if name not in _TRUSTING:
        rules.append("require-trusted-types-for 'script'")
    return "; ".join(rules)
