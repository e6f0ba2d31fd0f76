"""What was read of a store while something was made of it, and whether that is still all true."""

from collections.abc import Mapping
from typing import Protocol

from mockserver.messages import Document, Key


class Living(Protocol):
    """A store. `life` grows whenever collections are put in the place of others."""

    life: int


class Versioned(Protocol):
    """Something whose version advances whenever it could be read as something else."""

    @property
    def version(self) -> int:
        """The version it has now."""
        ...


class Rows(Versioned, Protocol):
    """A collection, as far as reading is noted."""

    @property
    def rows(self) -> Mapping[Key, Document]:
        """The documents by id."""
        ...

    @property
    def followers(self) -> object:
        """What follows every write."""
        ...

    def state_of(self, key: Key) -> tuple[Document | None, int]:
        """The document that an id means, and the version that is known of the id."""
        ...


class Reads:
    """What was read of a store between two points in time.

    A document counts as read alone; whatever else was asked of a collection, all of it was read.
    """

    __slots__ = ("_documents", "_life", "_others", "_store", "_versions", "_views")

    def __init__(self, store: Living) -> None:
        self._store = store
        self._life = store.life
        self._documents: dict[tuple[Rows, Key], Document] = {}
        self._others: dict[tuple[Rows, Key], tuple[Document | None, int]] = {}
        self._versions: dict[Versioned, int] = {}
        self._views: dict[Versioned, tuple[Rows, object]] = {}

    @property
    def count(self) -> int:
        """How many things were read."""
        return len(self._documents) + len(self._others) + len(self._versions)

    @property
    def is_current(self) -> bool:
        """Whether nothing of it has been written since."""
        if self._store.life != self._life:
            return False
        for (rows, key), document in self._documents.items():
            if rows.rows.get(key) is not document:
                return False
        return self._is_rest_current() if self._versions or self._others else True

    def _is_rest_current(self) -> bool:
        for thing, version in self._versions.items():
            if thing.version != version:
                return False
        for rows, followers in self._views.values():
            if rows.followers is not followers:
                return False
        for (rows, key), (document, version) in self._others.items():
            found, known = rows.state_of(key)
            if found is not document or known != version:
                return False
        return True

    def note_key(self, rows: Rows, key: Key) -> None:
        """What an id means was read, its document or that there is none."""
        document = rows.rows.get(key)
        if document is not None:
            if self._documents.setdefault((rows, key), document) is not document:
                self.spoil()
            return
        # There is none, or it is known by `1` and asked for by `"1"`: one that is nearer may yet come.
        found, version = rows.state_of(key)
        before, known = self._others.setdefault((rows, key), (found, version))
        if found is not before or version != known:
            self.spoil()

    def note_all(self, rows: Versioned) -> None:
        """A whole collection was read."""
        self._versions.setdefault(rows, rows.version)

    def note_view(self, rows: Rows, view: Versioned) -> None:
        """What a collection's follower keeps was read; it is no longer kept so when the followers are others."""
        self._versions.setdefault(view, view.version)
        self._views.setdefault(view, (rows, rows.followers))

    def spoil(self) -> None:
        """Something was read that is so for a moment alone, or twice, and was written meanwhile."""
        self._life = -1
