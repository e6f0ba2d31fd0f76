"""`datetime: [-20d, now]`: a second between two moments of the definition's clock, in UTC."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from mockserver.definitions.quantity import MomentText
from mockserver.generation.fakes import Fakes
from mockserver.generation.generator import Column, Draw, Flawed, Generator, generators
from mockserver.generation.shape import Shape

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)


@generators.register("datetime")
class DatetimeField(Generator):
    """Points in time, each second as likely as another, written `2026-01-15T09:00:00Z`."""

    datetime: Annotated[list[MomentText], Field(min_length=2, max_length=2)]
    """The first and the last moment: `[-20d, now]`."""

    def shape(self, fakes: Fakes) -> Shape:
        del fakes
        return Shape(self.type or "datetime")

    @property
    def obeys_rules(self) -> bool:
        return self.pattern is None

    def flaws(self, now: dt.datetime) -> Iterator[Flawed]:
        try:
            first, last = (moment.on(now) for moment in self.datetime)
        except (ValueError, OverflowError):
            yield ("datetime",), "reaches beyond the years 1 to 9999", ""
            return
        if first > last:
            yield ("datetime",), "the range ends before it begins", "write the earlier moment first, e.g. [-20d, now]"

    def draw(self, column: Column) -> Draw:
        first, last = (_seconds(moment.on(column.now)) for moment in self.datetime)
        return column.drawing(
            lambda stream: (_EPOCH + dt.timedelta(seconds=first + stream.below(last - first + 1))).isoformat() + "Z"
        )


def _seconds(moment: dt.datetime) -> int:
    return (moment.astimezone(dt.UTC).replace(tzinfo=None) - _EPOCH) // dt.timedelta(seconds=1)
