"""What a message may be called by those who pick some out of many, whoever wrote it. Knows nothing of who picks."""

import re
from typing import Any, Final

import orjson

_NAMES: Final = ("topic", "method", "event", "type")
"""The members by which messages tell what they are: those of our own frames, and what applications use instead."""
_METHOD: Final = re.compile(r"(?:[A-Za-z]+ +)?(/[^\s?#]*)\S*")


def labels_of(message: str | bytes) -> tuple[str, ...]:
    """The names of a message that is a JSON object, none of any other.

    They are its topic, its method (as it is, and as the path alone), `<resource>.<action>`, and what it has as `event`
    or `type`.
    """
    try:
        said: Any = orjson.loads(message)
    except (orjson.JSONDecodeError, TypeError):
        return ()
    if not isinstance(said, dict):
        return ()
    found = [value for name in _NAMES if isinstance(value := said.get(name), str) and value]
    method, resource, action = said.get("method"), said.get("resource"), said.get("action")
    path = _METHOD.fullmatch(method.strip()) if isinstance(method, str) else None
    if path is not None:
        found.append(path[1])
    if isinstance(resource, str) and isinstance(action, str):
        found.append(f"{resource}.{action}")
    return tuple(dict.fromkeys(found))
