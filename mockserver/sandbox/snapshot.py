"""States of a sandbox that were saved under names, to be gone back to as often as is wanted.

A snapshot shares its documents with the sandbox until either is written to, so that saving one costs next to nothing.
Knows nothing of how a sandbox goes back to one.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from mockserver.definitions.name import NAME_WORDS
from mockserver.definitions.quantity import write_instant
from mockserver.errors import BadRequest, Conflict, NotFound, suggestion
from mockserver.messages import Json
from mockserver.rest.action.tally import Tally
from mockserver.rest.auth.session import Sessions
from mockserver.rest.job.jobs import Jobs
from mockserver.sandbox.address import is_sandbox
from mockserver.sandbox.succession import Difference
from mockserver.store.collection import Collection
from mockserver.store.content import LIMIT_BYTES
from mockserver.value import dataclass

KEPT: Final = 64
"""How many snapshots a sandbox may have."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a sandbox held at a moment of its clock: documents with their counters, files, logins, counts, jobs.

    `changed` are the resources whose declaration or seeded rows have changed since: their documents fit no more.
    """

    name: str
    created: datetime
    collections: Mapping[str, Collection]
    files: Mapping[str, bytes]
    sessions: Sessions
    tally: Tally
    jobs: Jobs
    life: int
    """Which store of its sandbox it was taken of: jobs stand on that."""
    changed: frozenset[str] = frozenset()

    @property
    def fitting(self) -> dict[str, Collection]:
        """The collections that still fit, in the order declared. *Raises* `Conflict` where none does."""
        found = {name: rows for name, rows in self.collections.items() if name not in self.changed}
        if self.changed and not found:
            raise Conflict(f"The snapshot '{self.name}' no longer fits: all its resources have changed since.")
        return found

    def to_json(self) -> dict[str, Json]:
        """Its name, its moment, and all documents by resource: those in the order of their collection."""
        data: dict[str, Json] = {name: list[Json](rows) for name, rows in self.collections.items()}
        return {"name": self.name, "created": write_instant(self.created), "data": data}


class Snapshots:
    """The snapshots of one sandbox by their names, the oldest first."""

    __slots__ = ("_limit", "_limit_bytes", "_saved", "_watchers")

    def __init__(self, limit: int = KEPT, limit_bytes: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._limit_bytes = limit_bytes
        self._saved: dict[str, Snapshot] = {}
        self._watchers: dict[object, Callable[[], None]] = {}

    def watch(self, notify: Callable[[], None]) -> Callable[[], None]:
        """Call `notify` whenever there are others, until the returned function is called; it must not block."""
        token = object()
        self._watchers[token] = notify

        def stop() -> None:
            self._watchers.pop(token, None)

        return stop

    def __len__(self) -> int:
        return len(self._saved)

    def __iter__(self) -> Iterator[Snapshot]:
        return iter(tuple(self._saved.values()))

    def get(self, name: str) -> Snapshot:
        """The snapshot of that name. *Raises* `NotFound`."""
        found = self._saved.get(name)
        if found is None:
            hint = suggestion(name, self._saved)
            raise NotFound(f"There is no snapshot '{name}'{f': {hint}' if hint else ''}.")
        return found

    def check(self, name: str) -> None:
        """Whether one may be saved under a name. *Raises* `BadRequest` for what can't be one, `Conflict`."""
        if not is_sandbox(name):
            raise BadRequest(f"'{name}' can't be a snapshot: its name is {NAME_WORDS}.")
        if name not in self._saved and len(self._saved) >= self._limit:
            raise Conflict(f"There are {self._limit} snapshots already: delete one that is no longer wanted.")

    def put(self, snapshot: Snapshot) -> None:
        """Keep one in the place of another of its name. *Raises* as `check`, and `Conflict` for too many files."""
        self.check(snapshot.name)
        others = {name: one for name, one in self._saved.items() if name != snapshot.name}
        files = {digest: len(content) for one in (*others.values(), snapshot) for digest, content in one.files.items()}
        if sum(files.values()) > self._limit_bytes:
            raise Conflict(f"There is no room: the files of all snapshots have {self._limit_bytes:,} bytes at most.")
        self._saved = {**others, snapshot.name: snapshot}
        self._notify()

    def delete(self, name: str) -> None:
        """Forget one. *Raises* `NotFound`."""
        del self._saved[self.get(name).name]
        self._notify()

    def _notify(self) -> None:
        for notify in tuple(self._watchers.values()):
            notify()

    def succeed(self, difference: Difference) -> None:
        """Note what no longer fits now that another definition is served."""
        others = {*difference.changed, *difference.removed}
        if others:
            self._saved = {name: replace(one, changed=one.changed | others) for name, one in self._saved.items()}
