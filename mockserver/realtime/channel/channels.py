"""All channels of one sandbox at work: lets clients in, tells them of changes, and keeps time.

What changes is here; what channels are is declared, and may be declared anew while clients are connected.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.agenda import Agenda
from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import UnknownPath
from mockserver.messages import Request
from mockserver.realtime.channel.chain import Chains
from mockserver.realtime.channel.channel import Channel, places_of
from mockserver.realtime.channel.client import Client
from mockserver.realtime.channel.cursor import read_cursor
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.hall import Hall
from mockserver.realtime.channel.house import Guest, House
from mockserver.realtime.channel.identity import identify
from mockserver.realtime.channel.line import visit_of
from mockserver.realtime.channel.news import News
from mockserver.realtime.channel.session import ChannelSession
from mockserver.realtime.channel.turn import Turn
from mockserver.realtime.close_code import SERVICE_RESTART
from mockserver.realtime.session import Opening
from mockserver.store.change import Change
from mockserver.store.feed import Feed, Gap

_MOST_KEYS: Final = 10_000
_FAILURES: Final = 20
_CIRCLE: Final = "What pushes do about {} is pushed again and again: here it was left alone."
_TURN: Final = 100
"""So often a client is told of a change before others have their turn."""


class Channels:
    """The channels of a sandbox over its feed and clock; `elapsed` are the seconds that this shows.

    `failures` are sentences about what went wrong in the rules of a definition lately.
    """

    def __init__(self, feed: Feed, elapsed: Callable[[], float]) -> None:
        self._feed = feed
        self._place = feed.place
        self._attempts: OrderedDict[tuple[str, str], int] = OrderedDict()
        self._hall: Hall[Guest] = Hall()
        self._agenda = Agenda(elapsed)
        self._house: House | None = None
        self.failures: deque[str] = deque(maxlen=_FAILURES)
        self._places: list[tuple[RoutePattern, Channel]] = []
        self._is_delivering = False
        self._told = 0
        self._chains = Chains()

    def __len__(self) -> int:
        return len(self._hall)

    def declare(self, channels: Sequence[Channel], floor: Floor) -> None:
        """Go by these channels from now on; clients of those that are gone are sent away, to come back."""
        before = self._channels
        now = {channel.name: channel for channel in channels}
        if self._house is None:
            self._house = House(floor, now, self._hall, self._agenda, self.failures)
        self._house.floor, self._house.channels = floor, now
        self._places = sorted(
            ((RoutePattern("GET", place), one) for one in channels for place in places_of(one.path, floor.prefixes)),
            key=lambda pair: pair[0].specificity,
        )
        for member in self._hall:
            channel = now.get(member.channel)
            if channel is None or channel.is_stream != before[member.channel].is_stream:
                member.close(SERVICE_RESTART, "There is no such channel any more.")
            elif member.is_admitted() and channel.section != before[member.channel].section:
                member.renew(channel)

    def clear(self) -> None:
        """Forget who came and what was said; those who are connected stay."""
        self._attempts.clear()
        self._hall.forget()
        self.failures.clear()

    @property
    def _channels(self) -> Mapping[str, Channel]:
        return {} if self._house is None else self._house.channels

    @property
    def streams(self) -> Sequence[Channel]:
        """Those that are event streams."""
        return [one for one in self._channels.values() if one.is_stream]

    def find(self, request: Request) -> Channel | None:
        """The socket at the path of a request. *Raises* `BadRequest` for a path that can't be read."""
        found = self._find(request)
        return None if found is None else found[0]

    def find_stream(self, request: Request) -> Channel | None:
        """The event stream at the path of a request. *Raises* `BadRequest` for a path that can't be read."""
        found = self._find(request, is_stream=True)
        return None if found is None else found[0]

    def _find(self, request: Request, *, is_stream: bool = False) -> tuple[Channel, Mapping[str, str]] | None:
        if not self._places:
            return None
        segments = request.segments()
        for pattern, channel in self._places:
            if channel.is_stream is is_stream and (parameters := pattern.match(segments)) is not None:
                return channel, parameters
        return None

    def connect(self, request: Request) -> Opening:
        """The session of a handshake.

        *Raises* `UnknownPath` where there is no channel, and whatever the channel refuses clients with.
        """
        found = self._find(request)
        if found is None:
            raise UnknownPath(f"There is no socket at '{request.target}'.")
        return self.admit(found[0], request, found[1])

    def admit(self, channel: Channel, request: Request, parameters: Mapping[str, str]) -> Opening:
        """The session of a client that has found its channel. *Raises* `Problem` for one that is refused."""
        house = self._house
        assert house is not None  # noqa: S101 - a channel was found
        identity, section = identify(house.floor.gate, request), channel.section
        visit = visit_of(request, parameters, request.target, 0)
        if channel.key is not None:
            key = channel.key.text(Turn(Client(house, channel.name, visit, identity), "key"))
            visit = replace(visit, key=key)
        visit = replace(visit, attempt=self._count(channel.name, visit.key))
        client = Client(house, channel.name, visit, identity, self._resumed(channel, request))
        turn = Turn(client, "refuse")
        for refusal in channel.refusals:
            if (problem := refusal.problem(turn)) is not None:
                raise problem
        channel.verify(identity)
        return Opening(
            ChannelSession(client), channel.beat_s, tuple(section.subprotocols), section.deflate, section.max_message
        )  # fmt: skip

    def _count(self, channel: str, key: str) -> int:
        """How many have come with a key, this one included; of too many keys the longest unused is forgotten."""
        place = (channel, key)
        count = self._attempts[place] = self._attempts.pop(place, 0) + 1
        if len(self._attempts) > _MOST_KEYS:
            self._attempts.popitem(last=False)
        return count

    def _resumed(self, channel: Channel, request: Request) -> int | None:
        """The number of the last message that a client of a stream has seen, where it says so."""
        return read_cursor(request.headers.get("last-event-id", ""), self._hall.life) if channel.is_stream else None

    def deliver(self) -> Iterator[None]:
        """Tell clients what has changed since the last time; stops now and then, for others to have their turn."""
        if self._is_delivering:
            return
        self._is_delivering = True
        try:
            while self._place != self._feed.place:
                yield from self._deliver_news()
        finally:
            self._chains.clear()
            self._is_delivering = False

    def _note(self, failure: str) -> None:
        """Note a failure, once for as long as it is remembered."""
        if failure not in self.failures:
            self.failures.append(failure)

    def _deliver_news(self) -> Iterator[None]:
        house = self._house
        topics = {name for one in self._channels.values() for push in one.on_change for name in push.changes}
        found = self._feed.since(self._place, topics)
        is_new_life = self._place.epoch != found.place.epoch
        self._place = found.place
        if isinstance(found, Gap):
            self._chains.clear()
            if is_new_life:
                # Whoever is connected is told of all that has happened in it, though nobody had the turn before.
                self._place = self._feed.start
            elif house is not None and topics:
                self._note("Channels could not be told of all changes: there were too many at once.")
            return
        for event in found.events:
            chain = self._chains.take(event)
            if house is None or not isinstance(event.content, Change):
                continue
            if chain.is_endless:
                self._note(_CIRCLE.format(event.topic))
                continue
            yield from self._tell(house, News(event, event.content, house.floor.reading, chain))
            if chain.steps:
                # What pushes make of one another could otherwise keep everybody else waiting.
                yield

    def _tell(self, house: House, news: News) -> Iterator[None]:
        for channel in tuple(house.channels.values()):
            for push in channel.on_change:
                if news.resource not in push.changes:
                    continue
                cursor = house.hold(channel, push, news)
                for member in self._hall.members(channel.name):
                    house.attend(member, partial(member.tell, push, news, cursor))
                    self._told += 1
                    if self._told % _TURN == 0:
                        yield

    def hasten(self, notify: Callable[[], None]) -> None:
        """Call `notify` whenever something is due sooner than all that was known."""
        self._agenda.hasten = notify

    def advance(self) -> None:
        """Do what is due by now."""
        self._agenda.advance()

    def next_due_s(self) -> float | None:
        """In how many seconds something is due, at the earliest; nothing when nothing will be."""
        return self._agenda.next_due_s()
