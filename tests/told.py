"""What a feed tells, for tests that look at the changes themselves."""

from datetime import datetime
from typing import NamedTuple

from mockserver.store.change import Change
from mockserver.store.event import Event
from mockserver.store.feed import Feed, Missed


class Told(NamedTuple):
    """One change, with its place."""

    cursor: str
    change: Change
    moment: datetime


class Recorder:
    """Keeps every event from now on, however long ago it was; another epoch begins a new record."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._place = feed.place
        self.events: list[Event] = []
        self.stop = feed.watch(self._note)

    def _note(self) -> None:
        found = self._feed.since(self._place, None)
        self._place = found.place
        if isinstance(found, Missed):
            self.events += found.events
        else:
            assert found.reason == "epoch", found
            self.events.clear()

    @property
    def told(self) -> list[Told]:
        """The changes, in order."""
        return [_told(event, event.content) for event in self.events if isinstance(event.content, Change)]


def _told(event: Event, change: Change) -> Told:
    return Told(event.cursor, change, event.moment)


def told(feed: Feed) -> list[Told]:
    """Every change of this epoch, in order. Fails where not all of them are held any more."""
    found = feed.since(feed.start, None)
    assert isinstance(found, Missed), found
    return [_told(event, event.content) for event in found.events if isinstance(event.content, Change)]
