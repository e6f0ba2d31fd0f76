"""One plain request under faults: waits, whoever answers it, and what is made of the answer.

Everything here happens before the first byte of the answer; how that goes out is `delivery`'s business.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.errors import Problem, Unavailable
from mockserver.faults.course import Course, Cut, Hold, Outage, Pace, Turn, unconditional
from mockserver.faults.rewriting import with_current, with_header, without_header
from mockserver.messages import Reply, Request
from mockserver.server.coding import code
from mockserver.server.download import Download
from mockserver.server.fault.cut import describe, fit
from mockserver.server.fault.delivery import Delivery
from mockserver.server.fault.hold import Client, Downed
from mockserver.server.fault.turn import Turns, release
from mockserver.value import dataclass

_READS: Final = frozenset({"GET", "HEAD"})
_END: Final = Cut("nothing", "fin")
_REFUSAL: Final = Cut("nothing", "rst")
_SIGNS: Final = ("ETag", "Last-Modified", "Expires", "Age")
"""Headers by which an answer could be told from another, or kept."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers: the API, as it would have so many seconds ago, or whoever turns a request away.

    `whole` ends an answer that would not end by itself; `shut_down` closes the listener, where a request may do that.
    """

    answer: Callable[[Request, float], Reply]
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
        try:
            return self._run()
        except Downed as end:
            return self._silence(_END, end.fault, "down")
        except Exception:
            # Whoever is overtaken by an answer that is none waits no longer for it.
            if self._done is not None:
                self._done()
            raise

    def _run(self) -> Delivery:
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
                self._overflow(held)
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

    def _overflow(self, held: Hold | Turn) -> None:
        """Go on without what can hold nobody more."""
        held.lapse(self._course)
        self._overflown.append(held.fault)

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
        return Delivery(self._client, reply, cut=cut, done=self._done, decisions=decisions)

    # Whoever answers.

    def _ask(self) -> Reply:
        course, request = self._course, self._request
        if request.method not in _READS:
            return self._desk.answer(request, 0.0)
        if course.needs_whole:
            request = unconditional(request)
        return self._desk.answer(request, course.lag_s)

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
        return self._desk.answer(replace(request, method="GET", query=(), headers=headers, body=b""), 0.0)

    def _take_turn(self) -> Delivery | None:
        """Overtake what is kept by the faults that this is a match of; where the one keeps none that would, be kept."""
        turn = self._course.turn
        faults = {one.fault for one in self._course.decisions} | ({turn.fault} if turn is not None else set())
        overtaken = self._turns.overtake(self._client, faults)
        if overtaken:
            self._done = partial(release, overtaken.values())
        if turn is None or turn.fault in overtaken:
            return None
        end = self._turns.keep(self._client, turn)
        if end is None:
            self._overflow(turn)
        return self._left(turn.fault) if end == "left" else None

    # What is made of the answer.

    def _deliver(self, reply: Reply, *, is_injected: bool) -> Delivery:
        course = self._course
        ended = self._desk.whole(reply) if course.ends_streams and reply.live is not None else reply
        cut = course.chop
        if cut is not None and cut.length == "declared" and ended is not reply:
            # There is no length that could be declared.
            cut = replace(cut, length="chunked")
        reply = self._rewrite(ended, is_injected=is_injected)
        size = reply.live.size if isinstance(reply.live, Download) else len(reply.body)
        cut = None if cut is None else fit(cut, self._request.method, reply.status, size)
        return Delivery(
            self._client,
            reply if is_injected else self._attribute(reply, cut),
            tuple(wait for wait in course.waits if wait.stage == "body"),
            course.pace if reply.live is None else _evened(course.pace, size),
            course.paced_by,
            cut,
            course.buffer_bytes,
            course.buffered_by,
            shows_cors=course.shows_cors,
            removals=tuple(course.removals),
            additions=(*course.additions, *self._marks()),
            done=self._done,
            decisions=tuple(course.decisions),
        )

    def _rewrite(self, reply: Reply, *, is_injected: bool) -> Reply:
        """What the answer says, as the client gets it."""
        course = self._course
        # What is read as it is sent is too big to be changed.
        changed = reply
        for change in (*course.edits, *course.rewrites) if reply.live is None else ():
            changed = change(changed)
        is_altered = course.ends_streams or changed is not reply
        if is_injected or is_altered:
            # Half a body that was kept would be confirmed as the whole one later.
            changed = _unkept(changed)
        return changed if is_altered else code(self._request, changed)

    def _attribute(self, reply: Reply, cut: Cut | None) -> Reply:
        """The answer with what log and journal say of it."""
        if not self._course.fired:
            return reply
        words = "" if cut is None else f": {describe(cut)}"
        return replace(reply, decided_by=f"{reply.decided_by}; fault {', '.join(self._course.fired)}{words}")

    def _marks(self) -> Iterator[tuple[str, str]]:
        """Headers that say what the answer has met."""
        if self._course.fired:
            yield "X-Mock-Fault", ", ".join(self._course.fired)
        if self._overflown:
            yield "X-Mock-Fault-Overflow", ", ".join(self._overflown)


def _evened(pace: Pace | None, size: int) -> Pace | None:
    """The pace of a body that comes in many pieces, if its size is known: each piece takes its share of the time."""
    if pace is None or pace.bytes_s is not None or not size or not pace.over_s:
        return pace
    return Pace(bytes_s=size / pace.over_s)


def _unkept(reply: Reply) -> Reply:
    """An answer that no cache may keep, nor take another for."""
    for name in _SIGNS:
        reply = without_header(reply, name)
    return with_header(reply, "Cache-Control", "no-store")
