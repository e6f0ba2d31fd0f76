"""The spelling of field names on the wire (`case:`), in documents, query names and pointers alike."""

import re
from collections.abc import Mapping
from functools import lru_cache

from mockserver.definitions.manner import Case
from mockserver.generation.draft import Note
from mockserver.generation.schema import Attribute, Resource, Schema
from mockserver.messages import Document, Json

_HUMP = re.compile(r"(?<=[a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])")
_JOINT = re.compile(r"(?<=[A-Za-z0-9])_+([A-Za-z0-9])")


@lru_cache(maxsize=4096)
def spell(name: str, case: Case) -> str:
    """A name in camelCase or snake_case."""
    if case == "camel":
        return _JOINT.sub(lambda joint: joint[1].upper(), name)
    if case == "snake":
        return _HUMP.sub(lambda hump: f"_{hump[0]}", name).lower()
    return name


@lru_cache(maxsize=1024)
def _spellings(names: tuple[str, ...], case: Case) -> Mapping[str, str]:
    """Names by how they are spelled."""
    return {spell(name, case): name for name in names}


def check_spelling(schema: Schema, case: Case, note: Note) -> None:
    """Note fields that the case spells alike: on the wire one would hide the other."""
    for resource in schema.resources.values():
        spelled: dict[str, str] = {}
        for name in resource.attributes:
            other = spelled.setdefault(spell(name, case), name)
            if other != name:
                where = ("resources", resource.name, "fields", name)
                note(where, f"'{name}' and '{other}' are both '{spell(name, case)}' in {case} case", "rename one")


class Naming:
    """Field names of one schema to the wire and back. `is_identity` says that both are the same everywhere.

    With `any_case` the members of bodies are read in any letter case.
    """

    __slots__ = ("_any_case", "_case", "_schema", "is_identity")

    def __init__(self, schema: Schema, case: Case, *, any_case: bool = False) -> None:
        self._any_case = any_case
        self._case: Case = case
        self._schema = schema
        self.is_identity = case == "as_is" or all(self._is_spelled_so(one) for one in schema.resources.values())

    def _is_spelled_so(self, resource: Resource) -> bool:
        names = (resource.name, *resource.parents, *resource.children)
        fields = resource.attributes.values()
        return all(spell(name, self._case) == name for name in names) and all(self._is_same(field) for field in fields)

    def _is_same(self, attribute: Attribute) -> bool:
        inside = [*attribute.properties.values(), *([attribute.item] if attribute.item else [])]
        return spell(attribute.name, self._case) == attribute.name and all(self._is_same(inner) for inner in inside)

    def wire(self, path: str) -> str:
        """A dotted field path as clients spell it."""
        return path if self.is_identity else ".".join(spell(step, self._case) for step in path.split("."))

    def field(self, resource: Resource, path: str, *, any_case: bool = False) -> str | None:
        """The field path that a client's spelling means; nothing when no field is meant."""
        first, *rest = path.split(".")
        found = self._declared(first, resource.attributes, any_case=any_case)
        if found is None:
            return None
        attribute = resource.attributes[found]
        steps = [found]
        for step in rest:
            owner = attribute.item if attribute.item is not None else attribute
            inner = self._declared(step, owner.properties, any_case=any_case)
            if inner is None:
                if owner.properties or owner.shape.type not in ("any", "object"):
                    return None
                return ".".join((*steps, *rest[len(steps) - 1 :]))
            attribute = owner.properties[inner]
            steps.append(inner)
        return ".".join(steps)

    def _declared(self, step: str, known: Mapping[str, Attribute], *, any_case: bool) -> str | None:
        spelled = _spellings(tuple(known), self._case)
        if step in spelled or not any_case:
            return spelled.get(step)
        return next((name for wire, name in spelled.items() if wire.casefold() == step.casefold()), None)

    def relation(self, resource: Resource, step: str) -> str:
        """The relation that a client's spelling means, or the spelling itself."""
        names = (*resource.parents, *resource.children)
        return next((name for name in names if spell(name, self._case) == step), step)

    def write(self, resource: Resource, document: Document) -> Document:
        """A document, with what is embedded in it, as it goes over the wire."""
        if self.is_identity:
            return document
        return {spell(name, self._case): self._write_value(resource, name, value) for name, value in document.items()}

    def _write_value(self, resource: Resource, name: str, value: Json) -> Json:
        attribute = resource.attributes.get(name)
        if attribute is not None and (name not in resource.parents or not isinstance(value, dict)):
            return self._spell_inside(attribute, value)
        related = resource.parents.get(name) or resource.children.get(name)
        if related is None:
            return value
        target = self._schema[related.parent if name in resource.parents else related.child]
        if isinstance(value, list):
            return [self.write(target, row) if isinstance(row, dict) else row for row in value]
        return self.write(target, value) if isinstance(value, dict) else value

    def _spell_inside(self, attribute: Attribute, value: Json) -> Json:
        if isinstance(value, dict) and attribute.properties:
            return {
                spell(name, self._case): self._spell_inside(attribute.properties[name], inner)
                if name in attribute.properties else inner
                for name, inner in value.items()
            }  # fmt: skip
        if isinstance(value, list) and attribute.item is not None:
            return [self._spell_inside(attribute.item, item) for item in value]
        return value

    def read(self, fields: Mapping[str, Attribute], body: Document) -> tuple[Document, list[str]]:
        """A client's object with our names for the fields it spells, and the members that are no field."""
        read: Document = {}
        strangers: list[str] = []
        for wire, value in body.items():
            is_plain = self.is_identity and wire in fields
            name = wire if is_plain else self._declared(wire, fields, any_case=self._any_case)
            if name is None or name in read:
                strangers.append(wire)
            else:
                is_same = self.is_identity and not self._any_case
                read[name] = value if is_same else self._read_inside(fields[name], value)
        return read, strangers

    def _read_inside(self, attribute: Attribute, value: Json) -> Json:
        if isinstance(value, dict) and attribute.properties:
            read, strangers = self.read(attribute.properties, value)
            return {**read, **{f"{wire}": value[wire] for wire in strangers if wire not in read}}
        if isinstance(value, list) and attribute.item is not None:
            return [self._read_inside(attribute.item, item) for item in value]
        return value
