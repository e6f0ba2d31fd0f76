"""A sandbox: everything that can change, in one place; all of it goes back to a state of before on command."""

from collections.abc import Collection
from typing import Final

from mockserver.definitions.model import CoreDefinition
from mockserver.errors import Conflict, Problem
from mockserver.generation.fill import Filler
from mockserver.realtime.audience import Audience
from mockserver.realtime.channel.channels import Channels
from mockserver.rest.action.tally import Tally
from mockserver.rest.auth.session import Sessions
from mockserver.rest.job.jobs import Jobs
from mockserver.rest.replay import Replays
from mockserver.sandbox.address import DEFAULT
from mockserver.sandbox.bounds import Bounds
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.inheritance import inherit
from mockserver.sandbox.journal import Journal
from mockserver.sandbox.reconnect.reconnects import Reconnects
from mockserver.sandbox.seeded import Seeded
from mockserver.sandbox.snapshot import Snapshot, Snapshots
from mockserver.sandbox.succession import Difference
from mockserver.store.feed import Backend, Feed, backends

PARTS: Final = ("data", "faults", "feed", "journal", "clock")
"""What can be put back; faults are others' to."""
_ANSWERING: Final = ("api", "auth", "actions")
"""The sections by which a write is answered, its resource's aside; those of other layers, where they are registered."""


class Sandbox:
    """Collections, feed and who listens to it, journal, clock, counters and snapshots of one state of a definition.

    It begins with what was seeded and shares it until it writes, so that neither beginning nor going back costs more
    for more rows. `store` and `filler` are others after `succeed`: whatever holds them is to be made anew.
    `user` is who callers are where they say nothing, empty for nobody.
    """

    __slots__ = (
        "_backend", "_life", "audience", "bounds", "channels", "clock", "feed", "filler", "jobs", "journal", "name",
        "reconnects", "replays", "seeded", "sessions", "snapshots", "store", "tally", "user",
    )  # fmt: skip

    def __init__(
        self, seeded: Seeded, name: str = DEFAULT, backend: Backend | None = None, bounds: Bounds | None = None
    ) -> None:
        self.name = name
        self.bounds = bounds or Bounds()
        self.user = ""
        self.seeded = seeded
        self._life = 0
        definition = seeded.definition
        self.clock = Clock(definition.clock if definition.freeze else None)
        self._backend = backend or backends.get("memory")()
        self.feed = Feed(self._backend, self.clock.elapsed, self.bounds.feed)
        self.audience = Audience(self.feed)
        self.channels = Channels(self.feed, self.clock.elapsed)
        self.journal = Journal(self.bounds.journal, sandbox=name)
        self.reconnects = Reconnects(self.feed, self.journal)
        self.filler = Filler(seeded.generation)
        self.jobs = Jobs()
        self.tally = Tally()
        self.sessions = Sessions(definition.seed)
        self.replays = Replays(self.clock.now)
        self.snapshots = Snapshots()
        self.store = seeded.store(self.feed, self.clock, self.bounds.documents)

    def succeed(self, seeded: Seeded, difference: Difference) -> None:
        """Go on with another definition; other data is another life of the feed.

        What has not changed is kept. Journal and feed go on, and so does the clock unless it is declared otherwise.
        Where kept and new data can't be made to agree, all of it is as seeded.
        """
        with self._backend.replacing():
            self._succeed(seeded, difference)
        self.clock.declare(seeded.definition.clock if seeded.definition.freeze else None)

    def _succeed(self, seeded: Seeded, difference: Difference) -> None:
        is_alike = difference.is_empty and _answer_alike(self.seeded.definition, seeded.definition)
        before, pristine, self.seeded = self.store, (self.seeded.origin or self.seeded).pristine, seeded
        self.store, self.filler = seeded.store(self.feed, self.clock, self.bounds.documents), Filler(seeded.generation)
        self._life += 1
        before.end()
        self.store.contents.adopt(before.contents.kept)
        if not is_alike:
            self.replays.clear()
        self.snapshots.succeed(difference)
        if not difference.is_empty:
            self.feed.begin()
            self.jobs.keep(difference.kept)
        try:
            inherit(self.store, before.copies(), difference.kept, pristine)
        except Problem:
            self.store.begin(seeded.pristine)
            self.jobs.clear()
            self.feed.begin()

    def reseed(self, seeded: Seeded) -> None:
        """Begin anew with other rows of the same definition, in another life of the feed; `reset` goes back to them."""
        self.seeded = seeded
        self.reset(["data"])

    def reset(self, what: Collection[str]) -> None:
        """Put parts back as they were seeded; no names mean all. Other data is another life of the feed."""
        wanted = set(what) or set(PARTS)
        if "data" in wanted:
            with self._backend.replacing():
                self.store.begin(self.seeded.pristine)
                self._forget()
        if wanted & {"data", "feed"}:
            self.feed.begin()
        if "journal" in wanted:
            self.journal.clear()
            self.reconnects.clear()
        if "clock" in wanted:
            self.clock.reset()
            # At once, so that what waits goes on waiting for as long as it had to.
            self.channels.advance()

    def _forget(self) -> None:
        """Forget what has come of the data that was there."""
        self.sessions.clear()
        self.replays.clear()
        self.jobs.clear()
        self.tally.clear()
        self.channels.clear()

    def save(self, name: str) -> Snapshot:
        """Keep the data as it is under a name, with files, logins, counts and jobs. *Raises* `BadRequest`, `Conflict`.

        Journal, feed, clock and faults are no part of it.
        """
        self.snapshots.check(name)
        snapshot = Snapshot(
            name, self.clock.now(), self.store.copies(), self.store.contents.held(), self.sessions.copy(),
            self.tally.copy(), self.jobs.copy(), self._life,
        )  # fmt: skip
        self.snapshots.put(snapshot)
        return snapshot

    def restore(self, name: str) -> Snapshot:
        """Go back to a snapshot, in another life of the feed; it may be gone back to again.

        Logins and jobs have as long to go as they had then. What another definition has changed since is as seeded, and
        where there was one, jobs stand still. *Raises* `NotFound`, `Conflict`; nothing has changed then.
        """
        snapshot = self.snapshots.get(name)
        with self._backend.replacing():
            self._put_back(snapshot)
            later = self.clock.now() - snapshot.created
            self._forget()
            self.sessions.adopt(snapshot.sessions, later)
            self.tally.adopt(snapshot.tally)
            if snapshot.life == self._life:
                self.jobs.adopt(snapshot.jobs, later)
        return snapshot

    def _put_back(self, snapshot: Snapshot) -> None:
        """Put documents and files back. *Raises* `Conflict`, and then has changed nothing but the feed's life."""
        fitting, there, files = snapshot.fitting, self.store.copies(), dict(self.store.contents.kept)
        self.store.begin(self.seeded.pristine)
        self.store.contents.adopt(snapshot.files)
        self.feed.begin()
        try:
            inherit(self.store, snapshot.collections, fitting, self.seeded.pristine)
        except Problem as problem:
            self.store.begin(there)
            self.store.contents.adopt(files)
            self.feed.begin()
            raise Conflict(f"The snapshot '{snapshot.name}' no longer fits: {problem.detail}") from None


def _answer_alike(one: CoreDefinition, other: CoreDefinition) -> bool:
    """Whether a write is answered by both in the same way, where their data is the same."""
    return all(getattr(one, section, None) == getattr(other, section, None) for section in _ANSWERING)
