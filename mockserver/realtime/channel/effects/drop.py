"""`drop: true`: ends TCP without a Close frame."""

from typing import ClassVar, Literal

from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("drop")
class DropSection(EffectSection):
    """Nothing comes after it."""

    place: ClassVar[int] = 100
    keys: ClassVar[tuple[str, ...]] = ("drop",)
    is_last: ClassVar[bool] = True

    drop: Literal[True]
    """Ends TCP without a Close frame."""

    def load(self, loading: RuleLoading) -> Effect:
        del loading
        return _Drop()


@dataclass(frozen=True, slots=True)
class _Drop:
    def act(self, turn: Turn) -> None:
        turn.line.drop()
