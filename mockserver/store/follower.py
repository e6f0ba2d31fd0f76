"""What is worked out from a collection's documents, and follows every write to them."""

from typing import Protocol, Self

from mockserver.messages import Document, Key


class Follower(Protocol):
    """Keeps something of all documents of a collection. Places are numbers in the collection's order."""

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """One document is another now; none before it was created, none when it has left. `place` is where it stands.

        It must not raise: a write is half made by then. It should be quick: every write waits for it.
        """
        ...

    def copy(self) -> Self:
        """The same for a copy of the collection that is written to from now on; this one is not while both last."""
        ...
