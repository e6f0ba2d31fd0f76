"""Reads orders: `sort=-priority,created_at`, `sortby=name&order=asc`, `sorting=priority DESC, created_at`.

`sort=priority,desc` is understood too, as Spring Data writes it, where no field is called `desc`.
"""

from collections.abc import Iterator
from typing import Final

from mockserver.query.parameters import Parameters
from mockserver.query.paths import Paths
from mockserver.query.query import SortKey

_MOST: Final = 20
_WORDS: Final = ("asc", "desc")


def read_order(parameters: Parameters, paths: Paths) -> tuple[SortKey, ...]:
    """The order asked for, none where none is; names that are no fields are noted."""
    steps = [*_signed(parameters, paths), *_worded(parameters), *_paired(parameters)]
    keys: list[SortKey] = []
    for parameter, wire, descending in steps:
        path = paths.field(wire)
        if path is None:
            parameters.fail(parameter, f"has no field '{wire}' to sort by{paths.hint(wire)}")
        else:
            keys.append(SortKey(path, descending))
    if len(keys) > _MOST:
        parameters.fail(steps[0][0], f"has more than {_MOST} steps")
    return tuple(keys)


def _signed(parameters: Parameters, paths: Paths) -> Iterator[tuple[str, str, bool]]:
    for parameter, parts in parameters.lists("sort"):
        word = parts[-1].lower() if len(parts) > 1 and paths.field(parts[-1]) is None else ""
        for part in parts[:-1] if word in _WORDS else parts:
            yield parameter, part.removeprefix("+").removeprefix("-"), part.startswith("-") or word == "desc"


def _worded(parameters: Parameters) -> Iterator[tuple[str, str, bool]]:
    for parameter, part in parameters.names("sorting"):
        name, _, direction = part.partition(" ")
        word = direction.strip().lower()
        if word not in ("", *_WORDS):
            parameters.fail(parameter, f"has '{direction.strip()}' where ASC or DESC is meant")
        yield parameter, name, word == "desc"


def _paired(parameters: Parameters) -> Iterator[tuple[str, str, bool]]:
    names, order = parameters.names("sortby"), parameters.one("order")
    if order is None:
        for parameter, name in names:
            yield parameter, name, False
        return
    if not names:
        parameters.fail(order[0], "says the direction of 'sortby', which is not there")
        return
    words = [word.strip().lower() for word in order[1].split(",")]
    if any(word not in _WORDS for word in words):
        parameters.fail(order[0], "must be asc or desc")
    for place, (parameter, name) in enumerate(names):
        yield parameter, name, words[min(place, len(words) - 1)] == "desc"
