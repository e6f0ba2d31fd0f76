"""One conversation of a channel: its memory, its rooms, what it waits for. What it says and does is the channel's."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from mockserver.errors import Problem, ServerError
from mockserver.formula.scope import Reading
from mockserver.generation.seeding import Stream, Streams
from mockserver.messages import Json, Reply, Request
from mockserver.realtime.channel.channel import ChangePush, Channel, Rule, TimerPush
from mockserver.realtime.channel.clockwork import Clockwork
from mockserver.realtime.channel.delays import Delays
from mockserver.realtime.channel.house import House
from mockserver.realtime.channel.memory import Memory
from mockserver.realtime.channel.news import News
from mockserver.realtime.channel.said import BREATH, Said, said_json
from mockserver.realtime.channel.turn import Line, Turn, Visit
from mockserver.realtime.close_code import SERVICE_RESTART
from mockserver.realtime.command import CommandLine
from mockserver.realtime.session import Message, Wire

_MOST_ROOMS: Final = 1000


_Steps: TypeAlias = Iterator[float]


class ChannelSession:
    """One client of one channel, whose rules are looked up by its name each time: they may change meanwhile."""

    __slots__ = (
        "_captured", "_commands", "_delays", "_house", "_is_over", "_memory", "_resumed", "_streams", "_timers",
        "_wire", "channel", "count", "rooms", "visit",
    )  # fmt: skip

    def __init__(self, house: House, channel: str, visit: Visit, resumed: int | None = None) -> None:
        self.channel = channel
        self.visit = visit
        self.count = 0
        self.rooms: dict[str, None] = {}
        self._house = house
        self._memory = Memory()
        self._wire: Wire | None = None
        self._is_over = False
        self._resumed = resumed
        self._streams: Streams | None = None
        self._commands: CommandLine | None = None
        self._timers = Clockwork(house.agenda, self.stream, self._tick)
        self._delays = Delays(house.agenda)
        self._captured: list[Said] | None = None

    @property
    def name(self) -> str:
        """What it is."""
        return f"channel {self.channel}"

    @property
    def user(self) -> str:
        """Who it is with."""
        user = self.visit.caller.user
        return "" if user is None else user.name

    @property
    def reading(self) -> Reading:
        """Finds documents."""
        return self._house.floor.reading

    def stream(self, label: str) -> Stream:
        """Seeded random numbers: a function of channel, key, attempt and label."""
        if self._streams is None:
            self._streams = Streams(self._house.floor.seed, "channels", self.channel, self.visit.key)
        return self._streams.at(f"{self.visit.attempt}/{label}".encode())

    # What the connection tells.

    def open(self, wire: Wire) -> None:
        """The connection stands."""
        self._wire = wire
        channel = self._house.channels.get(self.channel)
        if channel is None:
            self.close(SERVICE_RESTART, "There is no such channel any more.")
            return
        self._house.hall.enter(self)
        self._catch_up("")
        self._timers.wind_up(channel.on_timer)
        self._play(channel.opening, Turn(self, "open"))

    def receive(self, message: str | bytes) -> None:
        """A message came."""
        channel = self._house.channels.get(self.channel)
        if channel is None or self._is_over:
            return
        self.count += 1
        turn = Turn(self, f"m{self.count}", message)
        if channel.section.commands and isinstance(message, str):
            answer = self.commands.answer(message, {})
            if answer.frame is not None:
                self.hear(answer.frame)
            turn.learn("reply", {**answer.body})
        self._play(channel.receiving, turn)

    def beat(self) -> None:
        """The heartbeat is due."""
        channel = self._house.channels.get(self.channel)
        if channel is None or self._is_over:
            return
        if channel.beat is not None:
            self._play((channel.beat,), Turn(self, "beat"))
        elif channel.is_stream:
            self.hear(BREATH)

    def farewell(self) -> None:
        """Nothing: what a channel says is its definition's alone."""

    def end(self) -> None:
        """The connection is gone."""
        self._finish()

    # What the house tells.

    def hear(self, message: Message) -> None:
        """Be sent a message."""
        if self._wire is not None and not self._is_over:
            self._wire.send(message)

    def fail(self, problem: Problem) -> None:
        """Tell of something that could not be done; the connection stays."""
        self._house.note(self, problem)
        self.hear(said_json({"error": problem.detail}))

    def renew(self, channel: Channel) -> None:
        """Go by a channel that has changed: its timers begin anew."""
        self._timers.wind_up(channel.on_timer)

    def tell(self, push: ChangePush, news: News, cursor: str) -> None:
        """Push a change, as far as it is for this client."""
        turn = self._turn_of(push, news, cursor)
        if turn is not None:
            self._play((push.rule,), turn)

    def recall(self, push: ChangePush, news: News) -> Sequence[Said]:
        """What a change that was pushed to others would have been here. Says nothing yet."""
        turn = self._turn_of(push, news, "")
        if turn is None:
            return ()
        captured = self._captured = list[Said]()
        try:
            push.rule.say(turn)
        except Problem as problem:
            self._house.note(self, problem)
        finally:
            self._captured = None
        return captured

    def _turn_of(self, push: ChangePush, news: News, cursor: str) -> Turn | None:
        if self._is_over:
            return None
        seen = news.seen(self.visit.caller.sees)
        if seen is None or seen[0] not in push.changes.get(news.resource, ()):
            return None
        turn = Turn(self, f"e{news.event.offset}", moment=None, **seen[1])
        turn.cursor = cursor
        return turn

    # What effects do.

    @property
    def commands(self) -> CommandLine:
        """Its requests to the API."""
        if self._commands is None:
            self._commands = CommandLine(self._house.floor.desk, self.visit.request)
        return self._commands

    def ask(self, request: Request) -> Reply:
        """The answer to a request, made as who this is with."""
        return self.commands.ask(replace(request, headers={**self.commands.headers, **request.headers}))

    def say(self, said: Said) -> None:
        """Send a message; while something is recalled, keep it."""
        if self._captured is not None:
            self._captured.append(said)
        else:
            self.hear(said)

    @property
    def state(self) -> Mapping[str, Json]:
        """What it remembers."""
        return self._memory.values

    def keep(self, name: str, value: Json) -> None:
        """Remember a value; null forgets it. *Raises* `ServerError` for more than is kept."""
        self._memory.keep(name, value)

    def join(self, room: str) -> None:
        """Come into a room. *Raises* `ServerError` for one too many."""
        if room in self.rooms or self._is_over:
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

    def publish(self, rooms: Collection[str] | None, saying: Callable[[Line], Said], *, others: bool) -> None:
        """Say something to everybody in these rooms."""
        self._house.publish(self, rooms, saying, others=others)

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
        if not self._is_over and self._wire is not None:
            ending(self._wire)
        self._finish()

    # How it goes on.

    def _play(self, rules: Iterable[Rule], turn: Turn, since_s: float | None = None) -> None:
        self._go_on(self._steps(rules, turn), turn, since_s)

    def _steps(self, rules: Iterable[Rule], turn: Turn) -> _Steps:
        """All that rules do, one after the other, stopping for the seconds to be waited."""
        for rule in rules:
            try:
                yield from rule.steps(turn)
            except Problem as problem:
                self.fail(problem)
            if self._is_over:
                return

    def _go_on(self, steps: _Steps, turn: Turn, since_s: float | None) -> None:
        """Do what can be done now, and the rest when it is due."""
        pause_s = next(steps, None)
        if pause_s is None:
            return

        def resume(due_s: float) -> None:
            turn.move(self._moment(due_s))
            self._go_on(steps, turn, due_s)

        try:
            self._delays.put_off((self._house.agenda.now_s if since_s is None else since_s) + pause_s, resume)
        except Problem as problem:
            self.fail(problem)

    def _moment(self, due_s: float) -> datetime:
        """When something was due, by the clock that is shown."""
        late_s = max(0.0, self._house.agenda.now_s - due_s)
        return self.reading.store.now() - timedelta(seconds=late_s)

    def _catch_up(self, room: str) -> None:
        """Say again what was said lately in a room, or to all."""
        found = self._house.latest(self, room, self._resumed)
        if found and self._wire is not None:
            self._wire.play(found)

    def _tick(self, push: TimerPush, number: int, due_s: float) -> bool:
        """A timer's tick; whether there may be more of them."""
        turn = Turn(self, f"t{push.number}/{number}", moment=self._moment(due_s), tick=number)
        self._play((push.rule,), turn, due_s)
        return not self._is_over

    def _finish(self) -> None:
        """Let go of everything."""
        if self._is_over:
            return
        self._is_over = True
        self._timers.stop()
        self._delays.call_off()
        self._house.hall.go(self, self.rooms)
        self.rooms.clear()
