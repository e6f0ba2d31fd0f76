"""The record of one client: its connections, its losses, what it tried to come back, and what it was handed.

All times are arguments: seconds of the time of day.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

from mockserver.messages import Json
from mockserver.realtime.witness import Topics
from mockserver.sandbox.reconnect.continuity import Continuity
from mockserver.sandbox.reconnect.link import LATE, STALLED, Attempt, End, Link, Loss, Polling
from mockserver.sandbox.reconnect.spread import spread_of
from mockserver.sandbox.reconnect.visitor import Visitor
from mockserver.store.feed import Feed, Place

KEPT: Final = 100
"""How many attempts and losses are held, the latest of each."""
_SHOWN: Final = 20
_MOVING_S: Final = 1.0
_ALL: Final = "*"
_POLLS: Final = ("poll", "longpoll")


class Record:
    """One client. `used_at` is when something was last heard of it."""

    __slots__ = (
        "_attempts", "_delivered", "_left", "_links", "_losses", "_parting", "_polling", "_topics_before", "_tried",
        "_tried_at", "_was_here", "_window", "continuity", "label", "number", "used_at", "visitor",
    )  # fmt: skip

    def __init__(self, label: str, visitor: Visitor, feed: Feed, number: int) -> None:
        self.label = label
        self.visitor = visitor
        self.number = number
        self.continuity = Continuity(feed)
        self.used_at = 0.0
        self._links: dict[Link, None] = {}
        self._parting: dict[Link, None] = {}
        self._left: Link | None = None
        self._polling: Polling | None = None
        self._attempts: deque[Attempt] = deque(maxlen=KEPT)
        self._losses: deque[Loss] = deque(maxlen=KEPT)
        self._tried_at: float | None = None
        self._tried = 0
        self._delivered = 0
        self._window: str | None = None
        self._was_here = False
        self._topics_before: Topics = frozenset()

    # How things are.

    @property
    def is_connected(self) -> bool:
        """Whether a connection stands, or it polls in time."""
        return bool(self._links) or self._polling is not None

    @property
    def has_links(self) -> bool:
        """Whether a connection stands that will tell of its end."""
        return bool(self._links)

    @property
    def topics(self) -> Topics:
        """What it listens to, or did when it was lost."""
        for link in reversed(self._links):
            return link.topics()
        return self._polling.topics if self._polling is not None else self._topics_before

    @property
    def place(self) -> Place | None:
        """How far it has come."""
        for link in reversed(self._links):
            return link.reached
        progress = self.continuity.progress
        return None if progress is None else progress.reached

    @property
    def tried(self) -> int:
        """How many attempts have failed since it was lost."""
        return self._tried

    def is_at(self, window: str) -> bool:
        """Whether it stands at that window already, so that one more connection there is somebody else's."""
        # Asked of all records for each connection: a list of one is half as long in coming as a generator.
        return window in [link.window for link in self._links]

    def has_moved_on(self, asked_at: float) -> bool:
        """Whether a poll is of before a connection came to stand, or from a client that does not know of it yet."""
        return any(link.opened_at + _MOVING_S >= asked_at for link in self._links)

    def settle(self, at: float) -> None:
        """Note what nobody tells: connections that have stalled, and polls that did not come."""
        for link in tuple(self._links):
            if link.flow.stalled_at is not None:
                self._end(link, STALLED, link.flow.stalled_at)
        if self._polling is not None and at > self._polling.due_at:
            polling, self._polling = self._polling, None
            if self._links:
                self._window = next(reversed(self._links)).window
            else:
                self._lose(polling.window, LATE, polling.due_at, polling.topics)

    # What happens.

    def open(self, link: Link, status: int, at: float) -> None:
        """A connection stands."""
        self._move(at)
        self._arrive(link.window, status, at)
        self._polling = None
        self._links[link] = None

    def refuse(self, window: str, end: End, status: int, at: float) -> None:
        """An attempt has failed; of a client that polls this is its loss."""
        self.used_at = at
        polling, self._polling = self._polling, None
        if polling is not None and window in _POLLS:
            self._lose(window, end, at, polling.topics)
            return
        if polling is not None:
            self._polling = polling
        self._try(window, status, at, is_open=False)

    def part(self, link: Link, end: End, at: float) -> None:
        """A connection ends; where another stands the client has moved, and lost nothing."""
        self._end(link, end, link.flow.stalled_at or at)

    def end(self, link: Link, end: End, at: float) -> None:
        """A connection is over, and nothing more is sent of what waited."""
        self.part(link, end, at)
        self._parting.pop(link, None)
        self._delivered += link.fresh
        self.continuity.doubled += link.flow.copies
        self._skip(link)
        if link is self._left:
            self.continuity.reach(link.progress(at), link.topics())
            self._left = None

    def poll(self, polling: Polling, status: int) -> None:
        """It was answered."""
        if self._polling is None:
            self._move(polling.answered_at)
            self._arrive(polling.window, status, polling.answered_at)
        self.used_at, self._window = polling.answered_at, polling.window
        self._polling = polling

    def deliver(self, events: int) -> None:
        """An answer has told it so many events."""
        self._delivered += events

    def forget(self) -> None:
        """Know nothing any more but where it stands now."""
        self.continuity.forget()
        self._attempts.clear()
        self._losses.clear()
        self._delivered = 0
        for link in self._flowing:
            link.counted = link.sent()
            link.flow.forget()

    @property
    def _flowing(self) -> Sequence[Link]:
        """The connections over which something may still be sent."""
        return [*self._parting, *self._links]

    def _move(self, at: float) -> None:
        """It goes on elsewhere from what came by the connections that it has, or had last."""
        for link in self._flowing:
            if link is self._left or link in self._links:
                self.continuity.leave(link.progress(at), link.topics())
            self._skip(link)
            link.is_elsewhere = True

    def _skip(self, link: Link) -> None:
        """What a connection has lost is missed."""
        if not link.is_elsewhere:
            self.continuity.skip(link.flow.skipped(), link.flow.lost)

    def _arrive(self, window: str, status: int, at: float) -> None:
        """It is there: by an attempt, unless it is here for the first time."""
        if self._was_here or self._tried_at is not None:
            self._try(window, status, at, is_open=True)
        if not self.is_connected and self._losses and self._losses[-1].down_s is None:
            self._losses[-1].down_s = max(0.0, at - self._losses[-1].at)
        self._was_here, self._window = True, window
        self._tried, self._tried_at, self.used_at = 0, None, at

    def _try(self, window: str, status: int, at: float, *, is_open: bool) -> None:
        is_beside = self.is_connected
        since = None if is_beside else self._tried_at
        after_s = None if since is None else max(0.0, at - since)
        self._attempts.append(Attempt(at, window, after_s, status, is_open, self._tried))
        if not is_beside:
            self._tried, self._tried_at = self._tried + 1, at

    def _end(self, link: Link, end: End, at: float) -> None:
        if link not in self._links:
            return
        del self._links[link]
        self._parting[link] = None
        link.end, link.ended_at = end, at
        self.used_at = max(self.used_at, at)
        if self.is_connected:
            self.continuity.reach(link.progress(at), link.topics())
            self._window = next((one.window for one in reversed(self._links)), self._window)
        else:
            self._left = link
            self.continuity.leave(link.progress(at), link.topics())
            self._lose(link.window, end, at, link.topics())

    def _lose(self, window: str, end: End, at: float, topics: Topics) -> None:
        self._losses.append(Loss(at, window, end))
        self._topics_before = topics
        self._tried, self._tried_at, self._window = 0, at, None

    # How it is shown.

    def to_json(self) -> dict[str, Json]:
        """As the control plane shows it; `*` among the topics are all of them."""
        continuity, flowing = self.continuity, self._flowing
        losing = [link.flow for link in flowing if not link.is_elsewhere]
        skipped = [cursor for flow in losing for cursor in flow.skipped()]
        pauses = [(one.number, one.after_s) for one in self._attempts if one.after_s is not None]
        return {
            "client": self.label,
            "connected": self.is_connected,
            "window": self._window,
            "attempts": [one.to_json() for one in self._attempts],
            "losses": [one.to_json() for one in self._losses],
            "delays_s": [round(seconds, 3) for _, seconds in pauses],
            "jitter": spread_of(pauses),
            "topics": {
                "before": _names(self._topics_before),
                "after": _names(self.topics) if self.is_connected else [],
            },
            "delivered": self._delivered + sum(link.fresh for link in flowing),
            "missed": continuity.missed + len(skipped) + sum(flow.lost for flow in losing),
            "doubled": continuity.doubled + sum(link.flow.copies for link in flowing),
            "gaps": continuity.gaps,
            "refetched": continuity.gaps > 0 and not continuity.owes_reading,
            "missed_ids": [*[*continuity.missed_ids, *skipped][:_SHOWN]],
        }


def _names(topics: Topics) -> list[Json]:
    return [_ALL] if topics is None else [*sorted(topics)]
