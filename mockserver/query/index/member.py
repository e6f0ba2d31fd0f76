"""How many documents have a member of some name."""

from typing import ClassVar

from mockserver.messages import Document, Key
from mockserver.query.index.part import Rows


class Member:
    """Counts the documents with one member; null is a value too."""

    most: ClassVar[int] = 64
    size_bytes: ClassVar[int] = 256
    __slots__ = ("_name", "count")

    def __init__(self, name: str, collection: Rows) -> None:
        self._name = name
        self.count = sum(name in document for document in collection.rows.values())

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        del key, place
        self.count += (after is not None and self._name in after) - (before is not None and self._name in before)

    def copy(self) -> "Member":
        """The same, to follow other writes than this one does."""
        made = Member.__new__(Member)
        made._name, made.count = self._name, self.count
        return made

    def close(self) -> None:
        """Nobody knows of it."""
