"""`value: …`: the same value in every row."""

from copy import deepcopy
from typing import Any

from mockserver.definitions.field import TypeName
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.shape import Shape

_TYPES: dict[type, TypeName] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@generators.register("value")
class ValueField(Generator):
    """A constant of any JSON type."""

    value: Any

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or _TYPES.get(type(self.value), "any"))

    def draw(self, column: Column) -> Draw:
        del column
        value = self.value
        if isinstance(value, dict | list):
            return lambda _row, _attempt: deepcopy(value)
        return lambda _row, _attempt: value
