"""Request bodies: JSON, and nothing that a JSON reader elsewhere could not hold."""

import re
from typing import Final

from mockserver.errors import BadRequest, UnsupportedMediaType
from mockserver.messages import Json, Request, check_room, parse_json

_JSON: Final = "application/json"
_ACCEPTED_CODING: Final = {"Accept-Encoding": "identity"}
_MEDIA = re.compile(r"\s*([\w!#$&^.+-]+/[\w!#$&^.+-]+)\s*(?:;(.*))?", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\";\s]+)", re.IGNORECASE)


def _check_media_type(header: str, *, patches: bool) -> None:
    found = _MEDIA.fullmatch(header)
    media = found[1].lower() if found else ""
    wanted = f"application/merge-patch+json or {_JSON}" if patches else _JSON
    accepted = media == _JSON or (media.endswith("+json") and (not patches or "json-patch" not in media))
    if not accepted:
        accept = {"Accept-Patch": "application/merge-patch+json, application/json"} if patches else {}
        said = f"'{media}'" if media else f"'{header}'"
        raise UnsupportedMediaType(f"A body of type {said} can't be read: send Content-Type: {wanted}.", headers=accept)
    charset = _CHARSET.search((found[2] if found else None) or "")
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"JSON is UTF-8 (RFC 8259 §8.1), not {charset[1]}.")


def read_json(request: Request, *, patches: bool = False) -> Json:
    """The JSON of a request.

    *Raises* `UnsupportedMediaType`, `PayloadTooLarge`, and `BadRequest` with line and column.
    """
    check_coding(request)
    header = request.headers.get("content-type", "")
    if header and header != _JSON:
        _check_media_type(header, patches=patches)
    check_room(request)
    if not request.body.strip():
        raise BadRequest("The request needs a JSON body.")
    return parse_json(request.body, "The body")


def check_coding(request: Request) -> None:
    """*Raises* `UnsupportedMediaType` for a body that is compressed."""
    coding = request.headers.get("content-encoding")
    if coding is not None and coding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(
            f"A body coded as '{coding}' can't be read: send it as it is.", headers=_ACCEPTED_CODING
        )
