"""One channel, ready to run: what it is made of once its section has been checked. Never changes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import Problem, ServerError, problem_of
from mockserver.formula.formula import Formula
from mockserver.formula.header import header_values
from mockserver.realtime.channel.effect import Effect
from mockserver.realtime.channel.section import MOST_REPLAYED, ChannelSection
from mockserver.realtime.channel.span import Span
from mockserver.realtime.channel.turn import Turn


@dataclass(frozen=True, slots=True)
class Rule:
    """Effects in their order, for where `when` holds; `sayings` are those that tell this client something."""

    when: Formula | None
    event: Formula | None
    effects: tuple[Effect, ...]
    sayings: tuple[Effect, ...]

    def steps(self, turn: Turn) -> Iterator[float]:
        """Do it, stopping for the seconds that are to be waited. *Raises* `Problem`."""
        if not self._begins(turn):
            return
        for effect in self.effects:
            pause_s = effect.act(turn)
            if pause_s is not None:
                yield pause_s

    def say(self, turn: Turn) -> None:
        """Only tell what it tells. *Raises* `Problem`."""
        if self._begins(turn):
            for saying in self.sayings:
                saying.act(turn)

    def _begins(self, turn: Turn) -> bool:
        if self.when is not None and not self.when.holds(turn):
            return False
        turn.event = "" if self.event is None else self.event.text(turn)
        return True


@dataclass(frozen=True, slots=True)
class ChangePush:
    """What is pushed when documents of these resources change: the actions of each."""

    changes: Mapping[str, frozenset[str]]
    rule: Rule


@dataclass(frozen=True, slots=True)
class TimerPush:
    """What is pushed every so often: so many `times`, or without end. `number` is its place in the section."""

    number: int
    every: Span
    after: Span
    times: int | None
    rule: Rule


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason to turn clients away."""

    when: Formula | None
    status: Formula
    message: Formula
    headers: Mapping[str, Formula]
    retry_after: int | None

    def problem(self, turn: Turn) -> Problem | None:
        """The problem, where it holds. *Raises* `ServerError`."""
        if self.when is not None and not self.when.holds(turn):
            return None
        status = self.status.value(turn)
        if not isinstance(status, int) or not 400 <= status <= 599:
            raise ServerError(f"{self.status.place}: gives the status {status!r}, which is none from 400 to 599.")
        headers = dict(header_values(self.headers, turn))
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return problem_of(status, self.message.text(turn), (), headers, "")


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `key` is what clients are counted by; `beat` is what its heartbeat says, if anything."""

    name: str
    section: ChannelSection
    refusals: tuple[Refusal, ...]
    key: Formula | None
    beat_s: float
    beat: Rule | None
    opening: tuple[Rule, ...]
    receiving: tuple[Rule, ...]
    on_change: tuple[ChangePush, ...]
    on_timer: tuple[TimerPush, ...]

    @property
    def path(self) -> RoutePattern:
        """Where it stands, also below each prefix."""
        return self.section.path

    @property
    def is_stream(self) -> bool:
        """Whether it is an event stream, and no socket."""
        return self.section.kind == "sse"

    @property
    def replayed(self) -> int:
        """How many of its latest messages those who come are told first."""
        return self.section.replayed

    def held(self, *, in_room: bool) -> int:
        """How many are kept for that: of changes more, as not every one of them is for everybody."""
        return self.replayed if in_room or not self.on_change else MOST_REPLAYED


def places_of(path: RoutePattern, prefixes: Sequence[str]) -> list[tuple[str, ...]]:
    """The steps of every address that a channel has: its own path, and below each prefix."""
    below = (tuple(prefix.split("/")[1:]) for prefix in prefixes)
    return list(dict.fromkeys((path.steps, *((*prefix, *path.steps) for prefix in below))))
