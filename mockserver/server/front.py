"""Where a request of the API plane meets the service: led to its sandbox, through its faults, to whoever answers it.

What is whole is answered here. Everything else, that goes on, is slow or is cut, is a response for Flask to carry.
Sees that every exchange is recorded. Knows nothing of resources, conventions or sockets.
"""

from dataclasses import replace
from functools import partial
from time import perf_counter, time
from typing import TYPE_CHECKING, Any, Final

from mockserver.errors import Problem, ServerError
from mockserver.faults.preference import Preferences
from mockserver.messages import Reply, Request
from mockserver.realtime.session import Stream
from mockserver.server.address import locate
from mockserver.server.attendance import follow_ends, guest_at_socket, guest_at_window, note_answer
from mockserver.server.coding import code
from mockserver.server.cors import OriginList, answer_preflight, is_preflight, verify_site
from mockserver.server.download import Download
from mockserver.server.fault.connection import Oversight
from mockserver.server.fault.delivery import Delivery
from mockserver.server.fault.interference import Interference
from mockserver.server.guest import Guest
from mockserver.server.log import ExchangeLog
from mockserver.server.phrase import status_line
from mockserver.server.prepared import Prepared, PreparedAnswers
from mockserver.server.request import from_nowhere, with_query
from mockserver.server.service import Ground, Service
from mockserver.server.socket.handshake import Accepted, Offer, accept, read_offer, verify_origin
from mockserver.server.socket.register import Sockets
from mockserver.server.source import Sources
from mockserver.server.stream import EventStream, as_whole
from mockserver.server.visit import Visit
from mockserver.server.waiting import WaitingRoom
from mockserver.server.whole import Whole, finish_headers, write_whole

if TYPE_CHECKING:
    from flask import Response

    from mockserver.server.static import StaticFolder

_SERVER_OPTIONS = (("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),)
"""What the server as a whole can do, for `OPTIONS *` (RFC 9110 §9.3.7)."""

_ENTERED: Final = "mockserver.entered"
_READ: Final = ("GET", "HEAD")


class Front:
    """Answers the requests of one listener; `files` are for paths that the service does not have."""

    def __init__(  # noqa: PLR0913 - what it stands on
        self,
        service: Service,
        origins: OriginList,
        log: ExchangeLog,
        sockets: Sockets,
        *,
        interference: Interference,
        prepared: PreparedAnswers,
        files: "StaticFolder | None" = None,
    ) -> None:
        self._interference = interference
        self._sockets = sockets
        self._service = service
        self._origins = origins
        self._log = log
        self._prepared = prepared
        waiting = WaitingRoom(sockets.limits.sockets)
        self._sources = Sources(sockets, waiting, files)
        self._oversight = Oversight(sockets)
        follow_ends(sockets)
        sockets.at_stop(waiting.empty)
        interference.holds.at_cut(waiting.cut)
        service.at_end(prepared.forget)
        service.follow(lambda instance: log.follow(instance.journal))

    def recall(self, head: bytes, started: float) -> Prepared | None:
        """What was answered to a request with this head before, where it is still true; it is recorded."""
        found = self._prepared.find(head)
        if found is None:
            return None
        try:
            stands = self._stands(found)
        except Exception:  # noqa: BLE001 - whoever answers it anew meets the same, and says so
            stands = False
        if not stands:
            self._prepared.drop(head)
            return None
        instance = found.instance
        # The same bytes but for the cursor, which moves with every write.
        found.whole.at = instance.at
        instance.journal.record_again(found.entry, time(), perf_counter() - started)
        return found

    def _stands(self, found: Prepared) -> bool:
        """Whether an answer would be given again, letter for letter."""
        instance = found.instance
        if self._service.default is not instance and self._service.enter(instance.name) is not instance:
            return False
        return instance.faults.is_quiet and instance.upholds(found.ground)

    def answer(self, request: Request, query: str, known: dict[str, Any], head: bytes = b"") -> "Whole | Response":
        """The answer to a request, or what carries it; `known` is what the listener knows of it.

        With its `head`, it may be given again to a request with the same.
        """
        visit = Visit(self._service.default, request, known)
        try:
            return self._answer(visit, query, head)
        except Exception as error:  # noqa: BLE001 - the client learns that something of ours broke
            return self._finish(*self._blame(request, known, error))

    def _answer(self, visit: Visit, query: str, head: bytes) -> "Whole | Response":
        try:
            visit = Visit(visit.instance, read_sound(visit, query), visit.known)
            if visit.request.target == "*":
                return self._finish(visit, Reply(204, _SERVER_OPTIONS, decided_by="server.options"))
            if is_preflight(visit.request):
                return self._finish(visit, answer_preflight(visit.request, self._origins))
            verify_site(visit.request, self._origins)
            visit = self._enter(visit)
        except Problem as problem:
            return self._finish(visit, visit.refuse(problem))
        return self._serve(visit, head)

    def _enter(self, visit: Visit) -> Visit:
        """The visit in the sandbox that it is for. *Raises* `BadRequest`."""
        name, request = locate(visit.request)
        instance = self._service.enter(name)
        # Where something of ours breaks from now on, it is told there.
        visit.known[_ENTERED] = instance, request
        return Visit(instance, request, visit.known)

    def _serve(self, visit: Visit, head: bytes) -> "Whole | Response":
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
        if head and guest is None and visit.request.method in _READ:
            return self._prepare(visit, head, *source.prepare(visit.request))
        return self._pass_on(source.answer(visit.request), visit, guest)

    def _prepare(self, visit: Visit, head: bytes, reply: Reply, ground: Ground | None) -> "Whole | Response":
        """An answer as it is, kept for the next request like this one where it stands on something that is known."""
        if ground is None:
            return self._pass_on(reply, visit, None)
        reply = code(visit.request, reply)
        whole = write_whole(visit.request, reply, self._origins)
        entry = visit.record(reply)
        # It may have been compressed by a thread, and its sandbox have ended meanwhile.
        if visit.instance.upholds(ground):
            self._prepared.keep(head, Prepared(visit.instance, ground, whole, entry))
        return whole

    def _pass_on(self, reply: Reply, visit: Visit, guest: Guest | None) -> "Whole | Response":
        """An answer as it is."""
        note_answer(guest, reply)
        live = reply.live
        if not isinstance(live, Download | Stream):
            return self._finish(visit, reply)
        from mockserver.server.response import ApiResponse  # noqa: PLC0415 - Flask is loaded for what needs it

        visit.record(reply)
        headers = finish_headers(visit.request, reply, self._origins)
        if isinstance(live, Download):
            return live.respond(headers, visit.request.method)
        return ApiResponse(self._wire(visit, live, None, guest).run(), status_line(reply.status), headers)

    def _deliver(
        self, delivery: Delivery, visit: Visit, asked: Preferences | None, guest: Guest | None = None
    ) -> "Response":
        """What faults have left of an answer."""
        from mockserver.server.fault.response import respond  # noqa: PLC0415 - as above
        from mockserver.server.response import write_reply  # noqa: PLC0415

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
        return EventStream(stream, visit.known, self._sockets, companion, guest)

    def answer_handshake(self, known: dict[str, Any]) -> "Response | Accepted":
        """The answer to a WebSocket handshake, or what was accepted; `known` holds the request and its query too."""
        visit = Visit(self._service.default, known["mockserver.request"], known)
        try:
            visit = Visit(visit.instance, read_sound(visit, known["QUERY_STRING"]), known)
            offer = read_offer(visit.request, known["SERVER_PROTOCOL"])
            verify_origin(visit.request, self._origins)
            visit = self._enter(visit)
            guest = guest_at_socket(visit)
            asked = self._interference.preferences(visit)
            welcome = partial(self._welcome, visit, offer, asked, guest=guest)
            delivery = self._interference.meet("ws", visit, asked, welcome, as_whole)
        except Problem as problem:
            return self._carry(visit, self._settle(visit, visit.refuse(problem)))
        reply = delivery.told if delivery is not None else code(visit.request, welcome(visit.request))
        visit.record(reply, () if delivery is None else delivery.decisions)
        if isinstance(reply.live, Accepted):
            return replace(reply.live, headers=reply.headers)
        note_answer(guest, reply, delivery)
        if delivery is not None:
            return self._deliver(delivery, visit, asked)
        return self._carry(visit, reply)

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
        accepted = accept(offer, opening, visit.known, companion, guest)
        return Reply(101, accepted.headers, decided_by=opening.session.name, live=accepted)

    def fail(self, known: dict[str, Any], error: Exception) -> "Response":
        """The answer to a handshake when something of ours broke."""
        visit, reply = self._blame(known["mockserver.request"], known, error)
        return self._carry(visit, self._settle(visit, reply))

    def _blame(self, request: Request, known: dict[str, Any], error: Exception) -> tuple[Visit, Reply]:
        """What is said where something of ours broke: the client learns that, stderr learns what."""
        self._log.trace(error)
        instance, request = known.get(_ENTERED) or (self._service.default, request)
        visit = Visit(instance, request, known)
        return visit, visit.refuse(ServerError("The mock server itself failed; its log says more."))

    def _finish(self, visit: Visit, reply: Reply) -> Whole:
        reply = code(visit.request, reply)
        whole = write_whole(visit.request, reply, self._origins)
        # Only now: what can't be written is no answer, and another will be recorded in its place.
        visit.record(reply)
        return whole

    def _carry(self, visit: Visit, reply: Reply) -> "Response":
        """An answer that goes out through Flask."""
        from mockserver.server.response import write_reply  # noqa: PLC0415 - as above

        return write_reply(reply, finish_headers(visit.request, reply, self._origins))

    def _settle(self, visit: Visit, reply: Reply) -> Reply:
        """A reply as this client wants it; it is recorded."""
        reply = code(visit.request, reply)
        visit.record(reply)
        return reply


def read_sound(visit: Visit, query: str) -> Request:
    """All of the request. *Raises* `Problem` where the listener has found one, or its query can't be read."""
    refused: Problem | None = visit.known.get("mockserver.problem")
    if refused is not None:
        raise refused
    return with_query(visit.request, query)
