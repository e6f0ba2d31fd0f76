"""What an expression over a row sees: the row's fields, and beside each reference the row it refers to."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from mockserver.generation.schema import Resource, Schema
from mockserver.messages import Document, Json

Find: TypeAlias = Callable[[str, Any], Document | None]
"""The document of a resource by its id."""


class RowScope(Mapping[str, Any]):
    """A row as a mapping in which `zoo` is the row that `zoo_id` names, and so on from there; a null id gives null."""

    __slots__ = ("_find", "_resource", "_row", "_schema")

    def __init__(self, schema: Schema, resource: Resource, row: Document, find: Find) -> None:
        self._schema = schema
        self._resource = resource
        self._row = row
        self._find = find

    def __getitem__(self, name: str) -> Any:
        relation = self._resource.parents.get(name)
        if relation is None or (relation.field == name and relation.many):
            if name in self._row:
                return self._row[name]
            if name in self._resource.attributes:
                return None
            raise KeyError(name)
        held = self._row.get(relation.field)
        if isinstance(held, list):
            return [found for key in held if (found := self._at(relation.parent, key)) is not None]
        return self._at(relation.parent, held)

    def _at(self, resource: str, key: Json) -> "RowScope | None":
        found = None if key is None else self._find(resource, key)
        return None if found is None else RowScope(self._schema, self._schema[resource], found, self._find)

    def __iter__(self) -> Iterator[str]:
        return iter({**self._row, **self._resource.parents})

    def __len__(self) -> int:
        return len({**self._row, **self._resource.parents})
