"""What faults do to the listener of the API: close it and open it again, and have no connection kept alive.

Follows the faults of all sandboxes; those of the default one alone close the listener, because everybody shares it.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from time import monotonic
from typing import Final

import gevent
from gevent.event import Event

from mockserver.faults.course import Outage
from mockserver.messages import Json
from mockserver.server.fault.hold import Stay, Terms
from mockserver.server.fault.interference import Interference
from mockserver.server.plane import Plane
from mockserver.server.service import Instance, Service
from mockserver.server.socket.conversation import Entry
from mockserver.server.socket.register import Sockets

_TRY_S: Final = 0.1
"""How often it is tried to open a port that somebody else has taken meanwhile."""
_LOOK_S: Final = 0.01
_TURN_ENDS: Final = 64


class Listening:
    """The listener of the API, as faults would have it."""

    _plane: Plane

    def __init__(self, service: Service, sockets: Sockets, interference: Interference) -> None:
        self._service = service
        self._sockets = sockets
        self._holds = interference.holds
        interference.close_listener = self.begin
        self._begun: dict[str, tuple[Outage, Stay]] = {}
        self._left: deque[Entry] = deque()
        self._changed = Event()
        self._is_up = True
        self._restarts = False
        self._breaking: set[str] = set()
        self._problem = ""

    def attend(self, plane: Plane) -> None:
        """See to the plane of the API from now on."""
        self._plane = plane
        self._service.follow(self._follow)

    def begin(self, outage: Outage, terms: Terms) -> None:
        """Close the listener because a request had its fault fire."""
        self._begun[outage.fault] = outage, Stay(terms, outage.fault, outage.seconds)
        self._changed.set()

    def describe(self) -> Json:
        """Whether anybody is let in, what keeps them out, and why the listener can't be opened where it should be."""
        return {"up": self._is_up, "faults": [one.fault for one in self._wanted()], "problem": self._problem}

    def run(self, trace: Callable[[BaseException], None]) -> None:
        """Close and open for as long as anything is served; `trace` is told of bugs of ours."""
        while True:
            self._changed.wait(self._due_s())
            self._changed.clear()
            try:
                self._act(self._wanted())
                for turn, _ in enumerate(self._end_all(), start=1):
                    if turn % _TURN_ENDS == 0:
                        gevent.sleep(0)
            except Exception as error:  # noqa: BLE001 - a bug of ours, which must not keep everybody out for ever
                trace(error)

    def _act(self, wanted: Sequence[Outage]) -> None:
        if wanted and self._is_up:
            self._close(wanted[0].fault, restarts=any(one.restarts for one in wanted))
        elif not wanted and not self._is_up:
            self._open()

    def _act_at_once(self) -> None:
        """Be as is wanted before whoever has changed a fault is told so; what takes time is left to `run`."""
        wanted = self._wanted()
        if not (self._restarts or any(one.restarts for one in wanted)):
            self._act(wanted)

    def _follow(self, instance: Instance) -> None:
        def notice() -> None:
            self._holds.wake()
            self._changed.set()
            self._act_at_once()
            self._renew_connections()

        instance.faults.watch(notice)
        instance.clock.watch(self._holds.wake)
        instance.clock.watch(self._changed.set)
        notice()

    def _renew_connections(self) -> None:
        """Have whoever meets a fault that breaks connections meet it on one that was not used before.

        Browsers send again what is lost on one that was, and tell nobody. Where others were last asked, who are named
        and live, their clients go on: one that sends as its connection ends may lose what it has sent.
        """
        names = {one.name: one.faults.breaks_connections for one in self._service.instances()}
        breaking = {name for name, breaks in names.items() if breaks}
        have_begun, self._breaking = breaking - self._breaking, breaking
        self._plane.keep_alive(is_kept=not breaking)
        if have_begun:
            spared = names.keys() - breaking - {self._service.default.name}
            self._plane.dismiss(lambda sandbox: sandbox not in spared)

    def _wanted(self) -> list[Outage]:
        """What keeps the listener closed now."""
        for fault, (_, stay) in tuple(self._begun.items()):
            if stay.look() is not None:
                del self._begun[fault]
        return [*self._service.default.faults.outages(), *(outage for outage, _ in self._begun.values())]

    def _due_s(self) -> float | None:
        """When there is something to do, though nobody says so."""
        due = [stay.left_s for _, stay in self._begun.values()]
        if self._left:
            due.append(0.0)
        if self._problem:
            due.append(_TRY_S)
        return max(0.0, min(due)) if due else None

    def _close(self, fault: str, *, restarts: bool) -> None:
        """Refuse connections, and leave those there are to `run`; in order where the server is said to be restarted."""
        self._is_up, self._restarts = False, restarts
        self._plane.refuse()
        if restarts:
            self._sockets.restart()
            self._await(lambda: not len(self._sockets))
        self._holds.cut(fault)
        self._left.extend(self._sockets)

    def _end_all(self) -> Iterator[None]:
        """End what goes on since before the listener was closed, one by one: there may be thousands."""
        while self._left:
            self._left.popleft().conversation.drop()
            yield
        yield from self._plane.cut()

    def _open(self) -> None:
        """Accept again; where somebody else has the port, another time."""
        try:
            self._plane.open_again()
        except OSError as error:
            self._problem = f"The port can't be listened on: {error.strerror}."
            return
        self._is_up, self._problem = True, ""
        if self._restarts:
            self._restarts = False
            self._service.default.reset(("feed",))

    def _await(self, condition: Callable[[], bool]) -> None:
        """Wait for something, but for no longer than clients have for their part of an end."""
        deadline = monotonic() + 2 * self._sockets.limits.close_s
        while not condition() and monotonic() < deadline:
            gevent.sleep(_LOOK_S)
