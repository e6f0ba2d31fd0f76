"""Bytes as answers: with validators, and parts of them by range (RFC 9110 §13, §14). Knows no documents."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from mockserver.errors import RangeNotSatisfiable
from mockserver.messages import Reply, Request
from mockserver.rest.conditional import State, check_read, is_not_modified

_RANGES = re.compile(r"bytes\s*=\s*(.*)", re.IGNORECASE)
_RANGE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)
_ACTIVE: Final = ("html", "xml")
"""Parts of the types that a browser runs scripts of."""


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to serve, and what is said of them."""

    body: bytes
    media: str
    name: str
    state: State
    caching: str


def serve(request: Request, content: Content, decided: str) -> Reply:
    """The bytes, a part of them, or that they have not changed.

    Several ranges are answered with the whole, as RFC 9110 §14.2 allows. *Raises* `PreconditionFailed`,
    `RangeNotSatisfiable`, `BadRequest`.
    """
    check_read(request, content.state)
    known = (*content.state.headers(), ("Cache-Control", content.caching))
    if is_not_modified(request, content.state):
        return Reply(304, known, decided_by=f"{decided} not modified")
    headers = (
        ("Content-Type", content.media),
        ("Content-Disposition", f"inline; filename*=UTF-8''{quote(content.name, safe='')}"),
        ("X-Content-Type-Options", "nosniff"),
        *((("Content-Security-Policy", "sandbox"),) if any(kind in content.media.lower() for kind in _ACTIVE) else ()),
        ("Accept-Ranges", "bytes"),
        *known,
    )
    part = _part(request, content)
    if part is None:
        return Reply(200, headers, content.body, decided)
    said = f"bytes {part.start}-{part.stop - 1}/{len(content.body)}"
    return Reply(206, (*headers, ("Content-Range", said)), content.body[part.start : part.stop], f"{decided} {said}")


def _part(request: Request, content: Content) -> range | None:
    """The one range to send, nothing for the whole. *Raises* `RangeNotSatisfiable`."""
    found = _RANGES.fullmatch(request.headers.get("range", "").strip())
    if found is None or request.method != "GET" or not _holds(request.headers.get("if-range"), content.state):
        return None
    size, parts = len(content.body), []
    for text in (one.strip() for one in found[1].split(",")):
        bounds = _RANGE.fullmatch(text)
        if bounds is None or text == "-" or (bounds[1] and bounds[2] and int(bounds[1]) > int(bounds[2])):
            return None  # a Range that can't be read is passed over
        parts.append(_within(bounds[1], bounds[2], size))
    satisfiable = [part for part in parts if part]
    if not satisfiable:
        said = {"Content-Range": f"bytes */{size}"}
        raise RangeNotSatisfiable(f"There are {size} bytes, and none of those asked for.", headers=said)
    return satisfiable[0] if len(parts) == 1 else None


def _within(first: str, last: str, size: int) -> range:
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _holds(header: str | None, state: State) -> bool:
    """Whether `If-Range` lets a part be sent: by strong comparison, or by the very date."""
    if header is None:
        return True
    if header.lstrip().startswith(("W/", '"')):
        return header.strip() == state.tag
    return ("Last-Modified", header.strip()) in state.headers()
