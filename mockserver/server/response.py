"""Answers that go out through Flask: those of which not all is known before they are begun."""

from collections.abc import Sequence

from flask import Response

from mockserver.messages import BODILESS, Reply
from mockserver.server.phrase import status_line
from mockserver.server.whole import ENTITY_HEADERS


class ApiResponse(Response):
    """Flask's response without a content type of its own: an answer has what its convention gave it."""

    default_mimetype = None


def write_reply(reply: Reply, headers: Sequence[tuple[str, str]]) -> ApiResponse:
    """A reply as it goes out with these headers."""
    if reply.status in BODILESS:
        kept = [pair for pair in headers if pair[0].lower() not in ENTITY_HEADERS]
        return ApiResponse(b"", status_line(reply.status), kept)
    # For HEAD Werkzeug counts the body and leaves it out.
    return ApiResponse(reply.body, status_line(reply.status), list(headers))
