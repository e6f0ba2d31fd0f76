"""Conditional requests of the control plane (RFC 9110 §13): two who change the same thing don't undo one another."""

from typing import Final

from flask import Response, request

from mockserver.errors import PreconditionFailed
from mockserver.server.control.operation import TEXT, Parameter

IF_MATCH: Final = Parameter("If-Match", "The tag it must have, or `*`: it must be there.", TEXT, "header")
IF_NONE_MATCH: Final = Parameter(
    "If-None-Match", "A tag it must not have, or `*`: it must not be there.", TEXT, "header"
)


def verify_conditions(tag: str | None) -> None:
    """Nothing, where a change may be made of what has this tag, nothing where it is not there.

    *Raises* `PreconditionFailed`.
    """
    if "If-Match" in request.headers and (tag is None or not request.if_match.contains(tag)):
        raise PreconditionFailed("It is not, or no more, what If-Match says: somebody else has changed it.")
    if "If-None-Match" in request.headers and tag is not None and request.if_none_match.contains_weak(tag):
        raise PreconditionFailed("It is there already, and If-None-Match asks that it is not.")


def is_known(tag: str) -> bool:
    """Whether whoever reads has what has this tag already."""
    return request.if_none_match.contains_weak(tag)


def tagged(response: Response, tag: str) -> Response:
    """The answer with the tag of what it shows."""
    response.set_etag(tag)
    return response
