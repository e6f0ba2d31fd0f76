"""One API: requests in, replies out. Joins routes, queries, actions, the convention and conditional requests."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote, urlencode

import orjson

from mockserver.conventions.base import Place, Written
from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.errors import NotAcceptable, Problem
from mockserver.generation.fill import Filler
from mockserver.generation.schema import Resource
from mockserver.messages import Outcome, Reply, Request
from mockserver.query.naming import Naming
from mockserver.query.paths import Paths
from mockserver.query.query import Query
from mockserver.query.read import QueryReader
from mockserver.rest.actions import Actions
from mockserver.rest.body import read_json
from mockserver.rest.conditional import State, check_read, check_write, entity_tag, is_conditional, is_not_modified
from mockserver.rest.negotiation import accepted_ranges
from mockserver.rest.route import Route, Router
from mockserver.rest.writing import Writing
from mockserver.store.store import Store

_REVALIDATE: Final = ("Cache-Control", "no-cache")


class RestApi:
    """The API of one definition over one store. A problem is an answer too; anything else raised is a bug of ours."""

    def __init__(self, definition: CoreDefinition, store: Store, convention: Styled, filler: Filler) -> None:
        self._definition = definition
        self._store = store
        self.convention = convention
        self._naming = Naming(store.schema, convention.case)
        writing = Writing(store, self._naming, filler, definition.api.strict)
        self._actions = Actions(store, self._naming, writing, definition.clock)
        self.router = Router(store.schema, convention, definition.api)
        self._readers = {name: self._reader(resource) for name, resource in store.schema.resources.items()}
        self._turning = convention.spelling.turning()
        self._roles = convention.spelling.roles()

    def _reader(self, resource: Resource) -> QueryReader:
        spelling = self.convention.spelling
        paths = Paths(self._store.schema, resource, self._naming, spelling.any_case)
        return QueryReader(paths, spelling, self.convention.paging, strict=self._definition.api.strict)

    def handle(self, request: Request) -> Reply:
        """The answer to a request."""
        at = self._store.feed.at
        try:
            return replace(self._answer(request), at=at)
        except Problem as problem:
            return replace(self.refuse(request, problem), at=at)

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """A problem as the convention writes it."""
        status = self.convention.status_of(problem.slug, problem.status)
        written = self.convention.write_problem(problem, status, self._place(request))
        headers = (*written.headers, *problem.headers.items())
        return _reply(replace(written, headers=headers), f"{problem.slug}: {problem.detail}")

    def _answer(self, request: Request) -> Reply:
        route = self.router.find(request.segments())
        if request.method == "OPTIONS":
            return Reply(204, (("Allow", ", ".join(route.methods())),), decided_by=f"{route.resource.name}.options")
        verb = route.verb(request.method)
        if not self.convention.accepts(accepted_ranges(request.headers.get("accept"))):
            raise NotAcceptable("Only application/json can be had here.")
        reader = self._readers[route.resource.name]
        query = reader.read_list(request.query) if verb == "list" else reader.read_item(request.query)
        decided = f"{route.resource.name}.{verb}"
        if verb == "list":
            outcome = self._actions.list(route, query)
            return self._read(request, outcome, f"{decided} {len(outcome.listed.items) if outcome.listed else 0} rows")
        if verb == "get":
            return self._read(request, self._actions.get(route, query), decided)
        return self._write(request, route, query, decided)

    def _read(self, request: Request, outcome: Outcome, decided: str) -> Reply:
        reply = _reply(self._written(request, outcome), decided)
        if self._definition.api.etag == "off":
            return reply
        state = State(entity_tag(reply.body), outcome.modified)
        check_read(request, state)
        headers = (*reply.headers, *state.headers(), _REVALIDATE)
        if is_not_modified(request, state):
            kept = tuple(header for header in headers if header[0] != "Content-Type")
            return Reply(304, kept, decided_by=f"{decided} not modified")
        return replace(reply, headers=headers)

    def _write(self, request: Request, route: Route, query: Query, decided: str) -> Reply:
        method = request.method
        if method == "POST":
            outcome = self._actions.create(route, read_json(request), query)
            return self._created(request, outcome, decided)
        with self._store.lock:
            # The body is read first: a request that can't be read is not held against the document's state.
            body = None if method == "DELETE" else read_json(request, patches=method == "PATCH")
            self._check_preconditions(request, route, query)
            if method == "DELETE":
                outcome = self._actions.delete(route, query)
            elif method == "PUT":
                outcome = self._actions.replace(route, body, query)
            else:
                outcome = self._actions.update(route, body, query)
        return self._tagged(request, _reply(self._written(request, outcome), decided), outcome)

    def _check_preconditions(self, request: Request, route: Route, query: Query) -> None:
        mode = self._definition.api.etag
        if is_conditional(request) or mode == "required":
            outcome = self._actions.get(route, query)
            check_write(request, State(entity_tag(_bytes(self._written(request, outcome))), outcome.modified), mode)

    def _created(self, request: Request, outcome: Outcome, decided: str) -> Reply:
        """The answer to a creation: where the document is, and the tag it will be read with there."""
        path = f"{request.target.rstrip('/')}/{quote(str(outcome.key), safe='')}"
        location = self._origin(request) + path
        reply = _reply(self._written(request, replace(outcome, location=location)), decided)
        return self._tagged(replace(request, target=path), reply, outcome)

    def _tagged(self, request: Request, reply: Reply, outcome: Outcome) -> Reply:
        """The tag a document has after a write: of the answer that a read would give."""
        if outcome.done == "deleted" or self._definition.api.etag == "off":
            return reply
        read = self._written(request, replace(outcome, done="read", location=""))
        return replace(reply, headers=(*reply.headers, *State(entity_tag(_bytes(read)), outcome.modified).headers()))

    def _written(self, request: Request, outcome: Outcome) -> Written:
        status = self.convention.status_of(outcome.done, 200)
        return self.convention.write(outcome, status, self._place(request))

    def _place(self, request: Request) -> Place:
        used: dict[str, str] = {
            self._roles[name.casefold()]: name for name, _ in request.query if name.casefold() in self._roles
        }

        def link(changes: Mapping[str, str]) -> str:
            kept = [(name, value) for name, value in request.query if name not in changes]
            return f"{self._origin(request)}{request.target}?{urlencode([*kept, *changes.items()])}"

        return Place(request.target, link, {**self._turning, **used}, "limit" in used or "size" in used)

    @staticmethod
    def _origin(request: Request) -> str:
        host = request.headers.get("host", "")
        return f"http://{host}" if host else ""


def _bytes(written: Written) -> bytes:
    return orjson.dumps(written.body) if written.has_body else b""


def _reply(written: Written, decided: str) -> Reply:
    if not written.has_body:
        return Reply(written.status, written.headers, decided_by=decided)
    headers = (("Content-Type", written.media_type), *written.headers)
    return Reply(written.status, headers, _bytes(written), decided)
