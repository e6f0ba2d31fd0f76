"""One client of a channel: who it is, its memory, its rooms, and all that is done for it and by it."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Final

from mockserver.errors import Problem, ServerError
from mockserver.formula.scope import Reading
from mockserver.generation.seeding import Stream, Streams
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.channel.channel import ChangePush, Channel, TimerPush
from mockserver.realtime.channel.clockwork import Clockwork
from mockserver.realtime.channel.house import House
from mockserver.realtime.channel.identity import Identity
from mockserver.realtime.channel.line import Visit
from mockserver.realtime.channel.memory import Memory
from mockserver.realtime.channel.news import News
from mockserver.realtime.channel.player import Player
from mockserver.realtime.channel.rule import Rule
from mockserver.realtime.channel.said import Said, said_json
from mockserver.realtime.channel.speaker import Speaker
from mockserver.realtime.channel.turn import Turn
from mockserver.realtime.channel.utterance import Utterance
from mockserver.realtime.channel.voice import Voice
from mockserver.realtime.close_code import SERVICE_RESTART, fit_reason
from mockserver.realtime.command import CommandLine
from mockserver.realtime.session import Message, Wire

_MOST_ROOMS: Final = 1000


class Client:
    """One of them, in a channel that is looked up by its name each time: it may change meanwhile."""

    __slots__ = (
        "_house", "_memory", "_player", "_resumed", "_speaker", "_streams", "_timers", "_voice", "channel", "count",
        "is_over", "rooms", "visit",
    )  # fmt: skip

    def __init__(
        self, house: House, channel: str, visit: Visit, identity: Identity, resumed: int | None = None
    ) -> None:  # fmt: skip
        self.channel = channel
        self.visit = visit
        self.count = 0
        self.rooms: dict[str, None] = {}
        self.is_over = False
        self._house = house
        self._speaker = Speaker(lambda: house.floor, visit.request, identity)
        self._memory = Memory()
        self._voice = Voice()
        self._resumed = resumed
        self._streams: Streams | None = None
        self._timers = Clockwork(house.agenda, self.draws, self._tick)
        self._player = Player(house, self)

    @property
    def name(self) -> str:
        """What it is."""
        return f"channel {self.channel}"

    @property
    def identity(self) -> Identity:
        """Who it is, by now."""
        return self._speaker.identity

    @property
    def reading(self) -> Reading:
        """Finds documents."""
        return self._house.floor.reading

    def draws(self, label: str) -> Callable[[], Stream]:
        """Seeded random numbers: a function of channel, key, attempt and label."""
        if self._streams is None:
            self._streams = Streams(self._house.floor.seed, "channels", self.channel, self.visit.key)
        return partial(self._streams.at, f"{self.visit.attempt}/{label}".encode())

    # Who it is.

    def is_admitted(self) -> bool:
        """Whether the client may be here, whoever it is by now; who may not is sent away."""
        return self.admitted() is not None

    def admitted(self) -> Channel | None:
        """The channel as it is now, to a client that may be here."""
        channel = self._house.channels.get(self.channel)
        if channel is None or self.is_over:
            return None
        # Without heartbeats nobody else would notice that a login is over.
        if self._speaker.may_be_another or not channel.beat_s:
            return self.looked_at()
        return channel

    def looked_at(self) -> Channel | None:
        """The channel as it is now, to a client that may be here when it is looked at anew."""
        channel = self._house.channels.get(self.channel)
        if channel is None or self.is_over:
            return None
        try:
            channel.verify(self._speaker.look())
        except Problem as problem:
            self.close(problem.close_code, fit_reason(problem.detail))
            return None
        return channel

    # What the connection tells.

    @property
    def commands(self) -> CommandLine:
        """Its requests to the API."""
        return self._speaker.commands

    def begin(self, wire: Wire) -> None:
        """The connection stands; where the channel is gone meanwhile, for no longer than to say so."""
        self._voice.begin(wire)
        if self.channel not in self._house.channels:
            self.close(SERVICE_RESTART, "There is no such channel any more.")

    def enter(self, channel: Channel) -> None:
        """Be among the others from now on."""
        self._house.hall.enter(self)
        self._catch_up("")
        self._timers.wind_up(channel.on_timer)

    def play(self, rules: Iterable[Rule], turn: Turn) -> None:
        """Do what rules say."""
        self._player.play(rules, turn)

    def send(self, message: Message) -> None:
        """Send a message behind all that was said to several before."""
        self._house.rounds.settle(self)
        self.hear(message)

    def go(self) -> None:
        """Let go of everything."""
        if self.is_over:
            return
        self.is_over = True
        self._voice.fall_silent()
        self._timers.stop()
        self._player.stop()
        self._house.hall.go(self, self.rooms)
        self.rooms.clear()

    # What the house tells.

    def hear(self, message: Message) -> None:
        """Be sent a message at once, whatever else is on its way."""
        self._voice.send(message)

    def fail(self, problem: Problem) -> None:
        """Tell of something that could not be done; the connection stays."""
        self._house.note(self, problem)
        self.send(said_json({"error": problem.detail}))

    def renew(self, channel: Channel) -> None:
        """Go by a channel that has changed: its timers begin anew."""
        self._timers.wind_up(channel.on_timer)

    def tell(self, push: ChangePush, news: News, cursor: str) -> None:
        """Push a change, as far as it is for this client."""
        turn = self._turn_of(push, news) if self.is_admitted() else None
        if turn is not None:
            turn.cursor, turn.chain = cursor, news.chain
            self._player.play((push.rule,), turn)

    def recall(self, push: ChangePush, news: News) -> Sequence[Said]:
        """What a change that was pushed to others would have been here. Says nothing yet."""
        turn = self._turn_of(push, news)
        if turn is None:
            return ()
        return self._voice.keep(partial(self._recall, push.rule, turn))

    def _recall(self, rule: Rule, turn: Turn) -> None:
        try:
            rule.say(turn)
        except Problem as problem:
            self._house.note(self, problem)

    def _turn_of(self, push: ChangePush, news: News) -> Turn | None:
        """What a change is to this client; its moment is when it happened."""
        seen = news.seen(self.identity.caller.sees, self.reading.store)
        if seen is None or seen[0] not in push.changes.get(news.resource, ()):
            return None
        return Turn(self, f"e{news.event.offset}", moment=news.event.moment, **seen[1])

    # What effects do.

    def ask(self, request: Request) -> Reply:
        """The answer to a request, made as who this is."""
        return self._speaker.ask(request)

    def say(self, said: Said) -> None:
        """Send a message; while something is recalled, keep it."""
        if not self._voice.keeps(said):
            self.send(said)

    @property
    def state(self) -> Mapping[str, Json]:
        """What it remembers."""
        return self._memory.values

    def keep(self, name: str, value: Json) -> None:
        """Remember a value; null forgets it. *Raises* `ServerError` for more than is kept."""
        self._memory.keep(name, value)

    def join(self, room: str) -> None:
        """Come into a room. *Raises* `ServerError` for one too many."""
        if room in self.rooms or self.is_over:
            return
        if len(self.rooms) >= _MOST_ROOMS:
            raise ServerError(f"A connection can be in {_MOST_ROOMS} rooms at most.")
        self.rooms[room] = None
        self._house.hall.join(self, room)
        self._catch_up(room)

    def leave(self, room: str) -> None:
        """Leave a room."""
        if room in self.rooms:
            del self.rooms[room]
            self._house.hall.leave(self, room)

    def publish(self, rooms: Collection[str] | None, utterance: Utterance, *, others: bool) -> None:
        """Say something to everybody in these rooms."""
        self._house.publish(self, rooms, utterance, others=others)

    def close(self, code: int, reason: str) -> None:
        """End it in order."""
        self._end(lambda wire: wire.close(code, reason))

    def drop(self) -> None:
        """End it without a word."""
        self._end(lambda wire: wire.drop())

    def reset(self) -> None:
        """Break it off."""
        self._end(lambda wire: wire.reset())

    def stall(self) -> None:
        """Go silent."""
        self._end(lambda wire: wire.stall())

    def _end(self, ending: Callable[[Wire], None]) -> None:
        if not self.is_over:
            self._house.rounds.settle(self)
            self._voice.end(ending)
        self.go()

    # How it goes on.

    def _catch_up(self, room: str) -> None:
        """Say again what was said lately in a room, or to all."""
        found = self._house.latest(self, room, self._resumed)
        if found:
            self._house.rounds.settle(self)
            self._voice.play(found)

    def _tick(self, push: TimerPush, number: int, due_s: float) -> bool:
        """A timer's tick; whether there may be more of them."""
        self._house.attend(self, partial(self._play_tick, push, number, due_s))
        return not self.is_over

    def _play_tick(self, push: TimerPush, number: int, due_s: float) -> None:
        if self.is_admitted():
            turn = Turn(self, f"t{push.number}/{number}", moment=self._player.moment(due_s), tick=number)
            self._player.play((push.rule,), turn, due_s)
