"""The documents of one resource: by id, in order, with versions, and indexed by what they refer to.

A collection only applies changes; who may write what is decided before, and in which order by the feed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from mockserver.generation.schema import ID, Resource
from mockserver.messages import Document, Json, Key
from mockserver.store.change import Change, Trace
from mockserver.store.content import digests_of, file_fields
from mockserver.store.facts import Facts, Shelf
from mockserver.store.follower import Follower
from mockserver.store.ledger import Ledger, restore
from mockserver.store.lookup import Lookup
from mockserver.store.places import Places
from mockserver.store.reads import Reads, Versioned

_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,18}", re.ASCII)


def _by_id(rows: Iterable[Document]) -> dict[Key, Document]:
    found: dict[Any, Document] = {row[ID]: row for row in rows}
    for kind in set(map(type, found)):
        if not issubclass(kind, int | str):
            raise TypeError(f"an id is an integer or a text, not {kind.__name__}")
    return found


class Collection:
    """Documents in the order they came. `version` advances with every change; 0 is as seeded.

    `highest` is the highest whole-number id there has been, 0 where there was none: new ids go on from it. A copy
    shares everything with its original until one of the two is written to. `began` are the documents as they were
    before anything was written, as long as only copies are written to. `rows` are the documents by id for whoever notes
    by himself what he reads of them; all others read through what notes it to `reads`, where somebody wants to know.
    `followers` are others' indexes, by names of theirs.
    """

    __slots__ = (
        "_buried",
        "_is_shared",
        "_ledger",
        "_lookup",
        "_numbered",
        "_places",
        "began",
        "followers",
        "highest",
        "reads",
        "resource",
        "rows",
        "version",
    )

    def __init__(self, resource: Resource, rows: Iterable[Document]) -> None:
        self.resource = resource
        self.version = 0
        self.reads: Reads | None = None
        self.followers: dict[str, Follower] = {}
        self._is_shared = False
        self.rows: dict[Key, Document] = _by_id(rows)
        self.began: Mapping[Key, Document] = self.rows
        self._ledger = Ledger()
        self._buried: dict[Key, Document] = {}
        self._numbered = len(self.rows)
        self._places = Places(self.rows)
        self.highest = max((key for key in self.rows if isinstance(key, int)), default=0)
        self._lookup = Lookup()

    def copy(self, resource: Resource | None = None) -> "Collection":
        """The same documents in a collection that changes apart from this one; another declaration may be given.

        Takes no time and no room: whichever of the two is written to first copies what both have then.
        """
        self._is_shared = True
        made = Collection.__new__(Collection)
        for name in Collection.__slots__:
            setattr(made, name, getattr(self, name))
        made.reads = None
        if resource is not None and resource is not self.resource:
            # Another declaration: what is worked out from documents may be otherwise.
            made.resource, made.followers = resource, {}
        return made

    @classmethod
    def recalled(cls, resource: Resource, rows: Iterable[Document], facts: Facts) -> "Collection":
        """A collection with these documents, and what was known beside them."""
        made = cls(resource, rows)
        made.version, made._ledger.floor = facts.version, facts.floor
        made._numbered, made.highest = facts.numbered, facts.highest
        made._places = Places(made.rows, facts.numbered - len(made.rows))
        made._ledger.versions, made._ledger.modified = dict(facts.versions), dict(facts.modified)
        made._buried = dict(facts.buried)
        return made

    def shelf(self) -> Shelf:
        """All it has and knows, to be written down while it goes on: quick, where a copy is dear at the next write."""
        known = self._ledger.copy()
        facts = Facts(
            self.version, known.floor, self._numbered, self.highest, known.versions, known.modified, self._buried.copy()
        )
        return Shelf(list(self.rows.values()), facts)

    def sketch(self) -> "Collection":
        """A copy to be written to and thrown away before this one is written to, which then need copy nothing."""
        was_shared = self._is_shared
        made = self.copy()
        made._part()
        self._is_shared = was_shared
        return made

    def _part(self) -> None:
        """Have everything for oneself, the indexes that were made included: rows are many, and documents are shared."""
        self.rows, self._places, self._buried = self.rows.copy(), self._places.copy(), self._buried.copy()
        self._ledger, self._lookup = self._ledger.copy(), self._lookup.copy()
        self.followers = {name: one.copy() for name, one in self.followers.items()}
        self._is_shared = False

    def note(self) -> None:
        """All documents are being read."""
        if self.reads is not None:
            self.reads.note_all(self)

    def _note_key(self, key: Any) -> None:
        """One id is being read."""
        if self.reads is not None and (type(key) is int or type(key) is str):
            self.reads.note_key(self, key)

    def note_view(self, view: Versioned) -> None:
        """What a follower keeps in readiness is being read, and nothing else."""
        if self.reads is not None:
            self.reads.note_view(self, view)

    def state_of(self, key: Key) -> tuple[Document | None, int]:
        """The document that an id means, and the version that is known of it; reading it is not noted."""
        found = self._kept_as(key)
        return (None, 0) if found is None else (self.rows.get(found), self._ledger.versions.get(found, 0))

    @property
    def places(self) -> Mapping[Key, int]:
        """A number for each id that grows in the collection's order; reading it is not noted."""
        return self._places.known

    def __len__(self) -> int:
        self.note()
        return len(self.rows)

    def __iter__(self) -> Iterator[Document]:
        self.note()
        return iter(list(self.rows.values()))

    def __contains__(self, key: object) -> bool:
        return self.kept_as(key) in self.rows

    def kept_as(self, key: Any) -> Key | None:
        """The id that a value means: `1` and `"1"` are one, as in a path; nothing for what can't be an id."""
        self._note_key(key)
        return self._kept_as(key)

    def _kept_as(self, key: Any) -> Key | None:
        if type(key) is not int and type(key) is not str:
            return None
        if key in self.rows or key in self._buried:
            return key
        return str(key) if isinstance(key, int) else int(key) if _WHOLE.fullmatch(key) else key

    def get(self, key: Any) -> Document | None:
        """The document with that id."""
        found = self.kept_as(key)
        return None if found is None else self.rows.get(found)

    def buried(self, key: Any) -> Document | None:
        """The last state of a deleted document, where the resource keeps it (`delete: soft | gone`)."""
        found = self.kept_as(key)
        return None if found is None else self._buried.get(found)

    @property
    def keys(self) -> Mapping[Key, Document]:
        """The documents by id, to be read only."""
        self.note()
        return self.rows

    @property
    def numbered(self) -> int:
        """How many rows there have ever been: the number of the next one."""
        self.note()
        return self._numbered

    def knows(self, key: Any) -> bool:
        """Whether an id is in use, or kept by a deleted document."""
        self._note_key(key)
        return self._knows(key)

    def _knows(self, key: Any) -> bool:
        found = self._kept_as(key)
        return found in self.rows or found in self._buried

    def version_of(self, key: Any) -> int:
        """A number that grows with every write to a document since it was seeded, and never comes back for an id."""
        self._note_key(key)
        return self._ledger.versions.get(key, 0)

    def written(self) -> list[Key]:
        """The ids of the documents that were written since they were seeded."""
        self.note()
        return [key for key in self._ledger.versions if key in self.rows]

    def modified(self, key: Any) -> datetime | None:
        """When a document was last written, unless it is as seeded."""
        self._note_key(key)
        return self._ledger.modified.get(key)

    def referring(self, field: str, target: Json) -> tuple[Key, ...]:
        """The ids of the documents whose reference in that field is, or holds, the target's id; in order."""
        self.note()
        return tuple(sorted(self._lookup.referring(field, target, self.rows), key=self._places.known.__getitem__))

    def front(self, offset: int, limit: int | None) -> list[Document]:
        """So many documents from a place on, all of them where there is no limit, in the collection's order."""
        self.note()
        end = None if limit is None else offset + limit
        return list(islice(self.rows.values(), offset, end)) if offset < len(self.rows) else []

    def among(self, keys: Iterable[Any]) -> list[Document]:
        """The documents with these ids that there are, each once, in the collection's order."""
        self.note()
        found = {key for one in keys if (key := self._kept_as(one)) in self.rows}
        return [self.rows[key] for key in sorted(found, key=self._places.known.__getitem__)]

    def holder(self, field: str, value: Json) -> Key | None:
        """The id of the document with that value in a unique field."""
        self.note()
        return self._lookup.holder(field, value, self.rows)

    def digests(self) -> Iterator[str]:
        """What the documents hold of uploaded files, deleted documents that are kept included."""
        self.note()
        fields = file_fields(self.resource)
        for row in (*self.rows.values(), *self._buried.values()) if fields else ():
            yield from digests_of(fields, row)

    def apply(self, change: Change, moment: datetime | None) -> None:
        """Make a change; `moment` is when the document was written last, nothing when it is as seeded."""
        if self._is_shared:
            self._part()
        self.version += 1
        key, document = change.key, change.document
        if change.before is not None:
            self._lookup.forget(key, change.before)
        place = self._places.known.get(key, self._numbered)
        if document is None:
            self._remove(key, change.before)
        else:
            self._buried.pop(key, None)
            if change.before is None:
                self._places.known[key] = self._numbered
                self._numbered += 1
                self.highest = max(self.highest, key) if isinstance(key, int) else self.highest
            self.rows[key] = document
            self._lookup.remember(key, document)
        for follower in self.followers.values():
            follower.write(key, change.before, document, place)
        if document is not None or self._knows(key):
            self._ledger.enter(change, moment)
        else:
            self._ledger.strike(change)

    def trace(self, key: Key) -> Trace:
        """What is to be restored when a change to this id is taken back."""
        known = self._ledger
        return Trace(
            known.versions.get(key), known.floor, known.modified.get(key), self._buried.get(key),
            self._places.known.get(key), self._numbered, self.highest,
        )  # fmt: skip

    def revert(self, change: Change) -> None:
        """Take back the latest change. `version` advances all the same: what was made of it must not pass for true."""
        if self._is_shared:
            self._part()
        self.version += 1
        key, trace = change.key, change.trace
        assert trace is not None  # noqa: S101 - who writes leaves one
        place = self._places.known[key] if trace.place is None else trace.place
        if change.document is not None:
            self._lookup.forget(key, change.document)
        if change.before is None:
            del self.rows[key], self._places.known[key]
        else:
            restore(self._places.known, key, trace.place)
            self.rows[key] = change.before
            self._lookup.remember(key, change.before)
        for follower in self.followers.values():
            follower.write(key, change.document, change.before, place)
        self._ledger.take_back(key, trace)
        restore(self._buried, key, trace.buried)
        self._numbered, self.highest = trace.numbered, trace.highest

    def put_in_order(self) -> None:
        """Put the documents back in their order: one that was deleted and put back stands at the end."""
        self.rows = dict(sorted(self.rows.items(), key=lambda pair: self._places.known[pair[0]]))

    def _remove(self, key: Key, before: Document | None) -> None:
        del self.rows[key], self._places.known[key]
        if self.resource.delete != "hard" and before is not None:
            self._buried[key] = before
