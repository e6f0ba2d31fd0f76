"""Makes collections agree that were put together from two states: what was kept, and what was made anew.

Rows that refer to one that is not there fare as if it had been deleted, and computed fields follow what they read.
Knows nothing of how the collections came together.
"""

from collections.abc import Iterable, Iterator, Mapping

from mockserver.generation.schema import Relation, Resource
from mockserver.messages import Json, Key
from mockserver.store.collection import Collection
from mockserver.store.lookup import without
from mockserver.store.store import Store, Transaction


def mend(store: Store, lost: Mapping[str, Iterable[Key]], kept: Iterable[str]) -> None:
    """Leave no reference to a `lost` id, and compute anew what reads the written documents of the `kept` resources.

    `on_delete: clear` clears the reference; `cascade` takes the row along, and so does `restrict`: it is too late to
    refuse. *Raises* `Problem` when that can't be, and then has changed nothing.
    """
    with store.transaction() as transaction:
        mending = _Mending(store, transaction)
        for name, keys in lost.items():
            for key in keys:
                mending.let_go(name, key)
        for name in kept:
            mending.follow(store.schema[name])


class _Mending:
    """One repair under way; rows that leave are looked at once."""

    def __init__(self, store: Store, transaction: Transaction) -> None:
        self._store = store
        self._transaction = transaction
        self._collections: Mapping[str, Collection] = {name: store[name] for name in store.schema.resources}
        self._leaving: set[tuple[str, Key]] = set()

    def let_go(self, resource: str, key: Key) -> None:
        """Free every row from its reference to an id that is not there, those that leave after those below them."""
        pending = [(resource, key, self._referring(resource, key))]
        while pending:
            name, target, referring = pending[-1]
            found = next(referring, None)
            if found is None:
                pending.pop()
                # Rows that refer to one another in a ring have left together.
                if (name, target) in self._leaving and target in self._collections[name]:
                    self._transaction.delete(self._store.schema[name], target)
                continue
            relation, child = found
            if relation.on_delete == "clear":
                self._clear(relation, child, target)
            elif (relation.child, child) not in self._leaving:
                self._leaving.add((relation.child, child))
                pending.append((relation.child, child, self._referring(relation.child, child)))

    def _referring(self, resource: str, key: Key) -> Iterator[tuple[Relation, Key]]:
        for relation in self._store.schema.referring[resource]:
            for child in self._collections[relation.child].referring(relation.field, key):
                yield relation, child

    def _clear(self, relation: Relation, child: Key, target: Key) -> None:
        row = self._collections[relation.child].get(child)
        if row is not None:
            held = row.get(relation.field)
            cleared: Json = without(held, target) if isinstance(held, list) else None
            self._transaction.put(self._store.schema[relation.child], {**row, relation.field: cleared})

    def follow(self, resource: Resource) -> None:
        """Compute the written documents of a resource, and whatever reads them."""
        for key in self._collections[resource.name].written():
            self._compute(resource, key)
            for name, dependent in self._store.derivation.dependents(resource.name, key, self._collections):
                self._compute(self._store.schema[name], dependent)

    def _compute(self, resource: Resource, key: Key) -> None:
        row = self._collections[resource.name].get(key)
        if row is not None:
            self._transaction.put(resource, row)
