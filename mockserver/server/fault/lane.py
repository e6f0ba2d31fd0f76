"""One direction of a connection under faults: which messages are kept back there, until when, and how they go on.

Knows not what is said.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Final, Generic, TypeVar

from mockserver.agenda import Agenda
from mockserver.faults.course import Course
from mockserver.realtime.session import Message
from mockserver.server.fault.alarm import Alarm
from mockserver.server.fault.frame import size_of
from mockserver.server.limits import Limits
from mockserver.value import dataclass

_LONGEST_SWAP_S: Final = 1.0
"""How long a message waits for another that it could come behind."""

M = TypeVar("M", bound=Message)


@dataclass(slots=True)
class Room:
    """How much is kept back on a connection, in both directions, and how much may be."""

    limits: Limits
    messages: int = 0
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether nothing more can be kept back."""
        return self.messages >= self.limits.socket_queue_messages or self.size >= self.limits.socket_queue_bytes


@dataclass(eq=False, slots=True)
class _Kept(Generic[M]):
    number: int
    messages: Sequence[M]
    course: Course
    due_s: float
    size: int
    alarm: Alarm | None = None


class Lane(Generic[M]):
    """`forward` has a message go on that was kept back."""

    def __init__(self, agenda: Agenda, room: Room, forward: Callable[[M], None]) -> None:
        self._agenda = agenda
        self._room = room
        self._forward = forward
        self._numbers = count()
        self._kept: dict[int, _Kept[M]] = {}
        self._swapped: _Kept[M] | None = None

    def follow(self, messages: Sequence[M]) -> Sequence[M]:
        """These, and behind them what has waited for somebody to come behind."""
        return messages if self._swapped is None else (*messages, *self._take(self._swapped))

    def delay(self, messages: Sequence[M], course: Course) -> None:
        """Have these go on after the course's delay."""
        self._keep(messages, course, course.delay_s)

    def swap(self, messages: Sequence[M], course: Course) -> Sequence[M]:
        """What goes on now that these are to come behind the next; the next itself may be such."""
        if self._swapped is not None:
            return self.follow(messages)
        self._swapped = self._keep(messages, course, _LONGEST_SWAP_S)
        return ()

    def release(self, goes_on: Callable[[Course], bool]) -> None:
        """Have go on what was kept back by a course that is over."""
        for one in tuple(self._kept.values()):
            if not goes_on(one.course):
                self._go_on(one)

    def let_go(self) -> Sequence[M]:
        """All that is kept back, in the order in which it came; it is not any more."""
        return [message for one in tuple(self._kept.values()) for message in self._take(one)]

    def _keep(self, messages: Sequence[M], course: Course, seconds: float) -> _Kept[M]:
        due_s, size = self._agenda.now_s + seconds, sum(map(size_of, messages))
        one = _Kept(next(self._numbers), messages, course, due_s, size)
        one.alarm = Alarm(self._agenda, seconds, lambda: self._ring(one))
        self._kept[one.number] = one
        self._room.messages += len(messages)
        self._room.size += size
        return one

    def _ring(self, due: _Kept[M]) -> None:
        """Have go on what is due, and before it what was due no later: timers keep no order."""
        for one in tuple(self._kept.values()):
            if one is due:
                break
            if one.due_s <= due.due_s:
                self._go_on(one)
        self._go_on(due)

    def _go_on(self, one: _Kept[M]) -> None:
        for message in self._take(one):
            self._forward(message)

    def _take(self, one: _Kept[M]) -> Sequence[M]:
        if self._kept.pop(one.number, None) is None:
            return ()
        self._room.messages -= len(one.messages)
        self._room.size -= one.size
        if self._swapped is one:
            self._swapped = None
        if one.alarm is not None:
            one.alarm.call_off()
        return one.messages
