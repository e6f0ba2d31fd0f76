"""Goes along an order in leaps, past stretches of documents that a condition can't hold for."""

from collections.abc import Sequence
from datetime import datetime
from math import inf
from typing import Any, TypeAlias

from mockserver.generation.schema import Resource
from mockserver.query.compare import RANKS, Loose, comparable
from mockserver.query.condition import shape_at
from mockserver.query.index.ranking import Entry
from mockserver.query.index.sorting import Order, turned
from mockserver.query.query import Condition

Bounds: TypeAlias = tuple[Any, Any]
"""The least and the greatest value, nothing where there is none."""


class Leap:
    """What a condition says of one step of an order: between which bounds values lie, by their rank there."""

    __slots__ = ("_at", "_bounds")

    def __init__(self, at: int, bounds: dict[int, Bounds]) -> None:
        self._at = at
        self._bounds = bounds

    def beyond(self, entry: Entry) -> Entry | None:
        """What stands before all that it may hold for, given the entry of a document that it does not hold for."""
        at = self._at
        bounds = self._bounds.get(entry[at])
        if bounds is None:
            return None
        low, high = bounds
        value = entry[at + 1]
        if high is not None and value >= high:
            return (*entry[:at], entry[at] + 0.5)
        if low is None or value > low or (value == low and len(entry) <= at + 3):
            return None
        return (*entry[: at + 1], low) if value < low else (*entry[: at + 2], inf)


def leap_of(condition: Condition, order: Order, resource: Resource) -> Leap | None:
    """The leaps that a condition allows; none where its field is no step of the order."""
    shape = shape_at(resource, condition.path)
    at = next((place for place, step in enumerate(order) if step.path == condition.path), None)
    if at is None or (comparable(shape.value) is not None and shape.type != "datetime"):
        return None
    bounds = {
        rank: found
        for rank, values in _values_by_rank(condition.values).items()
        if (found := _bounds(condition.operator, values)) is not None
    }
    if order[at].descending:
        bounds = {-rank: (_turned(high), _turned(low)) for rank, (low, high) in bounds.items()}
    return Leap(2 * at, bounds) if bounds else None


def _turned(value: Any) -> Any:
    return None if value is None else turned(value)


def _values_by_rank(values: Sequence[Any]) -> dict[int, Sequence[Any]]:
    """What stored values of some ranks are compared with."""
    if isinstance(values[0], Loose):
        numbers = [one.number for one in values]
        by_rank: dict[int, Sequence[Any]] = {RANKS[str]: [one.text for one in values]}
        return by_rank if None in numbers else {**by_rank, RANKS[int]: numbers}
    kinds = set(map(type, values))
    if kinds <= {int, float}:
        return {RANKS[int]: values}
    return {RANKS[str]: values} if kinds == {str} else {0: values} if kinds == {datetime} else {}


def _bounds(operator: str, values: Sequence[Any]) -> Bounds | None:
    if operator in ("eq", "in"):
        return min(values), max(values)
    if operator in ("gt", "gte"):
        return values[0], None
    if operator in ("lt", "lte"):
        return None, values[0]
    return (values[0], values[1]) if operator == "between" else None
