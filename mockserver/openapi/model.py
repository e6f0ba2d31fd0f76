"""The schemas of one resource's documents: read, in part, to create, to replace, to patch."""

from collections.abc import Callable
from typing import Final, TypeAlias

from mockserver.generation.schema import ID, Attribute, Relation, Resource
from mockserver.openapi.component import Schema
from mockserver.openapi.example import is_filled
from mockserver.openapi.subject import Subject
from mockserver.openapi.value import ANYTHING, TELLING, Values, nullable, plain
from mockserver.value import dataclass

Write: TypeAlias = Callable[[Attribute], Schema]
"""Makes the schema of what may be written to a field."""

_IGNORED: Final = {"^(_$|__)": True}
"""Members that are passed over wherever they stand."""
_STRING_ID: Final = {"minLength": 1, "maxLength": 200, "pattern": r"^(?!\.{1,2}$)[^\u0000]+$"}


@dataclass(frozen=True, slots=True)
class Models:
    """Refers to the schemas of documents."""

    subject: Subject

    @property
    def _values(self) -> Values:
        return Values(self.subject.naming, strict=self.subject.is_strict)

    def read(self, resource: Resource) -> Schema:
        """A whole document."""
        name = self.subject.names[resource.name]
        return self.subject.components.schema((resource.name, "read"), name, lambda: self._read(resource))

    def part(self, resource: Resource) -> Schema:
        """What `fields` leaves of a document."""
        name = f"{self.subject.names[resource.name]}Part"
        return self.subject.components.schema((resource.name, "part"), name, lambda: self._part(resource))

    def shown(self, resource: Resource) -> Schema:
        """A document as a read with any `fields` gives it."""
        return {"anyOf": [self.read(resource), self.part(resource)]}

    def create(self, resource: Resource, below: Relation | None = None) -> Schema:
        """The body of a creation, below a parent where one is given."""
        return self._body("Create", resource, below)

    def replace(self, resource: Resource, below: Relation | None = None) -> Schema:
        """The body of a PUT; below a parent the reference to it may be left out."""
        is_needed = below is not None and resource.attributes[below.field].rules.required
        return self._body("Replace", resource, below if is_needed else None)

    def patch(self, resource: Resource) -> Schema:
        """The body of a merge patch."""
        return self._body("Patch", resource, None)

    def _body(self, kind: str, resource: Resource, below: Relation | None) -> Schema:
        name = f"{self.subject.names[resource.name]}{kind}"
        if below is not None:
            name = f"{name}Below{self.subject.names[below.parent]}"
        key = (resource.name, kind, below.field if below is not None else "")
        make = {"Create": self._create, "Replace": self._replace, "Patch": self._patch}[kind]
        return self.subject.components.schema(key, name, lambda: make(resource, below))

    def _read(self, resource: Resource) -> Schema:
        fields = {name: one for name, one in resource.attributes.items() if not one.rules.write_only}
        shown = {self.subject.naming.wire(name): self._shown(one) for name, one in fields.items()}
        for name, relation in {**resource.parents, **resource.children}.items():
            wire = self.subject.naming.wire(name)
            shown[wire] = self._related(resource, name, relation, shown.get(wire), whole=True)
        required = [self.subject.naming.wire(name) for name, one in fields.items() if not one.rules.missing]
        schema: Schema = {"type": "object", "properties": self._open(shown)}
        if not self.subject.convention.lenient:
            schema |= {"required": required, "additionalProperties": False}
        return {"description": resource.section.describe, **schema} if resource.section.describe else schema

    def _part(self, resource: Resource) -> Schema:
        whole = self._read(resource)
        for name, relation in {**resource.parents, **resource.children}.items():
            wire = self.subject.naming.wire(name)
            own = resource.attributes.get(name)
            held = self._shown(own) if own is not None else None
            whole["properties"][wire] = self._related(resource, name, relation, held, whole=False)
        whole.pop("required", None)
        said = f"Of {resource.one()} what `fields` asks for."
        return {**whole, "description": said, "x-part-of": self.read(resource)["$ref"]}

    def _shown(self, attribute: Attribute) -> Schema:
        schema = self._values.shown(attribute)
        if attribute.name == ID:
            schema = {**schema, "type": plain(attribute.shape).get("type", ["integer", "string"])}
        if attribute.is_writable:
            return schema
        # Said even of what may be anything: a member without a type is one that a body passes over.
        return {**(schema if schema.keys() & TELLING else {**schema, "type": ANYTHING, "items": {}}), "readOnly": True}

    def _related(
        self, resource: Resource, name: str, relation: Relation, held: Schema | None, *, whole: bool
    ) -> Schema:
        """What `embed` puts in: a parent, or null; a list where there are several."""
        is_parent = name in resource.parents
        target = self.subject.resources[relation.parent if is_parent else relation.child]
        one = self.read(target) if whole else self.part(target)
        is_many = relation.many if is_parent else True
        related: Schema = {"type": "array", "items": one} if is_many else nullable(one)
        if held is not None:
            return {"anyOf": [held, *related.get("anyOf", [related])]}
        return {**related, "readOnly": True, "description": "There when `embed` asks for it."}

    def _create(self, resource: Resource, below: Relation | None) -> Schema:
        properties, required = dict[str, Schema](), []
        for name, one in resource.attributes.items():
            wire = self.subject.naming.wire(name)
            if name == ID:
                properties[wire] = self._new_id(one)
            elif below is not None and below.field == name:
                properties[wire] = {"readOnly": True, "description": "The path says it."}
            elif not one.is_writable:
                properties[wire] = _passed_over(one)
            else:
                properties[wire] = self._given(one)
                if one.rules.required and not is_filled(one):
                    required.append(wire)
        return self._closed(resource, properties, required)

    def _replace(self, resource: Resource, below: Relation | None) -> Schema:
        properties, required = dict[str, Schema](), []
        for name, one in resource.attributes.items():
            wire = self.subject.naming.wire(name)
            properties[wire] = self._changed(name, one, self._given)
            is_needed = one.is_writable and one.rules.required and one.default is None and not one.rules.immutable
            if is_needed and name != ID and not (below and below.field == name):
                required.append(wire)
        return self._closed(resource, properties, required)

    def _patch(self, resource: Resource, below: Relation | None) -> Schema:
        del below
        properties = {
            self.subject.naming.wire(name): self._changed(name, one, self._values.patched)
            for name, one in resource.attributes.items()
        }
        return self._closed(resource, properties, [])

    def _changed(self, name: str, attribute: Attribute, write: Write) -> Schema:
        """A field of a document that is there: what never changes may be said again, and is."""
        if name == ID or attribute.rules.immutable:
            return {"readOnly": True, "description": "Never changes."}
        return write(attribute) if attribute.is_writable else _passed_over(attribute)

    def _given(self, attribute: Attribute) -> Schema:
        schema = self._values.written(attribute)
        default = attribute.rules.default
        if default is not None and "${" not in repr(default):
            schema = {**schema, "default": default}
        return {**schema, "writeOnly": True} if attribute.rules.write_only else schema

    def _new_id(self, attribute: Attribute) -> Schema:
        if not attribute.is_writable:
            return _passed_over(attribute)
        schema = self._values.written(attribute)
        if attribute.shape.type == "string":
            schema = {**_STRING_ID, **{name: value for name, value in schema.items() if name != "pattern"}}
        return {**nullable(schema), "description": "Made for you unless you choose one."}

    def _open(self, properties: dict[str, Schema]) -> dict[str, Schema]:
        """The members as they are meant; where nothing is checked, anything else may stand there too."""
        if not self.subject.convention.lenient:
            return properties
        return {name: {"anyOf": [schema, {}]} for name, schema in properties.items()}

    def _closed(self, resource: Resource, properties: dict[str, Schema], required: list[str]) -> Schema:
        """An object of these members; relations, which a document that was read may hold, are passed over."""
        for name in (*resource.parents, *resource.children):
            properties.setdefault(self.subject.naming.wire(name), {"readOnly": True, "description": "Passed over."})
        if self.subject.convention.lenient:
            return {"type": "object", "properties": self._open(properties)}
        return {
            "type": "object",
            "properties": properties,
            **({"required": required} if required else {}),
            **({"patternProperties": _IGNORED, "additionalProperties": False} if self.subject.is_strict else {}),
        }


def _passed_over(attribute: Attribute) -> Schema:
    said = attribute.rules.describe or ("Computed." if attribute.computed else "Set by the server.")
    return {"readOnly": True, "description": said}
