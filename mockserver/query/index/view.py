"""The answer to one question, kept true: the documents that pass its test, in its order."""

from typing import ClassVar

from mockserver.messages import Document, Key
from mockserver.query.condition import Test
from mockserver.query.index.part import Part
from mockserver.query.index.ranking import Entry, Ranking
from mockserver.query.index.sorting import Entering

_BYTES = 512
_PLACE_BYTES = 16


class View(Part):
    """The entries of all documents that pass a test; so many of them are nobody else's."""

    most: ClassVar[int] = 64
    __slots__ = ("_own", "_test", "_version", "entering", "ranking")

    def __init__(self, test: Test, entering: Entering, entries: list[Entry], own: int) -> None:
        super().__init__()
        self._test = test
        self.entering = entering
        self.ranking = Ranking(entries)
        self._own = own
        self._version = 0

    @property
    def version(self) -> int:
        """It advances whenever its documents may be others, and is -1 once nobody keeps it true."""
        if self.keeper is not None:
            self.keeper.follow(self)
        return -1 if self.keeper is None else self._version

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly."""
        count = len(self.ranking)
        return _BYTES + _PLACE_BYTES * count + self.entering.entry_bytes * min(self._own, count)

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        was = before is not None and self._test(before)
        stays = after is not None and self._test(after)
        if not was and not stays:
            return
        self._version += 1
        old = self.entering.entry(key, before, place) if before is not None and was else None
        new = self.entering.entry(key, after, place) if after is not None and stays else None
        if old != new:
            if old is not None:
                self.ranking.remove(old)
            if new is not None:
                self.ranking.add(new)
                self._own += 1

    def own_all(self) -> None:
        """Nobody else has any of its entries any more."""
        self._own = len(self.ranking)

    def copy(self) -> "View":
        """The same, to follow other writes than this one does."""
        made = View(self._test, self.entering, [], self._own)
        made.ranking = self.ranking.copy()
        return made
