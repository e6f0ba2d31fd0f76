"""JSON Schemas of example values: what several of them have in common. Knows nothing of who wrote them."""

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import Final

from mockserver.messages import Json
from mockserver.openapi.component import Schema
from mockserver.openapi.value import json_type, nullable

ITEM: Final[Json] = {"\0item": "stands for a document"}
"""What an example has in the place of a document."""
ANY_NAME: Final = "\0name"
"""The beginning of names that stand for any: an object of them is a map."""


def infer(examples: Iterable[Json], item: Schema) -> Schema:
    """The schema that all examples obey; where they have `ITEM`, it is `item`."""
    return reduce(_joined, (_schema_of(example, item) for example in examples))


def find(value: Json, steps: Sequence[str] = ()) -> tuple[str, ...] | None:
    """The way to the first `ITEM` in an example."""
    if value == ITEM:
        return tuple(steps)
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = (find(one, (*steps, str(step))) for step, one in inner)
    return next((way for way in found if way is not None), None)


def _schema_of(value: Json, item: Schema) -> Schema:
    if value == ITEM:
        return item
    if isinstance(value, dict):
        inner = {name: _schema_of(one, item) for name, one in value.items()}
        if any(name.startswith(ANY_NAME) for name in inner):
            return {"type": "object", "additionalProperties": reduce(_joined, inner.values())}
        return _object(inner, list(value))
    if isinstance(value, list):
        return {"type": "array", "items": infer(value, item)} if value else {"type": "array"}
    return {"type": "boolean", "const": value} if isinstance(value, bool) else {"type": json_type(value)}


def _object(properties: dict[str, Schema], required: list[str]) -> Schema:
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema


def _joined(first: Schema, second: Schema) -> Schema:
    if first == second:
        return first
    if first.get("type") == second.get("type") == "object":
        return _joined_objects(first, second)
    if first.get("type") == second.get("type") == "array":
        items = [one["items"] for one in (first, second) if "items" in one]
        return {"type": "array", "items": reduce(_joined, items)}
    if first.get("type") == second.get("type") == "boolean":
        return {"type": "boolean"}
    if {"type": "null"} in (first, second):
        return nullable(second if first == {"type": "null"} else first)
    return {"anyOf": [*first.get("anyOf", [first]), second]}


def _joined_objects(first: Schema, second: Schema) -> Schema:
    others = [one["additionalProperties"] for one in (first, second) if one["additionalProperties"]]
    if others:
        return {"type": "object", "additionalProperties": reduce(_joined, others)}
    ours, theirs = first.get("properties", {}), second.get("properties", {})
    properties = {
        name: _joined(ours[name], theirs[name]) if name in ours and name in theirs else {**ours, **theirs}[name]
        for name in (*ours, *(name for name in theirs if name not in ours))
    }
    return _object(properties, [name for name in first.get("required", ()) if name in second.get("required", ())])
