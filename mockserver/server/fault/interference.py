"""Where requests of the API plane meet the faults of their sandbox: what happens is theirs, what is said the API's."""

from collections.abc import Callable
from functools import partial

from mockserver.faults.course import Course, Outage
from mockserver.faults.preference import Preferences, read_preferences
from mockserver.messages import Reply, Request
from mockserver.sandbox.address import DEFAULT
from mockserver.server.fault.delivery import Delivery
from mockserver.server.fault.exchange import Desk, Exchange
from mockserver.server.fault.hold import Client, Holds, Terms
from mockserver.server.fault.turn import Turns
from mockserver.server.limits import Limits
from mockserver.server.service import Instance


class Interference:
    """Everybody whom faults keep waiting, and what a request has to go through."""

    def __init__(self, limits: Limits, *, hears_requests: bool = True) -> None:
        self.holds = Holds(limits)
        self._turns = Turns()
        self._hears_requests = hears_requests
        self.close_listener: Callable[[Outage, Terms], object] = lambda _outage, _terms: None
        """What is done where a request has the listener closed."""

    def preferences(self, instance: Instance, request: Request) -> Preferences | None:
        """What a request asks to go wrong with itself, where requests may do so. *Raises* `BadRequest`."""
        if not self._hears_requests or instance.faults.is_barred:
            return None
        return read_preferences(request.headers, request.query)

    def _decide(self, instance: Instance, request: Request) -> Course | None:
        asked = self.preferences(instance, request)
        if asked is None and instance.faults.is_quiet:
            return None
        course = instance.faults.decide(instance.occasion(request, "request", "http"), asked)
        if course is not None and asked is not None and (applied := asked.applied_by(course.fired)):
            course.add_header("Preference-Applied", applied)
        return course

    def client(self, instance: Instance, course: Course, request: Request, sock: object) -> Client:
        """Whoever is made to wait by a course, on the terms of the sandbox."""
        faults = instance.faults
        terms = Terms(
            instance.name,
            instance.clock.elapsed,
            partial(faults.goes_on, course),
            faults.count_overflow,
            request.method,
            request.target,
        )
        return Client(sock, terms, self.holds)

    def meet(
        self,
        instance: Instance,
        request: Request,
        sock: object,
        answer: Callable[[Request], Reply],
        whole: Callable[[Reply], Reply],
    ) -> Delivery | None:
        """What faults make of a request's answer; nothing where none is for it. `whole` ends what would go on.

        *Raises* `BadRequest` where the request asks for one in words that can't be read.
        """
        course = self._decide(instance, request)
        return None if course is None else self.carry_out(course, instance, request, sock, answer=answer, whole=whole)

    def carry_out(  # noqa: PLR0913 - the same, and what was decided
        self,
        course: Course,
        instance: Instance,
        request: Request,
        sock: object,
        *,
        answer: Callable[[Request], Reply],
        whole: Callable[[Reply], Reply],
    ) -> Delivery:
        """What is left of a request's answer by what was decided."""
        client = self.client(instance, course, request, sock)

        def shut_down(outage: Outage) -> None:
            # The listener is everybody's.
            if instance.name == DEFAULT and outage.fault not in course.asked:
                self.close_listener(outage, client.terms)

        desk = Desk(answer, instance.recall, partial(instance.refuse, request), whole, shut_down)
        return Exchange(course, request, client, desk, self._turns).run()
