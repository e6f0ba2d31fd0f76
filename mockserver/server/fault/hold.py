"""Whom faults keep waiting, and all that ends a wait. Knows nothing of requests, nor of what comes after."""

from collections import Counter
from collections.abc import Callable
from itertools import islice
from time import monotonic
from typing import Any, Final, Literal, TypeAlias

from gevent.event import Event

from mockserver.messages import Json
from mockserver.server.departure import Departure
from mockserver.server.limits import Limits
from mockserver.server.socket import tcp
from mockserver.value import dataclass

End: TypeAlias = Literal["over", "released", "left", "stopped"]
"""Its time has come; the fault goes on no longer, or its turn has come; the client has gone; the server stops."""

_LOOK_S: Final = 1.0
"""How often it is asked whether the client is still there: behind bytes that nobody reads, its end is not noticed."""
_MOST_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Terms:
    """What a sandbox has to say on its waits: its clock, in seconds, and whether a fault is still in force.

    `method` and `target` are of whoever waits.
    """

    sandbox: str
    elapsed: Callable[[], float]
    is_on: Callable[[str], bool]
    method: str = ""
    target: str = ""


class Downed(ConnectionAbortedError):
    """A fault has closed the listener, and all connections with it."""

    def __init__(self, fault: str) -> None:
        super().__init__(fault)
        self.fault = fault


class Stay:
    """One wait for so long, or without an end of its own: by the real clock or the sandbox's, whichever is first."""

    __slots__ = ("_began", "_bell", "_elapsed", "_end", "_seconds", "cut_by", "fault", "terms")

    def __init__(self, terms: Terms, fault: str, seconds: float | None) -> None:
        self.terms = terms
        self.fault = fault
        self.cut_by = ""
        """The fault that has ended the connection, if one has."""
        self._seconds = seconds
        self._began, self._elapsed = monotonic(), terms.elapsed()
        self._end: End | None = None
        self._bell = Event()

    def extend(self, seconds: float) -> None:
        """Wait once more, until so long after its beginning."""
        self._seconds = seconds

    def end(self, how: End) -> None:
        """End it, unless it has an end already."""
        self._end = self._end or how
        self._bell.set()

    def cut(self, fault: str) -> None:
        """End it because a fault ends the connection."""
        self.cut_by = fault
        self.end("left")

    def describe(self) -> Json:
        """Who waits for what, and for how long already."""
        terms = self.terms
        return {
            "sandbox": terms.sandbox,
            "fault": self.fault,
            "method": terms.method,
            "target": terms.target,
            "seconds": round(monotonic() - self._began, 3),
        }

    def look(self) -> End | None:
        """How it has ended; nothing while it goes on."""
        if self._end is None and not self.terms.is_on(self.fault):
            self._end = "released"
        return self._end or ("over" if self.left_s <= 0 else None)

    def sleep(self) -> None:
        """Wait until there may be something new."""
        self._bell.clear()
        self._bell.wait(min(self.left_s, _LOOK_S))

    def wake(self) -> None:
        """Have it look again."""
        self._bell.set()

    @property
    def left_s(self) -> float:
        """How much longer at most; of one without an end, for so long that it is time to look again."""
        if self._seconds is None:
            return _LOOK_S
        return self._seconds - max(monotonic() - self._began, self.terms.elapsed() - self._elapsed)


class Holds:
    """Everybody who waits; those who are held in place of an answer are counted against the limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._stays: dict[Stay, None] = {}
        self._held: Counter[str] = Counter()
        self._watched: dict[object, Callable[[], None]] = {}
        self._at_cut: list[Callable[[str], None]] = []
        self._is_stopping = False

    def __len__(self) -> int:
        """How many wait, counted against the limits or not."""
        return len(self._stays)

    def serves(self, sandbox: str) -> bool:
        """Whether anybody of a sandbox waits."""
        return any(stay.terms.sandbox == sandbox for stay in self._stays)

    def describe(self) -> Json:
        """How many wait, how many of them are held in place of an answer, and the first of them."""
        now = [stay.describe() for stay in islice(self._stays, _MOST_SHOWN)]
        return {"waiting": len(self._stays), "held": self._held.total(), "now": [*now]}

    def has_room(self, sandbox: str) -> bool:
        """Whether one more of a sandbox may be held."""
        return self._held[sandbox] < self.limits.held_sandbox and self._held.total() < self.limits.held

    def hold(self, stay: Stay, sock: Any) -> End:
        """The same as `wait`, for somebody who takes up room. *Raises* `Downed`."""
        sandbox = stay.terms.sandbox
        self._held[sandbox] += 1
        try:
            return self.wait(stay, sock)
        finally:
            self._held[sandbox] -= 1
            # A sandbox that nobody asks for any more leaves nothing behind.
            self._held += Counter()

    def wait(self, stay: Stay, sock: Any) -> End:
        """Let the client of a connection wait; what has ended it. *Raises* `Downed`.

        Whoever ends its own side has left, though it might still read: one that is not there any more looks the same
        until it is sent something, and must not have anything changed.
        """
        end = "stopped" if self._is_stopping else stay.look()
        if end is not None:
            return end
        departure = Departure(sock, lambda: stay.end("left"))
        self._stays[stay] = None
        try:
            while (end := stay.look()) is None:
                stay.sleep()
                if tcp.has_gone(sock):
                    stay.end("left")
            if stay.cut_by:
                raise Downed(stay.cut_by)
            return end
        finally:
            self._stays.pop(stay, None)
            departure.stop()

    def wake(self) -> None:
        """Have everybody look again: a clock was moved, or the faults in force have changed."""
        for stay in tuple(self._stays):
            stay.wake()
        for look in tuple(self._watched.values()):
            look()

    def watch(self, look: Callable[[], None]) -> Callable[[], None]:
        """Have somebody else look whenever those who wait do, until the returned function is called."""
        token = object()
        self._watched[token] = look

        def stop() -> None:
            self._watched.pop(token, None)

        return stop

    def at_cut(self, function: Callable[[str], None]) -> None:
        """Have something else done too when a fault ends all connections; it is told which."""
        self._at_cut.append(function)

    def cut(self, fault: str) -> None:
        """Let everybody go without an answer: a fault has closed the listener, and all connections with it."""
        for stay in tuple(self._stays):
            stay.cut(fault)
        for function in self._at_cut:
            function(fault)

    def stop(self) -> None:
        """Let everybody go, from now on at once: the server stops."""
        self._is_stopping = True
        for stay in tuple(self._stays):
            stay.end("stopped")


@dataclass(frozen=True, slots=True)
class Client:
    """Whoever is at the other end of a connection, and may be made to wait."""

    sock: Any
    terms: Terms
    holds: Holds

    def wait(self, fault: str, seconds: float) -> End:
        """Let it wait for an answer that comes."""
        return self.holds.wait(Stay(self.terms, fault, seconds), self.sock)

    def hold(self, fault: str, seconds: float | None) -> End | None:
        """Let it wait in vain; nothing where there is no room for one more."""
        return self.stay(Stay(self.terms, fault, seconds))

    def stay(self, stay: Stay) -> End | None:
        """The same for a wait that others know of."""
        if not self.holds.has_room(self.terms.sandbox):
            return None
        return self.holds.hold(stay, self.sock)

    def when_over(self, fault: str, act: Callable[[], None]) -> Callable[[], None]:
        """Have something done when a fault goes on no longer, unless the returned function is called before."""

        def look() -> None:
            if not self.terms.is_on(fault):
                act()

        return self.holds.watch(look)
