"""`value: …`: the same value in every row."""

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime
from typing import Any

from mockserver.definitions.field import TypeName
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape

_TYPES: dict[type, TypeName] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@generators.register("value")
class ValueField(Generator):
    """A constant of any JSON type."""

    value: Any
    """The constant."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or _TYPES.get(type(self.value), "any"))

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        if self.value is None and not self.accepts_null:
            yield ("value",), "a required field is never null", "drop 'required', or allow it with nullable: true"

    def draw(self, column: Column) -> Draw:
        del column
        value = self.value
        if isinstance(value, dict | list):
            return lambda _row, _attempt: deepcopy(value)
        return lambda _row, _attempt: value
