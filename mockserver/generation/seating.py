"""The rows of every resource before their cells: how many, for which parent, with which id, and what is said."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import accumulate, count
from typing import Any, Final

from mockserver.definitions.model import MAX_ROWS, CoreDefinition, PerParent
from mockserver.errors import GenerationError
from mockserver.generation.fakes import Fakes
from mockserver.generation.fitting import TRIES, distinct, fitted
from mockserver.generation.generator import Column, Draw, Row, as_generator
from mockserver.generation.schema import ID, Attribute, Resource, Schema
from mockserver.generation.seeding import Streams
from mockserver.messages import Json, Key
from mockserver.value import dataclass

NAMED: Final = "_name"
"""The key in an explicit row that names it for expressions; never part of a document."""
TRAITS: Final = "_traits"
"""The key in an explicit row that lists its traits; never part of a document either."""


@dataclass(slots=True)
class Seats:
    """The rows of one resource: where each is drawn, its id, and the cells that are said outright, by id.

    `having` are the rows that have a trait.
    """

    rows: list[Row] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    said: dict[Key, dict[str, Json]] = field(default_factory=dict)
    having: dict[str, list[Row]] = field(default_factory=dict)


class Seating:
    """Seats all resources of a definition, each when it is first asked for. *Raises* `GenerationError`."""

    __slots__ = ("_definition", "_fakes", "_schema", "_seats", "_totals")

    def __init__(self, definition: CoreDefinition, schema: Schema, fakes: Fakes) -> None:
        self._definition = definition
        self._schema = schema
        self._fakes = fakes
        self._seats: dict[str, Seats] = {}
        self._totals: Mapping[str, int] = {}

    def varied(self, schema: Schema, totals: Mapping[str, int], kept: Iterable[str]) -> "Seating":
        """The same with other sections, where the resources kept are seated as they are here.

        `totals` are how many rows there are to be of a resource in all: the first of them, or more like them.
        """
        made = Seating(self._definition, schema, self._fakes)
        made._seats = {name: self[name] for name in kept}
        made._totals = totals
        return made

    def __getitem__(self, resource: str) -> Seats:
        if resource not in self._seats:
            self._seats[resource] = self._seated(self._schema[resource])
        return self._seats[resource]

    def column(self, resource: Resource, attribute: Attribute) -> Column:
        """Where the values of a field come from."""
        path, now = (resource.name, attribute.name), self._definition.clock
        return Column(path, self._definition.seed, now, self._fakes, lambda name: self[name].keys)

    def draw(self, resource: Resource, attribute: Attribute) -> Draw:
        """The draw of one field, null share included, whatever its rules say."""
        column = self.column(resource, attribute)
        draw = as_generator(attribute.rules).draw(column)
        share = attribute.rules.null_share
        if not share:
            return draw
        at = column.streams("null").at
        return lambda row, attempt: None if at(row.key).unit() < share else draw(row, attempt)

    def fitted(self, resource: Resource, attribute: Attribute) -> Draw:
        """The draw of one field with values that obey its rules."""
        return fitted(attribute, self.column(resource, attribute), self.draw(resource, attribute))

    def _seated(self, resource: Resource) -> Seats:
        seats = Seats(rows=self._rows(resource))
        draw, column = self.draw(resource, resource.id), self.column(resource, resource.id)
        seats.keys = distinct(resource.id, column, draw, seats.rows, ())
        generated = len(seats.rows)
        self._seat_explicit(resource, seats)
        added = range(generated, len(seats.rows))
        if resource.name in self._totals:
            self._fit(resource, seats, self._totals[resource.name], generated)
        seats.having = {trait: self._having(resource, trait, seats, added) for trait in resource.section.traits}
        return seats

    def _fit(self, resource: Resource, seats: Seats, total: int, generated: int) -> None:
        """Take rows away from the end, or seat further ones there, as a higher count would have made them."""
        del seats.rows[total:], seats.keys[total:]
        places = range(len(seats.rows), total)
        rows = [Row(b"%d" % number, place) for number, place in enumerate(places, generated)]
        draw, column = self.draw(resource, resource.id), self.column(resource, resource.id)
        seats.keys += distinct(resource.id, column, draw, rows, seats.keys)
        seats.rows += rows

    def _having(self, resource: Resource, trait: str, seats: Seats, added: range) -> list[Row]:
        """The rows with a trait: those that say so, and of the generated ones that say nothing its share."""
        share = resource.section.mix.get(trait, 0.0)
        at = Streams(self._definition.seed, resource.name, "", "trait", trait).at
        rows: list[Row] = []
        for key, row in zip(seats.keys, seats.rows, strict=True):
            listed: Any = seats.said.get(key, {}).get(TRAITS)
            drawn = listed is None and row.number not in added and share and at(row.key).unit() < share
            if drawn or (listed is not None and trait in listed):
                rows.append(row)
        return rows

    def _seat_explicit(self, resource: Resource, seats: Seats) -> None:
        """Take in the explicit rows: those with the id of a generated one change it, the others follow."""
        explicit = resource.section.rows
        generated = set(seats.keys)
        taken = generated | {row[ID] for row in explicit if row.get(ID) is not None}
        for ordinal, row in enumerate(explicit):
            key = row.get(ID)
            if key is None:
                key = self._free(resource, Row(b"=+%d" % ordinal, len(seats.rows)), taken)
                taken.add(key)
            if key not in generated:
                seats.rows.append(Row(b"=%s" % str(key).encode(), len(seats.rows)))
                seats.keys.append(key)
            seats.said[key] = {name: value for name, value in row.items() if name not in (ID, NAMED)}

    def _free(self, resource: Resource, row: Row, taken: set[Key]) -> Key:
        """An id for one more row: the next of a sequence is past every id in use."""
        draw = self.fitted(resource, resource.id)
        highest = max((key for key in taken if isinstance(key, int)), default=0)
        for attempt in range(TRIES):
            key = draw(row, attempt)
            if isinstance(key, int) and key <= highest:
                key = highest + 1
            if isinstance(key, int | str) and key not in taken:
                return key
        problem = f"gives no id that is free for row {row.number + 1}"
        raise self.column(resource, resource.id).failure(problem, "use a seq or uuid, or give the row an id")

    def _rows(self, resource: Resource) -> list[Row]:
        wanted = resource.section.row_count
        if isinstance(wanted, int):
            return [Row(b"%d" % number, number) for number in range(wanted)]
        rows: list[Row] = []
        for row in self._children(resource, wanted):
            if len(rows) == MAX_ROWS:
                place = f"resources.{resource.name}.count"
                raise GenerationError(place, f"makes more than {MAX_ROWS:,} rows", "lower it, or the parent's count")
            rows.append(row)
        return rows

    def _children(self, resource: Resource, wanted: PerParent) -> Iterator[Row]:
        numbers, streams = count(), Streams(self._definition.seed, resource.name, "", "count")
        for parent in self[wanted.per].keys:
            name = str(parent).encode()
            for ordinal in range(_child_count(wanted, streams, name)):
                yield Row(b"%b/%d" % (name, ordinal), next(numbers), parent)


def _child_count(wanted: PerParent, streams: Streams, parent: bytes) -> int:
    each = wanted.each
    if isinstance(each, int):
        return each
    stream = streams.at(parent)
    if isinstance(each, list):
        return each[0] + stream.below(each[1] - each[0] + 1)
    # Not `sum`: how it adds floats differs between versions of Python.
    totals = list(accumulate(each.values()))
    point = stream.unit() * totals[-1]
    numbers: Sequence[int] = list(each)
    return next((number for number, total in zip(numbers, totals, strict=True) if point < total), numbers[-1])
