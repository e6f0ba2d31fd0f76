"""The API plane: a Flask application with one route for everything, in front of the assembled service.

Turns the environment into a `Request`, a `Reply` into a Flask response, adds CORS and `X-Mock-At`, and sees that
every exchange is recorded. Knows nothing of resources, conventions or sockets.
"""

from dataclasses import replace
from functools import partial
from typing import Final

from flask import Flask, Response
from flask import request as flask_request
from werkzeug.routing import BaseConverter, Rule

from mockserver.errors import Problem, ServerError
from mockserver.faults.preference import Preferences
from mockserver.messages import Reply, Request
from mockserver.realtime.session import Stream
from mockserver.server.address import locate
from mockserver.server.attendance import follow_ends, guest_at_socket, guest_at_window, note_answer
from mockserver.server.coding import code
from mockserver.server.cors import OriginList, answer_preflight, is_preflight
from mockserver.server.download import Download
from mockserver.server.fault.connection import Oversight
from mockserver.server.fault.delivery import Delivery, respond
from mockserver.server.fault.interference import Interference
from mockserver.server.guest import Guest
from mockserver.server.log import ExchangeLog
from mockserver.server.phrase import status_line
from mockserver.server.request import from_nowhere, read_plain, with_query
from mockserver.server.response import ApiResponse, finish_headers, write_reply
from mockserver.server.service import Service
from mockserver.server.socket.handshake import Accepted, Offer, accept, read_offer, verify_origin
from mockserver.server.socket.register import Sockets
from mockserver.server.socket.sock import Sock
from mockserver.server.source import Sources
from mockserver.server.static import StaticFolder
from mockserver.server.stream import EventStream, as_whole
from mockserver.server.visit import Visit
from mockserver.server.waiting import WaitingRoom

_SERVER_OPTIONS = (("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),)
"""What the server as a whole can do, for `OPTIONS *` (RFC 9110 §9.3.7)."""

_ENTERED: Final = "mockserver.entered"
"""In the environment: the sandbox that a request has been led to, and the request as it is there."""


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
        self._sockets = sockets
        self._service = service
        self._origins = origins
        self._log = log
        waiting = WaitingRoom(sockets.limits.sockets)
        self._sources = Sources(sockets, waiting, files)
        self._oversight = Oversight(sockets)
        follow_ends(sockets)
        sockets.at_stop(waiting.empty)
        interference.holds.at_cut(waiting.cut)
        service.follow(lambda instance: instance.journal.watch(log.record))

    def answer(self, path: str = "") -> Response:  # noqa: ARG002 - the raw target is what counts
        """The answer to the request at hand."""
        environ = flask_request.environ
        visit = Visit(self._service.default, read_plain(environ), environ)
        try:
            visit = replace(visit, request=_read_sound(visit))
            if visit.request.target == "*":
                return self._finish(visit, Reply(204, _SERVER_OPTIONS, decided_by="server.options"))
            if is_preflight(visit.request):
                return self._finish(visit, answer_preflight(visit.request, self._origins))
            visit = self._enter(visit)
        except Problem as problem:
            return self._finish(visit, visit.refuse(problem))
        return self._serve(visit)

    def _enter(self, visit: Visit) -> Visit:
        """The visit in the sandbox that it is for. *Raises* `BadRequest`."""
        name, request = locate(visit.request)
        instance = self._service.enter(name)
        # Where something of ours breaks from now on, it is told there.
        visit.environ[_ENTERED] = instance, request
        return Visit(instance, request, visit.environ)

    def _serve(self, visit: Visit) -> Response:
        """The answer of whoever has one, and what faults make of it."""
        source = self._sources.find(visit)
        guest, delivery = None, None
        try:
            guest = guest_at_window(visit)
            asked = self._interference.preferences(visit)
            delivery = self._interference.meet("http", visit, asked, source.answer, as_whole)
        except Problem as problem:
            if guest is not None:
                guest.refuse(problem.status)
            return self._finish(visit, visit.refuse(problem))
        finally:
            source.put_away(None if delivery is None else delivery.reply.live)
        if delivery is not None:
            visit.record(delivery.told, delivery.decisions)
            note_answer(guest, delivery.told, delivery)
            return self._deliver(delivery, visit, asked, guest)
        return self._pass_on(source.answer(visit.request), visit, guest)

    def _pass_on(self, reply: Reply, visit: Visit, guest: Guest | None) -> Response:
        """An answer as it is."""
        note_answer(guest, reply)
        live = reply.live
        if not isinstance(live, Download | Stream):
            return self._finish(visit, reply)
        visit.record(reply)
        headers = finish_headers(visit.request, reply, self._origins)
        if isinstance(live, Download):
            return live.respond(headers, visit.request.method)
        return ApiResponse(self._wire(visit, live, None, guest).run(), status_line(reply.status), headers)

    def _deliver(
        self, delivery: Delivery, visit: Visit, asked: Preferences | None, guest: Guest | None = None
    ) -> Response:
        """What faults have left of an answer."""
        reply, shown = delivery.reply, visit.request if delivery.shows_cors else from_nowhere(visit.request)
        headers = delivery.amend(finish_headers(shown, reply, self._origins))
        if isinstance(reply.live, Download):
            return respond(delivery, [*headers, reply.live.length], reply.live, reply.live.size)
        if isinstance(reply.live, Stream):
            wire = self._wire(visit, reply.live, asked, guest)
            return delivery.collect(wire, respond(delivery, headers, delivery.begin(wire.run())))
        return delivery.follow_up(write_reply(reply, headers)) if delivery.is_plain else respond(delivery, headers)

    def _wire(self, visit: Visit, stream: Stream, asked: Preferences | None, guest: Guest | None) -> EventStream:
        """What goes on for as long as there is something to say."""
        companion = self._oversight.companion(visit.instance, visit.request, "sse", asked)
        return EventStream(stream, visit.environ, self._sockets, companion, guest)

    def answer_handshake(self, path: str = "") -> Response | Accepted:  # noqa: ARG002 - the raw target is what counts
        """The answer to a WebSocket handshake, or what was accepted."""
        environ = flask_request.environ
        visit = Visit(self._service.default, read_plain(environ), environ)
        try:
            visit = replace(visit, request=_read_sound(visit))
            offer = read_offer(visit.request, environ["SERVER_PROTOCOL"])
            verify_origin(visit.request, self._origins)
            visit = self._enter(visit)
            guest = guest_at_socket(visit)
            asked = self._interference.preferences(visit)
            welcome = partial(self._welcome, visit, offer, asked, guest=guest)
            delivery = self._interference.meet("ws", visit, asked, welcome, as_whole)
        except Problem as problem:
            return self._finish(visit, visit.refuse(problem))
        reply = delivery.told if delivery is not None else code(visit.request, welcome(visit.request))
        visit.record(reply, () if delivery is None else delivery.decisions)
        if isinstance(reply.live, Accepted):
            return replace(reply.live, headers=reply.headers)
        note_answer(guest, reply, delivery)
        if delivery is not None:
            return self._deliver(delivery, visit, asked)
        return write_reply(reply, finish_headers(visit.request, reply, self._origins))

    def _welcome(  # noqa: PLR0913 - what is known of a handshake
        self,
        visit: Visit,
        offer: Offer,
        asked: Preferences | None,
        request: Request,
        age_s: float = 0.0,
        *,
        guest: Guest | None,
    ) -> Reply:
        """Yes to a handshake that may go on, or why not."""
        del age_s
        try:
            self._sockets.verify_room()
            opening = visit.instance.connect(request)
        except Problem as problem:
            return visit.refuse(problem)
        companion = self._oversight.companion(visit.instance, visit.request, "ws", asked)
        accepted = accept(offer, opening, visit.environ, companion, guest)
        return Reply(101, accepted.headers, decided_by=opening.session.name, live=accepted)

    def answer_failure(self, error: Exception) -> Response:
        """The answer when something of ours broke: the client learns that, stderr learns what."""
        self._log.trace(error)
        environ = flask_request.environ
        instance, request = environ.get(_ENTERED) or (self._service.default, read_plain(environ))
        visit = Visit(instance, request, environ)
        return self._finish(visit, visit.refuse(ServerError("The mock server itself failed; its log says more.")))

    def _finish(self, visit: Visit, reply: Reply) -> Response:
        reply = code(visit.request, reply)
        visit.record(reply)
        return write_reply(reply, finish_headers(visit.request, reply, self._origins))


def _read_sound(visit: Visit) -> Request:
    """All of the request. *Raises* `Problem` where the listener has found one, or its query can't be read."""
    refused: Problem | None = visit.environ.get("mockserver.problem")
    if refused is not None:
        raise refused
    return with_query(visit.request, visit.environ)
