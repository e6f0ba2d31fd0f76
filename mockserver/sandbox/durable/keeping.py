"""A sandbox joined with the database that its documents are kept in: brought back at the start, kept from then on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from mockserver.errors import DatabaseError, Problem
from mockserver.generation.schema import Schema
from mockserver.messages import Json
from mockserver.sandbox.durable.fitting import Fitted, Misfit, fit
from mockserver.sandbox.durable.recovery import last_noted, recover
from mockserver.sandbox.sandbox import Sandbox
from mockserver.store.backends.tinydb import TinydbBackend
from mockserver.store.change import Change
from mockserver.store.content import digests_of, file_fields
from mockserver.store.database.aside import put_aside
from mockserver.store.database.database import Database
from mockserver.store.database.image import TABLE, State

_SHOWN: Final = 5


class Keeping:
    """What a database is to keep of a sandbox, and what it had of it.

    `declared` gives what tells the resources of one definition from those of another.
    """

    __slots__ = (
        "_backend", "_counted", "_declared", "_fields", "_sandbox", "_schema", "aside", "database", "notices",
    )  # fmt: skip

    def __init__(self, sandbox: Sandbox, backend: TinydbBackend, declared: Callable[[], str]) -> None:
        """Bring back what there is, and keep everything from now on. *Raises* `DatabaseError`."""
        self._sandbox = sandbox
        self._backend = backend
        self._declared = declared
        self._schema: Schema | None = None
        self._fields: Mapping[str, Sequence[str]] = {}
        self.database: Database = backend.database
        self.aside = ""
        """The file with what was found and no longer fits, if there is one."""
        self.notices = list(self.database.found.notices)
        if TABLE in sandbox.store.schema.resources:
            raise DatabaseError(self.database.path, f"can't keep a resource '{TABLE}'", "give that another name")
        is_as_found = self.database.found.image is not None and self._bring_back()
        self._counted = dict(sandbox.tally.counts)
        backend.notes = self._notes
        backend.start(anew=not is_as_found)
        # All of it is the sandbox's now.
        self.database.forget()

    def _bring_back(self) -> bool:
        """Serve what was found; whether that is all of it, as it was."""
        found, store, seeded = self.database.found, self._sandbox.store, self._sandbox.seeded
        assert found.image is not None  # noqa: S101 - asked for where there is one
        collections = recover(found, store.schema)
        is_same = found.image.about.get("declared") == self._declared()
        if not is_same:
            fitted = fit(store.schema, collections, seeded.pristine, store.room)
            self._put_aside(fitted)
            collections = fitted.collections
        for collection in collections.values():
            store.adopt(collection)
        if not is_same:
            self._compute()
        self._bring_files()
        self._sandbox.tally.recall(last_noted(found, "tally"))
        if (seed := found.image.about.get("seed")) != seeded.definition.seed:
            self.notices.append(f"the data is of seed {seed}, not {seeded.definition.seed}: a reset begins with that")
        return is_same

    def _compute(self) -> None:
        """Work out anew what is computed: the expressions may be others."""
        store = self._sandbox.store
        try:
            with store.transaction() as transaction:
                for resource in store.schema.resources.values():
                    if any(one.computed is not None for one in resource.attributes.values()):
                        for row in list(store[resource.name]):
                            transaction.put(resource, row)
        except Problem as problem:
            hint = "mend the definition, or name another file"
            raise DatabaseError(self.database.path, f"no longer fits: {problem.detail}", hint) from None

    def _put_aside(self, fitted: Fitted) -> None:
        """Keep what is not served in a file of its own, and say so. *Raises* `DatabaseError`."""
        tables: dict[str, list[Json]] = {}
        for one in fitted.misfits:
            tables.setdefault(one.resource, []).append({"why": one.why, "document": one.document})
        if fitted.seeded:
            self.notices.append(f"new, and as seeded: {', '.join(fitted.seeded)}")
        if not tables:
            return
        try:
            self.aside = str(put_aside(self.database.disk, self.database.path, tables))
        except OSError as error:
            problem = f"no longer fits the definition, and what doesn't can't be put aside: {error.strerror}"
            raise DatabaseError(self.database.path, problem, "make room, or name another file") from None
        self.notices += _count(fitted.misfits)
        self.notices.append(f"what is not served as it was is in {self.aside}")

    def _notes(self, changes: Sequence[Change]) -> Mapping[str, Any]:
        """What is to be kept with the next batch; the files of its changes are kept before. *Raises* `OSError`."""
        holding = self._holding
        for change in changes if holding else ():
            if change.document is not None:
                self._keep_files(digests_of(holding.get(change.resource, ()), change.document))
        counts = self._sandbox.tally.counts
        if counts == self._counted:
            return {}
        self._counted = dict(counts)
        return {"tally": self._counted}

    def _keep_files(self, digests: Iterable[str]) -> None:
        for digest in digests:
            content = self._sandbox.store.contents.get(digest)
            if content is not None:
                self.database.files.put(digest, content)

    def _bring_files(self) -> None:
        """Have the files that documents hold; one that is not there any more is told of."""
        held = {digest for one in self._holding for digest in self._sandbox.store[one].digests()}
        files = {digest: content for digest in held if (content := self.database.files.get(digest)) is not None}
        self._sandbox.store.contents.adopt(files)
        if lost := len(held) - len(files):
            self.notices.append(f"{lost} uploaded {'file is' if lost == 1 else 'files are'} missing or damaged")

    @property
    def _holding(self) -> Mapping[str, Sequence[str]]:
        """The fields that may hold uploaded files, of the resources that have some."""
        schema = self._sandbox.store.schema
        if self._schema is not schema:
            self._schema = schema
            fields = {name: file_fields(one) for name, one in schema.resources.items()}
            self._fields = {name: found for name, found in fields.items() if found}
        return self._fields

    def state(self) -> State:
        """Everything as it is now."""
        definition = self._sandbox.seeded.definition
        about = {
            "name": definition.name, "seed": definition.seed, "declared": self._declared(),
            "tally": {**self._sandbox.tally.counts},
        }  # fmt: skip
        return State(self._sandbox.store.shelves(), self._sandbox.store.contents.held(), about)

    def describe(self) -> dict[str, Json]:
        """As it is told."""
        return {**self.database.describe(), "aside": self.aside or None, "notices": [*self.notices]}


def _count(misfits: list[Misfit]) -> list[str]:
    """How many documents of which resource don't fit, and why."""
    counts = Counter((one.resource, one.why) for one in misfits)
    said = [f"{count} of {resource}: {why}" for (resource, why), count in counts.most_common(_SHOWN)]
    return [*said, f"and {len(counts) - _SHOWN} more reasons"] if len(counts) > _SHOWN else said
