"""What has become of documents since a sandbox or its scenario began: compared with the rows that were seeded.

What that costs goes by how many documents were written, never by how many there are.
"""

from collections.abc import Mapping
from typing import Literal, TypeAlias

import orjson

from mockserver.messages import Document, Key
from mockserver.sandbox.succession import is_alike
from mockserver.store.collection import Collection
from mockserver.value import dataclass

Fate: TypeAlias = Literal["created", "updated"]
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class Drift:
    """The documents of a collection that are not as seeded, and how many of each fate there are."""

    fates: Mapping[Key, Fate]
    created: int = 0
    updated: int = 0
    deleted: int = 0


def fate_of(document: Document, seeded: Document | None) -> Fate | None:
    """What became of a document that was seeded as another, or was not."""
    if seeded is None:
        return "created"
    # Most are the very same, or equal to the byte; whatever is not may still differ in nothing but its order.
    is_same = document is seeded or orjson.dumps(document) == orjson.dumps(seeded) or is_alike(document, seeded)
    return None if is_same else "updated"


def differing(document: Document, seeded: Document | None) -> list[str]:
    """The fields that are not as seeded, those included that only one of the two has; none of a new document."""
    if seeded is None or document is seeded:
        return []
    names = {**document, **seeded}
    return [name for name in names if not is_alike(document.get(name, _ABSENT), seeded.get(name, _ABSENT))]


@dataclass(slots=True)
class _Judged:
    """What was found of a collection at a version, beside the one it was compared with."""

    seeded: Collection
    now: Collection
    version: int
    drift: Drift
    documents: dict[Key, tuple[Document, Fate | None]]


class DriftWatch:
    """The drift of every collection; what was found of a document holds until it is written, or seeded otherwise."""

    __slots__ = ("_bases", "_judged")

    def __init__(self) -> None:
        self._judged: dict[str, _Judged] = {}
        self._bases: dict[str, tuple[Mapping[Key, Document], Collection, list[Key]]] = {}

    def drift(self, now: Collection, seeded: Collection) -> Drift:
        """What has become of a collection that began as the seeded one, or as another of its resource."""
        if now.keys is seeded.keys:
            return Drift({})
        name, known = now.resource.name, self._judged.get(now.resource.name)
        if known is None or known.now is not now or known.version != now.version or known.seeded is not seeded:
            known = self._judge(now, seeded, {} if known is None or known.seeded is not seeded else known.documents)
            self._judged[name] = known
        return known.drift

    def _judge(self, now: Collection, seeded: Collection, known: Mapping[Key, tuple[Document, Fate | None]]) -> _Judged:
        rows, before = now.keys, seeded.keys
        documents: dict[Key, tuple[Document, Fate | None]] = {}
        for key in dict.fromkeys([*now.written(), *self._base(now, seeded)]):
            document = rows.get(key)
            if document is not None:
                found = known.get(key)
                if found is None or found[0] is not document:
                    found = document, fate_of(document, before.get(key))
                documents[key] = found
        fates = {key: fate for key, (_, fate) in documents.items() if fate is not None}
        created = sum(fate == "created" for fate in fates.values())
        drift = Drift(fates, created, len(fates) - created, len(before) + created - len(rows))
        return _Judged(seeded, now, now.version, drift, documents)

    def _base(self, now: Collection, seeded: Collection) -> list[Key]:
        """The documents that were others already before anything was written: another scenario's, or a snapshot's."""
        if now.began is seeded.keys:
            return []
        name, base = now.resource.name, self._bases.get(now.resource.name)
        if base is None or base[0] is not now.began or base[1] is not seeded:
            before = seeded.keys
            keys = [key for key, row in now.began.items() if fate_of(row, before.get(key)) is not None]
            base = (now.began, seeded, keys)
            self._bases[name] = base
        return base[2]
