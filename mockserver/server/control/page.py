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
_TYPES: Final[Mapping[str, str]] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""Other files of the folder are not for browsers."""

_INLINE: Final = pattern(rb'<script type="importmap">(.*?)</script>', DOTALL)
_TRUSTING: Final = frozenset({"docs.html"})
"""Pages whose library writes markup of its own: Swagger UI can't do without."""


def add_pages(app: Flask, facts: Callable[[], dict[str, Json]]) -> None:
    """`/`, `/demo`, `/docs` and `/panel/…`; `facts` tell where the API is."""
    folder = files("mockserver") / "panel"

    def show(name: str) -> Response:
        body = (folder / name).read_bytes()
        response = _write(body, name)
        response.headers["Content-Security-Policy"] = _policy(name, body, _api_of(str(facts()["api"])))
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    for path, name in PAGES.items():
        app.add_url_rule(path, f"page {path}", show, defaults={"name": name}, methods=["GET"])

    @app.get(f"{_FILES}<path:name>")
    def send(name: str) -> Response:
        found = _find(folder, name)
        if found is None:
            raise NotFound(f"There is no file '{name}' here.")
        return _write(found.read_bytes(), name)


def _find(folder: Traversable, name: str) -> Traversable | None:
    """The file of a name below the folder; steps are plain names, so that none leads out of it."""
    steps = name.split("/")
    if any(not step or step.startswith(".") or "\\" in step or "\0" in step or ":" in step for step in steps):
        return None
    found = folder.joinpath(*steps)
    return found if PurePosixPath(name).suffix in _TYPES and found.is_file() else None


def _write(body: bytes, name: str) -> Response:
    """A file that browsers keep, and ask about each time: those of a newer version are served at once."""
    response = Response(body, content_type=_TYPES[PurePosixPath(name).suffix])
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response


def _api_of(origin: str) -> str:
    """Where the API is for whoever asks: the host they know us by, and the API's own port.

    A policy can't name an address of IPv6 (CSP3 §2.3.1): there it is that port anywhere.
    """
    host = urlsplit(f"//{request.host}").hostname or "localhost"
    return f"{'*' if ':' in host else host}:{urlsplit(origin).port}"


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
