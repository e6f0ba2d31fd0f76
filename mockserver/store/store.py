"""All collections of a sandbox, and the one way to write to them: a transaction, all of it or nothing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import RLock

from mockserver.errors import Conflict
from mockserver.generation.schema import ID, Relation, Resource, Schema
from mockserver.messages import Document, Json, Key
from mockserver.store.change import Change
from mockserver.store.collection import Collection, Trace
from mockserver.store.derive import Derivation
from mockserver.store.feed import Feed

Clock = Callable[[], datetime]


class Store:
    """The collections, and the feed that decides the order of their changes.

    Reading needs no lock: a document is never altered, only replaced. A transaction holds the lock and does not yield.
    """

    __slots__ = ("_clock", "_collections", "derivation", "feed", "lock", "schema")

    def __init__(self, schema: Schema, rows: Mapping[str, Iterable[Document]], feed: Feed, clock: Clock) -> None:
        self.schema = schema
        self.feed = feed
        self.derivation = Derivation(schema, self.find)
        self._clock = clock
        self._collections = {name: Collection(resource, rows[name]) for name, resource in schema.resources.items()}
        self.lock = RLock()

    def __getitem__(self, name: str) -> Collection:
        return self._collections[name]

    def find(self, resource: str, key: Json) -> Document | None:
        """A document by resource and id."""
        return self._collections[resource].get(key)

    def now(self) -> datetime:
        """The moment writes happen at."""
        return self._clock()

    @contextmanager
    def transaction(self) -> Iterator["Transaction"]:
        """Writes that all happen, as one batch of the feed, or not at all when the block raises."""
        with self.lock:
            moment = self._clock()
            written = Transaction(self, self._collections, moment)
            try:
                yield written
                if written.changes:
                    self.feed.append(written.changes, moment)
            except BaseException:
                written.undo()
                raise

    def replace(self, rows: Mapping[str, Iterable[Document]]) -> None:
        """Put other documents in the place of all there are."""
        with self.lock:
            for name, resource in self.schema.resources.items():
                self._collections[name] = Collection(resource, rows[name])


class Transaction:
    """Writes under way: each is seen by those after it, and takes with it what follows from it."""

    __slots__ = ("_collections", "_leaving", "_moment", "_orders", "_store", "_undo", "changes")

    def __init__(self, store: Store, collections: Mapping[str, Collection], moment: datetime) -> None:
        self._store = store
        self._collections = collections
        self._moment = moment
        self._leaving: set[tuple[str, Key]] = set()
        self._orders: dict[str, list[Key]] = {}
        self._undo: list[tuple[Change, Trace]] = []
        self.changes: list[Change] = []

    def put(self, resource: Resource, document: Document) -> Document:
        """Create a document, or replace the one with its id; what is computed from it follows. Returns it whole."""
        key = document[ID]
        assert isinstance(key, int | str)  # noqa: S101 - ids are checked before they get here
        collection = self._collections[resource.name]
        whole = self._store.derivation.computed(resource, document)
        before = collection.get(key)
        # Equal is not yet the same: 1, 1.0 and true are equal, and written differently.
        if before is not None and whole == before and repr(whole) == repr(before):
            return before
        self._apply(Change(resource.name, key, whole, before))
        if before is not None:
            for name, dependent in self._store.derivation.dependents(resource.name, key, self._collections):
                row = self._collections[name].get(dependent)
                if row is not None:
                    self.put(self._store.schema[name], row)
        return whole

    def delete(self, resource: Resource, key: Key) -> Document:
        """Delete a document, and do to those that refer to it what their references say.

        *Raises* `Conflict` when a reference restricts; `KeyError` when there is no such document.
        """
        document = self._collections[resource.name].keys[key]
        self._leaving.add((resource.name, key))
        for relation in self._store.schema.referring[resource.name]:
            for child in self._collections[relation.child].referring(relation.field, key):
                self._release(relation, child, resource, key)
        self._apply(Change(resource.name, key, None, document))
        return document

    def _release(self, relation: Relation, child: Key, parent: Resource, key: Key) -> None:
        if (relation.child, child) in self._leaving:
            return
        resource = self._store.schema[relation.child]
        if relation.on_delete == "cascade":
            if child in self._collections[relation.child]:
                self.delete(resource, child)
            return
        if relation.on_delete == "restrict":
            what = f"{parent.singular()} {key}"
            raise Conflict(
                f"The {what} can't be deleted: {resource.singular()} {child} refers to it ({relation.field})."
            )
        row = self._collections[relation.child].keys[child]
        held = row.get(relation.field)
        cleared: Json = [one for one in held if one != key] if isinstance(held, list) else None
        self.put(resource, {**row, relation.field: cleared})

    def _apply(self, change: Change) -> None:
        collection = self._collections[change.resource]
        if change.document is None and change.resource not in self._orders:
            self._orders[change.resource] = list(collection.keys)
        self._undo.append((change, collection.trace(change.key)))
        collection.apply(change, self._moment)
        self.changes.append(change)

    def undo(self) -> None:
        """Take back every write, the last first."""
        self.changes.clear()
        while self._undo:
            change, trace = self._undo.pop()
            self._collections[change.resource].revert(change, trace)
        for name, keys in self._orders.items():
            self._collections[name].reorder(keys)
