"""What is said of a resource and its fields, for whoever shows or edits its documents."""

from collections.abc import Iterator
from typing import Final

from mockserver.generation.schema import ID, Attribute, Resource, Schema
from mockserver.messages import Document, Json

_RULES: Final = ("min", "max", "min_length", "max_length", "pattern", "format", "describe")


def describe_resource(schema: Schema, resource: Resource) -> Document:
    """All of it that never changes."""
    section = resource.section
    referring: list[Json] = [{"resource": one.child, "field": one.field} for one in schema.referring[resource.name]]
    return {
        "name": resource.name,
        "describe": section.describe,
        "key": ID,
        "singleton": resource.is_singleton,
        "open": resource.lenient,
        "delete": resource.delete,
        "methods": None if section.methods is None else [*section.methods],
        "states": _states(resource),
        "referring": referring,
        "fields": [describe_field(one) for one in resource.attributes.values()],
    }


def describe_field(attribute: Attribute) -> Document:
    """A field: its type, what it takes, and what is inside of it."""
    rules, reference = attribute.rules, attribute.reference
    told: Document = {
        "name": attribute.name,
        "type": attribute.shape.type,
        "required": rules.required,
        "nullable": rules.accepts_null,
        "may_miss": rules.missing > 0,
        "read_only": not attribute.is_writable,
        "write_only": rules.write_only,
        "immutable": rules.immutable,
        "unique": rules.unique,
        "computed": attribute.computed is not None,
        "has_default": attribute.default is not None or attribute.on_update is not None,
        "enum": [*attribute.shape.choices] or None,
        "ref": None if reference is None else reference.target,
        "many": reference is not None and reference.many,
        "content": "file" if attribute.file else "picture" if attribute.picture else None,
    }
    return told | dict(_further(attribute))


def _further(attribute: Attribute) -> Iterator[tuple[str, Json]]:
    """What only some fields have."""
    for rule in _RULES:
        value = getattr(attribute.rules, rule)
        if value is not None:
            yield rule, value
    if attribute.properties:
        yield "properties", [describe_field(one) for one in attribute.properties.values()]
    if attribute.item is not None:
        yield "item", describe_field(attribute.item)


def _states(resource: Resource) -> Json:
    """The ways of a state that only moves along listed ones."""
    states = resource.section.states
    if states is None:
        return None
    moves: Document = {str(state): [*following] for state, following in states.moves.items()}
    return {"field": states.field, "moves": moves, "initial": None if states.initial is None else [*states.initial]}
