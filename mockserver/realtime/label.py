"""What a message may be called by those who pick some out of many, whoever wrote it. Knows nothing of who picks."""

import re
from typing import Any, Final

import orjson

_NAMES: Final = ("topic", "method", "event", "type")
"""The members by which messages tell what they are: those of our own frames, and what applications use instead."""
_MEMBERS: Final = (*_NAMES, "resource", "action")
_METHOD: Final = re.compile(r"(?:[A-Za-z]+ +)?(/[^\s?#]*)(?:[?#]\S*)?")
_LONGEST: Final = 1024
"""Of a label, in characters: what is longer is no name. Rules look through all labels there are."""


def labels_of(message: str | bytes) -> tuple[str, ...]:
    """The names of a message that is a JSON object, none of any other.

    They are its topic, its method (as it is, and as the path alone), `<resource>.<action>`, and what it has as `event`
    or `type`. What is too long for a name is left out.
    """
    try:
        said: Any = orjson.loads(message)
    except (orjson.JSONDecodeError, TypeError):
        return ()
    if not isinstance(said, dict):
        return ()
    told = {name: value for name in _MEMBERS if isinstance(value := said.get(name), str) and len(value) <= _LONGEST}
    found = [told[name] for name in _NAMES if told.get(name)]
    path = _METHOD.fullmatch(told.get("method", "").strip())
    if path is not None:
        found.append(path[1])
    if "resource" in told and "action" in told:
        found.append(f"{told['resource']}.{told['action']}")
    return tuple(dict.fromkeys(one for one in found if len(one) <= _LONGEST))
