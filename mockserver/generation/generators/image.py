"""`image: [320, 240]`: a picture that the server draws itself; the value is the path of its URL."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import Field

from mockserver.definitions.field import FieldRules
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape

_Pixels = Annotated[int, Field(ge=1, le=4096)]


@generators.register("image")
class ImageField(Generator):
    """Width and height of a seeded SVG. Never written by clients: every document has its own."""

    image: Annotated[list[_Pixels], Field(min_length=2, max_length=2)]
    """Width and height in pixels."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape("string")

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        for rule in FieldRules.model_fields:
            if rule in self.model_fields_set and rule != "describe":
                yield (rule,), f"'{rule}' has no meaning for a picture, which every document has", "leave it out"

    def draw(self, column: Column) -> Draw:
        raise column.failure("a picture stands directly under the resource's fields")
