"""The text of every document, folded, so that a search is one look into each."""

import re
from collections.abc import Mapping
from typing import ClassVar, Final

from mockserver.messages import Document, Key
from mockserver.query.condition import Texts
from mockserver.query.index.part import Part, Rows

_INTEGER: Final = re.compile(r"-?[0-9]+", re.ASCII)
_ENTRY_BYTES: Final = 160


class TextIndex(Part):
    """What every document is searched in."""

    most: ClassVar[int] = 1
    __slots__ = ("_is_in_order", "_known", "_last", "_size_bytes", "_texts", "_whole")

    def __init__(self, texts: Texts, collection: Rows) -> None:
        super().__init__()
        self._texts = texts
        self._known: dict[Key, str] = {}
        # What a text has to be the whole of, for the few documents that have such values.
        self._whole: dict[Key, list[str]] = {}
        self._size_bytes = 0
        # Whether all texts stand in the collection's order; one that was taken back may not.
        self._is_in_order = True
        self._last = 0
        places = collection.places
        for key, document in collection.rows.items():
            self._add(key, document, places[key])

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly."""
        return self._size_bytes

    def _add(self, key: Key, document: Document, place: int) -> None:
        text, whole = self._texts.of(document)
        self._known[key] = text
        self._size_bytes += _ENTRY_BYTES + len(text)
        self._is_in_order &= place >= self._last
        self._last = place
        if whole:
            self._whole[key] = whole

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        if before is not None:
            self._size_bytes -= _ENTRY_BYTES + len(self._known[key])
            self._whole.pop(key, None)
        if after is None:
            del self._known[key]
        elif before is None:
            self._add(key, after, place)
        else:
            self._add(key, after, self._last)

    def copy(self) -> "TextIndex":
        """The same, to follow other writes than this one does."""
        made = TextIndex.__new__(TextIndex)
        Part.__init__(made)
        for name in TextIndex.__slots__:
            setattr(made, name, getattr(self, name))
        made._known, made._whole = self._known.copy(), self._whole.copy()
        return made

    def matching(self, wanted: str, places: Mapping[Key, int]) -> list[Key]:
        """The ids of the documents that hold a text, in the collection's order."""
        folded = wanted.casefold()
        found = [key for key, text in self._known.items() if folded in text]
        if self._whole and _INTEGER.fullmatch(folded):
            known = set(found)
            found += [key for key, whole in self._whole.items() if folded in whole and key not in known]
        elif self._is_in_order:
            return found
        return sorted(found, key=places.__getitem__)
