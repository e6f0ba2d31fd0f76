"""Definition and schema to documents: rows and ids first, then cells, then what is computed from them.

Every cell is drawn from its own stream, so neither the order of resources nor that of fields can change a value.
"""

from collections.abc import Collection, Mapping, Set
from copy import copy
from dataclasses import replace
from typing import Any, Final

from mockserver.definitions.expression import ExpressionError
from mockserver.definitions.model import CoreDefinition, PerParent, ResourceSection
from mockserver.errors import GenerationError
from mockserver.generation.budget import Budget
from mockserver.generation.computing import computed_order, computed_value
from mockserver.generation.fakes import Fakes
from mockserver.generation.fitting import distinct
from mockserver.generation.generator import Draw
from mockserver.generation.schema import ID, Attribute, Resource, Schema, counted_by
from mockserver.generation.scope import RowScope
from mockserver.generation.seating import NAMED, Seating, Seats
from mockserver.generation.trait import cell_draws
from mockserver.messages import Document, Json, Key

_MISSING: Final = object()


class Generation:
    """Draws the documents of all resources of one definition.

    `failures` are the fields whose values can't exist; what they would hold is null then.
    """

    __slots__ = ("_budget", "failures", "schema", "seating", "seed")

    def __init__(self, definition: CoreDefinition, schema: Schema, fakes: Fakes) -> None:
        self.schema = schema
        self.seed = definition.seed
        self.seating = Seating(definition, schema, fakes)
        self.failures: list[GenerationError] = []
        self._budget = Budget()

    def varied(
        self, sections: Mapping[str, ResourceSection], totals: Mapping[str, int], kept: Collection[str]
    ) -> "Generation":
        """The same with other sections in place of these resources' own; `totals` and `kept` as `Seating.varied`.

        Sections may differ in their count, rows and shares of traits. A cell that nothing of that is about keeps its
        value. *Raises* `GenerationError`.
        """
        known = self.schema.resources
        resources = {**known, **{name: replace(known[name], section=one) for name, one in sections.items()}}
        made = copy(self)
        made.schema = replace(self.schema, resources=resources)
        made.seating = self.seating.varied(made.schema, totals, kept)
        made.failures = []
        made._budget = Budget()
        return made

    def documents(self, given: Mapping[str, list[Document]] | None = None) -> dict[str, list[Document]]:
        """The rows of every resource, as defined; those given are taken as they are.

        *Raises* `GenerationError` where no row can be.
        """
        known = given or {}
        made = {
            name: known[name] if name in known else self._documents(resource)
            for name, resource in self.schema.resources.items()
        }
        self._compute(made, known)
        return made

    def named(self) -> dict[str, tuple[str, Key]]:
        """The rows that the definition gives names to: the resource and the id of each."""
        found: dict[str, tuple[str, Key]] = {}
        for resource in self.schema.resources.values():
            keys = self.seating[resource.name].said if any(NAMED in row for row in resource.section.rows) else {}
            for row, key in zip(resource.section.rows, keys, strict=False):
                if isinstance(row.get(NAMED), str):
                    found[row[NAMED]] = (resource.name, key)
        return found

    def _documents(self, resource: Resource) -> list[Document]:
        seats = self.seating[resource.name]
        self._budget.spend(resource, len(seats.rows))
        names = list(resource.attributes)
        columns = [self._column(resource, attribute, seats) for attribute in resource.attributes.values()]
        if any(attribute.rules.missing for attribute in resource.attributes.values()):
            return [
                {name: cell for name, cell in zip(names, cells, strict=True) if cell is not _MISSING}
                for cells in zip(*columns, strict=True)
            ]
        return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]

    def _column(self, resource: Resource, attribute: Attribute, seats: Seats) -> list[Any]:
        if not seats.rows:
            return []
        try:
            return self._cells(resource, attribute, seats)
        except GenerationError as failure:
            self.failures.append(failure)
            return [None] * len(seats.rows)

    def _cells(self, resource: Resource, attribute: Attribute, seats: Seats) -> list[Any]:
        """One column, with what the explicit rows say of it."""
        name = attribute.name
        if name == ID:
            return list(seats.keys)
        if attribute.computed is not None:
            return [None] * len(seats.rows)
        said = {key: row[name] for key, row in seats.said.items() if name in row}
        shaped = cell_draws(self.seating, resource, attribute)
        draw = _either(shaped, self._draw(resource, attribute))
        if attribute.rules.unique:
            cells = self._unique(resource, attribute, seats, said, draw)
        else:
            cells = [draw(row, 0) for row in seats.rows]
        if said:
            cells = [said.get(key, cell) for key, cell in zip(seats.keys, cells, strict=True)]
        if not attribute.rules.missing:
            return cells
        given = {key for key, row in zip(seats.keys, seats.rows, strict=True) if key in said or row.key in shaped}
        return self._with_missing(resource, attribute, seats, cells, given)

    def _draw(self, resource: Resource, attribute: Attribute) -> Draw:
        """The draw of a field; the reference that children are counted by is the parent they were made for."""
        seating = self.seating
        free = seating.draw(resource, attribute) if attribute.rules.unique else seating.fitted(resource, attribute)
        wanted = resource.section.row_count
        if not isinstance(wanted, PerParent) or counted_by(resource, wanted.per) != attribute.name:
            return free
        return lambda row, attempt: free(row, attempt) if row.parent is None else row.parent

    def _unique(
        self, resource: Resource, attribute: Attribute, seats: Seats, said: Mapping[Key, Json], draw: Draw
    ) -> list[Any]:
        """A column without a value twice: what explicit rows say is taken before anything is drawn."""
        drawn = [row for key, row in zip(seats.keys, seats.rows, strict=True) if key not in said]
        column = self.seating.column(resource, attribute)
        values = iter(distinct(attribute, column, draw, drawn, list(said.values())))
        return [None if key in said else next(values) for key in seats.keys]

    def _with_missing(
        self, resource: Resource, attribute: Attribute, seats: Seats, cells: list[Any], given: Set[Key]
    ) -> list[Any]:
        share = attribute.rules.missing
        at = self.seating.column(resource, attribute).streams("missing").at
        return [
            _MISSING if key not in given and at(row.key).unit() < share else cell
            for key, row, cell in zip(seats.keys, seats.rows, cells, strict=True)
        ]

    def _compute(self, made: Mapping[str, list[Document]], given: Collection[str]) -> None:
        by_key: dict[str, dict[Any, Document]] = {}

        def find(resource: str, key: Any) -> Document | None:
            if resource not in by_key:
                by_key[resource] = {row[ID]: row for row in made[resource]}
            return by_key[resource].get(key)

        for name, called in computed_order(self.schema.resources):
            if name in given:
                continue
            resource = self.schema[name]
            try:
                for row in made[name]:
                    self._fill(resource, resource.attributes[called], row, RowScope(self.schema, resource, row, find))
            except GenerationError as failure:
                self.failures.append(failure)

    @staticmethod
    def _fill(resource: Resource, attribute: Attribute, row: Document, scope: RowScope) -> None:
        try:
            row[attribute.name] = computed_value(attribute, scope)
        except ExpressionError as error:
            place = f"resources.{resource.name}.fields.{attribute.name}.computed"
            raise GenerationError(place, f"{error.problem} (in the row with id {row[ID]})", error.hint) from None


def _either(shaped: Mapping[bytes, Draw], otherwise: Draw) -> Draw:
    """The draw of a column in which some rows, by key, have one of their own."""
    if not shaped:
        return otherwise
    return lambda row, attempt: shaped.get(row.key, otherwise)(row, attempt)
