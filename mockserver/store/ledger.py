"""What is known of ids beside their documents: how often each was written, and when last."""

from datetime import datetime
from typing import TypeVar

from mockserver.messages import Key
from mockserver.store.change import Change, Trace

V = TypeVar("V")


class Ledger:
    """Versions and moments of the documents that were written since they were seeded.

    `floor` is the highest version of all ids that are forgotten: one that comes back goes on above it.
    """

    __slots__ = ("floor", "modified", "versions")

    def __init__(self) -> None:
        self.floor = 0
        self.modified: dict[Key, datetime] = {}
        self.versions: dict[Key, int] = {}

    def copy(self) -> "Ledger":
        """The same, to go on apart from this one."""
        made = Ledger()
        made.floor, made.modified, made.versions = self.floor, self.modified.copy(), self.versions.copy()
        return made

    def enter(self, change: Change, moment: datetime | None) -> None:
        """Give a document that was written its next version; `moment` is nothing when it is as seeded."""
        key = change.key
        self.versions[key] = self._next(change)
        if moment is None:
            self.modified.pop(key, None)
        else:
            self.modified[key] = moment

    def strike(self, change: Change) -> None:
        """Forget an id whose document has left for good."""
        self.floor = max(self.floor, self._next(change))
        self.versions.pop(change.key, None)
        self.modified.pop(change.key, None)

    def _next(self, change: Change) -> int:
        is_new = change.before is None and change.key not in self.versions
        return 1 + (self.floor if is_new else self.versions.get(change.key, 0))

    def take_back(self, key: Key, trace: Trace) -> None:
        """Know of an id what was known before its latest change."""
        restore(self.versions, key, trace.version)
        restore(self.modified, key, trace.modified)
        self.floor = trace.floor


def restore(kept: dict[Key, V], key: Key, value: V | None) -> None:
    """Keep what was kept of an id, or nothing."""
    if value is None:
        kept.pop(key, None)
    else:
        kept[key] = value
