"""One API: requests in, replies out. Finds where a request leads, lets its caller in, and has it answered."""

from collections.abc import Mapping, Sequence

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import METHODS
from mockserver.errors import BadRequest, MethodNotAllowed, NotAcceptable, Problem, UnknownPath
from mockserver.generation.fill import Filler
from mockserver.messages import Reply, Request
from mockserver.query.caller import Caller, Gate, OpenGate
from mockserver.query.naming import Naming
from mockserver.rest.endpoint import Call, Endpoint, Endpoints, Found
from mockserver.rest.exchange import Writer, varying
from mockserver.rest.negotiation import accepted_ranges
from mockserver.rest.replay import Replays, answer_once
from mockserver.rest.route import Route, Router
from mockserver.rest.turn import SAFE, ResourceDesk, Turn
from mockserver.rest.whole import whole_database
from mockserver.rest.writing import Writing
from mockserver.store.store import Store


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
        self._store = store
        self.convention = convention
        self.naming = Naming(store.schema, convention.case, any_case=convention.spelling.any_case_bodies)
        self.writing = Writing(store, self.naming, filler, definition.api.strict)
        self.router = Router(store.schema, convention, definition.api)
        self.endpoints = Endpoints([*endpoints, *whole_database(store, self.naming, convention, definition.api)])
        self._writer = Writer(convention, definition.api.etag)
        self._desk = ResourceDesk(definition, store, convention, self.writing, self._writer)
        self._collections: Mapping[str, str] = {
            name: path for name, path in self.router.homes().items() if not store.schema[name].is_singleton
        }
        self._gate = gate or OpenGate()
        self._replays = replays or Replays(store.now)

    def handle(self, request: Request) -> Reply:
        """The answer to a request."""
        at = self._store.feed.at
        try:
            reply = self._answer(request)
        except Problem as problem:
            reply = self.refuse(request, problem)
        return reply.as_of(at, varying(reply.headers, self._gate.headers))

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

    def locate(self, asked: Request) -> tuple[tuple[tuple[str, ...], ...], str]:
        """Where a request leads, whether anything is there or not, as far as its path can be read.

        That is: the steps of the path below the prefix, in every spelling that means the same, and the name of the
        resource, empty where it leads to none.
        """
        try:
            segments = self._rewritten(asked).segments()
            steps = self.endpoints.steps(segments)
            if steps is not None:
                return (steps,), ""
            route = self.router.find(segments)
        except BadRequest:
            return (), ""
        except Problem:
            return (self.router.below(asked.segments()),), ""
        return tuple(route.steps()), route.resource.name

    def _rewritten(self, asked: Request) -> Request:
        """The request as the resources would be asked it; an address of an endpoint is not taken for another."""
        try:
            request = self.convention.rewrite(asked, self._collections)
        except (UnknownPath, MethodNotAllowed):
            if not self.endpoints.methods(asked.segments()):
                raise
            return asked
        is_moved = request is not asked and request.target != asked.target
        return asked if is_moved and self.endpoints.methods(asked.segments()) else request

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
        route = self._route(segments)
        verb = None if route is None else route.verbs.get(request.method)
        if route is None or verb is None:
            return self._answer_method(request, route, self.endpoints.methods(segments))
        caller = self._gate.admit(request, route.steps())
        turn, is_safe = Turn(asked, request, route, verb, caller), request.method in SAFE
        if route.content is not None and is_safe:
            return self._desk.read_content(turn, route.content)
        self._check_acceptable(request)
        if is_safe:
            return self._desk.read(turn)
        return answer_once(self._replays, request, caller, lambda: self._desk.write(turn))

    def _route(self, segments: tuple[str, ...]) -> Route | None:
        """The resource's route at a path, nothing where only endpoints are. *Raises* `UnknownPath`."""
        try:
            return self.router.find(segments)
        except UnknownPath:
            if not self.endpoints.methods(segments):
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

        if not endpoint.is_bare:
            self._check_acceptable(request)

        def answer() -> Reply:
            answered = endpoint.answer(call)
            return answered if isinstance(answered, Reply) else self._writer.write(asked, answered, endpoint.name)

        return answer() if request.method in SAFE else answer_once(self._replays, request, caller, answer)

    def _check_acceptable(self, request: Request) -> None:
        if not self.convention.accepts(accepted_ranges(request.headers.get("accept"))):
            raise NotAcceptable("Only application/json can be had here.", headers={"Vary": "Accept"})
