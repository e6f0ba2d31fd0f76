"""A definition that takes another's place: which resources differ, and the collections they get.

What is made here is made apart from what is being served, so that it may take its time. Knows nothing of files.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from mockserver.messages import Document
from mockserver.value import dataclass

_CHUNK_ROWS: Final = 200
"""So many rows are compared at a time: whoever serves meanwhile waits for no more."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What a new definition has that its predecessor had not, by the names of resources, in the order declared.

    `changed` are those whose declaration or seeded rows are not as they were, new ones included; `removed` are gone,
    `kept` the rest.
    """

    changed: tuple[str, ...]
    kept: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether all data stays."""
        return not self.changed and not self.removed


@dataclass(frozen=True, slots=True)
class Declared:
    """The resources of one definition: as they stand in the file, and the rows they are seeded with."""

    sections: Mapping[str, Any]
    rows: Mapping[str, Sequence[Document]]


def compare(before: Declared, after: Declared) -> Difference:
    """What became of the resources."""
    changed = [name for name in after.rows if name not in before.rows or not _is_same(name, before, after)]
    kept = tuple(name for name in after.rows if name not in changed)
    return Difference(tuple(changed), kept, tuple(name for name in before.rows if name not in after.rows))


def _is_same(name: str, before: Declared, after: Declared) -> bool:
    sections = [without_rows(one.sections.get(name)) for one in (before, after)]
    return is_alike(*sections) and _have_same_rows(before.rows[name], after.rows[name])


def without_rows(section: Any) -> Any:
    """A section without its explicit rows: what they say shows in the seeded ones."""
    return {key: value for key, value in section.items() if key != "rows"} if isinstance(section, dict) else section


def is_alike(one: Any, other: Any) -> bool:
    """Whether two plain values say the same: `1`, `1.0` and `true` do not, and the order of keys says nothing."""
    if type(one) is not type(other):
        return False
    if isinstance(one, dict):
        # A definition that went through JSON has the numbers among its keys as texts.
        one, other = ({str(key): value for key, value in each.items()} for each in (one, other))
        return one.keys() == other.keys() and all(is_alike(value, other[key]) for key, value in one.items())
    if isinstance(one, list):
        return len(one) == len(other) and all(map(is_alike, one, other))
    return bool(one == other)


def _have_same_rows(one: Sequence[Document], other: Sequence[Document]) -> bool:
    return len(one) == len(other) and all(
        orjson.dumps(one[place : place + _CHUNK_ROWS]) == orjson.dumps(other[place : place + _CHUNK_ROWS])
        for place in range(0, len(one), _CHUNK_ROWS)
    )
