"""Computed fields of a schema: where their ways lead, and the order that computes each after those it reads."""

from collections.abc import Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from mockserver.definitions.expression import Expression, ExpressionError
from mockserver.errors import suggestion
from mockserver.generation.draft import Note
from mockserver.generation.schema import Attribute, Resource
from mockserver.generation.shape import ANY, Shape
from mockserver.messages import Json


def _way_shape(schema: Mapping[str, Resource], resource: str, way: tuple[str, ...]) -> Shape | str:
    """What a dotted way of a computed field leads to, or what is wrong with it."""
    here = schema[resource]
    for place, step in enumerate(way):
        if step in here.attributes and (place == len(way) - 1 or step not in here.parents):
            if here.attributes[step].rules.write_only:
                return f"'{step}' is write_only: what is computed from it would show it"
            shape = here.attributes[step].shape
            for inner in way[place + 1 :]:
                if shape.properties and inner not in shape.properties:
                    return f"'{inner}' is not a field of '{step}'"
                shape = shape.properties.get(inner, ANY)
            return shape
        if step not in here.parents:
            return f"'{step}' is not a field of '{here.name}'; {suggestion(step, here.attributes)}"
        here = schema[here.parents[step].parent]
    return ANY


def check_ways(schema: Mapping[str, Resource], note: Note) -> None:
    """Computed fields: every way leads somewhere, and none depends on itself."""
    for resource in schema.values():
        for name, attribute in resource.attributes.items():
            if attribute.computed is None:
                continue
            where = ("resources", resource.name, "fields", name, "computed")
            for way in sorted(attribute.computed.paths):
                if isinstance(found := _way_shape(schema, resource.name, way), str):
                    note(where, found, "")
    try:
        computed_order(schema)
    except CycleError as error:
        ring = [f"{resource}.{name}" for resource, name in error.args[1]]
        resource, name = error.args[1][0]
        where = ("resources", resource, "fields", name, "computed")
        note(where, f"computed fields depend on one another: {' → '.join(ring)}", "")


def typed(schema: Mapping[str, Resource]) -> dict[str, Resource]:
    """Computed fields that are nothing but a way have the shape of what it leads to."""
    typed: dict[str, Resource] = {}
    for resource in schema.values():
        fields = dict(resource.attributes)
        for name, attribute in fields.items():
            expression: Expression | None = attribute.computed
            if expression is not None and expression.path is not None and attribute.shape == ANY:
                found = _way_shape(schema, resource.name, expression.path)
                fields[name] = replace(attribute, shape=found) if isinstance(found, Shape) else attribute
        typed[resource.name] = replace(resource, attributes=fields)
    return typed


def computed_value(attribute: Attribute, scope: Mapping[str, Any]) -> Json:
    """What a computed field comes to. *Raises* `ExpressionError` when it has no value, or not of its `type`."""
    assert attribute.computed is not None  # noqa: S101 - asked of computed fields only
    value: Json = attribute.computed.value(scope)
    if attribute.rules.type is not None and value is not None and (flaws := attribute.check.flaws(value)):
        raise ExpressionError(
            f"'{attribute.computed.source}' gives {value!r}, which {flaws[0].detail}", "see its 'type'"
        )
    return value


def computed_order(resources: Mapping[str, Resource]) -> list[tuple[str, str]]:
    """All computed fields so that each comes after those it reads. *Raises* `graphlib.CycleError`."""
    graph: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for resource in resources.values():
        for name, attribute in resource.attributes.items():
            if attribute.computed is not None:
                reads = (_read(resources, resource.name, way) for way in sorted(attribute.computed.paths))
                graph[resource.name, name] = [read for read in reads if read is not None]
    return [node for node in TopologicalSorter(graph).static_order() if node in graph]


def _read(resources: Mapping[str, Resource], resource: str, way: tuple[str, ...]) -> tuple[str, str] | None:
    here = resources[resource]
    for step in way:
        attribute = here.attributes.get(step)
        if attribute is not None and attribute.computed is not None:
            return here.name, step
        if step not in here.parents:
            return None
        here = resources[here.parents[step].parent]
    return None
