"""`join: lobby`, or a list: comes into rooms; with `replay` their latest broadcasts are told first."""

from typing import Any, ClassVar

from mockserver.formula.formula import Formula
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.room import rooms_of
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("join")
class JoinSection(EffectSection):
    """A room is there as soon as somebody is in it."""

    place: ClassVar[int] = 40
    keys: ClassVar[tuple[str, ...]] = ("join",)

    join: Any
    """Comes into rooms."""

    def load(self, loading: RuleLoading) -> Effect:
        return _Join(loading.formula(self.join, "join"))


@dataclass(frozen=True, slots=True)
class _Join:
    rooms: Formula

    def act(self, turn: Turn) -> None:
        for room in rooms_of(self.rooms, turn):
            turn.line.join(room)
