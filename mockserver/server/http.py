"""The API plane: a Flask application with one route for everything, in front of the assembled service.

Turns the environment into a `Request`, a `Reply` into a Flask response, adds CORS and `X-Mock-At`, and sees that
every exchange is recorded. Knows nothing of resources, conventions or sockets.
"""

from dataclasses import replace
from functools import lru_cache
from time import perf_counter, time
from typing import Any

from flask import Flask, Response
from flask import request as flask_request
from werkzeug.datastructures import Headers
from werkzeug.routing import BaseConverter, Rule

from mockserver.errors import Problem, ServerError
from mockserver.messages import Reply, Request, read_query
from mockserver.realtime.session import Held, Stream
from mockserver.server.address import locate
from mockserver.server.coding import code
from mockserver.server.cors import OriginList, answer_preflight, cors_headers, is_preflight
from mockserver.server.fault.connection import Oversight
from mockserver.server.fault.delivery import Delivery, respond
from mockserver.server.fault.handshake import shake
from mockserver.server.fault.interference import Interference
from mockserver.server.log import ExchangeLog
from mockserver.server.phrase import status_line
from mockserver.server.service import Instance, Service
from mockserver.server.socket.conversation import Companion
from mockserver.server.socket.handshake import Accepted, Offer, accept, read_offer, verify_origin
from mockserver.server.socket.register import Sockets
from mockserver.server.socket.sock import Sock
from mockserver.server.static import StaticFolder, headers_of, read_whole
from mockserver.server.stream import EventStream, as_whole
from mockserver.server.waiting import WaitingRoom

_SERVER_OPTIONS = (("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),)
"""What the server as a whole can do, for `OPTIONS *` (RFC 9110 §9.3.7)."""

_BODILESS = frozenset({204, 304})
_ENTITY_HEADERS = frozenset({"content-type", "content-length"})


class ApiResponse(Response):
    """Flask's response without a content type of its own: an answer has what its convention gave it."""

    default_mimetype = None


class _Anything(BaseConverter):
    regex = r"[\s\S]*"
    part_isolating = False


def build_api(  # noqa: PLR0913 - what it stands on
    service: Service,
    origins: OriginList,
    log: ExchangeLog,
    sockets: Sockets,
    *,
    interference: Interference,
    files: StaticFolder | None = None,
) -> Flask:
    """The WSGI application of the API plane; `files` are for paths that the service does not have."""
    app = Flask("mockserver.api", static_folder=None)
    app.url_map.converters["anything"] = _Anything
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    # Flask's own decorator would limit the methods; a rule without any takes them all, unknown ones included.
    app.url_map.add(Rule("/<anything:path>", endpoint="api", methods=None))
    front = Front(service, origins, log, sockets, interference=interference, files=files)
    app.view_functions["api"] = front.answer
    Sock(app, sockets).route("/<anything:path>", endpoint="socket")(front.answer_handshake)
    app.register_error_handler(Exception, front.answer_failure)
    return app


class Front:
    """Where a request of the API plane meets the service."""

    def __init__(  # noqa: PLR0913 - what it stands on
        self,
        service: Service,
        origins: OriginList,
        log: ExchangeLog,
        sockets: Sockets,
        *,
        interference: Interference,
        files: StaticFolder | None,
    ) -> None:
        self._interference = interference
        self._files = files
        self._sockets = sockets
        self._service = service
        self._origins = origins
        self._log = log
        self._waiting = WaitingRoom(sockets.limits.sockets)
        self._oversight = Oversight(sockets)
        sockets.at_stop(self._waiting.empty)
        interference.holds.at_cut(self._waiting.cut)
        service.follow(lambda instance: instance.journal.watch(log.record))

    def answer(self, path: str = "") -> Response:  # noqa: ARG002 - the raw target is what counts
        """The answer to the request at hand."""
        environ = flask_request.environ
        instance, request = self._service.default, _without_query(environ)
        try:
            refused: Problem | None = environ.get("mockserver.problem")
            if refused is not None:
                raise refused
            request = read_request(environ)
            if request.target == "*":
                return self._finish(
                    instance, request, Reply(204, _SERVER_OPTIONS, decided_by="server.options"), environ
                )
            if is_preflight(request):
                return self._finish(instance, request, answer_preflight(request, self._origins), environ)
            name, request = locate(request)
            instance = self._service.enter(name)
        except Problem as problem:
            return self._finish(instance, request, instance.refuse(request, problem), environ)
        return self._answer_file(instance, request, environ) or self._answer(instance, request, environ)

    def _answer(self, instance: Instance, request: Request, environ: dict[str, Any]) -> Response:
        """The service's answer, and what faults make of it."""

        def ask(asked: Request) -> Reply:
            return self._ask(instance, asked, environ)

        try:
            delivery = self._interference.meet(instance, request, environ["mockserver.socket"], ask, as_whole)
        except Problem as problem:
            return self._finish(instance, request, instance.refuse(request, problem), environ)
        if delivery is not None:
            instance.journal.record(request, delivery.told, time(), _duration_s(environ), delivery.decisions)
            return self._deliver(delivery, instance, request, environ)
        reply = ask(request)
        if isinstance(reply.live, Stream):
            self._record(instance, request, reply, environ)
            wire = self._wire(instance, request, reply.live, environ)
            return ApiResponse(wire.run(), status_line(reply.status), finish_headers(request, reply, self._origins))
        return self._finish(instance, request, reply, environ)

    def _deliver(self, delivery: Delivery, instance: Instance, request: Request, environ: dict[str, Any]) -> Response:
        """What faults have left of an answer."""
        reply, shown = delivery.reply, request if delivery.shows_cors else from_nowhere(request)
        if isinstance(reply.live, Stream):
            wire = self._wire(instance, request, reply.live, environ)
            response = respond(delivery, finish_headers(shown, reply, self._origins), wire.run())
            return delivery.collect(wire, response)
        if delivery.is_plain:
            return delivery.follow_up(write_reply(shown, reply, self._origins))
        return respond(delivery, finish_headers(shown, reply, self._origins))

    def _ask(self, instance: Instance, request: Request, environ: dict[str, Any]) -> Reply:
        """The service's answer, when it is there; a HEAD waits for nothing."""
        reply = instance.handle(request)
        if isinstance(reply.live, Held):
            return self._wait(instance, request, reply, reply.live, environ)
        if isinstance(reply.live, Stream):
            try:
                self._sockets.verify_room()
            except Problem as problem:
                return instance.refuse(request, problem)
        return reply

    def _wait(self, instance: Instance, request: Request, reply: Reply, held: Held, environ: dict[str, Any]) -> Reply:
        """The answer that was waited for, as much for this client alone as the one that would have come at once."""
        try:
            waited = self._waiting.wait(held, environ["mockserver.socket"], instance.watch)
        except Problem as problem:
            return instance.refuse(request, problem)
        return replace(waited, headers=(*waited.headers, *(pair for pair in reply.headers if pair[0] == "Vary")))

    def _wire(self, instance: Instance, request: Request, stream: Stream, environ: dict[str, Any]) -> EventStream:
        """What goes on for as long as there is something to say."""
        asked = self._interference.preferences(instance, request)
        companion = self._oversight.companion(instance, request, "sse", asked)
        return EventStream(stream, environ, self._sockets, companion)

    def _answer_file(self, instance: Instance, request: Request, environ: dict[str, Any]) -> Response | None:
        """A file, where there are some and the API has no such path."""
        path = None if self._files is None or instance.has_path(request) else self._files.find(request)
        if self._files is None or path is None:
            return None
        try:
            response = self._files.open(path, environ)
        except OSError:
            return None
        decided = f"static {path.name}"
        reply = read_whole(response, decided)
        if reply:
            return self._finish(instance, request, reply, environ)
        return self._stream(instance, request, response, decided, environ)

    def _stream(
        self, instance: Instance, request: Request, response: Response, decided: str, environ: dict[str, Any]
    ) -> Response:
        """A response whose body is read as it is sent."""
        reply = Reply(response.status_code, headers_of(response), decided_by=decided)
        self._record(instance, request, reply, environ)
        length = ("Content-Length", response.headers["Content-Length"])
        response.headers = Headers([*finish_headers(request, reply, self._origins), length])
        if request.method == "HEAD":
            response.close()
        return response

    def answer_handshake(self, path: str = "") -> Response | Accepted:  # noqa: ARG002 - the raw target is what counts
        """The answer to a WebSocket handshake, or what was accepted."""
        environ = flask_request.environ
        instance, request = self._service.default, _without_query(environ)
        try:
            refused: Problem | None = environ.get("mockserver.problem")
            if refused is not None:
                raise refused
            offer = read_offer(request, environ["SERVER_PROTOCOL"])
            verify_origin(request, self._origins)
            name, request = locate(read_request(environ))
            instance = self._service.enter(name)
            asked = self._interference.preferences(instance, request)
            companion = self._oversight.companion(instance, request, "ws", asked)

            def welcome(request: Request) -> Reply:
                return self._welcome(instance, request, offer, companion, environ)

            delivery = shake(self._interference, instance, request, environ["mockserver.socket"], welcome)
        except Problem as problem:
            return self._finish(instance, request, instance.refuse(request, problem), environ)
        instance.journal.record(request, delivery.told, time(), _duration_s(environ), delivery.decisions)
        if isinstance(delivery.reply.live, Accepted):
            return replace(delivery.reply.live, headers=delivery.reply.headers)
        return self._deliver(delivery, instance, request, environ)

    def _welcome(
        self, instance: Instance, request: Request, offer: Offer, companion: Companion, environ: dict[str, Any]
    ) -> Reply:
        """Yes to a handshake that may go on, or why not."""
        try:
            self._sockets.verify_room()
            opening = instance.connect(request)
        except Problem as problem:
            return instance.refuse(request, problem)
        accepted = accept(offer, opening, environ, companion)
        return Reply(101, accepted.headers, decided_by=opening.session.name, live=accepted)

    def answer_failure(self, error: Exception) -> Response:
        """The answer when something of ours broke: the client learns that, stderr learns what."""
        self._log.trace(error)
        environ = flask_request.environ
        request, instance = _without_query(environ), self._service.default
        reply = instance.refuse(request, ServerError("The mock server itself failed; its log says more."))
        return self._finish(instance, request, reply, environ)

    def _finish(self, instance: Instance, request: Request, reply: Reply, environ: dict[str, Any]) -> Response:
        reply = code(request, reply)
        self._record(instance, request, reply, environ)
        return write_reply(request, reply, self._origins)

    def _record(self, instance: Instance, request: Request, reply: Reply, environ: dict[str, Any]) -> None:
        instance.journal.record(request, reply, time(), _duration_s(environ))


def _duration_s(environ: dict[str, Any]) -> float:
    started = environ.get("mockserver.started")
    return perf_counter() - started if started is not None else 0.0


def read_request(environ: dict[str, Any]) -> Request:
    """The request as the actions see it. *Raises* `BadRequest` for a query that is not percent-encoded UTF-8."""
    plain = _without_query(environ)
    query = environ["QUERY_STRING"]
    if not query:
        return plain
    return replace(plain, query=read_query(query))


def _without_query(environ: dict[str, Any]) -> Request:
    headers = {_header_name(key): value for key, value in environ.items() if key[:5] == "HTTP_"}
    body = b""
    if "CONTENT_TYPE" in environ:
        headers["content-type"] = environ["CONTENT_TYPE"]
    if environ.get("CONTENT_LENGTH"):
        headers["content-length"] = environ["CONTENT_LENGTH"]
        body = flask_request.get_data()
    return Request(environ["REQUEST_METHOD"], environ["RAW_URI"].partition("?")[0], (), headers, body)


@lru_cache(maxsize=512)
def _header_name(key: str) -> str:
    return key[5:].replace("_", "-").lower()


def from_nowhere(request: Request) -> Request:
    """The request as no page has sent it, so that none may read the answer."""
    return replace(request, headers={name: value for name, value in request.headers.items() if name != "origin"})


def write_reply(request: Request, reply: Reply, origins: OriginList) -> ApiResponse:
    """A reply as it goes out, without a body where HTTP allows none."""
    headers = finish_headers(request, reply, origins)
    if reply.status in _BODILESS:
        headers = [pair for pair in headers if pair[0].lower() not in _ENTITY_HEADERS]
        return ApiResponse(b"", status_line(reply.status), headers)
    # For HEAD Werkzeug counts the body and leaves it out.
    return ApiResponse(reply.body, status_line(reply.status), headers)


def finish_headers(request: Request, reply: Reply, origins: OriginList) -> list[tuple[str, str]]:
    """What goes out before the body: with `X-Mock-At`, CORS, and one `Vary`."""
    headers = list(reply.headers)
    if reply.at:
        headers.append(("X-Mock-At", reply.at))
    headers.extend(cors_headers(request.headers.get("origin", ""), origins))
    vary = [value for name, value in headers if name.lower() == "vary"]
    if vary:
        headers = [pair for pair in headers if pair[0].lower() != "vary"]
    headers.append(("Vary", ", ".join(["Origin", *vary])))
    return headers
