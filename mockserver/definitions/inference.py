"""What the rows of a file tell of their resource: the fields there are, their types, and what they refer to.

Knows plain rows; nothing of files, and nothing of what a definition does with the answer.
"""

from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from mockserver.definitions.noun import singular

ID: Final = "id"
MOST_FIELDS: Final = 200
"""So many members of the rows are fields; rows with more are maps, and what they hold is kept all the same."""
_LONGEST_NAME: Final = 64
_UNFIT: Final = frozenset(" \t\n\r.[]/~,")
_NAMES: Final[Mapping[type, str]] = {
    int: "integer", float: "number", str: "string", bool: "boolean", dict: "object", list: "array",
}  # fmt: skip
_SEEDED_TEXT: Final = {"faker": "hexify", "args": {"text": "^^^^^^^"}}


def column_types(rows: Sequence[Mapping[str, Any]]) -> dict[str, set[type]]:
    """The types of the values under each name, in the order the names first come."""
    if len(set(map(len, rows))) == 1:
        try:
            # Most rows have the same names: each column is looked through by itself, which takes half as long.
            return {name: set(map(type, map(itemgetter(name), rows))) for name in rows[0]}
        except KeyError:
            pass
    # Others look like one another all the same: each look is worked out once.
    looks = dict.fromkeys((tuple(row), tuple(map(type, row.values()))) for row in rows)
    columns: dict[str, set[type]] = {}
    for names, types in looks:
        for name, kind in zip(names, types, strict=True):
            columns.setdefault(name, set()).add(kind)
    return columns


def infer_fields(columns: Mapping[str, set[type]], resources: Collection[str]) -> dict[str, dict[str, Any]]:
    """The fields of a resource as a definition declares them; `resources` are the names that references may mean."""
    fields: dict[str, dict[str, Any]] = {ID: _id_field(columns.get(ID, set()))}
    for name, types in columns.items():
        if name != ID and len(fields) < MOST_FIELDS and is_field_name(name):
            target = _target(name, resources) if types <= {int, str, type(None)} else None
            if target is None:
                fields[name] = {"value": None, "type": type_name(types)}
            else:
                fields[name] = {"ref": target, "on_delete": "cascade"}
    return fields


def _id_field(types: set[type]) -> dict[str, Any]:
    """New ids go on from the highest number, or are short texts where all are texts."""
    if types == {str}:
        return {**_SEEDED_TEXT, "type": "string"}
    return {"seq": 1, "type": "any"} if str in types else {"seq": 1}


def is_field_name(name: str) -> bool:
    """Whether a definition can have a field of that name; members of other names are kept and not queried."""
    return 0 < len(name) <= _LONGEST_NAME and _UNFIT.isdisjoint(name) and name.isprintable()


def type_name(types: set[type]) -> str:
    """The one type that all the values have, nulls aside."""
    found = types - {type(None)}
    if found == {int, float}:
        return "number"
    return _NAMES[next(iter(found))] if len(found) == 1 else "any"


def _target(name: str, resources: Collection[str]) -> str | None:
    """The resource that `postId` and `post_id` refer to: the one whose singular stands before the ending."""
    for ending in ("Id", "_id"):
        stem = name.removesuffix(ending)
        if stem not in ("", name):
            return next((one for one in resources if _folded(singular(one)) == _folded(stem)), None)
    return None


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").casefold()
