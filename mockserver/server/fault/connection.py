"""Faults carried out on connections that stay open: each ends or stalls in its time, and its messages pass a gate.

Rules that come into force later act on those that are open already, in the order of their ids; when one goes out of
force, what it has not done yet is called off, and what it has stalled is dropped, since no half-open connection comes
back to life.
"""

from collections.abc import Callable
from dataclasses import replace
from time import monotonic, time
from typing import Final

from mockserver.agenda import Appointment
from mockserver.faults.course import Course, Finish
from mockserver.faults.occasion import Direction, Occasion, Transport
from mockserver.faults.preference import Preferences
from mockserver.faults.roster import UnknownFault
from mockserver.messages import Reply, Request
from mockserver.server.disconnection import Disconnection
from mockserver.server.fault.gate import Gate
from mockserver.server.fault.round import Round
from mockserver.server.service import Instance
from mockserver.server.socket.conversation import Conversation, end
from mockserver.server.socket.register import Sockets

_METHODS: Final = {"ws": "WS", "sse": "SSE"}
_LIVE: Final = ("open", "stalled")
_POSSIBLE: Final = {"stall": ("open",)}


class Oversight:
    """All connections that stand, by sandbox; of a sandbox without any, nothing is kept."""

    def __init__(self, sockets: Sockets) -> None:
        self.sockets = sockets
        self._rounds: dict[Instance, Round] = {}

    def companion(
        self, instance: Instance, request: Request, transport: Transport, asked: Preferences | None = None
    ) -> "Standing":
        """Who goes along with a connection that a request opens, which may ask for faults itself."""
        named = None if asked is None or not asked.names else Preferences(names=asked.names)
        return Standing(self, instance, request, transport, named)

    def enter(self, standing: "Standing") -> None:
        """One more stands, or is about to."""
        instance = standing.instance
        if instance not in self._rounds:
            self._rounds[instance] = Round(instance)
        self._rounds[instance].enter(standing)

    def leave(self, standing: "Standing") -> None:
        """It is over."""
        instance = standing.instance
        if instance in self._rounds and not self._rounds[instance].leave(standing):
            self._rounds.pop(instance).close()


class Standing:
    """One connection, from before its first message to its end."""

    __slots__ = (
        "_asked", "_began", "_gate", "_oversight", "_pending", "_request", "_seen", "_stall", "_stands", "_talk",
        "_transport", "instance",
    )  # fmt: skip

    def __init__(
        self,
        oversight: Oversight,
        instance: Instance,
        request: Request,
        transport: Transport,
        asked: Preferences | None,
    ) -> None:
        self.instance = instance
        self._oversight = oversight
        self._request = request
        self._transport: Transport = transport
        self._asked = asked
        self._talk: Conversation | None = None
        self._gate: Gate | None = None
        self._began = monotonic()
        self._stands = False
        self._seen = -1
        self._pending: dict[Appointment, Course] = {}
        self._stall: Course | None = None

    # What the connection tells.

    def join(self, talk: Conversation) -> None:
        """It is about to begin."""
        self._talk = talk
        self._oversight.enter(self)
        self.renew()

    def stand(self) -> None:
        """It stands."""
        self._stands = True
        self._look(self._asked, self.instance.agenda.now_s)

    def leave(self) -> None:
        """It is over."""
        self._oversight.leave(self)
        if self._gate is not None:
            self._gate.stop()
        for appointment in self._pending:
            self.instance.agenda.call_off(appointment)
        self._pending.clear()
        self._talk = None

    # What changes meanwhile.

    def renew(self) -> bool:
        """Go on without the faults that are over; whether it has stalled by one of them, and is yet to be dropped."""
        self._call(self._call_off)
        self._call(self._fit_gate)
        return self._is_to_go()

    def visit(self, moment_s: float) -> None:
        """See what is over and what has come into force since the last time, at a moment of the clock."""
        if self._talk is not None and self._is_to_go():
            self._call(self._talk.drop)
        elif self._stands:
            self._call(self._look, None, moment_s)

    def _is_to_go(self) -> bool:
        """Whether it stalls by what is over."""
        stalls = self._talk is not None and self._talk.state == "stalled"
        return stalls and self._stall is not None and not self._goes_on(self._stall)

    def _call_off(self) -> None:
        """Have nothing more happen by what is over."""
        for appointment, course in tuple(self._pending.items()):
            if not self._goes_on(course):
                self.instance.agenda.call_off(appointment)
                self._pending.pop(appointment, None)

    def _fit_gate(self) -> None:
        """Have a gate where messages may meet something, and let pass what was kept by what is over."""
        faults, talk = self.instance.faults, self._talk
        if talk is None:
            return
        is_needed = faults.watches("frame", self._transport, self._asked)
        if self._gate is not None:
            self._gate.release(lambda course: is_needed and self._goes_on(course))
        if not is_needed:
            self._gate = talk.gate = None
        elif self._gate is None:
            limits = self._oversight.sockets.limits
            self._gate = talk.gate = Gate(talk, self.instance.agenda, limits, self._judging(), self._act)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """Do something about this connection; a bug in it ends this one and nothing else."""
        try:
            function(*arguments)
        except Exception as error:  # noqa: BLE001 - the last line of defence; the traceback goes to stderr
            if self._talk is not None:
                self._oversight.sockets.fail(self._talk, error)

    def _goes_on(self, course: Course) -> bool:
        """Whether all that acts by a course is still in force."""
        return all(self.instance.faults.goes_on(course, name) for name in course.fired)

    # What happens.

    def _look(self, asked: Preferences | None, moment_s: float) -> None:
        """Have happen what the faults say that this connection has not met yet; its time begins at that moment."""
        faults, talk = self.instance.faults, self._talk
        if (faults.is_quiet and asked is None) or talk is None or talk.state not in _LIVE:
            return
        occasion = self.instance.occasion(self._request, "connection", self._transport)
        course = self._decide(occasion, asked, self._seen)
        self._seen = faults.revision
        if course is None or course.finish is None:
            return
        if course.after_s <= 0:
            self._act(course)
        else:
            appointment = self.instance.agenda.at(moment_s + course.after_s, lambda _: self._call(self._act, course))
            self._pending[appointment] = course

    def _judging(self) -> Callable[[Direction, tuple[str, ...]], Course | None]:
        """What asks about each message; where it all takes place is looked up anew when faults have changed."""
        about: tuple[int, Occasion] | None = None

        def judge(direction: Direction, labels: tuple[str, ...]) -> Course | None:
            nonlocal about
            revision = self.instance.faults.revision
            if about is None or about[0] != revision:
                about = revision, self.instance.occasion(self._request, "frame", self._transport)
            return self._decide(replace(about[1], direction=direction, events=labels), self._asked)

        return judge

    def _decide(self, occasion: Occasion, asked: Preferences | None, since: int = -1) -> Course | None:
        faults = self.instance.faults
        try:
            return faults.decide(occasion, asked, since)
        except UnknownFault:
            # It was there at the handshake, and has been removed since.
            self._asked = None
            return faults.decide(occasion, since=since)

    def _act(self, course: Course) -> None:
        """End the connection, or have it stall, unless it ends already."""
        talk, finish = self._talk, course.finish
        if talk is None or finish is None or talk.state not in _POSSIBLE.get(finish.how, _LIVE):
            return
        self._record(course, finish)
        if finish.how == "stall":
            self._stall = course
        wanted = Disconnection(finish.how, finish.code, finish.reason)
        from mockserver.server.socket.connection import Connection  # noqa: PLC0415 - of wsproto, which takes long

        if finish.raw and isinstance(talk, Connection):
            talk.garble(finish.raw, wanted)
        else:
            end(talk, wanted)

    def _record(self, course: Course, finish: Finish) -> None:
        request = replace(self._request, method=_METHODS[self._transport])
        reply = Reply(0, decided_by=f"fault {course.ended_by}: {describe(finish)}")
        self.instance.journal.record(request, reply, time(), monotonic() - self._began, course.decisions)


def describe(finish: Finish) -> str:
    """An end in a word or two."""
    how = f"close {finish.code}" if finish.how == "close" else finish.how
    return f"bad frame, {how}" if finish.raw else how
