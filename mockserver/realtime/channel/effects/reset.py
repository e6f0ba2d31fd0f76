"""`reset: true`: breaks TCP off."""

from typing import ClassVar, Literal

from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("reset")
class ResetSection(EffectSection):
    """Nothing comes after it."""

    place: ClassVar[int] = 100
    keys: ClassVar[tuple[str, ...]] = ("reset",)
    is_last: ClassVar[bool] = True

    reset: Literal[True]
    """Breaks TCP off."""

    def load(self, loading: RuleLoading) -> Effect:
        del loading
        return _Reset()


@dataclass(frozen=True, slots=True)
class _Reset:
    def act(self, turn: Turn) -> None:
        turn.line.reset()
