"""The JSON Schema of one field's values: as they are read, as they may be written, and as a patch may hold them."""

from collections.abc import Callable
from typing import Any, Final

from mockserver.definitions.field import MAX_INTEGER, FieldRules, TypeName
from mockserver.generation.schema import Attribute
from mockserver.generation.shape import Shape
from mockserver.messages import Json
from mockserver.openapi.component import Schema
from mockserver.query.naming import Naming

NO_NUL: Final = r"^[^\u0000]*$"
"""What every text obeys that a client sends."""

ANYTHING: Final = ["null", "boolean", "number", "string", "array", "object"]
"""The types of a value that may be any; readers of older documents want `items` beside them."""
TELLING: Final = frozenset(("type", "enum", "anyOf", "$ref"))
"""The keywords one of which every schema has that says what values are like."""

_PLAIN: Final[dict[TypeName, Schema]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer", "minimum": -MAX_INTEGER, "maximum": MAX_INTEGER},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "uuid": {"type": "string", "format": "uuid"},
    "object": {"type": "object"},
    "array": {"type": "array", "items": {}},
    "any": {},
}


def plain(shape: Shape) -> Schema:
    """Values of a shape, apart from rules and from what is inside."""
    if not shape.choices:
        return dict(_PLAIN[shape.type])
    kinds = {json_type(choice) for choice in shape.choices}
    return {**({"type": kinds.pop()} if len(kinds) == 1 else {}), "enum": list(shape.choices)}


def json_type(value: Json) -> str:
    """The name of a value's type in JSON Schema."""
    if isinstance(value, bool):
        return "boolean"
    names = {int: "integer", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def nullable(schema: Schema) -> Schema:
    """The schema, and null."""
    if not schema:
        return schema
    if "enum" in schema:
        schema = {**schema, "enum": [*schema["enum"], None]}
        if "type" not in schema:
            return schema
    if "type" in schema:
        kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        return {**schema, "type": list(dict.fromkeys([*kinds, "null"]))}
    return {"anyOf": [*schema.get("anyOf", [schema]), {"type": "null"}]}


def _tidy(number: float) -> float:
    return int(number) if number.is_integer() else number


def _limits(rules: FieldRules, kind: TypeName) -> Schema:
    """A field's own bounds."""
    found: dict[str, Any] = {}
    if kind in ("integer", "number"):
        found = {"minimum": rules.min, "maximum": rules.max}
        found = {name: _tidy(value) for name, value in found.items() if value is not None}
    elif kind == "array":
        found = {"minItems": rules.min_length, "maxItems": rules.max_length}
    else:
        found = {"minLength": rules.min_length, "maxLength": rules.max_length, "pattern": rules.pattern}
        found |= {"format": rules.format}
    return {name: value for name, value in found.items() if value is not None}


class Values:
    """Makes the schemas of values in one spelling; `strict` says that undeclared properties are refused."""

    __slots__ = ("_naming", "_strict")

    def __init__(self, naming: Naming, *, strict: bool) -> None:
        self._naming = naming
        self._strict = strict

    def shown(self, attribute: Attribute) -> Schema:
        """What a client reads."""
        return self._whole(attribute, self._shown_inside(attribute))

    def written(self, attribute: Attribute) -> Schema:
        """What a client may give for the whole field."""
        if attribute.file is not None:
            said = "Sent as multipart/form-data, or put to its own URL; what was read may be sent back."
            return {"type": ["object", "null"], "description": said}
        return self._whole(attribute, self._written_inside(attribute))

    def patched(self, attribute: Attribute) -> Schema:
        """What a merge patch may hold: of an object any part, where null takes a member out."""
        if attribute.file is not None:
            return self.written(attribute)
        if attribute.shape.type == "any":
            return self._described(attribute, {})
        inside = self._patched_inside(attribute) if attribute.shape.type == "object" else None
        return self._whole(attribute, inside or self._written_inside(attribute))

    def _whole(self, attribute: Attribute, schema: Schema) -> Schema:
        accepts_null = attribute.rules.accepts_null or attribute.computed is not None
        return self._described(attribute, nullable(schema) if accepts_null else schema)

    def _described(self, attribute: Attribute, schema: Schema) -> Schema:
        described = attribute.rules.describe
        return {**schema, "description": described} if described else schema

    def _ruled(self, attribute: Attribute) -> Schema:
        shape = attribute.shape
        schema = plain(shape)
        return schema if shape.choices else {**schema, **_limits(attribute.rules, shape.type)}

    def _shown_inside(self, attribute: Attribute) -> Schema:
        return self._filled(attribute, self._ruled(attribute), self.shown, self._shown_inside)

    def _written_inside(self, attribute: Attribute) -> Schema:
        schema = self._ruled(attribute)
        if schema.get("type") == "string" and not {"enum", "format"} & schema.keys():
            schema = (
                {**schema, "allOf": [{"pattern": NO_NUL}]} if "pattern" in schema else {**schema, "pattern": NO_NUL}
            )
        return self._filled(attribute, schema, self.written, self._written_inside)

    def _filled(
        self,
        attribute: Attribute,
        schema: Schema,
        whole: Callable[[Attribute], Schema],
        inside: Callable[[Attribute], Schema],
    ) -> Schema:
        """The schema with what is inside the values."""
        if attribute.item is not None:
            item = inside(attribute.item)
            return {**schema, "items": nullable(item) if attribute.item.rules.nullable else item}
        if not attribute.properties:
            return schema
        inner = attribute.properties.values()
        required = [self._naming.wire(one.name) for one in inner if one.rules.required]
        return {
            **schema,
            "properties": {self._naming.wire(one.name): whole(one) for one in inner},
            **({"required": required} if required else {}),
            "additionalProperties": not self._strict,
        }

    def _patched_inside(self, attribute: Attribute) -> Schema | None:
        if not attribute.properties:
            return None
        inner = attribute.properties.values()
        # A null for a member that is not there takes nothing out, and is no error.
        others: Schema | bool = {"type": "null"} if self._strict else True
        return {
            "type": "object",
            "properties": {self._naming.wire(one.name): self.patched(one) for one in inner},
            "additionalProperties": others,
        }
