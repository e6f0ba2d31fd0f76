"""`computed: "name ~ ' the ' ~ species"`: an expression over the row and the rows it refers to, kept up to date."""

from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Generator, generators
from mockserver.generation.shape import ANY, Shape


@generators.register("computed")
class ComputedField(Generator):
    """Never written by clients; `type` says what the expression gives where filters should know."""

    computed: str
    """An expression over the other fields, references included."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type) if self.type else ANY

    def draw(self, column: Column) -> Draw:
        raise column.failure("a computed field stands directly under the resource's fields")
