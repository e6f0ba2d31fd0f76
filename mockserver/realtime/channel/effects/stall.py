"""`stall: true`: goes silent and stays open, so that only a heartbeat can tell."""

from typing import ClassVar, Literal

from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("stall")
class StallSection(EffectSection):
    """Nothing comes after it."""

    place: ClassVar[int] = 100
    keys: ClassVar[tuple[str, ...]] = ("stall",)
    is_last: ClassVar[bool] = True

    stall: Literal[True]
    """Goes silent and stays open."""

    def load(self, loading: RuleLoading) -> Effect:
        del loading
        return _Stall()


@dataclass(frozen=True, slots=True)
class _Stall:
    def act(self, turn: Turn) -> None:
        turn.line.stall()
