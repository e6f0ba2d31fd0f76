"""What clients' spellings of names mean in one resource: fields, relations, and fields of related documents."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final

from mockserver.errors import suggestion
from mockserver.generation.schema import Resource, Schema
from mockserver.messages import MAX_DEPTH
from mockserver.query.naming import Naming

_KEPT: Final = 512
"""How many names are remembered with what they mean."""


def _is_too_deep(wire: str) -> bool:
    """Whether a way leads deeper than any document goes: every one of them would be walked for it."""
    return wire.count(".") > MAX_DEPTH


class Paths:
    """Resolves names as they stand in queries to one resource."""

    __slots__ = ("any_case", "declared", "field", "naming", "resource", "schema")

    def __init__(self, schema: Schema, resource: Resource, naming: Naming, any_case: bool) -> None:  # noqa: FBT001
        self.schema = schema
        self.resource = resource
        self.naming = naming
        self.any_case = any_case
        self.field: Callable[[str], str | None] = lru_cache(maxsize=_KEPT)(self._field)
        """The field path a spelling means; nothing for what is no field, or can't be read.

        Where documents may hold anything, every name is that of a field.
        """
        self.declared: Callable[[str], str | None] = lru_cache(maxsize=_KEPT)(self._declared)
        """The field path a spelling means for sure; nothing for a way into what may hold anything."""

    def _field(self, wire: str) -> str | None:
        found = self._named(wire)
        if found is not None or not self.resource.lenient or not wire or _is_too_deep(wire):
            return found
        attribute = self.resource.attributes.get(wire.split(".", maxsplit=1)[0])
        return None if attribute is not None and attribute.rules.write_only else wire

    def _declared(self, wire: str) -> str | None:
        found = self._named(wire)
        return None if found is not None and self.resource.lenient and "." in found else found

    def _named(self, wire: str) -> str | None:
        if _is_too_deep(wire):
            return None
        found = self.naming.field(self.resource, wire, any_case=self.any_case)
        if found is None or self.resource.attributes[found.split(".")[0]].rules.write_only:
            return None
        return found

    def fields(self) -> list[str]:
        """Every field, as clients spell it."""
        fields = self.resource.attributes.items()
        return [self.naming.wire(name) for name, attribute in fields if not attribute.rules.write_only]

    def hint(self, wire: str) -> str:
        """The end of a sentence about a name that is no field."""
        said = suggestion(wire, self.fields())
        return f"; {said}" if said else ""

    def way(self, steps: Sequence[str]) -> tuple[str, ...]:
        """The relations that spellings mean, step by step; a step that is none stays as it is."""
        here: Resource | None = self.resource
        way: list[str] = []
        for step in steps:
            name = step if here is None else self.naming.relation(here, step)
            way.append(name)
            here = None if here is None else self._behind(here, name)
        return tuple(way)

    def _behind(self, resource: Resource, relation: str) -> Resource | None:
        if relation in resource.parents:
            return self.schema[resource.parents[relation].parent]
        if relation in resource.children:
            return self.schema[resource.children[relation].child]
        return None

    def related(self, wire: str) -> str | None:
        """A field of a related document (`customer.name`), or a relation itself (`customer`), as a path to show."""
        here, steps, way = self.resource, wire.split("."), list[str]()
        while steps:
            name = self.naming.relation(here, steps[0])
            behind = self._behind(here, name)
            if behind is None:
                break
            way.append(name)
            here, steps = behind, steps[1:]
        if not way:
            return None
        inner = self.naming.field(here, ".".join(steps)) if steps else ""
        return None if inner is None else ".".join((*way, inner)).rstrip(".")

    def is_way(self, steps: Sequence[str]) -> bool:
        """Whether every step is a relation."""
        return self.strays_at(steps) is None

    def strays_at(self, steps: Sequence[str]) -> tuple[int, list[str]] | None:
        """The first step that is no relation, with those there are, as clients spell them."""
        here = self.resource
        for place, step in enumerate(steps):
            behind = self._behind(here, step)
            if behind is None:
                return place, [self.naming.wire(name) for name in (*here.parents, *here.children)]
            here = behind
        return None
