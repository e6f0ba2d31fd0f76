"""One channel, ready to run: what it is made of once its section has been checked. Never changes."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import Forbidden, Problem, ServerError, problem_of
from mockserver.formula.formula import Formula
from mockserver.formula.header import header_values
from mockserver.realtime.channel.bound import LEAST_STATUS, MOST_REPLAYED, MOST_STATUS
from mockserver.realtime.channel.identity import Identity
from mockserver.realtime.channel.rule import Rule
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass

if TYPE_CHECKING:
    from mockserver.realtime.channel.section import ChannelSection
    from mockserver.realtime.channel.span import Span


@dataclass(frozen=True, slots=True)
class ChangePush:
    """What is pushed when documents of these resources change: the actions of each."""

    changes: Mapping[str, frozenset[str]]
    rule: Rule


@dataclass(frozen=True, slots=True)
class TimerPush:
    """What is pushed every so often: so many `times`, or without end. `number` is its place in the section."""

    number: int
    every: "Span"
    after: "Span"
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
        if not isinstance(status, int) or not LEAST_STATUS <= status <= MOST_STATUS:
            known = f"{LEAST_STATUS} to {MOST_STATUS}"
            raise ServerError(f"{self.status.place}: gives the status {status!r}, which is none from {known}.")
        headers = dict(header_values(self.headers, turn))
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        return problem_of(status, self.message.text(turn), (), headers, "")


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel. `key` is what clients are counted by; `beat` is what its heartbeat says, if anything."""

    name: str
    section: "ChannelSection"
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

    def verify(self, identity: Identity) -> None:
        """*Raises* `Unauthenticated` or `Forbidden` where it is not for somebody."""
        if self.section.auth is False:
            return
        if identity.refusal is not None:
            raise identity.refusal
        user, roles = identity.caller.user, self.section.roles
        if roles and (user is None or set(roles).isdisjoint(user.roles)):
            raise Forbidden(f"You may not come in here: it is for {' or '.join(roles)}.")

    def held(self, *, in_room: bool) -> int:
        """How many are kept for that: of changes more, as not every one of them is for everybody."""
        return self.replayed if in_room or not self.on_change else MOST_REPLAYED


def places_of(path: RoutePattern, prefixes: Sequence[str]) -> list[tuple[str, ...]]:
    """The steps of every address that a channel has: its own path, and below each prefix."""
    below = (tuple(prefix.split("/")[1:]) for prefix in prefixes)
    return list(dict.fromkeys((path.steps, *((*prefix, *path.steps) for prefix in below))))
