"""Examples from the data: documents that are there, ids that lead to them, bodies that could be sent."""

from collections.abc import Sequence
from itertools import islice, pairwise
from typing import Final

from mockserver.generation.fill import Filler
from mockserver.generation.schema import ID, Attribute, Relation, Resource
from mockserver.messages import Document, Json
from mockserver.query.embed import visible
from mockserver.query.naming import Naming
from mockserver.store.store import Store
from mockserver.value import dataclass

_LOOKED_AT: Final = 200


@dataclass(frozen=True, slots=True)
class Examples:
    """Finds examples in a store."""

    store: Store
    naming: Naming

    def shown(self, resource: Resource, most: int) -> list[Json]:
        """The first documents, as a client reads them."""
        return [self.naming.write(resource, visible(resource, row)) for row in islice(self.store[resource.name], most)]

    def count(self, resource: Resource) -> int:
        """How many documents there are."""
        return len(self.store[resource.name])

    def keys(self, chain: Sequence[Resource]) -> Sequence[Json]:
        """Ids that lead along the chain, each document below the one before; none where no rows do."""
        for row in islice(self.store[chain[-1].name], _LOOKED_AT):
            keys = self._up(chain, row)
            if keys is not None:
                return keys
        return [None] * len(chain)

    def _up(self, chain: Sequence[Resource], row: Document) -> list[Json] | None:
        keys: list[Json] = [row[ID]]
        for parent, child in reversed(list(pairwise(chain))):
            above = self.store.find(parent.name, _held(row, parent.children[child.name]))
            if above is None:
                return None
            keys.insert(0, above[ID])
            row = above
        return keys

    def creation(self, resource: Resource, below: Relation | None) -> Json:
        """A body like the first document's; nothing where there is none."""
        return self._body(resource, [
            name for name, one in resource.attributes.items()
            if name != ID and not (below and below.field == name) and (one.rules.required or not one.rules.unique)
            and not (is_filled(one) and one.default is None)
        ])  # fmt: skip

    def replacement(self, resource: Resource, below: Relation | None) -> Json:
        """A body that says again what the first document is."""
        return self._body(resource, [
            name for name, one in resource.attributes.items()
            if name != ID and not one.rules.immutable and not (below and below.field == name)
        ])  # fmt: skip

    def patch(self, resource: Resource) -> Json:
        """A body that changes a field or two."""
        fields = [
            name for name, one in resource.attributes.items()
            if name != ID and not one.rules.immutable and not one.rules.unique and one.reference is None
        ]  # fmt: skip
        body = self._body(resource, fields)
        return dict(list(body.items())[:1]) if isinstance(body, dict) else None

    def _body(self, resource: Resource, fields: Sequence[str]) -> Json:
        row = next(iter(self.store[resource.name]), None)
        if row is None:
            return None
        writable = [name for name in fields if resource.attributes[name].is_writable and name in row]
        return self.naming.write(resource, {name: row[name] for name in writable})


def _held(row: Document, relation: Relation) -> Json:
    held = row.get(relation.field)
    return (held[0] if held else None) if isinstance(held, list) else held


def is_filled(attribute: Attribute) -> bool:
    """Whether a new document gets a value here that the client need not give."""
    return attribute.default is not None or attribute.on_update is not None or Filler.continues(attribute)
