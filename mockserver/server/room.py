"""How many connections a plane may have open: fewer than the system allows files, since others need some too.

Where connections took all of them, nothing could be read any more, no definition and no module, and the control plane
could not be reached. Knows nothing of what is said on a connection.
"""

from collections.abc import Callable
from typing import Final

ANY: Final = 1 << 30
"""More than there will ever be."""
_FOR_FILES: Final = 64
_FOR_CONTROL: Final = 8
"""One in so many of what is left for connections is for those of the control plane."""
_LEAST: Final = 16


class Room:
    """Counts the connections of one plane. Those that find none wait with the system until another has ended."""

    __slots__ = ("_at_full", "_most", "_taken", "_waiting")

    def __init__(self, most: int = ANY, at_full: Callable[[int], None] | None = None) -> None:
        """`at_full` is told with how many there may be when somebody has to wait, the first time only."""
        self._most = most
        self._at_full = at_full
        self._taken = 0
        self._waiting: list[Callable[[], None]] = []

    def is_full(self, resume: Callable[[], None]) -> bool:
        """Whether nobody else can be let in; if so, `resume` is called once somebody can."""
        if self._taken < self._most:
            return False
        self._waiting.append(resume)
        at_full, self._at_full = self._at_full, None
        if at_full is not None:
            at_full(self._most)
        return True

    def take(self) -> None:
        """There is one connection more; `leave` must follow."""
        self._taken += 1

    def leave(self) -> None:
        """There is one less."""
        self._taken -= 1
        waiting, self._waiting = self._waiting, []
        for resume in waiting:
            resume()


def share_files(most: int) -> tuple[int, int]:
    """How many connections the API and the control plane may have where so many files may be open."""
    left = max(0, most - _FOR_FILES)
    control = max(_LEAST, left // _FOR_CONTROL)
    return max(_LEAST, left - control), control
