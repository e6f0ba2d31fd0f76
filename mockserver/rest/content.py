"""Bytes as answers: with validators, and parts of them by range (RFC 9110 §13, §14). Knows no documents."""

from typing import Final
from urllib.parse import quote

from mockserver.messages import Reply, Request
from mockserver.rest.conditional import State, check_read, is_not_modified
from mockserver.rest.range import content_range, part_asked
from mockserver.value import dataclass

_ACTIVE: Final = ("html", "xml", "xsl", "multipart/")
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

    *Raises* `PreconditionFailed`, `RangeNotSatisfiable`, `BadRequest`.
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
    asked = request.headers.get("range", "") if request.method == "GET" else ""
    part = part_asked(asked, request.headers.get("if-range"), content.state, len(content.body))
    if part is None:
        return Reply(200, headers, content.body, decided)
    said = content_range(part, len(content.body))
    return Reply(206, (*headers, ("Content-Range", said)), content.body[part.start : part.stop], f"{decided} {said}")
