"""The values at one way in those documents alone that meet other conditions: how many of them are in which range."""

from collections.abc import Mapping
from typing import ClassVar, Self

from mockserver.generation.shape import Shape
from mockserver.messages import Document, Key
from mockserver.query.condition import Test
from mockserver.query.index.column import Column, Manner
from mockserver.query.index.part import Rows
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class _Selection:
    """Some documents of a collection."""

    rows: Mapping[Key, Document]
    places: Mapping[Key, int]


class Within(Column):
    """A column of the documents that meet a test."""

    most: ClassVar[int] = 16
    __slots__ = ("_test",)

    def __init__(self, test: Test, path: str, manner: Manner, shape: Shape, collection: Rows) -> None:
        self._test = test
        rows = {key: row for key, row in collection.rows.items() if test(row)}
        super().__init__(path, manner, shape, _Selection(rows, collection.places))

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        old, new = self._chosen(before), self._chosen(after)
        if old is not None or new is not None:
            super().write(key, old, new, place)

    def _chosen(self, document: Document | None) -> Document | None:
        return None if document is None or not self._test(document) else document

    def copy(self) -> Self:
        """The same, to follow other writes than this one does."""
        made = super().copy()
        made._test = self._test
        return made
