"""One listener to the feed over a connection that stays open: a WebSocket, or an event stream.

What a client says goes to whom the session was given, with the session's own words beside; here nothing is known of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.errors import Problem, ServerError
from mockserver.messages import Json
from mockserver.query.caller import Caller
from mockserver.realtime.asking import Asked, place_of
from mockserver.realtime.close_code import fit_reason, reconnects
from mockserver.realtime.command import Word
from mockserver.realtime.event import Kind
from mockserver.realtime.seat import Seat
from mockserver.realtime.session import Wire
from mockserver.realtime.subscription import NOTHING, Subscription
from mockserver.realtime.system import PING, SUBSCRIBE, UNSUBSCRIBE, Resumed, bye, gap, hello, ping
from mockserver.realtime.witness import Loss, Nobody, Resumption, Witness
from mockserver.store.event import Event
from mockserver.store.feed import Gap, Missed, Place

_MANY: Final = 20
"""So many events at once are played to a client as it reads."""


class FeedSession:
    """Says hello, then what was missed, then whatever happens: each event once, and in order."""

    __slots__ = (
        "_asked", "_caller", "_later", "_seat", "_stamp", "_subscription", "_telling", "_wire", "place", "witness",
    )  # fmt: skip

    def __init__(self, seat: Seat, caller: Caller, asked: Asked) -> None:
        self._seat = seat
        self._caller = caller
        self._stamp: object = seat.stamp()
        self._asked = asked
        self._subscription: Subscription = asked.subscription
        self._telling = seat.telling()
        self._wire: Wire | None = None
        self._later: list[Callable[[Wire], None]] = []
        self.place = seat.audience.feed.place
        self.witness: Witness = Nobody()

    @property
    def name(self) -> str:
        """Which window of the feed it is."""
        return self._seat.name

    @property
    def user(self) -> str:
        """Who listens, empty for nobody."""
        return "" if self._caller.user is None else self._caller.user.name

    @property
    def topics(self) -> frozenset[str] | None:
        """The topics listened to, nothing for all."""
        return self._subscription.topics

    @property
    def since(self) -> Place:
        """The place it was asked to go on from; the present one where none was."""
        return place_of(self._asked.since, self._seat.audience.feed) or self.place

    @property
    def rooms(self) -> Collection[str]:
        """The topics that were named."""
        return sorted(self.topics or ())

    def open(self, wire: Wire) -> None:
        """Greet, and tell what was missed or that it can't be told."""
        feed, since = self._seat.audience.feed, self._asked.since
        self._wire, self.place = wire, feed.place
        if not self._is_admitted():
            return
        asked = place_of(since, feed)
        found = None if asked is None else feed.since(asked, self.topics)
        if isinstance(found, Gap):
            self._greet(wire, Resumed(str(self.place), None), "")
            self._tell_gap(wire, replace(found, asked=since))
        else:
            self._go_on(asked or self.place, self._subscription)
            told = [] if found is None else self._judged(found.events, self._subscription)
            resumed = Resumed(str(self.place), None) if asked is None else Resumed(str(asked), len(told))
            self._greet(wire, resumed, resumed.at)
            self._replay(wire, told)
        self._seat.audience.join(self)

    def attach(self, wire: Wire) -> None:
        """Take the connection without a word; what is subscribed to later is told from then on."""
        self._wire, self.place = wire, self._seat.audience.feed.place
        self._seat.audience.join(self)

    def receive(self, message: str | bytes) -> None:
        """Answer; what the answer announces comes behind it, to whom it has made of the listener."""
        frame = self._seat.answer(message, self._words())
        later, self._later = self._later, []
        wire = self._wire
        if wire is None:
            return
        if frame is not None:
            wire.send(frame)
        if self._is_admitted():
            for say in later:
                say(wire)

    def beat(self) -> None:
        """Give a sign of life to somebody who may still listen."""
        # That a login has ended by time no stamp says.
        self._stamp = None
        if self._wire is not None and self._is_admitted():
            self._wire.send(ping(self._seat.audience.place_of(self)))

    def farewell(self) -> None:
        """Announce a planned end, after which the client is to come back."""
        if self._wire is not None:
            self._wire.send(bye(reconnect=True))

    def end(self) -> None:
        """Listen no more."""
        self._wire = None
        self._seat.audience.leave(self)
        # It knows of us, and all of this is to go at once.
        self.witness = Nobody()

    def tell(self, found: Missed | Gap) -> None:
        """Pass on what happened, or that it can't be told."""
        if self._wire is None or not self._is_admitted():
            return
        self.place, writer = found.place, self._telling.writer
        if isinstance(found, Gap):
            self._tell_gap(self._wire, found)
            return
        told = self._judged(found.events, self._subscription)
        if len(told) > _MANY:
            # At once they could be more than may wait for somebody, however fast they read.
            self._replay(self._wire, told)
            return
        for event, kind in told:
            self._wire.send(writer.frame(event, kind))

    def fail(self) -> None:
        """Send the listener away, to come back at its place: what it was to be told could not be."""
        self._dismiss(ServerError("What happened could not be told."))

    def subscribe(self, data: Mapping[str, Json]) -> dict[str, Json]:
        """Listen to more, from a place on where one is named. *Raises* `Problem`."""
        self._keep_up()
        asked = self._telling.reader.subscribing(data)
        subscription = self._subscription.plus(asked.subscription)
        feed = self._seat.audience.feed
        place = place_of(asked.since, feed)
        found = None if place is None else feed.since(place, asked.subscription.topics)
        told = self._judged(found.events, asked.subscription) if isinstance(found, Missed) else []
        self._turn_to(subscription)
        if isinstance(found, Gap):
            self._later.append(partial(self._tell_gap, found=replace(found, asked=asked.since)))
        else:
            self._go_on(place or self.place, asked.subscription)
            self._later.append(partial(self._replay, told=told))
        is_resumed = isinstance(found, Missed)
        resumed = Resumed(str(place), len(told)) if is_resumed else Resumed(str(self.place), None)
        return {**resumed.told(), "topics": self._shown()}

    def unsubscribe(self, data: Mapping[str, Json]) -> dict[str, Json]:
        """Listen to less, to nothing where no topics are named. *Raises* `Problem`."""
        self._keep_up()
        topics = self._telling.reader.unsubscribing(data)
        self._turn_to(NOTHING if topics is None else self._subscription.minus(topics))
        return {"at": str(self.place), "topics": self._shown()}

    def pong(self, data: Mapping[str, Json]) -> dict[str, Json]:
        """Say how far it has come."""
        del data
        return {"at": str(self._seat.audience.place_of(self))}

    def _words(self) -> Mapping[str, Word]:
        return {SUBSCRIBE: self.subscribe, UNSUBSCRIBE: self.unsubscribe, PING: self.pong}

    def _shown(self) -> Json:
        topics = self.topics
        return None if topics is None else [*sorted(topics)]

    def _turn_to(self, subscription: Subscription) -> None:
        """Want something else from here on; what happened before is told as it was wanted then."""
        audience = self._seat.audience
        audience.catch_up(self)
        self._subscription, self.place = subscription, audience.feed.place
        if self._wire is not None:
            audience.join(self)

    def _greet(self, wire: Wire, resumed: Resumed, cursor: str) -> None:
        wire.send(hello(self._telling.pace, resumed, self.topics, cursor))

    def _tell_gap(self, wire: Wire, found: Gap) -> None:
        # Who wants nothing has lost nothing.
        if self.topics != NOTHING.topics:
            paths = self._telling.writer.paths(self.topics)
            self.witness.lose(Loss(self.topics, found, paths, partial(self._mine, self._subscription)))
            wire.send(gap(found, [*paths.values()]))

    def _go_on(self, place: Place, subscription: Subscription) -> None:
        self.witness.resume(Resumption(subscription.topics, place, partial(self._mine, subscription)))

    def _mine(self, subscription: Subscription, events: Iterable[Event]) -> Sequence[Event]:
        return [event for event, _ in self._judged(events, subscription)]

    def _judge(self, event: Event, subscription: Subscription) -> Kind | None:
        test = subscription.test(event.topic)
        return None if test is None else self._telling.writer.judge(event, self._caller.sees, test)

    def _judged(self, events: Iterable[Event], subscription: Subscription) -> list[tuple[Event, Kind]]:
        """The events that are for this listener, with what they are to it."""
        return [(event, kind) for event in events if (kind := self._judge(event, subscription)) is not None]

    def _replay(self, wire: Wire, told: Sequence[tuple[Event, Kind]]) -> None:
        if told:
            writer = self._telling.writer
            wire.play(writer.frame(event, kind) for event, kind in told)

    def _keep_up(self) -> None:
        """Go by who listens now, and by how it is told now. *Raises* `Problem` for who may not listen any more."""
        stamp = self._seat.stamp()
        if stamp != self._stamp:
            self._caller, self._telling = self._seat.readmit(), self._seat.telling()
            self._stamp = stamp

    def _is_admitted(self) -> bool:
        """Whether the listener may go on; who may not is sent away."""
        try:
            self._keep_up()
        except Problem as problem:
            self._dismiss(problem)
            return False
        return True

    def _dismiss(self, problem: Problem) -> None:
        wire, self._wire = self._wire, None
        self._seat.audience.leave(self)
        if wire is not None:
            wire.send(bye(reconnect=reconnects(problem.close_code), message=problem.detail))
            wire.close(problem.close_code, fit_reason(problem.title))
