"""`date: [-18y, -30d]`: a calendar day between two moments of the definition's clock."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mockserver.definitions.quantity import MomentText
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape


@generators.register("date")
class DateField(Generator):
    """Days, each as likely as another, written `2026-01-15`."""

    date: Annotated[list[MomentText], Field(min_length=2, max_length=2)]
    """The first and the last day: `[-18y, -30d]`."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or "date")

    @property
    def obeys_rules(self) -> bool:
        return self.pattern is None

    def flaws(self, now: dt.datetime) -> Iterator[Flawed]:
        try:
            first, last = (moment.on(now) for moment in self.date)
        except (ValueError, OverflowError):
            yield ("date",), "reaches beyond the years 1 to 9999", ""
            return
        if first.date() > last.date():
            yield ("date",), "the range ends before it begins", "write the earlier moment first, e.g. [-18y, -30d]"

    def draw(self, column: Column) -> Draw:
        first, last = (moment.on(column.now).date().toordinal() for moment in self.date)
        return column.drawing(lambda stream: dt.date.fromordinal(first + stream.below(last - first + 1)).isoformat())
