"""What is said to many, on its way to them: to so many at a time, and to each of them in the order it was said."""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

from mockserver.agenda import Agenda
from mockserver.value import dataclass

M = TypeVar("M")

_AT_ONCE: Final = 200
"""So many are told before others have their turn."""
_MOST_WAITING: Final = 10_000
"""When more than that is on its way, whoever says something more waits until it is less."""


@dataclass(eq=False, slots=True)
class _Round(Generic[M]):
    """One thing said: how to tell somebody, and who is yet to be told, the next of them last."""

    tell: Callable[[M], None]
    waiting: dict[M, None]


class Rounds(Generic[M]):
    """All that is on its way; what can't be told at once is told by the agenda."""

    __slots__ = ("_agenda", "_is_due", "_under_way", "_waiting")

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._under_way: deque[_Round[M]] = deque()
        self._waiting = 0
        self._is_due = False

    def begin(self, members: Sequence[M], tell: Callable[[M], None]) -> None:
        """Tell all of them, each once."""
        made = _Round(tell, dict.fromkeys(reversed(members)))
        self._under_way.append(made)
        self._waiting += len(made.waiting)
        self._go_on(max(_AT_ONCE, self._waiting - _MOST_WAITING))

    def settle(self, member: M) -> None:
        """Tell one of them at once what it has not been told yet, before it is told something else."""
        for one in tuple(self._under_way) if self._waiting else ():
            if member in one.waiting:
                del one.waiting[member]
                self._waiting -= 1
                one.tell(member)

    def _go_on(self, most: int) -> None:
        while self._waiting and most:
            first = self._under_way[0]
            if first.waiting:
                member, _ = first.waiting.popitem()
                self._waiting -= 1
                most -= 1
                first.tell(member)
            else:
                self._under_way.popleft()
        while self._under_way and not self._under_way[0].waiting:
            self._under_way.popleft()
        if self._waiting and not self._is_due:
            self._is_due = True
            self._agenda.at(self._agenda.now_s, self._resume)

    def _resume(self, due_s: float) -> None:
        del due_s
        self._is_due = False
        self._go_on(_AT_ONCE)
