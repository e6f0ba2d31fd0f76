"""How many documents have a member of some name."""

from typing import ClassVar, Final

from mockserver.messages import Document, Key
from mockserver.query.index.part import Part, Rows

_BYTES: Final = 256


class Member(Part):
    """Counts the documents with one member; null is a value too."""

    most: ClassVar[int] = 64
    __slots__ = ("_name", "count")

    def __init__(self, name: str, collection: Rows) -> None:
        super().__init__()
        self._name = name
        self.count = sum(name in document for document in collection.rows.values())

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly."""
        return _BYTES

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        del key, place
        self.count += (after is not None and self._name in after) - (before is not None and self._name in before)

    def copy(self) -> "Member":
        """The same, to follow other writes than this one does."""
        made = Member.__new__(Member)
        Part.__init__(made)
        made._name, made.count = self._name, self.count
        return made
