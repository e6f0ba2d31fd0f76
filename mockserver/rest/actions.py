"""What can be done to collections and documents, over neutral values: no HTTP, no convention."""

from dataclasses import dataclass, replace
from datetime import datetime

from mockserver.errors import BadRequest, NotFound
from mockserver.generation.schema import ID, Resource
from mockserver.messages import Document, Done, Json, Listed, Outcome
from mockserver.query.embed import MAX_EMBEDDED, Embedder, sparse, visible
from mockserver.query.naming import Naming
from mockserver.query.query import Condition, Query
from mockserver.query.select import select
from mockserver.query.window import write_cursor
from mockserver.rest.route import Route, check_parents, document_at, missing, refers
from mockserver.rest.writing import Writing
from mockserver.store.store import Store


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions on one store. Each gives an `Outcome` or *raises* a `Problem`, and then has changed nothing."""

    store: Store
    naming: Naming
    writing: Writing
    seeded_at: datetime

    def list(self, route: Route, query: Query) -> Outcome:
        """A window of a collection, below a parent where the path names one."""
        check_parents(self.store, route.parents)
        if route.parents:
            relation, key = route.parents[-1]
            query = replace(query, conditions=(Condition(relation.field, "eq", (key,)), *query.conditions))
        page = select(self.store[route.resource.name], query)
        embedder = Embedder(self.store)
        items: list[Json] = [self._shown(route.resource, row, query, embedder) for row in page.documents]
        window, end = query.window, page.offset + len(page.documents)
        last = page.documents[-1][ID] if page.documents else None
        cursor = write_cursor(end, last) if isinstance(last, int | str) else ""
        listed = Listed(items, page.total, page.offset, window.limit, window.page, window.by_cursor, cursor)
        return Outcome("listed", self.naming.wire(route.resource.name), listed=listed)

    def get(self, route: Route, query: Query) -> Outcome:
        """One document."""
        return self._outcome("read", route.resource, self.document(route), query)

    def document(self, route: Route) -> Document:
        """The document a route leads to. *Raises* `NotFound`, `Gone`."""
        check_parents(self.store, route.parents)
        text = route.text or ""
        found = document_at(self.store, route.resource, route.resource.key_from(text), text)
        if route.parents and not refers(found, *route.parents[-1]):
            raise NotFound(missing(route.resource, text))
        return found

    def create(self, route: Route, body: Json, query: Query) -> Outcome:
        """A new document in a collection."""
        with self.store.transaction() as transaction:
            check_parents(self.store, route.parents)
            draft = self.writing.created(route.resource, body, route.parents)
            return self._outcome("created", route.resource, transaction.put(route.resource, draft), query)

    def replace(self, route: Route, body: Json, query: Query) -> Outcome:
        """A document put in the place of one."""
        with self.store.transaction() as transaction:
            draft = self.writing.replaced(route.resource, self.document(route), body, route.parents)
            return self._outcome("updated", route.resource, transaction.put(route.resource, draft), query)

    def update(self, route: Route, body: Json, query: Query) -> Outcome:
        """A document with a merge patch applied."""
        with self.store.transaction() as transaction:
            draft = self.writing.patched(route.resource, self.document(route), body)
            return self._outcome("updated", route.resource, transaction.put(route.resource, draft), query)

    def delete(self, route: Route, query: Query) -> Outcome:
        """A document taken out of its collection, with what its relations say."""
        with self.store.transaction() as transaction:
            key = self.document(route)[ID]
            assert isinstance(key, int | str)  # noqa: S101 - as every id
            return self._outcome("deleted", route.resource, transaction.delete(route.resource, key), query)

    def _outcome(self, done: Done, resource: Resource, document: Document, query: Query) -> Outcome:
        shown = self._shown(resource, document, query, Embedder(self.store))
        # What is embedded changes on its own, so that one document's time says nothing of the whole.
        modified = None if query.embed else self._modified(resource, document)
        return Outcome(done, self.naming.wire(resource.name), shown, modified=modified, key=document[ID])

    def _modified(self, resource: Resource, document: Document) -> datetime:
        """When a document was last written: at the latest now, also where it is seeded by a clock that is ahead."""
        written = self.store[resource.name].modified(document[ID])
        return min(self.seeded_at if written is None else written, self.store.now())

    def _shown(self, resource: Resource, document: Document, query: Query, embedder: Embedder) -> Document:
        """A document as a client sees it."""
        shown = visible(resource, document)
        if query.embed:
            try:
                shown = embedder.embed(resource, shown, query.embed)
            except OverflowError:
                raise BadRequest(
                    f"This would embed more than {MAX_EMBEDDED:,} documents: ask for smaller pages or fewer relations."
                ) from None
        return self.naming.write(resource, sparse(shown, query.fields))
