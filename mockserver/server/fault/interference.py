"""Where requests of the API plane meet the faults of their sandbox: what happens is theirs, what is said the API's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final, Literal

from mockserver.faults.course import Course, Outage
from mockserver.faults.occasion import Scope, Transport
from mockserver.faults.preference import Preferences, read_preferences
from mockserver.messages import Reply, Request
from mockserver.realtime.session import Stream
from mockserver.sandbox.address import DEFAULT
from mockserver.server.fault.delivery import Delivery
from mockserver.server.fault.exchange import Desk, Exchange
from mockserver.server.fault.hold import Client, Holds, Terms
from mockserver.server.fault.turn import Turns
from mockserver.server.limits import Limits
from mockserver.server.socket.handshake import Accepted
from mockserver.server.visit import Visit

_SCOPES: Final[Mapping[Transport, Scope]] = {"http": "request", "ws": "handshake"}
_STANDING: Final[Mapping[type, Transport]] = {Accepted: "ws", Stream: "sse"}
"""What the connections are that stay."""


class Interference:
    """Everybody whom faults keep waiting, and what a request has to go through."""

    def __init__(self, limits: Limits, *, hears_requests: bool = True) -> None:
        self.holds = Holds(limits)
        self._turns = Turns()
        self._hears_requests = hears_requests
        self.close_listener: Callable[[Outage, Terms], object] = lambda _outage, _terms: None
        """What is done where a request has the listener closed."""

    def preferences(self, visit: Visit) -> Preferences | None:
        """What a request asks to go wrong with itself, where requests may do so. *Raises* `BadRequest`."""
        if not self._hears_requests or visit.instance.faults.is_barred:
            return None
        return read_preferences(visit.request.headers, visit.request.query)

    def client(self, visit: Visit, course: Course) -> Client:
        """Whoever is made to wait by a course, on the terms of the sandbox."""
        instance, request = visit.instance, visit.request
        goes_on = partial(instance.faults.goes_on, course)
        terms = Terms(instance.name, instance.clock.elapsed, goes_on, request.method, request.target)
        return Client(visit.sock, terms, self.holds)

    def meet(
        self,
        transport: Literal["http", "ws"],
        visit: Visit,
        asked: Preferences | None,
        answer: Callable[[Request, float], Reply],
        whole: Callable[[Reply], Reply],
    ) -> Delivery | None:
        """What faults make of a request's answer, or of a handshake's; nothing where none is for it.

        `answer` is asked for what there was so many seconds ago, and `whole` ends what would go on. *Raises*
        `UnknownFault`.
        """
        faults, scope = visit.instance.faults, _SCOPES[transport]
        if asked is None and faults.is_quiet:
            return None
        course = faults.decide(visit.instance.occasion(visit.request, scope, transport), asked)
        if course is None:
            if asked is None:
                return None
            course = Course(scope)
        if transport == "ws":
            # What would be written is yet to be said.
            course.commits = False
        delivery = self._carry_out(course, visit, answer, whole)
        return delivery if asked is None else _confirmed(delivery, visit, asked, course.fired)

    def _carry_out(
        self,
        course: Course,
        visit: Visit,
        answer: Callable[[Request, float], Reply],
        whole: Callable[[Reply], Reply],
    ) -> Delivery:
        """What is left of an answer by what was decided."""
        client = self.client(visit, course)

        def shut_down(outage: Outage) -> None:
            # The listener is everybody's.
            if visit.instance.name == DEFAULT and outage.fault not in course.asked:
                self.close_listener(outage, client.terms)

        desk = Desk(answer, visit.refuse, whole, shut_down)
        return Exchange(course, visit.request, client, desk, self._turns).run()


def _confirmed(delivery: Delivery, visit: Visit, asked: Preferences, fired: Sequence[str]) -> Delivery:
    """The same, with what was done of all that the request has asked for, and what will be on its connection."""
    acting, transport = [*fired], _STANDING.get(type(delivery.reply.live))
    if transport is not None:
        occasion = visit.instance.occasion(visit.request, "connection", transport)
        acting += visit.instance.faults.awaiting(occasion, asked.names)
    applied = asked.applied_by(acting)
    if not applied:
        return delivery
    return replace(delivery, additions=(*delivery.additions, ("Preference-Applied", applied)))
