"""`int: [1, 5]`: a whole number of the range, both ends in it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import Field

from mockserver.definitions.field import MAX_INTEGER
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators, outside
from mockserver.generation.shape import Shape


@generators.register("int")
class IntegerField(Generator):
    """Whole numbers, each as likely as another."""

    int: Annotated[list[Annotated[int, Field(ge=-MAX_INTEGER, le=MAX_INTEGER)]], Field(min_length=2, max_length=2)]
    """The least and the greatest."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or "integer")

    @property
    def obeys_rules(self) -> bool:
        return True

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        yield from outside(self, self.int[0], self.int[1], "int")

    def draw(self, column: Column) -> Draw:
        lowest, highest = self.int
        return column.drawing(lambda stream: lowest + stream.below(highest - lowest + 1))
