"""What the families of bare JSON share: query parameters whose values are JSON, and `Content-Range`.

Each reader gives plain parameters; what they are called is the convention's.
*Source* the react-admin data provider ra-data-simple-rest.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import orjson

from mockserver.errors import BadRequest, FieldError
from mockserver.messages import Json, Listed
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import NEUTRAL

_DEEPEST: Final = 5
_FARTHEST: Final = 2**53 - 1
_SEARCH: Final = "q"
NAMES: Final = ("sort", "range", "filter", "embed")
"""The parameters whose values are JSON."""


def is_json(name: str, value: str) -> bool:
    """Whether a parameter is one of them, and its value looks like a list or an object."""
    return name in NAMES and value.lstrip()[:1] in ("[", "{")


def read_json_parameter(name: str, value: str, names: Mapping[str, str]) -> Iterator[Parameter]:
    """What a parameter of JSON says; `names` are the parameters for `sort`, `offset` and `limit`.

    *Raises* `BadRequest`.
    """
    try:
        found: Any = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise _unreadable(name, f"is not JSON: {error.msg.split(': line')[0]} (character {error.pos + 1})") from None
    if name == "sort":
        yield Parameter(names["sort"], _order(found), name)
    elif name == "range":
        first, last = _range(found)
        yield Parameter(names["offset"], str(first), name)
        yield Parameter(names["limit"], str(last - first + 1), name)
    elif name == "embed":
        yield from (Parameter("embed", one, name) for one in _embedded(found))
    else:
        yield from _filters(found)


def _unreadable(name: str, detail: str) -> BadRequest:
    return BadRequest(f"The parameter '{name}' {detail}.", [FieldError(detail, parameter=name)])


def _order(found: Any) -> str:
    is_pair = isinstance(found, list) and len(found) == 2 and all(isinstance(one, str) for one in found)
    if not is_pair or found[1].lower() not in ("asc", "desc") or not found[0]:
        raise _unreadable("sort", 'must be a field and a direction, like ["title","ASC"]')
    return f"{'-' if found[1].lower() == 'desc' else ''}{found[0]}"


def _range(found: Any) -> tuple[int, int]:
    if not isinstance(found, list) or len(found) != 2 or any(type(one) is not int for one in found):
        raise _unreadable("range", "must be the first and the last place, like [0,9]")
    first, last = found
    if not 0 <= first <= last + 1 <= _FARTHEST:
        raise _unreadable("range", "must begin at 0 or later and not end before it begins")
    return first, last


def _embedded(found: Any) -> list[str]:
    names = found if isinstance(found, list) else [found]
    if not all(isinstance(one, str) for one in names):
        raise _unreadable("embed", 'must be a list of names, like ["author"]')
    return names


def _filters(found: Any) -> Iterator[Parameter]:
    if not isinstance(found, dict):
        raise _unreadable("filter", 'must be an object, like {"author":"Ada"}')
    for key, value in found.items():
        yield from _filter(key, value, 1)


def _filter(key: str, value: Json, depth: int) -> Iterator[Parameter]:
    said = f"filter.{key}"
    # A field that is called as a parameter is meant as a field here.
    name = f"filter[{key}]" if key != _SEARCH and (key in NEUTRAL or key.startswith("_")) else key
    if isinstance(value, dict):
        if depth == _DEEPEST:
            raise _unreadable("filter", f"goes deeper than {_DEEPEST} steps")
        for step, inner in value.items():
            yield from _filter(f"{key}.{step}", inner, depth + 1)
    elif value is None:
        yield Parameter(f"{key}[isnull]", "true", said)
    elif value == []:
        # One of none: no document is without an id.
        yield Parameter("id[isnull]", "true", said)
    else:
        for one in value if isinstance(value, list) else [value]:
            if one is None or isinstance(one, list | dict):
                raise _unreadable("filter", f"holds a list for '{key}' of other things than texts and numbers")
            yield Parameter(name, one if isinstance(one, str) else orjson.dumps(one).decode(), said)


def content_range(resource: str, listed: Listed) -> tuple[str, str]:
    """`Content-Range: posts 0-9/42`; `*` stands for the places of a window that holds nothing."""
    last = listed.offset + len(listed.items) - 1
    places = f"{listed.offset}-{last}" if listed.items else "*"
    return "Content-Range", f"{resource} {places}/{listed.total}"
