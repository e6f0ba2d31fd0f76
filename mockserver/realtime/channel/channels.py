"""All channels of one sandbox at work: lets clients in, tells them of changes, and keeps time.

What changes is here; what channels are is declared, and may be declared anew while clients are connected.
"""

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import Forbidden, Problem, Unauthenticated, UnknownPath
from mockserver.messages import Request
from mockserver.query.caller import Caller
from mockserver.realtime.channel.agenda import Agenda
from mockserver.realtime.channel.channel import ChangePush, Channel, places_of
from mockserver.realtime.channel.floor import Floor
from mockserver.realtime.channel.hall import Hall
from mockserver.realtime.channel.house import Guest, House
from mockserver.realtime.channel.news import News
from mockserver.realtime.channel.said import Said
from mockserver.realtime.channel.session import ChannelSession
from mockserver.realtime.channel.turn import Turn, visit_of
from mockserver.realtime.close_code import SERVICE_RESTART
from mockserver.realtime.session import Opening
from mockserver.store.change import Change
from mockserver.store.feed import Feed, Gap

_MOST_KEYS: Final = 10_000
_FAILURES: Final = 20
_TURN: Final = 100
"""So many clients are told before others have their turn."""


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
            elif channel.section != before[member.channel].section:
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

    def _find(self, request: Request) -> tuple[Channel, Mapping[str, str]] | None:
        if not self._places:
            return None
        segments = request.segments()
        for pattern, channel in self._places:
            if not channel.is_stream and (parameters := pattern.match(segments)) is not None:
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
        caller, refusal = _identify(house.floor, request)
        visit = visit_of(request, parameters, caller, request.target, 0)
        if channel.key is not None:
            key = channel.key.text(Turn(ChannelSession(house, channel.name, visit), "key"))
            visit = replace(visit, key=key)
        visit = replace(visit, attempt=self._count(channel.name, visit.key))
        session = ChannelSession(house, channel.name, visit, self._resumed(channel, request))
        _check(channel, session, refusal)
        section = channel.section
        return Opening(
            session, channel.beat_s, tuple(section.subprotocols), section.deflate, section.max_message
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
        life, _, number = request.headers.get("last-event-id", "").rpartition(".")
        if not channel.is_stream or life != self._hall.life or not number.isdecimal() or len(number) > 15:
            return None
        return int(number)

    def deliver(self) -> Iterator[None]:
        """Tell clients what has changed since the last time; stops now and then, for others to have their turn."""
        if self._is_delivering:
            return
        self._is_delivering = True
        try:
            while self._place != self._feed.place:
                yield from self._deliver_news()
        finally:
            self._is_delivering = False

    def _deliver_news(self) -> Iterator[None]:
        house = self._house
        topics = {name for one in self._channels.values() for push in one.on_change for name in push.changes}
        found = self._feed.since(self._place, topics)
        is_new_life = self._place.epoch != found.place.epoch
        self._place = found.place
        if isinstance(found, Gap):
            if house is not None and not is_new_life and topics:
                self.failures.append("Channels could not be told of all changes: there were too many at once.")
            return
        for event in found.events:
            if house is not None and isinstance(event.content, Change):
                yield from self._tell(house, News(event, event.content, house.floor.reading))

    def _tell(self, house: House, news: News) -> Iterator[None]:
        told = 0
        for channel in tuple(house.channels.values()):
            for push in channel.on_change:
                if news.resource not in push.changes:
                    continue
                cursor = ""
                if channel.replayed:
                    recall = partial(_recall, push, news)
                    number = self._hall.hold(channel.name, None, channel.held(in_room=False), recall)
                    cursor = house.cursor(channel, number)
                for member in self._hall.members(channel.name):
                    member.tell(push, news, cursor)
                    told += 1
                    if told % _TURN == 0:
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


def _recall(push: ChangePush, news: News, member: Guest) -> Sequence[Said]:
    return member.recall(push, news)


def _identify(floor: Floor, request: Request) -> tuple[Caller, Unauthenticated | None]:
    """Who is asking, and what somebody is told who would have to be logged in and is not."""
    try:
        return floor.gate.identify(request), None
    except Unauthenticated as refusal:
        return floor.gate.visitor(), refusal


def _check(channel: Channel, session: ChannelSession, refusal: Unauthenticated | None) -> None:
    """*Raises* `Problem` where a client is not let in: by the channel's own words, or for who it is."""
    turn = Turn(session, "refuse")
    for one in channel.refusals:
        problem: Problem | None = one.problem(turn)
        if problem is not None:
            raise problem
    if channel.section.auth is False:
        return
    if refusal is not None:
        raise refusal
    user, roles = session.visit.caller.user, channel.section.roles
    if roles and (user is None or set(roles).isdisjoint(user.roles)):
        raise Forbidden(f"You may not come in here: it is for {' or '.join(roles)}.")
