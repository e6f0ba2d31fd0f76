"""`faker: first_name`: anything Faker knows, by its provider's name, with `args` for it."""

from typing import Any

from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.shape import Shape


@generators.register("faker")
class FakerField(Generator):
    """Values of a Faker provider in the definition's locales, on its clock."""

    faker: str
    args: dict[str, Any] = {}

    def shape(self, fakes: Fakes) -> Shape:
        return Shape(self.type or fakes.kind(self.faker, self.args))

    def draw(self, column: Column) -> Draw:
        return column.drawing(column.fakes.sampler(self.faker, self.args))
