"""`bool: 0.8`: true in that share of the rows."""

from typing import Literal

from mockserver.definitions.quantity import Share
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.shape import Shape


@generators.register("bool")
class BooleanField(Generator):
    """True with the given probability."""

    bool: Share
    """The share of true."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or "boolean")

    @property
    def obeys_rules(self) -> Literal[True]:
        return True

    def draw(self, column: Column) -> Draw:
        share = self.bool
        return column.drawing(lambda stream: stream.unit() < share)
