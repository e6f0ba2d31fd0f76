"""What stands in the feed: a change, or something published, with its place."""

from datetime import datetime

from mockserver.messages import Json
from mockserver.store.change import Change
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Publication:
    """What somebody said under a topic who is no client; `method` is empty where it was left to the topic."""

    method: str
    data: Json


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Event:
    """What happened, with its place in the feed; its batch stands there from `first` to `last`."""

    epoch: str
    offset: int
    topic: str
    content: Change | Publication
    moment: datetime
    first: int
    last: int

    @property
    def cursor(self) -> str:
        """The place that is reached with it."""
        return f"{self.epoch}.{self.offset}"
