"""Definition and schema to documents: keys first, then cells, then what is computed from them.

Every cell is drawn from its own stream, so neither the order of resources nor that of fields can change a value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import accumulate, count
from typing import Any, Final

from mockserver.definitions.expression import ExpressionError
from mockserver.definitions.model import CoreDefinition, PerParent
from mockserver.errors import GenerationError
from mockserver.generation.computing import computed_order
from mockserver.generation.fakes import Fakes
from mockserver.generation.fitting import TRIES, is_ruled, misfit, needs_look
from mockserver.generation.generator import Column, Draw, Row, as_generator
from mockserver.generation.schema import ID, Attribute, Resource, Schema
from mockserver.generation.scope import RowScope
from mockserver.generation.seeding import Streams
from mockserver.messages import Document, Json, Key

_MISSING: Final = object()
NAMED: Final = "_name"
"""The key in an explicit row that names it for expressions; never part of a document."""


@dataclass(slots=True)
class Seats:
    """The rows of one resource before their cells: where each is drawn, its id, and what is said of it outright."""

    rows: list[Row] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    said: dict[Key, dict[str, Json]] = field(default_factory=dict)


@dataclass(slots=True)
class Generation:
    """Draws the documents of all resources of one definition. *Raises* `GenerationError` where values can't exist."""

    definition: CoreDefinition
    schema: Schema
    fakes: Fakes
    seed: int
    seats: dict[str, Seats] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The definition's clock."""
        return self.definition.clock

    def column(self, resource: str, name: str) -> Column:
        """The column of a field."""
        return Column((resource, name), self.seed, self.now, self.fakes, self._keys)

    def _keys(self, resource: str) -> Sequence[Key]:
        return self.seat(resource).keys

    def seat(self, resource: str) -> Seats:
        """The rows of a resource with their ids."""
        if resource not in self.seats:
            self.seats[resource] = self._seated(self.schema[resource])
        return self.seats[resource]

    def _seated(self, resource: Resource) -> Seats:
        seats = Seats(rows=list(self._rows(resource)))
        explicit = [dict(row) for row in resource.section.rows]
        given = [row[ID] for row in explicit if ID in row]
        draw = self.draw(resource, resource.id)
        seats.keys = _distinct(resource.id, self.column(resource.name, ID), draw, seats.rows, ())
        taken = set(seats.keys) | set(given)
        highest = max((key for key in taken if isinstance(key, int)), default=0)
        generated = set(seats.keys)
        for row in explicit:
            number = len(seats.rows)
            key = row.get(ID)
            if key is None:
                key = _free(self.fitted(resource, resource.id), number, taken, highest)
                if key is None:
                    raise self.column(resource.name, ID).failure(
                        f"gives no id that is free for row {number + 1}", "use a seq or uuid, or give the row an id"
                    )
                highest = max(highest, key) if isinstance(key, int) else highest
                taken.add(key)
            if key not in generated:
                seats.rows.append(Row(b"=%s" % str(key).encode(), number))
                seats.keys.append(key)
            said = {name: value for name, value in row.items() if name not in (ID, NAMED)}
            seats.said[key] = {**seats.said.get(key, {}), **said}
        return seats

    def _rows(self, resource: Resource) -> Iterator[Row]:
        wanted = resource.section.row_count
        if isinstance(wanted, int):
            for number in range(wanted):
                yield Row(b"%d" % number, number)
            return
        numbers = count()
        for parent in self.seat(wanted.per).keys:
            name = str(parent).encode()
            for ordinal in range(self._children(resource.name, wanted, name)):
                yield Row(b"%b/%d" % (name, ordinal), next(numbers), parent)

    def _children(self, resource: str, wanted: PerParent, parent: bytes) -> int:
        each = wanted.each
        if isinstance(each, int):
            return each
        stream = Streams(self.seed, resource, "", "count").at(parent)
        if isinstance(each, list):
            return each[0] + stream.below(each[1] - each[0] + 1)
        point = stream.unit() * sum(each.values())
        reached = zip(each, accumulate(each.values()), strict=True)
        return next((number for number, total in reached if point < total), list(each)[-1])

    def draw(self, resource: Resource, attribute: Attribute) -> Draw:
        """The draw of one field, null share included."""
        column = self.column(resource.name, attribute.name)
        draw = as_generator(attribute.rules).draw(column)
        share = attribute.rules.null_share
        if not share:
            return draw
        at = column.streams("null").at
        return lambda row, attempt: None if at(row.key).unit() < share else draw(row, attempt)

    def fitted(self, resource: Resource, attribute: Attribute) -> Draw:
        """The draw of one field with values that obey its rules."""
        draw, column = self.draw(resource, attribute), self.column(resource.name, attribute.name)
        if not needs_look(as_generator(attribute.rules)):
            return draw
        return lambda row, attempt: _fitting(attribute, column, draw, row, attempt)

    def documents(self) -> dict[str, list[Document]]:
        """The rows of every resource, in the order of the definition."""
        made = {name: self._documents(resource) for name, resource in self.schema.resources.items()}
        self._compute(made)
        return made

    def _documents(self, resource: Resource) -> list[Document]:
        seats = self.seat(resource.name)
        if len(seats.rows) > 200_000:
            hint = "200,000 rows of a resource are the most"
            raise GenerationError(f"resources.{resource.name}.count", f"makes {len(seats.rows):,} rows", hint)
        names = list(resource.attributes)
        columns = [self._cells(resource, attribute, seats) for attribute in resource.attributes.values()]
        if any(attribute.rules.missing for attribute in resource.attributes.values()):
            return [
                {name: cell for name, cell in zip(names, cells, strict=True) if cell is not _MISSING}
                for cells in zip(*columns, strict=True)
            ]
        return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]

    def _cells(self, resource: Resource, attribute: Attribute, seats: Seats) -> list[Any]:
        """One column, with what the explicit rows say of it."""
        name = attribute.name
        if name == ID:
            return list(seats.keys)
        if attribute.computed is not None:
            return [None] * len(seats.rows)
        said = {key: row[name] for key, row in seats.said.items() if name in row}
        column, draw = self.column(resource.name, name), self.draw(resource, attribute)
        wanted = resource.section.row_count
        if isinstance(wanted, PerParent) and _leads_to(resource, name, wanted.per):
            free = draw
            draw = lambda row, attempt: free(row, attempt) if row.parent is None else row.parent  # noqa: E731
        if attribute.rules.unique:
            cells: list[Any] = _unique(attribute, column, draw, seats, said)
        elif needs_look(as_generator(attribute.rules)):
            cells = [_fitting(attribute, column, draw, row) for row in seats.rows]
        else:
            cells = [draw(row, 0) for row in seats.rows]
        if said:
            cells = [said.get(key, cell) for key, cell in zip(seats.keys, cells, strict=True)]
        return self._with_missing(resource, attribute, seats, cells, said)

    def _with_missing(
        self, resource: Resource, attribute: Attribute, seats: Seats, cells: list[Any], said: Mapping[Key, Json]
    ) -> list[Any]:
        share = attribute.rules.missing
        if not share:
            return cells
        at = self.column(resource.name, attribute.name).streams("missing").at
        return [
            _MISSING if key not in said and at(row.key).unit() < share else cell
            for key, row, cell in zip(seats.keys, seats.rows, cells, strict=True)
        ]

    def _compute(self, made: dict[str, list[Document]]) -> None:
        by_key = {name: {row[ID]: row for row in rows} for name, rows in made.items()}

        def find(resource: str, key: Any) -> Document | None:
            return by_key[resource].get(key)

        for name, called in computed_order(self.schema.resources):
            resource = self.schema[name]
            expression = resource.attributes[called].computed
            assert expression is not None  # noqa: S101 - the order names computed fields only
            for row in made[name]:
                try:
                    row[called] = expression.value(RowScope(self.schema, resource, row, find))
                except ExpressionError as error:
                    place = f"resources.{name}.fields.{called}.computed"
                    raise GenerationError(
                        place, f"{error.problem} (in the row with id {row[ID]})", error.hint
                    ) from None


def _leads_to(resource: Resource, name: str, parent: str) -> bool:
    """Whether a field is the reference that children per parent are made for: the first one to it."""
    reaching = (
        relation.field for relation in resource.parents.values() if relation.parent == parent and not relation.many
    )
    return next(reaching, None) == name


def _fits(attribute: Attribute, value: Json) -> bool:
    return value is None or not next(attribute.flaws(value), None)


def _fitting(attribute: Attribute, column: Column, draw: Draw, row: Row, attempt: int = 0) -> Json:
    for again in range(TRIES):
        value = draw(row, attempt + again)
        if _fits(attribute, value):
            return value
    raise misfit(column, next(attribute.flaws(draw(row, attempt))))


def _hashable(value: Json) -> Any:
    return repr(value) if isinstance(value, list | dict) else value


def _distinct(
    attribute: Attribute, column: Column, draw: Draw, rows: Sequence[Row], reserved: Sequence[Json]
) -> list[Any]:
    """A value for each row that no row before it has, nulls aside."""
    taken = {_hashable(value) for value in reserved}
    ruled, values = is_ruled(attribute.rules), []
    for row in rows:
        for attempt in range(TRIES):
            value = draw(row, attempt)
            if value is None or (_hashable(value) not in taken and (not ruled or _fits(attribute, value))):
                break
        else:
            raise _exhausted(attribute, column, draw, row, len(rows))
        taken.add(_hashable(value))
        values.append(value)
    return values


def _exhausted(attribute: Attribute, column: Column, draw: Draw, row: Row, rows: int) -> GenerationError:
    """The error of a row for which every value was taken, or broke the rules in the first place."""
    flaws = [next(attribute.flaws(draw(row, attempt)), None) for attempt in range(TRIES)]
    first = flaws[0]
    if first is not None and None not in flaws:
        return misfit(column, first)
    problem = f"can't be unique: {TRIES} tries for row {row.number + 1} of {rows} gave only values in use"
    return column.failure(problem, "use a seq or uuid, more values, or fewer rows")


def _unique(attribute: Attribute, column: Column, draw: Draw, seats: Seats, said: Mapping[Key, Json]) -> list[Any]:
    """A column without a value twice: what explicit rows say is taken before anything is drawn."""
    drawn = [row for key, row in zip(seats.keys, seats.rows, strict=True) if key not in said]
    values = iter(_distinct(attribute, column, draw, drawn, list(said.values())))
    return [None if key in said else next(values) for key in seats.keys]


def _free(draw: Draw, number: int, taken: set[Key], highest: int) -> Key | None:
    """An id for one more row: the next of a sequence is past every id in use; nothing when all draws are taken."""
    for attempt in range(TRIES):
        key: Any = draw(Row(b"+%d" % number, number), attempt)
        if isinstance(key, int) and key <= highest:
            key = highest + 1
        if key not in taken:
            return key  # type: ignore[no-any-return]
    return None
