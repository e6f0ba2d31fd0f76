"""Keeps every batch in the journal of a TinyDB database before anybody learns of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from mockserver.store.change import Change
from mockserver.store.database.database import Database
from mockserver.store.feed import backends


def _nothing(changes: Sequence[Change]) -> Mapping[str, Any]:
    del changes
    return {}


@backends.register("tinydb")
class TinydbBackend:
    """Appends to a database once `start` is called: what happens before is how its collections come to be.

    `notes` keeps what its changes need before a batch is, and gives what else is to be kept with it; it may *raise*
    `OSError`.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.notes: Callable[[Sequence[Change]], Mapping[str, Any]] = _nothing
        self._replacing = 1

    def start(self, *, anew: bool) -> None:
        """Keep everything from now on: behind what was found, or, `anew`, behind what there is now."""
        self._replacing = 0
        if anew:
            self.database.begin()

    def append(self, changes: Sequence[Change], moment: datetime) -> None:
        """Keep one batch. *Raises* `OSError`."""
        if not self._replacing:
            batch: dict[str, Any] = {
                "at": moment,
                "changes": [(one.resource, one.key, one.document) for one in changes],
            }
            if notes := self.notes(changes):
                batch.update(notes)
            self.database.append(batch)

    @contextmanager
    def replacing(self) -> Iterator[None]:
        """Begin another life of the database behind what this comes to."""
        self._replacing += 1
        try:
            yield
        finally:
            self._replacing -= 1
            if not self._replacing:
                self.database.begin()
