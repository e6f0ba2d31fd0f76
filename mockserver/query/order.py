"""Reads orders: `sort=-priority,created_at`, `sortby=name&order=asc`, `sorting=priority DESC, created_at`."""

from collections.abc import Iterator
from typing import Final

from mockserver.query.parameters import Parameters
from mockserver.query.paths import Paths
from mockserver.query.query import SortKey

_MOST: Final = 20


def read_order(parameters: Parameters, paths: Paths) -> tuple[SortKey, ...]:
    """The order asked for, none where none is; names that are no fields are noted."""
    steps = [*_signed(parameters), *_worded(parameters), *_paired(parameters)]
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


def _signed(parameters: Parameters) -> Iterator[tuple[str, str, bool]]:
    for parameter, part in parameters.names("sort"):
        yield parameter, part.removeprefix("+").removeprefix("-"), part.startswith("-")


def _worded(parameters: Parameters) -> Iterator[tuple[str, str, bool]]:
    for parameter, part in parameters.names("sorting"):
        name, _, direction = part.partition(" ")
        word = direction.strip().lower()
        if word not in ("", "asc", "desc"):
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
    if any(word not in ("asc", "desc") for word in words):
        parameters.fail(order[0], "must be asc or desc")
    for place, (parameter, name) in enumerate(names):
        yield parameter, name, words[min(place, len(words) - 1)] == "desc"
