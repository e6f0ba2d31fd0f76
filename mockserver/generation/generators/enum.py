"""`enum: [a, b]` or, with weights, `enum: {a: 4, b: 1}`: one of a few values, and no others are accepted."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime
from itertools import accumulate
from typing import Annotated

from pydantic import Field, Tag

from mockserver.definitions.field import TypeName
from mockserver.definitions.union import one_of_shapes
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape

_Choice = str | int | float | bool
_TYPES: dict[type, TypeName] = {str: "string", int: "integer", float: "number", bool: "boolean"}


@generators.register("enum")
class EnumField(Generator):
    """One of the values, each as likely as its weight."""

    enum: Annotated[
        Annotated[list[_Choice], Field(min_length=1), Tag("list")]
        | Annotated[dict[str | int, Annotated[float, Field(ge=0)]], Field(min_length=1), Tag("mapping")],
        one_of_shapes("should be a list of values, or values with weights like {lion: 4, zebra: 3}"),
    ]
    """The values, or values with weights like `{lion: 4, zebra: 3}`."""

    @property
    def choices(self) -> tuple[_Choice, ...]:
        """The values, in the order written."""
        return tuple(self.enum)

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        found = {_TYPES[type(choice)] for choice in self.choices}
        return Shape(self.type or (found.pop() if len(found) == 1 else "any"), choices=self.choices)

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        if len(set(self.choices)) != len(self.choices):
            yield ("enum",), "names one value twice", "use weights to make it likelier: {lion: 2, zebra: 1}"
        if isinstance(self.enum, dict) and not sum(self.enum.values()):
            yield ("enum",), "has no weight above 0", ""

    def draw(self, column: Column) -> Draw:
        choices = self.choices
        if isinstance(self.enum, list):
            return column.drawing(lambda stream: choices[stream.below(len(choices))])
        totals = list(accumulate(self.enum.values()))
        whole, last = totals[-1], len(choices) - 1
        return column.drawing(lambda stream: choices[min(last, bisect_right(totals, stream.unit() * whole))])
