"""What all that is kept in readiness has in common."""

from collections.abc import Mapping
from typing import ClassVar, Protocol, Self

from mockserver.messages import Document, Key


class Part(Protocol):
    """One thing that is kept of a collection's documents. There are `most` of its kind at once."""

    most: ClassVar[int]

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly."""
        ...

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        ...

    def copy(self) -> Self:
        """The same, to follow other writes than this one does."""
        ...

    def close(self) -> None:
        """Follow no more."""
        ...


class Rows(Protocol):
    """A collection, as far as what is kept of it is made from it. Reading it here is not noted."""

    @property
    def rows(self) -> Mapping[Key, Document]:
        """The documents by id."""
        ...

    @property
    def places(self) -> Mapping[Key, int]:
        """A number for each id that grows in the collection's order."""
        ...
