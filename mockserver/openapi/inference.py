"""JSON Schemas of example values: what several of them have in common. Knows nothing of who wrote them."""

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from typing import Final

from mockserver.messages import Json
from mockserver.openapi.component import Schema
from mockserver.openapi.value import json_type, nullable

ITEM: Final[Json] = {"\0item": "stands for a document"}
"""What an example has in the place of a document."""
ANY_NAME: Final = "\0name"
"""The beginning of names that stand for any: an object of them is a map."""

_NULL: Final[Schema] = {"type": "null"}
_MADE_OF_OTHERS: Final = ("object", "array", "boolean")
"""The types whose schemas differ by what examples hold."""


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
    """What both obey: of each type one schema, and null said once."""
    if first == second:
        return first
    arms = list(_arms(first))
    for one in _arms(second):
        place = next((place for place, arm in enumerate(arms) if _is_alike(arm, one)), None)
        if place is None:
            arms.append(one)
        else:
            arms[place] = _joined_alike(arms[place], one)
    return _union(arms)


def _is_alike(first: Schema, second: Schema) -> bool:
    return first == second or (first.get("type") in _MADE_OF_OTHERS and first.get("type") == second.get("type"))


def _joined_alike(first: Schema, second: Schema) -> Schema:
    if first == second:
        return first
    if first["type"] == "object":
        return _joined_objects(first, second)
    if first["type"] == "boolean":
        return {"type": "boolean"}
    items = [one["items"] for one in (first, second) if "items" in one]
    return {"type": "array", "items": reduce(_joined, items)}


def _arms(schema: Schema) -> Iterator[Schema]:
    """The schemas of which one holds, each of one type, or that of a document."""
    for one in schema.get("anyOf", [schema]):
        if isinstance(one.get("type"), list):
            yield from ({**one, "type": kind} if kind != "null" else _NULL for kind in one["type"])
        else:
            yield one


def _union(arms: Sequence[Schema]) -> Schema:
    others = [one for one in arms if one != _NULL]
    found = others[0] if len(others) == 1 else {"anyOf": others}
    if len(others) == len(arms):
        return found
    return {"anyOf": [found, _NULL]} if "const" in found else nullable(found)


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
