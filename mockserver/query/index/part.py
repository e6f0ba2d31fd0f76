"""What all that is kept in readiness has in common."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import ClassVar, Protocol, Self

from mockserver.messages import Document, Key


class Part(ABC):
    """One thing that is kept of a collection's documents. There are `most` of its kind at once.

    `keeper` keeps it, nobody where it is nothing; `followed` is how many writes of the keeper's it has followed.
    """

    most: ClassVar[int]
    __slots__ = ("followed", "keeper")

    def __init__(self) -> None:
        self.followed = 0
        self.keeper: Keeper | None = None

    @property
    @abstractmethod
    def size_bytes(self) -> int:
        """How much room it takes, roughly; known without counting."""

    @abstractmethod
    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""

    @abstractmethod
    def copy(self) -> Self:
        """The same, to follow other writes than this one does; nobody keeps it yet."""


class Keeper(Protocol):
    """Knows all writes, and has what it keeps catch up with them."""

    def follow(self, part: Part) -> None:
        """Have a part follow all writes so far. It may be kept no longer after that."""
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
