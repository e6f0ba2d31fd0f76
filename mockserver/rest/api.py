"""One API: requests in, replies out. Joins routes, callers, queries, actions and the writing of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import METHODS
from mockserver.errors import MethodNotAllowed, NotAcceptable, NotFound, PreconditionFailed, Problem, UnknownPath
from mockserver.generation.fill import Filler
from mockserver.generation.schema import Attribute, Resource
from mockserver.messages import Json, Reply, Request
from mockserver.query.naming import Naming
from mockserver.query.paths import Paths
from mockserver.query.query import Query
from mockserver.query.read import QueryReader
from mockserver.rest.actions import Actions
from mockserver.rest.body import read_json
from mockserver.rest.bulk import Bulk
from mockserver.rest.caller import Caller, Gate, OpenGate
from mockserver.rest.conditional import is_conditional
from mockserver.rest.endpoint import Call, Endpoint, Endpoints, Found
from mockserver.rest.exchange import Writer, below
from mockserver.rest.form import FormReader, holds_files
from mockserver.rest.media import Media
from mockserver.rest.multipart import is_form
from mockserver.rest.negotiation import accepted_ranges
from mockserver.rest.replay import Replays, answer_once
from mockserver.rest.route import Route, Router
from mockserver.rest.whole import whole_database
from mockserver.rest.writing import Writing
from mockserver.store.store import Store

_SAFE = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class _Turn:
    """One request to a resource: as it was asked, and as the convention reads it."""

    asked: Request
    request: Request
    route: Route
    caller: Caller

    @property
    def name(self) -> str:
        """What is done to what, in two words."""
        return f"{self.route.resource.name}.{self.route.verb(self.request.method)}"


class RestApi:
    """The API of one definition over one store. A problem is an answer too; anything else raised is a bug of ours.

    `endpoints` are found before the resources' own routes; `gate` lets callers in; `replays` are the answers kept for
    requests that are sent again.
    """

    def __init__(  # noqa: PLR0913 - the parts are joined here
        self,
        definition: CoreDefinition,
        store: Store,
        convention: Styled,
        filler: Filler,
        *,
        gate: Gate | None = None,
        endpoints: Sequence[Endpoint] = (),
        replays: Replays | None = None,
    ) -> None:
        self._definition = definition
        self._store = store
        self.convention = convention
        self.naming = Naming(store.schema, convention.case)
        self.writing = Writing(store, self.naming, filler, definition.api.strict)
        self._actions = Actions(store, self.naming, self.writing, definition.clock, definition.api.upsert)
        self.router = Router(store.schema, convention, definition.api)
        self.endpoints = Endpoints([*endpoints, *whole_database(store, self.naming, convention, definition.api)])
        self._writer = Writer(convention, definition.api.etag)
        self._readers = {name: self._reader(resource) for name, resource in store.schema.resources.items()}
        self._collections: Mapping[str, str] = {
            resource.name: path
            for path, resource in reversed(list(self.router.collections()))
            if not resource.is_singleton
        }
        self._media = Media(definition, self.naming, store.contents)
        self._forms = FormReader(self.naming, store.contents)
        self._gate = gate or OpenGate()
        self._replays = replays or Replays(store.now)

    def _reader(self, resource: Resource) -> QueryReader:
        spelling = self.convention.spelling
        paths = Paths(self._store.schema, resource, self.naming, spelling.any_case)
        strict = self._definition.api.strict and not self.convention.lenient
        return QueryReader(paths, spelling, self.convention.paging, self.convention.read_query, strict=strict)

    def handle(self, request: Request) -> Reply:
        """The answer to a request."""
        at = self._store.feed.at
        try:
            return replace(self._answer(request), at=at)
        except Problem as problem:
            return replace(self.refuse(request, problem), at=at)

    def refuse(self, request: Request, problem: Problem) -> Reply:
        """A problem as the convention writes it."""
        return self._writer.refuse(request, problem)

    def has_path(self, request: Request) -> bool:
        """Whether anything is at the path of a request, by whatever method."""
        try:
            segments = self._rewritten(request).segments()
            return bool(self.endpoints.methods(segments)) or self.router.find(segments) is not None
        except UnknownPath:
            return False
        except Problem:
            return True

    def _rewritten(self, asked: Request) -> Request:
        """The request as the resources would be asked it; an address of an endpoint is not taken for another."""
        if not self.endpoints.all or not self.endpoints.methods(asked.segments()):
            return self.convention.rewrite(asked, self._collections)
        try:
            request = self.convention.rewrite(asked, self._collections)
        except (UnknownPath, MethodNotAllowed):
            return asked
        return request if request.target == asked.target else asked

    def _answer(self, asked: Request) -> Reply:
        try:
            request = self._rewritten(asked)
        except MethodNotAllowed as problem:
            if asked.method != "OPTIONS":
                raise
            return Reply(204, tuple(problem.headers.items()), decided_by=f"{asked.target}.options")
        segments = request.segments()
        found = self.endpoints.find(request.method, segments)
        if found is not None:
            return self._answer_endpoint(asked, request, found)
        others = self.endpoints.methods(segments)
        route = self._route(segments, others)
        if route is None or request.method not in route.methods() or request.method == "OPTIONS":
            return self._answer_method(request, route, others)
        caller = self._gate.admit(request, tuple(route.steps()))
        turn = _Turn(asked, request, route, caller)
        if route.content is not None:
            return self._answer_content(turn, route.content)
        self._check_acceptable(request)
        if request.method in _SAFE:
            return self._list(turn) if route.verb(request.method) == "list" else self._get(turn)
        return answer_once(self._replays, request, caller, lambda: self._write_with(turn))

    def _route(self, segments: tuple[str, ...], others: Sequence[str]) -> Route | None:
        """The resource's route at a path, nothing where only endpoints are. *Raises* `UnknownPath`."""
        try:
            return self.router.find(segments)
        except UnknownPath:
            if not others:
                raise
            return None

    def _answer_method(self, request: Request, route: Route | None, others: Sequence[str]) -> Reply:
        """What can be done at a path. *Raises* `MethodNotAllowed` where that was not the question."""
        methods = {*others, *(route.methods() if route is not None else ()), "OPTIONS"}
        allowed = ", ".join(method for method in METHODS if method in methods)
        if request.method == "OPTIONS":
            name = route.resource.name if route is not None else request.target
            return Reply(204, (("Allow", allowed),), decided_by=f"{name}.options")
        where = route.described() if route is not None else request.target
        raise MethodNotAllowed(
            f"{request.method} is not possible on {where}: {allowed} are.", headers={"Allow": allowed}
        )

    def _answer_endpoint(self, asked: Request, request: Request, found: Found) -> Reply:
        endpoint = found.endpoint
        caller = Caller() if endpoint.is_public else self._gate.admit(request, (found.steps,))
        call = Call(request, found.parameters, caller)

        def answer() -> Reply:
            answered = endpoint.answer(call)
            if isinstance(answered, Reply):
                return answered
            self._check_acceptable(request)
            return self._writer.write(asked, answered, endpoint.name)

        return answer() if request.method in _SAFE else answer_once(self._replays, request, caller, answer)

    def _check_acceptable(self, request: Request) -> None:
        if not self.convention.accepts(accepted_ranges(request.headers.get("accept"))):
            raise NotAcceptable("Only application/json can be had here.", headers={"Vary": "Accept"})

    def _seeing(self, caller: Caller) -> Actions:
        writing = replace(self.writing, sees=caller.sees)
        return replace(self._actions, sees=caller.sees, writing=writing)

    def _answer_content(self, turn: _Turn, attribute: Attribute) -> Reply:
        """A file or picture of a document."""
        request, actions = turn.request, self._seeing(turn.caller)
        if request.method in _SAFE:
            return self._media.read(request, actions, turn.route, attribute)
        self._check_acceptable(request)

        def write() -> Reply:
            with self._store.lock:
                outcome = self._media.write(request, actions, turn.route, attribute)
            return self._writer.write(turn.asked, outcome, f"{turn.name} {attribute.name}")

        return answer_once(self._replays, request, turn.caller, write)

    def _read_body(self, turn: _Turn) -> Json:
        """What a write says, as JSON or as a form."""
        resource = turn.route.resource
        if holds_files(resource) and is_form(turn.request):
            return self._forms.read(resource, turn.request)
        return read_json(turn.request, patches=turn.request.method == "PATCH")

    def _list(self, turn: _Turn) -> Reply:
        query = self._readers[turn.route.resource.name].read_list(turn.request.query)
        outcome = self._seeing(turn.caller).list(turn.route, query)
        decided = f"{turn.name} {len(outcome.listed.items) if outcome.listed else 0} rows"
        return self._writer.write_read(turn.asked, outcome, decided, turn.route.resource.section.cache_control)

    def _get(self, turn: _Turn) -> Reply:
        query = self._readers[turn.route.resource.name].read_item(turn.request.query)
        outcome = self._seeing(turn.caller).get(turn.route, query)
        return self._writer.write_read(turn.asked, outcome, turn.name, turn.route.resource.section.cache_control)

    def _write_with(self, turn: _Turn) -> Reply:
        if turn.route.is_collection:
            return self._write_collection(turn)
        with self._store.lock:
            return self._write_document(turn)

    def _write_collection(self, turn: _Turn) -> Reply:
        request, route, actions = turn.request, turn.route, self._seeing(turn.caller)
        reader = self._readers[route.resource.name]
        if request.method == "POST":
            query, body = reader.read_item(request.query), self._read_body(turn)
            if isinstance(body, list):
                created = Bulk(actions).create(route, body, query)
                return self._writer.write(turn.asked, created, f"{turn.name} {len(body)} rows")
            outcome = actions.create(route, body, query)
            return self._writer.write_creation(turn.asked, below(request.target, outcome.key), outcome, turn.name)
        with self._store.lock:
            query = reader.read_filter(request.query)
            body = None if request.method == "DELETE" else read_json(request, patches=True)
            if is_conditional(request):
                self._writer.check_write(turn.asked, actions.list(route, reader.read_list(request.query)))
            bulk = Bulk(actions)
            outcome = bulk.delete(route, query) if request.method == "DELETE" else bulk.update(route, body, query)
        return self._writer.write(turn.asked, outcome, turn.name)

    def _write_document(self, turn: _Turn) -> Reply:
        request, route, actions = turn.request, turn.route, self._seeing(turn.caller)
        query = self._readers[route.resource.name].read_item(request.query)
        if route.restores:
            return self._writer.write_change(turn.asked, actions.restore(route, query), turn.name)
        # The body is read first: a request that can't be read is not held against the document's state.
        body = None if request.method == "DELETE" else self._read_body(turn)
        self._check_preconditions(turn, actions, query)
        if request.method == "DELETE":
            outcome = actions.delete(route, query)
        elif request.method == "PUT":
            outcome = actions.replace(route, body, query)
        elif request.method == "POST":
            outcome = replace(actions.replace(route, body, query), done="created")
        else:
            outcome = actions.update(route, body, query)
        if outcome.done == "created":
            return self._writer.write_creation(turn.asked, request.target, outcome, turn.name)
        return self._writer.write_change(turn.asked, outcome, turn.name)

    def _check_preconditions(self, turn: _Turn, actions: Actions, query: Query) -> None:
        if not is_conditional(turn.request) and self._definition.api.etag != "required":
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
