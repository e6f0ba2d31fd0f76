"""What the control plane is asked to say to a client: `{text}`, `{json}` or `{base64}`."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from typing import Final

import orjson

from mockserver.errors import BadRequest, FieldError, sentence, suggestion
from mockserver.messages import Json

_WAYS: Final = ("text", "json", "base64")


def read_message(body: Mapping[str, Json], *, is_text_only: bool) -> str | bytes:
    """The message of a body. *Raises* `BadRequest`; `is_text_only` where a client can be sent no bytes."""
    for name in body:
        if name not in _WAYS:
            raise _wrong(name, "is not known", f"; {suggestion(name, _WAYS)}")
    if len(body) != 1:
        raise BadRequest("The body must have one of 'text', 'json' and 'base64'.")
    ((way, value),) = body.items()
    if way == "json":
        return orjson.dumps(value).decode()
    if not isinstance(value, str):
        raise _wrong(way, "must be a text")
    if way == "text":
        return value
    if is_text_only:
        raise _wrong(way, "can't be said on an event stream, which carries text alone")
    try:
        return b64decode(value, validate=True)
    except (NotBase64, ValueError):
        raise _wrong(way, "must be bytes in base64") from None


def _wrong(name: str, detail: str, advice: str = "") -> BadRequest:
    return BadRequest(sentence(f"'{name}' {detail}{advice}"), [FieldError(detail, pointer=f"/{name}")])
