"""What one connection has handed to its client of the feed, noted where its messages become bytes.

Knows nothing of connections: it is told, at a cost that a thousand of them can bear for every event.
"""

from dataclasses import field
from typing import Final

from mockserver.realtime.frame import Frame
from mockserver.value import dataclass

_MOST_OWED: Final = 1000


@dataclass(slots=True)
class Flow:
    """`at` is the cursor of what was handed last, `events` how many were; since `stalled_at` nothing is.

    `owed` are events that were said and have not been handed, with their topics: lost, or kept back on their way. Of
    too many the first are but counted (`lost`). `copies` are those that were handed once more.
    """

    at: str = ""
    events: int = 0
    copies: int = 0
    lost: int = 0
    stalled_at: float | None = None
    owed: dict[str, str] = field(default_factory=dict)

    def say(self, frame: Frame) -> None:
        """The session says an event that something may happen to on its way."""
        if frame.cursor and not frame.is_system:
            if len(self.owed) == _MOST_OWED:
                # So many can't be kept back: it was lost.
                del self.owed[next(iter(self.owed))]
                self.lost += 1
            self.owed[frame.cursor] = frame.labels[0]

    def hand(self, frame: Frame) -> None:
        """A frame goes out that nothing could happen to: it is the latest there is."""
        if self.owed:
            # It may have been kept back by what is over.
            self.hand_passed(frame)
        elif frame.cursor:
            self.at = frame.cursor
            if not frame.is_system:
                self.events += 1

    def hand_passed(self, frame: Frame) -> None:
        """A frame goes out that was said before, in whatever order; what is spoiled has not been handed."""
        if not frame.cursor or frame.is_spoiled:
            return
        is_latest = _is_behind(frame.cursor, self.at)
        if not frame.is_system:
            # One that was on its way before anything could happen to it was never said.
            is_first = self.owed.pop(frame.cursor, None) is not None or is_latest
            self.events += is_first
            self.copies += not is_first
        if is_latest:
            self.at = frame.cursor

    def forget(self) -> None:
        """What was lost and doubled so far counts no more."""
        self.copies = self.lost = 0
        self.owed.clear()

    def skipped(self) -> dict[str, str]:
        """The events that have not been handed though later ones were, with their topics."""
        return {cursor: topic for cursor, topic in self.owed.items() if not _is_behind(cursor, self.at)}


def _is_behind(cursor: str, place: str) -> bool:
    """Whether a cursor is behind a place; another life of the feed is always behind."""
    epoch, _, offset = cursor.partition(".")
    other, _, reached = place.partition(".")
    return epoch != other or int(offset) > int(reached)
