"""Keeps computed fields true: in the row that is written, and in the rows that read from it through references."""

from collections.abc import Iterator, Mapping

from mockserver.definitions.expression import ExpressionError
from mockserver.errors import ServerError
from mockserver.generation.computing import computed_order, computed_value
from mockserver.generation.schema import Relation, Resource, Schema
from mockserver.generation.scope import Find, RowScope
from mockserver.messages import Document, Key
from mockserver.store.collection import Collection


class Derivation:
    """What is computed from what, worked out once for a schema."""

    __slots__ = ("_chains", "_find", "_order", "_schema")

    def __init__(self, schema: Schema, find: Find) -> None:
        self._schema = schema
        self._find = find
        self._order: dict[str, list[str]] = {name: [] for name in schema.resources}
        for resource, field in computed_order(schema.resources):
            self._order[resource].append(field)
        self._chains: dict[str, dict[tuple[Relation, ...], None]] = {name: {} for name in schema.resources}
        for resource, fields in self._order.items():
            for field in fields:
                self._add_chains(schema[resource], field)

    def _add_chains(self, resource: Resource, field: str) -> None:
        expression = resource.attributes[field].computed
        for way in sorted(expression.paths if expression is not None else ()):
            here, chain = resource, []
            for step in way:
                if step not in here.parents:
                    break
                chain.append(here.parents[step])
                here = self._schema[here.parents[step].parent]
                self._chains[here.name][tuple(chain)] = None

    def computed(self, resource: Resource, document: Document) -> Document:
        """The document with its computed fields as they have to be. *Raises* `ServerError` when one has no value."""
        fields = self._order[resource.name]
        if not fields:
            return document
        whole = dict(document)
        for name in fields:
            try:
                scope = RowScope(self._schema, resource, whole, self._find)
                whole[name] = computed_value(resource.attributes[name], scope)
            except ExpressionError as error:
                place = f"resources.{resource.name}.fields.{name}.computed"
                raise ServerError(f"The computed field '{name}' has no value: {error.problem} ({place}).") from None
        return whole

    def dependents(self, resource: str, key: Key, collections: Mapping[str, Collection]) -> Iterator[tuple[str, Key]]:
        """The rows whose computed fields read the document of that id, through whatever references."""
        for chain in self._chains[resource]:
            reached: dict[Key, None] = {key: None}
            for relation in reversed(chain):
                children = collections[relation.child]
                reached = dict.fromkeys(child for one in reached for child in children.referring(relation.field, one))
            for child in reached:
                yield chain[0].child, child
