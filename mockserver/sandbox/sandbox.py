"""A sandbox: everything that can change, in one place; all of it goes back to the definition's state on command."""

from collections.abc import Collection, Mapping
from typing import Final

from mockserver.definitions.model import CoreDefinition
from mockserver.errors import Problem
from mockserver.generation.fill import Filler
from mockserver.generation.generate import Generation
from mockserver.generation.schema import ID
from mockserver.messages import Document, Key
from mockserver.realtime.audience import Audience
from mockserver.realtime.channel.channels import Channels
from mockserver.rest.action.tally import Tally
from mockserver.rest.auth.session import Sessions
from mockserver.rest.job.jobs import Jobs
from mockserver.rest.replay import Replays
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.journal import Journal
from mockserver.sandbox.succession import Difference
from mockserver.store.feed import Feed, backends
from mockserver.store.mending import mend
from mockserver.store.store import Store

PARTS: Final = ("data", "feed", "journal", "clock")


class Sandbox:
    """Collections, feed and who listens to it, journal, clock and counters of one state of a definition.

    Seeded rows are shared and never altered, so that going back to them costs no generation.
    """

    __slots__ = (
        "_rows", "audience", "channels", "clock", "feed", "filler", "jobs", "journal", "replays", "sessions", "store",
        "tally",
    )  # fmt: skip

    def __init__(self, definition: CoreDefinition, generation: Generation, rows: Mapping[str, list[Document]]) -> None:
        self._rows = rows
        self.clock = Clock(definition.clock if definition.freeze else None)
        self.feed = Feed(backends.get("memory")(), self.clock.elapsed)
        self.audience = Audience(self.feed)
        self.channels = Channels(self.feed, self.clock.elapsed)
        self.journal = Journal()
        self.filler = Filler(generation)
        self.jobs = Jobs()
        self.tally = Tally()
        self.sessions = Sessions(definition.seed)
        self.replays = Replays(self.clock.now)
        self.store = Store(generation.schema, rows, self.feed, self.clock.now)

    def stage(self, generation: Generation, rows: Mapping[str, list[Document]], difference: Difference) -> Store:
        """A store for another definition, in which the resources that stay as they are wait to be taken over."""
        seeded = {name: () if name in difference.kept else rows[name] for name in rows}
        return Store(generation.schema, seeded, self.feed, self.clock.now)

    def succeed(
        self,
        definition: CoreDefinition,
        generation: Generation,
        rows: Mapping[str, list[Document]],
        store: Store,
        difference: Difference,
    ) -> None:
        """Go on with another definition and its staged store; other data is another life of the feed.

        Journal and feed go on, and so does the clock unless it is declared otherwise. Where kept and new data can't be
        made to agree, all of it is as seeded.
        """
        before, self._rows = self.store, rows
        for name in difference.kept:
            store.adopt(before[name])
        store.contents.adopt(before.contents)
        # Another definition may answer otherwise, though its data is the same.
        self.replays.clear()
        if not difference.is_empty:
            self.feed.begin()
            self.jobs.keep(difference.kept)
            try:
                mend(store, _lost(before, store, rows, difference), difference.kept)
            except Problem:
                store.replace(rows)
                self.jobs.clear()
                self.feed.begin()
        self.store, self.filler = store, Filler(generation)
        self.clock.declare(definition.clock if definition.freeze else None)

    def reset(self, what: Collection[str]) -> None:
        """Put parts back as the definition has them; no names mean all. Other data is another life of the feed."""
        wanted = set(what) or set(PARTS)
        if "data" in wanted:
            self.store.replace(self._rows)
            self.sessions.clear()
            self.replays.clear()
            self.jobs.clear()
            self.tally.clear()
            self.channels.clear()
        if wanted & {"data", "feed"}:
            self.feed.begin()
        if "journal" in wanted:
            self.journal.clear()
        if "clock" in wanted:
            self.clock.reset()
            # At once, so that what waits goes on waiting for as long as it had to.
            self.channels.advance()


def _lost(
    before: Store, after: Store, rows: Mapping[str, list[Document]], difference: Difference
) -> dict[str, list[Key]]:
    """The ids that rows may still refer to: of kept documents that were deleted, and of others that came no more."""
    lost: dict[str, list[Key]] = {}
    for name in difference.changed:
        if name in before.schema.resources:
            lost[name] = [key for key in before[name].keys if key not in after[name]]
    for name in difference.kept:
        keys = (row[ID] for row in rows[name])
        lost[name] = [key for key in keys if isinstance(key, int | str) and key not in after[name]]
    return lost
