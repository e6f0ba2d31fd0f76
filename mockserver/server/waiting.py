"""Answers that wait for the feed: held in their request's greenlet until there is something to tell (long poll)."""

from collections.abc import Callable
from dataclasses import field, replace
from socket import SHUT_RDWR
from time import monotonic
from typing import Any, TypeAlias

from gevent.event import Event

from mockserver.errors import Unavailable
from mockserver.messages import Reply
from mockserver.realtime.session import Held
from mockserver.realtime.witness import UNHEARD
from mockserver.server.departure import Departure
from mockserver.server.socket import tcp
from mockserver.value import dataclass

Watch: TypeAlias = Callable[[Callable[[], None]], Callable[[], None]]


@dataclass(eq=False, slots=True)
class _Waiter:
    """One who waits; `cut_by` is the fault that has ended the connection, if one has."""

    changed: Event = field(default_factory=Event)
    has_left: bool = False
    cut_by: str = ""

    def leave(self) -> None:
        self.has_left = True
        self.changed.set()

    def cut(self, fault: str) -> None:
        self.cut_by = fault
        self.leave()


class WaitingRoom:
    """All answers being waited for, so many at most; emptied when the server stops."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._waiters: set[_Waiter] = set()
        self._is_open = True

    def __len__(self) -> int:
        return len(self._waiters)

    def wait(self, held: Held, sock: Any, watch: Watch) -> Reply:
        """The answer, when there is one or the time is over; at once when the server stops or nobody waits for it.

        Where a fault has ended the connection, it is one without a status, which nobody gets.
        `watch` tells of changes of the feed it waits for.
        *Raises* `Unavailable` when too many wait, and whatever the answer does.
        """
        if len(self._waiters) >= self._most:
            raise Unavailable(f"{self._most} requests wait already.", headers={"Retry-After": "1"})
        waiter = _Waiter()
        departure = Departure(sock, waiter.leave)
        forget = watch(waiter.changed.set)
        self._waiters.add(waiter)
        deadline = monotonic() + held.wait_s
        try:
            while self._is_open and not waiter.has_left:
                waiter.changed.clear()
                reply = held.poll()
                if reply is not None:
                    return reply
                if not waiter.changed.wait(max(0.0, deadline - monotonic())):
                    break
            if waiter.cut_by:
                # It may be a moment before the others' connections have ended as well.
                tcp.shut(sock, SHUT_RDWR)
                return Reply(0, decided_by=f"fault {waiter.cut_by}: down")
            last = held.last()
            return replace(last, told=UNHEARD) if waiter.has_left else last
        finally:
            self._waiters.discard(waiter)
            departure.stop()
            forget()

    def empty(self) -> None:
        """Let everybody have what there is, from now on at once."""
        self._is_open = False
        for waiter in tuple(self._waiters):
            waiter.changed.set()

    def cut(self, fault: str) -> None:
        """Let everybody go without an answer: a fault has closed the listener, and all connections with it."""
        for waiter in tuple(self._waiters):
            waiter.cut(fault)
