"""`uuid: true`: a random UUID (RFC 9562, version 4)."""

from typing import Literal

from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.seeding import draw_uuid
from mockserver.generation.shape import Shape


@generators.register("uuid")
class UuidField(Generator):
    """UUIDs of the row's own stream."""

    uuid: Literal[True]
    """A random one for each row."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or "uuid")

    @property
    def obeys_rules(self) -> bool:
        return self.pattern is None

    def draw(self, column: Column) -> Draw:
        return column.drawing(draw_uuid)
