"""A sandbox: everything that can change, in one place; all of it goes back to the definition's state on command."""

from collections.abc import Collection, Mapping
from typing import Final

from mockserver.definitions.model import CoreDefinition
from mockserver.generation.fill import Filler
from mockserver.generation.generate import Generation
from mockserver.messages import Document
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.journal import Journal
from mockserver.store.feed import Feed, backends
from mockserver.store.store import Store

PARTS: Final = ("data", "feed", "journal", "clock")


class Sandbox:
    """Collections, feed, journal, clock and counters of one state of a definition.

    Seeded rows are shared and never altered, so that going back to them costs no generation.
    """

    __slots__ = ("_rows", "clock", "feed", "filler", "journal", "store")

    def __init__(self, definition: CoreDefinition, generation: Generation, rows: Mapping[str, list[Document]]) -> None:
        self._rows = rows
        self.clock = Clock(definition.clock if definition.freeze else None)
        self.feed = Feed(backends.get("memory")())
        self.journal = Journal()
        self.filler = Filler(generation)
        self.store = Store(generation.schema, rows, self.feed, self.clock.now)

    def reset(self, what: Collection[str]) -> None:
        """Put parts back as the definition has them; no names mean all. Other data is another life of the feed."""
        wanted = set(what) or set(PARTS)
        if "data" in wanted:
            self.store.replace(self._rows)
        if wanted & {"data", "feed"}:
            self.feed.begin()
        if "journal" in wanted:
            self.journal.clear()
        if "clock" in wanted:
            self.clock.reset()
