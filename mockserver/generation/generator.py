"""The contract of a generator: one kind of field, how its values look and how they are drawn."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Final, TypeAlias

from pydantic import Field, Tag

from mockserver.definitions.field import FieldRules
from mockserver.definitions.union import one_of_shapes
from mockserver.errors import GenerationError
from mockserver.generation.fakes import Fakes
from mockserver.generation.seeding import Stream, Streams
from mockserver.generation.shape import Shape
from mockserver.messages import Json, Key
from mockserver.registry import Registry
from mockserver.value import dataclass


@dataclass(slots=True)
class Row:
    """The place of one row: its stable key, its number among all rows, and the parent it was made for."""

    key: bytes
    number: int
    parent: Key | None = None


Draw: TypeAlias = Callable[[Row, int], Json]
"""The value of a cell in its row, at an attempt (0, then up while the value does not fit)."""

Flawed: TypeAlias = tuple[tuple[str | int, ...], str, str]
"""Something wrong in a field's declaration: the way to it, what it is, and a hint."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a generator is compiled for: the field's place, and where values come from.

    `place` is the dotted way to it in the definition where that is not the field's own.
    """

    path: tuple[str, ...]
    seed: int
    now: datetime
    fakes: Fakes
    keys: Callable[[str], Sequence[Key]]
    place: str = ""

    @property
    def name(self) -> str:
        """The dotted way to the field in the definition."""
        if self.place:
            return self.place
        resource, *fields = self.path
        return ".".join(("resources", resource, "fields", *fields))

    def streams(self, *part: str) -> Streams:
        """The streams of this column, or of a further part of each of its cells."""
        # A property of that name has streams too; no name of a field holds a slash.
        return Streams(self.seed, *self.path, *(f"/{name}" for name in part))

    def inner(self, name: str) -> "Column":
        """The column of a property or of the items."""
        return replace(self, path=(*self.path, name))

    def drawing(self, sample: Callable[[Stream], Json]) -> Draw:
        """A draw that takes each cell from its own stream."""
        at = self.streams().at
        return lambda row, attempt: sample(at(row.key, attempt))

    def failure(self, problem: str, hint: str = "") -> GenerationError:
        """An error at this field."""
        return GenerationError(self.name, problem, hint)


class Generator(FieldRules):
    """A field with the one generator its values come from. A kind's own key is its registered name."""

    @abstractmethod
    def shape(self, fakes: Fakes) -> Shape:
        """What the values look like. *Raises* `GenerationError` when nothing can give them."""

    @abstractmethod
    def draw(self, column: Column) -> Draw:
        """The values, one cell at a time."""

    def flaws(self, now: datetime) -> Iterator[Flawed]:
        """What the declaration itself has wrong, before any value is drawn."""
        del now
        yield from ()

    @property
    def obeys_rules(self) -> bool:
        """Whether values hold to the rules by themselves, so that none needs a second look."""
        return False

    def inner_fields(self) -> dict[str, FieldRules]:
        """The fields inside this one's values, by the step that leads to them."""
        return {}


ITEMS: Final = "[]"
"""The name of an array's items as a step of a column's path."""

generators: Registry[type[Generator]] = Registry("generator", "mockserver.generation.generators")


def as_generator(field: FieldRules) -> Generator:
    """The generator that a checked field is."""
    if not isinstance(field, Generator):
        raise TypeError(f"{type(field).__name__} is no generator")
    return field


def outside(rules: FieldRules, lowest: float, highest: float, key: str) -> Iterator[Flawed]:
    """The flaw of a range that generates what `min` and `max` would refuse."""
    if lowest > highest:
        yield (key,), f"the range ends ({highest}) before it begins ({lowest})", "write the smaller number first"
    if rules.min is not None and lowest < rules.min:
        yield (key,), f"generates values under the field's min ({rules.min:g})", "narrow the range or lower min"
    if rules.max is not None and highest > rules.max:
        yield (key,), f"generates values over the field's max ({rules.max:g})", "narrow the range or raise max"


_ItemCount: TypeAlias = Annotated[int, Field(ge=0, le=1000)]
Items: TypeAlias = Annotated[
    Annotated[_ItemCount, Tag("number")] | Annotated[list[_ItemCount], Field(min_length=2, max_length=2), Tag("list")],
    one_of_shapes("should be a number of items, or [least, most]"),
]


def wrong_way_round(items: Any) -> Iterator[Flawed]:
    """The flaw of `items: [3, 1]`."""
    least, most = counted(items)
    if least > most:
        yield ("items",), "the range ends before it begins", "write the smaller number first"


def counted(items: Any) -> tuple[int, int]:
    """The least and most items of `items: 3` or `items: [1, 3]`."""
    return (items, items) if isinstance(items, int) else (items[0], items[1])
