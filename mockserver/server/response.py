"""Answers as they go out: the headers that every one has, and no body where HTTP allows none."""

from collections.abc import Sequence
from typing import Final

from flask import Response

from mockserver.messages import BODILESS, Reply, Request
from mockserver.server.cors import OriginList, cors_headers
from mockserver.server.phrase import status_line

_ENTITY_HEADERS: Final = frozenset({"content-type", "content-length"})


class ApiResponse(Response):
    """Flask's response without a content type of its own: an answer has what its convention gave it."""

    default_mimetype = None


def write_reply(reply: Reply, headers: Sequence[tuple[str, str]]) -> ApiResponse:
    """A reply as it goes out with these headers."""
    if reply.status in BODILESS:
        kept = [pair for pair in headers if pair[0].lower() not in _ENTITY_HEADERS]
        return ApiResponse(b"", status_line(reply.status), kept)
    # For HEAD Werkzeug counts the body and leaves it out.
    return ApiResponse(reply.body, status_line(reply.status), list(headers))


def finish_headers(request: Request, reply: Reply, origins: OriginList) -> list[tuple[str, str]]:
    """What goes out before the body: with `X-Mock-At`, CORS, and one `Vary`."""
    headers = list(reply.headers)
    if reply.at:
        headers.append(("X-Mock-At", reply.at))
    headers.extend(cors_headers(request.headers, origins))
    vary = [value for name, value in headers if name.lower() == "vary"]
    if vary:
        headers = [pair for pair in headers if pair[0].lower() != "vary"]
    headers.append(("Vary", ", ".join(["Origin", *vary])))
    return headers
