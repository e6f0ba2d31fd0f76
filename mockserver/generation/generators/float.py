"""`float: [0.4, 420]` with `digits: 1`: a number of the range, rounded."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import Field

from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators, outside
from mockserver.generation.seeding import Stream
from mockserver.generation.shape import Shape
from mockserver.messages import Json

_Bound = Annotated[float, Field(ge=-1e15, le=1e15)]


@generators.register("float")
class FloatField(Generator):
    """Decimal numbers with so many digits behind the point."""

    float: Annotated[list[_Bound], Field(min_length=2, max_length=2)]
    """The least and the greatest."""
    digits: Annotated[int, Field(ge=0, le=12)] = 2
    """How many digits behind the point."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or "number")

    @property
    def obeys_rules(self) -> bool:
        return True

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        yield from outside(self, self.float[0], self.float[1], "float")

    def draw(self, column: Column) -> Draw:
        (lowest, highest), digits = self.float, self.digits
        width = highest - lowest

        def sample(stream: Stream) -> Json:
            # Rounding may step over an end of the range; the end itself is always a value of it.
            return min(max(round(lowest + stream.unit() * width, digits), lowest), highest)

        return column.drawing(sample)
