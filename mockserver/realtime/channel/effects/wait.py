"""`wait: 2s`, or `[1s, 3s]`: what comes after it in the rule, and the rules after that, come so much later."""

from typing import ClassVar

from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.span import Span, SpanText
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("wait")
class WaitSection(EffectSection):
    """Other messages go on being answered meanwhile."""

    place: ClassVar[int] = 10
    keys: ClassVar[tuple[str, ...]] = ("wait",)

    wait: SpanText
    """What comes after it in the rule, and the rules after that, come so much later."""

    def load(self, loading: RuleLoading) -> Effect:
        return _Wait(self.wait, f"wait {'.'.join(map(str, loading.where[2:]))}")


@dataclass(frozen=True, slots=True)
class _Wait:
    span: Span
    purpose: str

    def act(self, turn: Turn) -> float:
        return self.span.draw(turn.stream(self.purpose))
