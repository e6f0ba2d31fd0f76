"""Documents read and written by whoever tests: by the resources' own rules, past who may and how it is spelled.

What holds is what a document is: validation, integrity, states, what is computed, stamped or immutable, what becomes of
others by a deletion. What does not is the manner of an API: its convention, users, `methods`, required tags, faults.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

import orjson

from mockserver.definitions.model import CoreDefinition
from mockserver.errors import Conflict, NotFound, sentence, suggestion
from mockserver.generation.fill import Filler
from mockserver.generation.schema import ID, Resource
from mockserver.messages import Document, Json, Key, Outcome
from mockserver.query.naming import Naming
from mockserver.query.query import Query
from mockserver.query.select import Page, select
from mockserver.rest.actions import Actions
from mockserver.rest.api import RestApi
from mockserver.rest.conditional import entity_tag
from mockserver.rest.route import Route, missing
from mockserver.rest.writing import Writing
from mockserver.sandbox.plain.address import Addresses
from mockserver.sandbox.plain.card import describe_resource
from mockserver.sandbox.plain.drift import Drift, DriftWatch, Fate, differing, fate_of
from mockserver.sandbox.plain.reader import Asked, PlainReader
from mockserver.sandbox.plain.relation import related
from mockserver.store.collection import Collection
from mockserver.store.store import Store
from mockserver.value import dataclass

PAGE_BYTES: Final = 8 * 1024 * 1024
"""How large the documents of one page may be together; what is more is on the next, but a page has one at least."""

Check: TypeAlias = Callable[[str | None], None]
"""Is told the tag of a document before it is written, nothing where there is none; *raises* `PreconditionFailed`."""
_NO_QUERY: Final = Query()


@dataclass(frozen=True, slots=True)
class Row:
    """A document as it is shown: its id as text, its address in the API, and what became of it since it was seeded."""

    key: str
    url: str
    changed: Fate | None
    differs: list[str]
    document: Document

    @property
    def tag(self) -> str:
        """The entity tag of the document, without its quotes."""
        return entity_tag(orjson.dumps(self.document)).strip('"')

    def to_json(self) -> Document:
        """As it is told."""
        differs: list[Json] = [*self.differs]
        return {
            "key": self.key, "url": self.url, "changed": self.changed, "differs": differs, "document": self.document,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Written:
    """A document that was written, and whether it was not there before."""

    row: Row
    is_new: bool


class PlainDesk:
    """Answers for all documents of one sandbox. Its methods *raise* `Problem`, and then have changed nothing.

    `seeded` gives what the sandbox or its scenario began with; `base` stands before every address of the API.
    """

    def __init__(  # noqa: PLR0913 - the parts are joined here
        self,
        definition: CoreDefinition,
        store: Store,
        filler: Filler,
        api: RestApi,
        *,
        seeded: Callable[[], Mapping[str, Collection]],
        base: str,
    ) -> None:
        naming = Naming(store.schema, "as_is")
        writing = Writing(store, naming, filler, definition.api.strict)
        self._store = store
        self._seeded = seeded
        self._actions = Actions(store, naming, writing, definition.clock, definition.api.upsert)
        self._readers = {name: PlainReader(store.schema, naming, one) for name, one in store.schema.resources.items()}
        self._addresses = Addresses(api, base)
        self._largest = api.convention.paging.largest
        self._drift = DriftWatch()

    def describe(self) -> list[Json]:
        """Every resource: what it is, how many documents it has, and how many of them are not as seeded."""
        return [self._describe(one) for one in self._store.schema.resources.values()]

    def _describe(self, resource: Resource) -> Document:
        drift = self._drift_of(resource)
        changed: Document = {
            "created": drift.created, "updated": drift.updated, "deleted": drift.deleted,
        }  # fmt: skip
        now: Document = {
            "path": self._addresses.collection(resource),
            "count": len(self._store[resource.name]),
            "changed": changed,
            "page_max": self._largest,
        }
        return {**describe_resource(self._store.schema, resource), **now}

    def list(self, name: str, pairs: Sequence[tuple[str, str]], *, only_changed: bool = False) -> Document:
        """The rows that a query asks for, of all or of those alone that are not as seeded."""
        resource = self._resource(name)
        asked = self._readers[name].read(pairs)
        query = asked.among([*self._drift_of(resource).fates]) if only_changed else asked.query
        page = select(self._store[name], query)
        rows = [*self._fitting(resource, page)]
        url = self._url(resource, asked, page, rows, only_changed=only_changed)
        return {"total": page.total, "rows": [row.to_json() for row in rows], "url": url}

    def _url(self, resource: Resource, asked: Asked, page: Page, rows: Sequence[Row], *, only_changed: bool) -> Json:
        """Where the API has just these rows."""
        if only_changed:
            keys = [_key(document) for document in page.documents[: len(rows)]]
            return self._addresses.of_these(resource, keys, asked.query)
        wanted = asked.query.window.limit or 0
        is_cut = len(rows) < len(page.documents)
        return self._addresses.listing(resource, asked.query, asked.filters, len(rows) if is_cut else wanted)

    def _fitting(self, resource: Resource, page: Page) -> Iterator[Row]:
        """The rows of a page, as many as fit into one answer."""
        size = 0
        for place, document in enumerate(page.documents):
            row = self._row(resource, document)
            size += len(orjson.dumps(row.document))
            if place and size > PAGE_BYTES:
                return
            yield row

    def get(self, name: str, text: str) -> tuple[Row, Document]:
        """A document, with what else is said of it: how it was seeded where it was otherwise, and its links."""
        resource = self._resource(name)
        document = self._actions.document(self._route(resource, text))
        row, seeded = self._row(resource, document), self._seeded()[name].get(document[ID])
        before = None if row.changed is None or seeded is None else self._shown(resource, seeded)
        return row, {"seeded": before, "related": related(self._store, self._addresses, resource, document)}

    def create(self, name: str, body: Json) -> Written:
        """A new document."""
        resource = self._resource(name)
        if resource.is_singleton and len(self._store[name]):
            raise Conflict(f"There is one {resource.singular()} already, and never another: change that one.")
        with self._store.lock:
            return self._written(resource, self._actions.create(Route(resource, "", None), body, _NO_QUERY))

    def replace(self, name: str, text: str, body: Json, check: Check) -> Written:
        """A document in the place of the one there is; or a new one, where the resource lets a PUT make one."""
        resource = self._resource(name)
        with self._store.lock:
            route = self._checked(resource, text, check, may_miss=self._actions.upserts(resource))
            return self._written(resource, self._actions.replace(route, body, _NO_QUERY))

    def update(self, name: str, text: str, patch: Json, check: Check) -> Written:
        """A document with a merge patch applied."""
        resource = self._resource(name)
        with self._store.lock:
            route = self._checked(resource, text, check)
            return self._written(resource, self._actions.update(route, patch, _NO_QUERY))

    def delete(self, name: str, text: str, check: Check) -> None:
        """A document taken away, with what its relations say."""
        resource = self._resource(name)
        with self._store.lock:
            route = self._checked(resource, text, check)
            if resource.is_singleton:
                raise Conflict(f"There is always one {resource.singular()}: it can be changed, and not deleted.")
            self._actions.delete(route, _NO_QUERY)

    def _checked(self, resource: Resource, text: str, check: Check, *, may_miss: bool = False) -> Route:
        """The way to a document that may be written to. *Raises* `NotFound`, and what the check does."""
        route = self._route(resource, text)
        try:
            document = self._actions.document(route)
        except NotFound:
            if not may_miss:
                raise
            check(None)
        else:
            check(self._row(resource, document).tag)
        return route

    def _route(self, resource: Resource, text: str) -> Route:
        """The way to a document. *Raises* `NotFound` for the only one by another id."""
        if resource.is_singleton and text not in {str(one[ID]) for one in self._store[resource.name]}:
            raise NotFound(missing(resource, text))
        return Route(resource, "", text)

    def _resource(self, name: str) -> Resource:
        """A resource by its name. *Raises* `NotFound` with the nearest one."""
        found = self._store.schema.resources.get(name)
        if found is None:
            hint = suggestion(name, self._store.schema.resources)
            raise NotFound(sentence(f"There is no resource '{name}'{f'; {hint}' if hint else ''}"))
        return found

    def _drift_of(self, resource: Resource) -> Drift:
        return self._drift.drift(self._store[resource.name], self._seeded()[resource.name])

    def _row(self, resource: Resource, document: Document) -> Row:
        key = _key(document)
        seeded = self._seeded()[resource.name].get(key)
        fate = fate_of(document, seeded)
        differs = differing(document, seeded) if fate == "updated" else []
        url = self._addresses.document(resource, key)
        return Row(str(key), url, fate, differs, self._shown(resource, document))

    def _shown(self, resource: Resource, document: Document) -> Document:
        """A document without what is only ever written."""
        return self._actions.shown(resource, document, _NO_QUERY)

    def _written(self, resource: Resource, outcome: Outcome) -> Written:
        document = self._store[resource.name].get(outcome.key)
        assert document is not None  # noqa: S101 - nobody else has written since
        return Written(self._row(resource, document), outcome.done == "created")


def _key(document: Document) -> Key:
    key = document[ID]
    assert isinstance(key, int | str)  # noqa: S101 - as every id
    return key
