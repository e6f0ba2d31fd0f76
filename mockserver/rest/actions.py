"""What can be done to collections and documents, over neutral values: no HTTP, no convention."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from mockserver.errors import BadRequest, Conflict, Forbidden, NotFound
from mockserver.generation.schema import ID, Resource
from mockserver.messages import Document, Done, Json, Listed, Outcome
from mockserver.query.embed import MAX_EMBEDDED, Embedder, sparse, visible
from mockserver.query.naming import Naming
from mockserver.query.query import Condition, Query
from mockserver.query.select import Page, matching, select
from mockserver.query.view import Sees, sees_all
from mockserver.query.window import write_cursor
from mockserver.rest.route import Route, check_parents, document_at, missing, refers
from mockserver.rest.writing import Writing
from mockserver.store.store import Store, Transaction
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Actions:
    """The actions on one store, for a reader who sees some of it.

    Each gives an `Outcome` or *raises* a `Problem`, and then has changed nothing.
    """

    store: Store
    naming: Naming
    writing: Writing
    seeded_at: datetime
    upsert: bool
    sees: Sees = sees_all

    def seeing(self, sees: Sees) -> "Actions":
        """The same for another reader."""
        return Actions(self.store, self.naming, self.writing.seeing(sees), self.seeded_at, self.upsert, sees)

    def list(self, route: Route, query: Query) -> Outcome:
        """A window of a collection, below a parent where the path names one."""
        page = select(self.store[route.resource.name], self._below(route, query), self.sees)
        items: list[Json] = list(self._shown(route.resource, page.documents, query))
        window = query.window
        cursor = _cursor_behind(page) if window.by_cursor else ""
        listed = Listed(items, page.total, page.offset, window.limit, window.page, window.by_cursor, cursor)
        return Outcome("listed", self.naming.wire(route.resource.name), listed=listed)

    def matching(self, route: Route, query: Query) -> Sequence[Document]:
        """Every document of a collection that a query matches, whatever window it asks for."""
        return matching(self.store[route.resource.name], self._below(route, query), self.sees)

    def _below(self, route: Route, query: Query) -> Query:
        """The query held to the children of the parent that the path names. *Raises* `NotFound`, `Gone`."""
        check_parents(self.store, route.parents, self.sees)
        if not route.parents:
            return query
        relation, key = route.parents[-1]
        return replace(query, conditions=(Condition(relation.field, "eq", (key,)), *query.conditions))

    def get(self, route: Route, query: Query) -> Outcome:
        """One document."""
        return self._outcome("read", route, self.document(route), query)

    def document(self, route: Route) -> Document:
        """The document a route leads to. *Raises* `NotFound`, `Gone`."""
        if route.resource.is_singleton:
            return self._only(route.resource)
        check_parents(self.store, route.parents, self.sees)
        text = route.text or ""
        found = document_at(self.store, route.resource, route.resource.key_from(text), text, self.sees)
        if route.parents and not refers(found, *route.parents[-1]):
            raise NotFound(missing(route.resource, text))
        return found

    def _only(self, resource: Resource) -> Document:
        for document in self.store[resource.name]:
            if self.sees(resource.name, document):
                return document
        raise NotFound(f"There is no {resource.singular()}.")

    def upserts(self, resource: Resource) -> bool:
        """Whether a PUT may make a document that is not there."""
        own = resource.section.upsert
        return self.upsert if own is None else own

    def create(self, route: Route, body: Json, query: Query) -> Outcome:
        """A new document in a collection."""
        with self.store.transaction() as transaction:
            check_parents(self.store, route.parents, self.sees)
            draft = self.writing.created(route.resource, body, route.parents)
            return self._outcome("created", route, self.put(transaction, route, draft), query)

    def replace(self, route: Route, body: Json, query: Query) -> Outcome:
        """A document put in the place of one, or where there was none when the resource allows for that."""
        with self.store.transaction() as transaction:
            try:
                current = self.document(route)
            except NotFound:
                draft = self._draft_at(route, body)
                return self._outcome("created", route, self.put(transaction, route, draft), query)
            draft = self.writing.replaced(route.resource, current, body, route.parents)
            return self._outcome("updated", route, self.put(transaction, route, draft), query)

    def _draft_at(self, route: Route, body: Json) -> Document:
        """A new document with the id that the path says. *Raises* what looking for it raised, where it can't be."""
        key = route.resource.key_from(route.text or "")
        if key is None or not self.upserts(route.resource) or key in self.store[route.resource.name]:
            raise NotFound(missing(route.resource, route.text))
        check_parents(self.store, route.parents, self.sees)
        return self.writing.created(route.resource, body, route.parents, key)

    def update(self, route: Route, body: Json, query: Query) -> Outcome:
        """A document with a merge patch applied."""
        with self.store.transaction() as transaction:
            draft = self.writing.patched(route.resource, self.document(route), body)
            return self._outcome("updated", route, self.put(transaction, route, draft), query)

    def delete(self, route: Route, query: Query) -> Outcome:
        """A document taken out of its collection, with what its relations say."""
        with self.store.transaction() as transaction:
            key = self.document(route)[ID]
            assert isinstance(key, int | str)  # noqa: S101 - as every id
            return self._outcome("deleted", route, transaction.delete(route.resource, key), query)

    def restore(self, route: Route, query: Query) -> Outcome:
        """A deleted document back in its collection, as it was. *Raises* `NotFound`, `Conflict`."""
        resource, text = route.resource, route.text or ""
        with self.store.transaction() as transaction:
            check_parents(self.store, route.parents, self.sees)
            key = resource.key_from(text)
            buried = None if key is None else self.store[resource.name].buried(key)
            if buried is None:
                self.document(route)
                raise Conflict(f"The {resource.singular()} with the id {text} is not deleted.")
            is_elsewhere = route.parents and not refers(buried, *route.parents[-1])
            if is_elsewhere or not self.sees(resource.name, buried):
                raise NotFound(missing(resource, text))
            self.writing.check_restorable(resource, buried)
            return self._outcome("updated", route, self.put(transaction, route, buried), query)

    def put(self, transaction: Transaction, route: Route, draft: Document) -> Document:
        """A draft written. *Raises* `Forbidden` for one that its writer would not see."""
        whole = transaction.put(route.resource, draft)
        if not self.sees(route.resource.name, whole):
            raise Forbidden(f"This would make {route.resource.one()} that you may not see.")
        return whole

    def _outcome(self, done: Done, route: Route, document: Document, query: Query) -> Outcome:
        resource, now = route.resource, self.store.now()
        written = self._written(resource, document)
        # What is embedded changes on its own, so that one document's time says nothing of the whole.
        modified = None if query.embed else min(written, now)
        return Outcome(
            done,
            self.naming.wire(resource.name),
            self.shown(resource, document, query),
            collection=route.collection,
            up=route.up,
            modified=modified,
            key=document[ID],
            is_lasting=modified is None or written <= now,
        )

    def modified(self, resource: Resource, document: Document) -> datetime:
        """When a document was last written: at the latest now, also where it is seeded by a clock that is ahead."""
        return min(self._written(resource, document), self.store.now())

    def _written(self, resource: Resource, document: Document) -> datetime:
        return self.store[resource.name].modified(document[ID]) or self.seeded_at

    def shown(self, resource: Resource, document: Document, query: Query) -> Document:
        """A document as a client sees it."""
        return self._shown(resource, (document,), query)[0]

    def _shown(self, resource: Resource, documents: Sequence[Document], query: Query) -> Sequence[Document]:
        """Documents as a client sees them: most are as they are stored."""
        if query.embed:
            documents = self._embedded(resource, documents, query)
        elif resource.hidden:
            documents = [visible(resource, one) for one in documents]
        if query.fields:
            documents = [sparse(one, query.fields) for one in documents]
        return documents if self.naming.is_identity else [self.naming.write(resource, one) for one in documents]

    def _embedded(self, resource: Resource, documents: Sequence[Document], query: Query) -> Sequence[Document]:
        embedder = Embedder(self.store, self.sees)
        try:
            return [embedder.embed(resource, visible(resource, one), query.embed) for one in documents]
        except OverflowError:
            raise BadRequest(
                f"This would embed more than {MAX_EMBEDDED:,} documents: ask for smaller pages or fewer relations."
            ) from None


def _cursor_behind(page: Page) -> str:
    """The place behind a page, where it holds anything."""
    last = page.documents[-1][ID] if page.documents else None
    return write_cursor(page.offset + len(page.documents), last) if isinstance(last, int | str) else ""
