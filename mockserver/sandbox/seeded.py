"""What the sandboxes of one definition begin with: its rows in collections that nobody writes to, made once for all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

from mockserver.definitions.model import CoreDefinition
from mockserver.generation.generate import Generation
from mockserver.generation.schema import Schema
from mockserver.messages import Document
from mockserver.sandbox.clock import Clock
from mockserver.store.collection import Collection
from mockserver.store.feed import Feed
from mockserver.store.store import Store
from mockserver.value import dataclass

Rows: TypeAlias = Mapping[str, list[Document]]


@dataclass(frozen=True, slots=True)
class Seeded:
    """A definition with its rows, ready to be begun with as often as is wanted: that takes neither time nor room."""

    definition: CoreDefinition
    generation: Generation
    rows: Rows
    pristine: Mapping[str, Collection]
    origin: "Seeded | None" = None
    """What it varies, where it does."""

    @property
    def schema(self) -> Schema:
        """The resources."""
        return self.generation.schema

    def varied(self, rows: Rows) -> "Seeded":
        """The same definition with other rows; those of a resource that are the very same are not collected again."""
        collected = {
            name: one if rows[name] is self.rows[name] else Collection(one.resource, rows[name])
            for name, one in self.pristine.items()
        }
        return replace(self, rows=rows, pristine=collected, origin=self.origin or self)

    def store(self, feed: Feed, clock: Clock, most_rows: int | None = None) -> Store:
        """A store that begins with these rows, and may come to so many; they are copied where they are written to."""
        return Store(self.schema, self.pristine, feed, clock.now, most_rows)


def collect(definition: CoreDefinition, generation: Generation, rows: Rows) -> Seeded:
    """A definition and its rows as sandboxes begin with them. Takes its time; any thread may do it."""
    resources = generation.schema.resources
    return Seeded(definition, generation, rows, {name: Collection(one, rows[name]) for name, one in resources.items()})
