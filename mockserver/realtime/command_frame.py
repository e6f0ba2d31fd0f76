"""Frames from clients, read: which method, which data, and the tag to answer with. Knows nothing of what they lead to.

*Source* seed document 000_d212b2e637d1f864, which spells the tag in three ways.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from mockserver.errors import BadRequest, FieldError, HeadersTooLarge, Invalid
from mockserver.messages import HEAD_BYTES, Json, parse_json
from mockserver.value import dataclass

TAG: Final = "websocketTag"
_SPELLINGS: Final = (TAG, "WebsocketTag", "WebSocketTag")
_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Command:
    """One frame from a client: its method as it came, the tag to answer with, under the name that it came by."""

    method: str
    tag: Json
    spelling: str
    data: Json
    headers: Mapping[str, str]


def read_object(message: str | bytes) -> dict[str, Any]:
    """The object in a message. *Raises* `BadRequest`."""
    text = message.encode("utf-8", "surrogatepass") if isinstance(message, str) else message
    if not text.strip():
        raise BadRequest("The message is empty.")
    whole = parse_json(text, "The message")
    if not isinstance(whole, dict):
        raise BadRequest('The message must be a JSON object like {"method": "/path", "websocketTag": "1", "data": {}}.')
    return whole


def read_command(whole: Mapping[str, Json], *, needs_tag: bool) -> Command:
    """The command that an object is. *Raises* `BadRequest`, `Invalid`, `HeadersTooLarge`."""
    method = whole.get("method")
    if not isinstance(method, str):
        raise BadRequest("The message has no 'method'.", [FieldError("is required", pointer="/method")])
    spelling, tag = find_tag(whole)
    data = whole.get("data")
    if tag is None and needs_tag and method.strip():
        detail = "is required: an answer is known by it"
        raise Invalid(f"'{TAG}' {detail}.", [FieldError(detail, pointer=f"/{TAG}")])
    if tag is not None and (isinstance(tag, bool) or not isinstance(tag, str | int | float)):
        detail = "must be a text or a number"
        raise Invalid(f"'{TAG}' {detail}.", [FieldError(detail, pointer=f"/{TAG}")])
    if isinstance(data, dict) and not any(name in whole for name in _SPELLINGS):
        data = {name: value for name, value in data.items() if name not in _SPELLINGS} or None
    return Command(method, tag, spelling, data, _read_headers(whole.get("headers")))


def find_tag(whole: Mapping[str, Json]) -> tuple[str, Json]:
    """The tag and how its name is spelled, also where it stands inside the data."""
    data = whole.get("data")
    for place in (whole, data if isinstance(data, dict) else {}):
        for spelling in _SPELLINGS:
            if place.get(spelling) is not None:
                return spelling, place[spelling]
    return TAG, None


def _read_headers(given: Json) -> dict[str, str]:
    """Headers for this one request. *Raises* `BadRequest`, `HeadersTooLarge`."""
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise BadRequest("'headers' must be an object.", [FieldError("must be an object", pointer="/headers")])
    headers: dict[str, str] = {}
    for name, value in given.items():
        if not isinstance(value, str) or not value.isprintable() or _TOKEN.fullmatch(name) is None:
            detail = "must be a header's name with a text of printable characters"
            raise BadRequest(f"'headers.{name}' {detail}.", [FieldError(detail, pointer=f"/headers/{name}")])
        headers[name.lower()] = value
    if sum(len(name) + len(value) + 4 for name, value in headers.items()) > HEAD_BYTES:
        raise HeadersTooLarge(f"'headers' has more than {HEAD_BYTES} characters.")
    return headers
