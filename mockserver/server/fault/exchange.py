"""One plain request under faults: waits, whoever answers it, and what is made of the answer.

Everything here happens before the first byte of the answer; how that goes out is `delivery`'s business.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from mockserver.errors import Problem, Unavailable
from mockserver.faults.course import Course, Cut, Outage, unconditional
from mockserver.faults.rewriting import with_current, with_header, without_header
from mockserver.messages import Reply, Request
from mockserver.server.coding import code
from mockserver.server.fault.cut import describe
from mockserver.server.fault.delivery import Delivery
from mockserver.server.fault.hold import Client
from mockserver.server.fault.turn import Turns

_READS: Final = frozenset({"GET", "HEAD"})
_END: Final = Cut("nothing", "fin")
_REFUSAL: Final = Cut("nothing", "rst")
_SIGNS: Final = ("ETag", "Last-Modified", "Expires", "Age")
"""Headers by which an answer could be told from another, or kept."""
_REPEATABLE: Final = frozenset({"set-cookie", "link"})


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers: the API, the API as it would have so many seconds ago, or whoever turns a request away.

    `whole` ends an answer that would not end by itself; `shut_down` closes the listener, where a request may do that.
    """

    answer: Callable[[Request], Reply]
    recall: Callable[[Request, float], Reply]
    refuse: Callable[[Problem], Reply]
    whole: Callable[[Reply], Reply]
    shut_down: Callable[[Outage], object]


class Exchange:
    """A request, and the course it takes."""

    def __init__(self, course: Course, request: Request, client: Client, desk: Desk, turns: Turns) -> None:
        self._course = course
        self._request = request
        self._client = client
        self._desk = desk
        self._turns = turns
        self._overflown: list[str] = []
        self._done: Callable[[], None] | None = None

    def run(self) -> Delivery:
        """Everything up to the answer, which may be that there is none."""
        early = self._ask() if self._course.commits else None
        silence = self._wait() or self._hold() or self._break_off()
        if silence is not None:
            return silence
        injected = self._inject()
        reply = injected or early or self._ask()
        return self._take_turn() or self._deliver(reply, is_injected=injected is not None)

    # Before anybody answers.

    def _wait(self) -> Delivery | None:
        for wait in self._course.waits:
            if wait.stage == "head" and self._client.wait(wait.fault, wait.seconds) == "left":
                return self._left(wait.fault)
        return None

    def _hold(self) -> Delivery | None:
        held = self._course.held
        if held is None:
            return None
        match self._client.hold(held.fault, held.seconds):
            case None:
                self._overflow(held.fault)
                return None
            case "left":
                return self._left(held.fault)
            case "released":
                return self._deliver(self._release(held.fault), is_injected=True)
            case _:
                return self._silence(_END, held.fault, "held to the end")

    def _release(self, fault: str) -> Reply:
        problem = Unavailable(f"The fault '{fault}' that held this request is over.")
        reply = self._desk.refuse(problem)
        return with_header(reply, "X-Mock-Fault-Released", fault)

    def _overflow(self, fault: str) -> None:
        """Go on without a fault that can hold nobody more."""
        self._overflown.append(fault)
        course = self._course
        course.fired = [name for name in course.fired if name != fault]
        course.decisions = [replace(one, fired=False) if one.fault == fault else one for one in course.decisions]

    def _break_off(self) -> Delivery | None:
        """The end of the connection, where it comes without an answer."""
        course = self._course
        if course.outage is not None:
            self._desk.shut_down(course.outage)
            return self._silence(_REFUSAL, course.outage.fault, "down")
        if course.chop is not None and not course.chop.has_head:
            return self._silence(course.chop, course.ended_by, describe(course.chop))
        return None

    def _left(self, fault: str) -> Delivery:
        return self._silence(_END, fault, "the client left")

    def _silence(self, cut: Cut, fault: str, words: str) -> Delivery:
        """No answer, and what is said of it."""
        reply = Reply(0, decided_by=f"fault {fault}: {words}")
        decisions = tuple(self._course.decisions)
        return Delivery(self._client, reply, cut=cut, ended_by=fault, done=self._done, decisions=decisions)

    # Whoever answers.

    def _ask(self) -> Reply:
        course, request = self._course, self._request
        if request.method not in _READS:
            return self._desk.answer(request)
        if course.needs_whole:
            request = unconditional(request)
        return self._desk.recall(request, course.lag_s) if course.lag_s else self._desk.answer(request)

    def _inject(self) -> Reply | None:
        """What is answered in place of the API."""
        course = self._course
        if course.problem is None:
            reply = course.reply
        elif course.shows_current:
            reply = with_current(self._desk.refuse(course.problem), self._read_current())
        else:
            reply = self._desk.refuse(course.problem)
        return None if reply is None else replace(reply, decided_by=f"fault {course.ended_by}: {reply.status}")

    def _read_current(self) -> Reply:
        """The document at the address of the request, for whoever asks."""
        request = unconditional(self._request)
        headers = {name: value for name, value in request.headers.items() if not name.startswith(("content-", "if-"))}
        return self._desk.answer(replace(request, method="GET", query=(), headers=headers, body=b""))

    def _take_turn(self) -> Delivery | None:
        """Overtake an answer that is kept; where none is, be kept."""
        turn = self._course.turn
        if turn is None:
            return None
        self._done = self._turns.overtake(self._client, turn)
        if self._done is not None:
            return None
        end = self._turns.keep(self._client, turn)
        if end is None:
            self._overflow(turn.fault)
        return self._left(turn.fault) if end == "left" else None

    # What is made of the answer.

    def _deliver(self, reply: Reply, *, is_injected: bool) -> Delivery:
        course, cut = self._course, self._course.chop
        if reply.live is not None and course.needs_whole:
            reply = self._desk.whole(reply)
            # There is no length that could be declared.
            cut = replace(cut, length="chunked") if cut is not None and cut.length == "declared" else cut
        return Delivery(
            self._client,
            self._dress(reply, is_injected=is_injected),
            tuple(wait for wait in course.waits if wait.stage == "body"),
            course.pace,
            course.paced_by,
            cut,
            course.ended_by,
            course.buffer_bytes,
            course.buffered_by,
            shows_cors=course.shows_cors,
            done=self._done,
            decisions=tuple(course.decisions),
        )

    def _dress(self, reply: Reply, *, is_injected: bool) -> Reply:
        """The answer as the client gets it, and what log and journal say of it."""
        course = self._course
        for change in course.rewrites:
            reply = change(reply)
        if is_injected or course.needs_whole:
            # Half a body that was kept would be confirmed as the whole one later.
            reply = _unkept(reply)
        reply = self._put_headers(reply if course.needs_whole else code(self._request, reply))
        if is_injected or not course.fired:
            return reply
        words = f": {describe(course.chop)}" if course.chop is not None else ""
        return replace(reply, decided_by=f"{reply.decided_by}; fault {', '.join(course.fired)}{words}")

    def _put_headers(self, reply: Reply) -> Reply:
        course = self._course
        for name in course.removals:
            reply = without_header(reply, name)
        for name, value in course.additions:
            if name.lower() in _REPEATABLE:
                reply = replace(reply, headers=(*reply.headers, (name, value)))
            else:
                reply = with_header(reply, name, value)
        if course.fired:
            reply = with_header(reply, "X-Mock-Fault", ", ".join(course.fired))
        if self._overflown:
            reply = with_header(reply, "X-Mock-Fault-Overflow", ", ".join(self._overflown))
        return reply


def _unkept(reply: Reply) -> Reply:
    """An answer that no cache may keep, nor take another for."""
    for name in _SIGNS:
        reply = without_header(reply, name)
    return with_header(reply, "Cache-Control", "no-store")
