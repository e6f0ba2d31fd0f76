"""Everybody who listens to one sandbox's feed, and who of them has been told how much.

Whoever wants the same topics stands in one group, so that an event costs those nothing who don't want it. Knows nothing
of connections, nor of what a listener does with what it is told.
"""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Final, Protocol

from mockserver.store.feed import Feed, Gap, Missed, Place

_TURN: Final = 100
"""So many events are looked at, for whomever, before others have their turn."""


class Listener(Protocol):
    """Somebody who is told of events; `place` is how far that has come."""

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics wanted, nothing for all."""
        ...

    @property
    def place(self) -> Place:
        """The place up to which everything was told."""
        ...

    def tell(self, found: Missed | Gap) -> None:
        """Take what happened since `place`, which then is that of what was found. Must not wait."""
        ...

    def fail(self) -> None:
        """End it: `tell` has raised something, and nobody knows how much was taken."""
        ...


class _Group:
    """Listeners to the same topics; all have been told what there was up to `place`, or joined behind it."""

    __slots__ = ("listeners", "place", "topics")

    def __init__(self, topics: frozenset[str] | None, place: Place) -> None:
        self.topics = topics
        self.place = place
        self.listeners: dict[Listener, None] = {}

    def place_of(self, listener: Listener) -> Place:
        """How much a listener has been told, also by there being nothing to tell."""
        own = listener.place
        return self.place if own.epoch == self.place.epoch and own.offset < self.place.offset else own


class Audience:
    """The listeners of one feed. Nothing here waits; all of it is called in one thread."""

    __slots__ = ("_groups", "_is_delivering", "_standing", "feed")

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self._groups: dict[frozenset[str] | None, _Group] = {}
        self._standing: dict[Listener, _Group] = {}
        self._is_delivering = False

    def __len__(self) -> int:
        return len(self._standing)

    def join(self, listener: Listener) -> None:
        """Tell a listener of everything behind its place from now on; one that is here already stands by its topics."""
        self.leave(listener)
        topics = listener.topics
        group = self._groups.get(topics)
        if group is None:
            group = self._groups[topics] = _Group(topics, self.feed.place)
        group.listeners[listener] = None
        self._standing[listener] = group

    def leave(self, listener: Listener) -> None:
        """Tell a listener no more."""
        group = self._standing.pop(listener, None)
        if group is None:
            return
        del group.listeners[listener]
        if not group.listeners:
            del self._groups[group.topics]

    def place_of(self, listener: Listener) -> Place:
        """The place up to which a listener has been told everything that it wants."""
        group = self._standing.get(listener)
        return listener.place if group is None else group.place_of(listener)

    def catch_up(self, listener: Listener) -> None:
        """Tell one listener at once what it has not been told yet."""
        place = self.place_of(listener)
        if place != self.feed.place:
            listener.tell(self.feed.since(place, listener.topics))

    def deliver(self) -> Iterator[None]:
        """Tell everybody what they have not been told yet, in order; stops now and then for others to have their turn.

        Ends when there is nothing left, what happens meanwhile included. Where it is under way, nothing is done.
        *Raises* `ExceptionGroup` with whatever listeners have raised, once all others have been told.
        """
        if self._is_delivering:
            return
        self._is_delivering = True
        looked, errors = 0, list[Exception]()
        try:
            while found := [group for group in tuple(self._groups.values()) if self._has_news(group)]:
                for count in chain.from_iterable(self._deliver(group, errors) for group in found):
                    looked += count
                    if looked >= _TURN:
                        looked = 0
                        yield
        finally:
            self._is_delivering = False
        if errors:
            raise ExceptionGroup("Not everybody could be told.", errors)

    def _has_news(self, group: _Group) -> bool:
        """Whether there is something to tell a group; what it does not want, it needs not to be told."""
        here = self.feed.place
        if group.place == here:
            return False
        if group.place.epoch == here.epoch and self.feed.last(group.topics) <= group.place.offset:
            group.place = here
            return False
        return True

    def _deliver(self, group: _Group, errors: list[Exception]) -> Iterator[int]:
        """Tell a group; how many events each of it looks at."""
        goal, found = self.feed.place, dict[Place, Missed | Gap]()
        for listener in tuple(group.listeners):
            # It may have left, or changed what it wants, while others had their turn.
            if self._standing.get(listener) is not group:
                continue
            place = group.place_of(listener)
            if place not in found:
                found[place] = self.feed.since(place, group.topics)
            missed = found[place]
            if place != missed.place and not _attempt(partial(listener.tell, missed), errors):
                self.leave(listener)
                _attempt(listener.fail, errors)
            yield max(1, len(missed.events)) if isinstance(missed, Missed) else 1
        group.place = goal


def _attempt(step: Callable[[], None], errors: list[Exception]) -> bool:
    """Whether something went well; what was raised is kept."""
    try:
        step()
    except Exception as error:  # noqa: BLE001 - a bug of one listener must not keep the others from being told
        errors.append(error)
        return False
    return True
