"""Files of a folder, for paths that the API does not have: what a front end's build left there, and nothing else.

Knows nothing of the API. No path leads out of the folder, to what is hidden in it, or to what is not a plain file.
"""

import re
from collections.abc import Mapping
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any, Final, cast

from flask import Response
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.utils import send_file

from mockserver.errors import Problem, RangeNotSatisfiable
from mockserver.messages import Reply, Request
from mockserver.rest.conditional import State, plain_tags
from mockserver.rest.range import part_asked
from mockserver.server.download import Download

WHOLE_BYTES: Final = 1024 * 1024
"""Files up to this size are sent as one body, and so may be compressed; longer ones are read as they are sent."""

_INDEX: Final = "index.html"
_CONDITIONS: Final = tuple(
    (f"HTTP_{name.upper().replace('-', '_')}", name)
    for name in ("if-none-match", "if-match", "if-modified-since", "if-unmodified-since", "range", "if-range")
)
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE)
_UNFIT = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]')
_TYPES: Final[Mapping[str, str]] = {
    ".avif": "image/avif", ".cjs": "text/javascript", ".gz": "application/gzip", ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript", ".json": "application/json", ".map": "application/json", ".md": "text/markdown",
    ".mjs": "text/javascript", ".otf": "font/otf", ".ttf": "font/ttf", ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json", ".webp": "image/webp", ".woff": "font/woff", ".woff2": "font/woff2",
    ".xml": "application/xml", ".yaml": "application/yaml", ".yml": "application/yaml",
}  # fmt: skip


class StaticFolder:
    """The files below a folder."""

    def __init__(self, folder: Path) -> None:
        self._root = folder.resolve()
        # Not the machine's own table: the same file has the same type everywhere.
        self._types = MimeTypes()

    def find(self, request: Request) -> Path | None:
        """The file at a request's path; for a navigation that leads nowhere the index of the whole folder."""
        if request.method not in ("GET", "HEAD"):
            return None
        try:
            found = self._file(request.segments())
        except Problem:
            return None
        if found is None and "text/html" in request.headers.get("accept", "").lower():
            return self._file((_INDEX,))
        return found

    def _file(self, steps: tuple[str, ...]) -> Path | None:
        if not all(map(_is_fit, steps)):
            return None
        try:
            path = self._root.joinpath(*steps).resolve(strict=True)
            if path.is_dir():
                path = (path / _INDEX).resolve(strict=True)
            # Links are followed, and may lead anywhere below the root.
            return path if path.is_relative_to(self._root) and path.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None

    def read(self, path: Path, request: Request, environ: Mapping[str, Any]) -> Reply:
        """A file that was found, or the part of it that a request asks for, or that it has not changed.

        `environ` is where the request was read, and has what is left out of it. *Raises* `OSError` where the file is
        gone or may not be read.
        """
        return _reply_of(self._open(path, _environ_of(request, environ)), f"static {path.name}")

    def _open(self, path: Path, given: dict[str, Any]) -> Response:
        asked = given.pop("HTTP_RANGE", "")
        try:
            response = self._send(path, given)
            # Only a file that would be sent whole is sent in part (RFC 9110 §13.2.2).
            if response.status_code == 200 and given["REQUEST_METHOD"] == "GET":
                part = _part(asked, given.get("HTTP_IF_RANGE"), response)
                if part is not None:
                    response.close()
                    response = self._send(path, {**given, "HTTP_RANGE": f"bytes={part.start}-{part.stop - 1}"})
        except RangeNotSatisfiable as problem:
            return Response(headers=dict(problem.headers), status=416)
        except RequestedRangeNotSatisfiable as error:  # it has become shorter meanwhile
            return Response(headers={"Content-Range": f"bytes */{error.length}"}, status=416)
        for name in ("Content-Disposition", "Date"):
            response.headers.pop(name, None)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _send(self, path: Path, environ: dict[str, Any]) -> Response:
        return cast("Response", send_file(path, environ, self._type(path), response_class=Response))

    def _type(self, path: Path) -> str:
        suffix = path.suffix.lower()
        return _TYPES.get(suffix) or self._types.types_map[1].get(suffix) or "application/octet-stream"


def _reply_of(response: Response, decided: str) -> Reply:
    """A response as any other reply: with its body, or where that is long with what is read as it is sent."""
    status, size = response.status_code, response.content_length or 0
    if status not in (200, 206):
        response.close()
        kept = tuple(pair for pair in _headers_of(response) if pair[0].lower() != "content-type")
        return Reply(status, kept, decided_by=decided)
    if size > WHOLE_BYTES:
        return Reply(status, _headers_of(response), decided_by=decided, live=Download(response, size))
    response.direct_passthrough = False
    try:
        return Reply(status, _headers_of(response), response.get_data(), decided)
    finally:
        response.close()


def _headers_of(response: Response) -> tuple[tuple[str, str], ...]:
    """Its headers, without the length that the server counts itself."""
    return tuple((name, value) for name, value in response.headers if name.lower() != "content-length")


def _is_fit(step: str) -> bool:
    """Whether a step of a path is the plain name of a file or folder on every system."""
    if not step or _UNFIT.search(step) or step.endswith((".", " ")) or _DEVICE.fullmatch(step):
        return False
    return not step.startswith(".") or step == ".well-known"


def _environ_of(request: Request, environ: Mapping[str, Any]) -> dict[str, Any]:
    """The environment of a request without the conditions that it has not, the tags of compressed forms put back."""
    given = {**environ, "REQUEST_METHOD": request.method}
    for key, name in _CONDITIONS:
        value = request.headers.get(name)
        if value is None:
            given.pop(key, None)
        else:
            given[key] = plain_tags(value) if name in ("if-none-match", "if-match") else value
    return given


def _part(asked: str, held: str | None, whole: Response) -> range | None:
    """The part of a file to send. *Raises* `RangeNotSatisfiable`, and then has closed it."""
    try:
        state = State(whole.headers.get("ETag", ""), whole.last_modified)
        return part_asked(asked, held, state, whole.content_length or 0)
    except RangeNotSatisfiable:
        whole.close()
        raise
