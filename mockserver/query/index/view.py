"""The answer to one question, kept true: the documents that pass its test, in its order."""

from typing import ClassVar

from mockserver.messages import Document, Key
from mockserver.query.condition import Test
from mockserver.query.index.ranking import Entry, Ranking
from mockserver.query.index.sorting import Entering


class View:
    """The entries of all documents that pass a test. `version` advances whenever its documents may be others."""

    most: ClassVar[int] = 64
    __slots__ = ("entering", "ranking", "test", "version")

    def __init__(self, test: Test, entering: Entering, entries: list[Entry]) -> None:
        self.test = test
        self.entering = entering
        self.ranking = Ranking(entries)
        self.version = 0

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly; its entries are mostly those of a sorting."""
        return 512 + 16 * len(self.ranking)

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        was = before is not None and self.test(before)
        stays = after is not None and self.test(after)
        if not was and not stays:
            return
        self.version += 1
        old = self.entering.entry(key, before, place) if before is not None and was else None
        new = self.entering.entry(key, after, place) if after is not None and stays else None
        if old != new:
            if old is not None:
                self.ranking.remove(old)
            if new is not None:
                self.ranking.add(new)

    def copy(self) -> "View":
        """The same, to follow other writes than this one does."""
        made = View(self.test, self.entering, [])
        made.ranking = self.ranking.copy()
        return made

    def close(self) -> None:
        """Follow no more: whoever remembers its version must not take it for current."""
        self.version = -1
