"""One connection of a client as its record sees it: which window it is, what was handed over it, and how it ended."""

from collections.abc import Callable
from typing import Literal, TypeAlias

from mockserver.messages import Json
from mockserver.realtime.witness import Topics
from mockserver.sandbox.reconnect.continuity import Progress
from mockserver.sandbox.reconnect.flow import Flow
from mockserver.store.feed import Place, read_cursor
from mockserver.value import dataclass

By: TypeAlias = Literal["server", "client", "network"]

_STOOD_S = 1.0
"""What was handed for so long before an end has arrived, unless the client says otherwise."""


@dataclass(frozen=True, slots=True)
class End:
    """How a connection ended, or a poll failed. All that was sent before has arrived where it `is_whole`."""

    how: str
    by: By
    code: int | None = None
    is_whole: bool = False


STALLED = End("stall", "server")
LATE = End("late", "client", is_whole=True)


@dataclass(eq=False, slots=True)
class Link:
    """`started` is where it went on from, nothing for a channel; `topics` and `sent` tell how things are now.

    Of the messages it has sent, `counted` do not count any more; nor does what it loses once its client `is_elsewhere`.
    """

    window: str
    opened_at: float
    started: Place | None
    flow: Flow
    topics: Callable[[], Topics]
    sent: Callable[[], int]
    counted: int = 0
    is_elsewhere: bool = False
    end: End | None = None
    ended_at: float = 0.0

    @property
    def fresh(self) -> int:
        """How many messages it has sent that count."""
        return self.sent() - self.counted

    @property
    def reached(self) -> Place | None:
        """The place that its client has been told everything up to."""
        return None if self.started is None else read_cursor(self.flow.at) or self.started

    def progress(self, at: float) -> Progress | None:
        """How far its client has come by it; but for a whole end the last may not have arrived."""
        reached = self.reached
        if reached is None or self.started is None:
            return None
        if self.end is not None and self.end.is_whole:
            return Progress(reached, reached)
        stood_s = (at if self.end is None else self.ended_at) - self.opened_at
        return Progress(reached, reached if stood_s >= _STOOD_S else self.started, self.started)


@dataclass(slots=True)
class Polling:
    """A client that polls: when it was answered last, and when at the latest it is to ask again."""

    window: str
    answered_at: float
    due_at: float
    topics: Topics


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to connect; `number` is how many have failed before it, `after_s` is since the loss or the last one.

    Neither counts for one that was made while another connection stood.
    """

    at: float
    window: str
    after_s: float | None
    status: int
    is_open: bool
    number: int = 0

    def to_json(self) -> dict[str, Json]:
        """As the control plane shows it."""
        return {
            "at": round(self.at, 3),
            "window": self.window,
            "after_s": None if self.after_s is None else round(self.after_s, 3),
            "outcome": "open" if self.is_open else "refused",
            "status": self.status,
        }


@dataclass(slots=True)
class Loss:
    """One loss; `down_s` is how long nothing stood."""

    at: float
    window: str
    end: End
    down_s: float | None = None

    def to_json(self) -> dict[str, Json]:
        """As the control plane shows it."""
        return {
            "at": round(self.at, 3),
            "window": self.window,
            "how": self.end.how,
            "by": self.end.by,
            "code": self.end.code,
            "down_s": None if self.down_s is None else round(self.down_s, 3),
        }
