"""Lengths of time that a definition leaves to chance: `1s`, or `[1s, 3s]` for anything between."""

from typing import Annotated, Any

from pydantic import PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from mockserver.definitions.quantity import read_wait, write_duration
from mockserver.generation.seeding import Stream
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds, from the least to the most."""

    least_s: float
    most_s: float

    def say(self) -> str:
        """It in words: `2s`, `1s to 3s`."""
        ends = dict.fromkeys((write_duration(self.least_s), write_duration(self.most_s)))
        return " to ".join(ends)

    def draw(self, stream: Stream) -> float:
        """One length of it."""
        return self.least_s + (self.most_s - self.least_s) * stream.unit()


def _parse(value: Any) -> Span:
    """*Raises* `PydanticCustomError` with the spelling expected."""
    if isinstance(value, Span):
        return value
    if isinstance(value, list) and len(value) != 2:
        raise PydanticCustomError("span", "should be a duration like 2s, or two of them: [1s, 3s]")
    ends = [read_wait(one) for one in (value if isinstance(value, list) else [value])]
    if any(one.years or one.seconds < 0 for one in ends):
        raise PydanticCustomError("span", "should be a duration from 0s on, in units up to w")
    if ends[0].seconds > ends[-1].seconds:
        raise PydanticCustomError("span", "should begin with the shorter one, like [1s, 3s]")
    return Span(ends[0].seconds, ends[-1].seconds)


_TEXT = {"type": "string", "description": "a duration: 250ms, 2s, 15m"}
SpanText = Annotated[
    Span,
    PlainValidator(_parse),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2}]}),
]
"""A duration, or two that it lies between: seeded."""
