"""`seq: 1`: numbers in the order of the rows, or a text with the number in it (`"ZOO-{n:04d}"`)."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import Discriminator, Field, Tag

from mockserver.definitions.field import MAX_INTEGER
from mockserver.definitions.union import one_of_shapes
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape

_NUMBER = re.compile(r"\{n(?::0?(\d{1,2})d?)?\}")
_CHOICE: Discriminator = one_of_shapes('should be the first number, or a text with {n} in it, like "T-{n:04d}"')


def sequence_text(template: str, number: int) -> str:
    """The template with the number in place of `{n}`, padded with zeros where it says so (`{n:04d}`)."""
    return _NUMBER.sub(lambda found: str(number).zfill(int(found[1] or 0)), template)


@generators.register("seq")
class SequenceField(Generator):
    """The row's number, counted from the first; a new row continues it."""

    seq: Annotated[
        Annotated[int, Field(ge=0, le=MAX_INTEGER - 10_000_000), Tag("number")] | Annotated[str, Tag("text")], _CHOICE
    ]
    """The number of the first row, or a text with `{n}` in it like `ZOO-{n:04d}`."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or ("integer" if isinstance(self.seq, int) else "string"))

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        del now
        if isinstance(self.seq, str) and not _NUMBER.search(self.seq):
            yield ("seq",), "the text has no {n} in it", 'e.g. "T-{n:04d}"'

    def draw(self, column: Column) -> Draw:
        del column
        start = self.seq
        if isinstance(start, int):
            return lambda row, attempt: start + row.number + attempt
        return lambda row, attempt: sequence_text(start, 1 + row.number + attempt)
