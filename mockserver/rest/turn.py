"""Requests to resources, once it is known where they lead and who asks: queries and bodies read, actions taken."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition, Verb
from mockserver.errors import NotFound, PreconditionFailed
from mockserver.generation.schema import Attribute, Resource
from mockserver.messages import Json, Outcome, Reply, Request
from mockserver.query.caller import Caller
from mockserver.query.naming import Naming
from mockserver.query.paths import Paths
from mockserver.query.query import Query
from mockserver.query.read import QueryReader
from mockserver.query.view import sees_all
from mockserver.rest.actions import Actions
from mockserver.rest.body import read_json
from mockserver.rest.bulk import Bulk
from mockserver.rest.conditional import is_conditional
from mockserver.rest.exchange import Writer, below
from mockserver.rest.form import FormReader
from mockserver.rest.media import Media
from mockserver.rest.multipart import is_form
from mockserver.rest.route import Route
from mockserver.rest.writing import Writing
from mockserver.store.store import Store

SAFE = ("GET", "HEAD", "OPTIONS")
"""The methods that change nothing (RFC 9110 §9.2.1)."""


class Turn(NamedTuple):
    """One request to a resource: as it was asked, and as the convention reads it."""

    asked: Request
    request: Request
    route: Route
    verb: Verb
    caller: Caller

    @property
    def name(self) -> str:
        """What is done to what, in two words."""
        return f"{self.route.resource.name}.{self.verb}"


class ResourceDesk:
    """Answers for the resources of one definition over one store. Its methods *raise* `Problem`."""

    def __init__(
        self, definition: CoreDefinition, store: Store, convention: Styled, writing: Writing, writer: Writer
    ) -> None:
        self._store = store
        self._etag = definition.api.etag
        self._writing = writing
        self._writer = writer
        self._actions = Actions(store, writing.naming, writing, definition.clock, definition.api.upsert)
        self._readers: Mapping[str, QueryReader] = {
            name: _reader(definition, store, convention, writing.naming, resource)
            for name, resource in store.schema.resources.items()
        }
        self._media = Media(definition, writing.naming, store.contents)
        self._forms = FormReader(writing.naming, store.contents)

    def read(self, turn: Turn) -> Reply:
        """What a collection or document holds."""
        reader, actions = self._readers[turn.route.resource.name], self._seeing(turn.caller)
        if turn.route.is_collection:
            outcome = actions.list(turn.route, reader.read_list(turn.request.query))
            decided = f"{turn.name} {len(outcome.listed.items) if outcome.listed else 0} rows"
        else:
            outcome, decided = actions.get(turn.route, reader.read_item(turn.request.query)), turn.name
        return self._writer.write_read(turn.asked, outcome, decided, turn.route.resource.section.cache_control)

    def read_content(self, turn: Turn, attribute: Attribute) -> Reply:
        """A file or picture of a document."""
        return self._media.read(turn.request, self._seeing(turn.caller), turn.route, attribute)

    def write(self, turn: Turn) -> Reply:
        """What came of a write to a collection, a document or a file of one."""
        if turn.route.is_collection and turn.request.method == "POST":
            return self._create(turn)
        with self._store.lock:
            if turn.route.content is not None:
                return self._write_content(turn, turn.route.content)
            return self._write_all(turn) if turn.route.is_collection else self._write_document(turn)

    def _seeing(self, caller: Caller) -> Actions:
        if caller.sees is sees_all:
            return self._actions
        return self._actions.seeing(caller.sees)

    def _read_body(self, turn: Turn) -> Json:
        """What a write says, as JSON or as a form."""
        resource = turn.route.resource
        if resource.has_files and is_form(turn.request):
            return self._forms.read(resource, turn.request)
        return read_json(turn.request, patches=turn.request.method == "PATCH")

    def _write_content(self, turn: Turn, attribute: Attribute) -> Reply:
        outcome = self._media.write(turn.request, self._seeing(turn.caller), turn.route, attribute)
        return self._writer.write(turn.asked, outcome, f"{turn.name} {attribute.name}")

    def _create(self, turn: Turn) -> Reply:
        actions, route = self._seeing(turn.caller), turn.route
        query, body = self._readers[route.resource.name].read_item(turn.request.query), self._read_body(turn)
        if isinstance(body, list):
            return self._writer.write(
                turn.asked, Bulk(actions).create(route, body, query), f"{turn.name} {len(body)} rows"
            )
        outcome = actions.create(route, body, query)
        return self._writer.write_creation(turn.asked, below(turn.request.target, outcome.key), outcome, turn.name)

    def _write_all(self, turn: Turn) -> Reply:
        """A write to every document that the query matches."""
        request, route, actions = turn.request, turn.route, self._seeing(turn.caller)
        reader = self._readers[route.resource.name]
        query = reader.read_filter(request.query)
        body = None if request.method == "DELETE" else read_json(request, patches=True)
        if self._is_checked(request):
            self._writer.check_write(turn.asked, actions.list(route, reader.read_list(request.query)))
        bulk = Bulk(actions)
        outcome = bulk.delete(route, query) if request.method == "DELETE" else bulk.update(route, body, query)
        return self._writer.write(turn.asked, outcome, turn.name)

    def _write_document(self, turn: Turn) -> Reply:
        route, actions = turn.route, self._seeing(turn.caller)
        query = self._readers[route.resource.name].read_item(turn.request.query)
        if route.restores:
            return self._writer.write_change(turn.asked, actions.restore(route, query), turn.name)
        # The body is read first: a request that can't be read is not held against the document's state.
        body = None if turn.request.method == "DELETE" else self._read_body(turn)
        self._check_preconditions(turn, actions, query)
        outcome = _change(actions, turn, body, query)
        if outcome.done == "created":
            return self._writer.write_creation(turn.asked, turn.request.target, outcome, turn.name)
        return self._writer.write_change(turn.asked, outcome, turn.name)

    def _is_checked(self, request: Request) -> bool:
        """Whether a write depends on what a read would give now."""
        return self._etag == "required" or is_conditional(request)

    def _check_preconditions(self, turn: Turn, actions: Actions, query: Query) -> None:
        if not self._is_checked(turn.request):
            return
        try:
            outcome = actions.get(turn.route, query)
        except NotFound:
            if turn.request.method != "PUT" or not actions.upserts(turn.route.resource):
                raise
            if "if-match" in turn.request.headers:
                raise PreconditionFailed("If-Match names a document, and there is none yet.") from None
            return
        self._writer.check_write(turn.asked, outcome)


def _reader(
    definition: CoreDefinition, store: Store, convention: Styled, naming: Naming, resource: Resource
) -> QueryReader:
    paths = Paths(store.schema, resource, naming, convention.spelling.any_case)
    strict = definition.api.strict and not convention.lenient
    return QueryReader(paths, convention.spelling, convention.paging, convention.read_query, strict=strict)


def _change(actions: Actions, turn: Turn, body: Json, query: Query) -> Outcome:
    """What a method does to a document."""
    method, route = turn.request.method, turn.route
    if method == "DELETE":
        return actions.delete(route, query)
    if method == "PATCH":
        return actions.update(route, body, query)
    outcome = actions.replace(route, body, query)
    # Only a singleton takes a POST: it is there already, and to its client as good as made.
    return outcome._replace(done="created") if method == "POST" else outcome
