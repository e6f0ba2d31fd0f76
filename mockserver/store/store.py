"""All collections of a sandbox, and the one way to write to them: a transaction, all of it or nothing."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import RLock

from mockserver.errors import Conflict, InsufficientStorage
from mockserver.generation.schema import ID, Relation, Resource, Schema
from mockserver.messages import Document, Json, Key
from mockserver.store.change import Change
from mockserver.store.collection import Collection
from mockserver.store.content import Contents
from mockserver.store.derive import Derivation
from mockserver.store.facts import Shelf
from mockserver.store.feed import Feed
from mockserver.store.lookup import without
from mockserver.store.past import collections_before, take_back
from mockserver.store.reads import Reads

Clock = Callable[[], datetime]


class Store:
    """The collections, and the feed that decides the order of their changes. Those it begins with are never written to.

    Readers and writers share one thread, as greenlets: a transaction never yields, so nobody sees half of one. The lock
    orders writers of several threads; a reader beside them has to hold it too.
    """

    __slots__ = (
        "_clock", "_collections", "_moment", "_most_rows", "_reads", "_shown", "contents", "derivation", "feed",
        "life", "lock", "schema",
    )  # fmt: skip

    def __init__(
        self,
        schema: Schema,
        collections: Mapping[str, Collection],
        feed: Feed,
        clock: Clock,
        most_rows: int | None = None,
    ) -> None:
        """A resource may come to `most_rows`; with none, to as many as it is declared with."""
        self.schema = schema
        self._most_rows = most_rows
        self.feed = feed
        self.life = 0
        self._reads: Reads | None = None
        self.derivation = Derivation(schema, self.find)
        self._clock = clock
        self._moment: datetime | None = None
        self._collections = {name: collections[name].copy(one) for name, one in schema.resources.items()}
        self._shown: Mapping[str, Collection] = self._collections
        self.contents = Contents(self._held)
        self.lock = RLock()

    def _held(self) -> set[str]:
        """The digests of the files that documents hold, those included that may be brought back."""
        return {digest for collection in self._collections.values() for digest in collection.digests()}

    def __getitem__(self, name: str) -> Collection:
        return self._shown[name]

    def find(self, resource: str, key: Json) -> Document | None:
        """A document by resource and id."""
        return self._shown[resource].get(key)

    @contextmanager
    def noting(self) -> Iterator[Reads]:
        """Have it noted what is read of this store meanwhile. *Raises* `RuntimeError` while somebody else has."""
        if self._reads is not None:
            raise RuntimeError("what is read is noted for somebody else already")
        reads = self._reads = Reads(self)
        noting = tuple(self._collections.values())
        for collection in noting:
            collection.reads = reads
        try:
            yield reads
        finally:
            self._reads = None
            for collection in noting:
                collection.reads = None

    def room(self, resource: Resource) -> int:
        """How many documents of a resource there may be."""
        return resource.most_rows if self._most_rows is None else self._most_rows

    def now(self) -> datetime:
        """The moment writes happen at."""
        return self._clock() if self._moment is None else self._moment

    def transaction(self, at: datetime | None = None) -> "Transaction":
        """Writes that all happen, as one batch of the feed, or not at all when the block raises.

        They happen now, or at a moment that has passed: what was due then and is caught up with. *Raises*
        `InsufficientStorage` where they can't be kept.
        """
        return Transaction(self, at)

    def begin_writing(self, at: datetime | None) -> tuple[dict[str, Collection], datetime, datetime | None]:
        """Be in the present, and let it be the moment `at` there, if any: the collections, the moment, the one before.

        Nobody else writes until `end_writing`.
        """
        self.lock.acquire()
        self._shown, earlier = self._collections, self._moment
        self._moment = moment = at or self._clock()
        return self._collections, moment, earlier

    def end_writing(self, earlier: datetime | None) -> None:
        """Let it be the moment that it was before."""
        self._moment = earlier
        self.lock.release()

    def begin(self, collections: Mapping[str, Collection]) -> None:
        """Put copies of other collections in the place of all there are, and keep no files."""
        with self.lock:
            self.life += 1
            for name, resource in self.schema.resources.items():
                self._collections[name] = collections[name].copy(resource)
            self.contents.clear()

    def adopt(self, collection: Collection) -> None:
        """Take over a collection of another store, with all it knows; its resource is declared as it was there."""
        name = collection.resource.name
        self.life += 1
        self._collections[name] = collection.copy(self.schema[name])

    def end(self) -> None:
        """Another store takes the place of this one: nothing that was read of it is current any more."""
        self.life += 1

    def copies(self) -> dict[str, Collection]:
        """All collections as they are now; what is written from now on is not in them."""
        with self.lock:
            return {name: collection.copy() for name, collection in self._collections.items()}

    def shelves(self) -> dict[str, Shelf]:
        """All documents as they are now, to be written down."""
        with self.lock:
            return {name: collection.shelf() for name, collection in self._collections.items()}

    @contextmanager
    def looking_back(self, seconds: float) -> Iterator[None]:
        """Read what could be read so long ago by the sandbox's clock, or as long ago as is known, `feed.at` included.

        Nothing in it may yield to others. Whoever writes is back in the present from then on.
        """
        with self.lock:
            if self._reads is not None:
                self._reads.spoil()
            lately, shown = self.feed.lately(seconds, self.schema.resources), self._shown
            self._shown = collections_before(self._collections, lately.changes)
            try:
                with self.feed.showing(lately.place):
                    yield
            finally:
                self._shown = shown


class Transaction:
    """Writes under way: each is seen by those after it, and takes with it what follows from it."""

    __slots__ = ("_at", "_collections", "_earlier", "_moment", "_store", "changes")

    def __init__(self, store: Store, at: datetime | None) -> None:
        self._store = store
        self._at = at
        self.changes: list[Change] = []

    def __enter__(self) -> "Transaction":
        self._collections, self._moment, self._earlier = self._store.begin_writing(self._at)
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        try:
            if error is not None:
                self.undo()
            elif self.changes:
                self._keep()
        finally:
            self._store.end_writing(self._earlier)

    def _keep(self) -> None:
        try:
            self._store.feed.append(self.changes, self._moment)
        except OSError as error:
            self.undo()
            raise InsufficientStorage(f"Nothing can be written now: {error.strerror or error}.") from error
        except BaseException:
            self.undo()
            raise

    def put(self, resource: Resource, document: Document) -> Document:
        """Create a document, or replace the one with its id; what is computed from it follows. Returns it whole.

        *Raises* `Conflict` for one too many.
        """
        key = document[ID]
        assert isinstance(key, int | str)  # noqa: S101 - ids are checked before they get here
        collection = self._collections[resource.name]
        whole = self._store.derivation.computed(resource, document)
        before = collection.get(key)
        if before is None and len(collection) >= self._store.room(resource):
            said = f"There are {len(collection):,} {resource.name} already, and more are not kept"
            raise Conflict(f"{said}: delete some, or start the server with another --limit documents=NUMBER.")
        if before is None and whole is collection.buried(key):
            # A document is another with every write: whoever holds what it was before knows it by that.
            whole = dict(whole)
        # Equal is not yet the same: 1, 1.0 and true are equal, and written differently.
        if before is not None and whole == before and repr(whole) == repr(before):
            return before
        self._apply(resource.name, key, whole, before)
        if before is not None:
            for name, dependent in self._store.derivation.dependents(resource.name, key, self._collections):
                row = self._collections[name].get(dependent)
                if row is not None:
                    self.put(self._store.schema[name], row)
        return whole

    def delete(self, resource: Resource, key: Key) -> Document:
        """Delete a document, and do to those that refer to it what their references say; children go first.

        *Raises* `Conflict` when a reference restricts; `KeyError` when there is no such document.
        """
        document = self._collections[resource.name].keys[key]
        leaving, staying = self._plan(resource.name, key)
        for relation, child, target in staying:
            if relation.on_delete == "restrict":
                raise _restricted(self._store.schema, relation, child, target)
        for relation, child, target in staying:
            self._clear(relation, child, target)
        for name, one in reversed(leaving):
            self._apply(name, one, None, self._collections[name].keys[one])
        return document

    def _plan(self, resource: str, key: Key) -> tuple[list[tuple[str, Key]], list[tuple[Relation, Key, Key]]]:
        """What leaves with a document, parents before children, and who stays behind with a reference to it."""
        leaving: dict[tuple[str, Key], None] = {(resource, key): None}
        touched: list[tuple[Relation, Key, Key]] = []
        waiting = [(resource, key)]
        while waiting:
            name, target = waiting.pop()
            for relation in self._store.schema.referring[name]:
                for child in self._collections[relation.child].referring(relation.field, target):
                    if relation.on_delete != "cascade":
                        touched.append((relation, child, target))
                    elif (relation.child, child) not in leaving:
                        leaving[relation.child, child] = None
                        waiting.append((relation.child, child))
        return list(leaving), [one for one in touched if (one[0].child, one[1]) not in leaving]

    def _clear(self, relation: Relation, child: Key, target: Key) -> None:
        """Take the id of a document that leaves out of a reference to it."""
        row = self._collections[relation.child].keys[child]
        held = row.get(relation.field)
        cleared: Json = without(held, target) if isinstance(held, list) else None
        self.put(self._store.schema[relation.child], {**row, relation.field: cleared})

    def _apply(self, resource: str, key: Key, document: Document | None, before: Document | None) -> None:
        collection = self._collections[resource]
        change = Change(resource, key, document, before, collection.trace(key))
        collection.apply(change, self._moment)
        self.changes.append(change)

    def undo(self) -> None:
        """Take back every write, the last first."""
        take_back(self._collections, self.changes)
        self.changes.clear()


def _restricted(schema: Schema, relation: Relation, child: Key, target: Key) -> Conflict:
    parent, resource = schema[relation.parent].singular(), schema[relation.child].singular()
    return Conflict(f"The {parent} {target} can't be deleted: {resource} {child} refers to it ({relation.field}).")
