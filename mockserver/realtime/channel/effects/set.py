"""`set: {name: "${msg.name}"}`: the connection's own memory, read as `state.name`; null forgets."""

from typing import Any, ClassVar

from mockserver.formula.formula import Formula
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("set")
class SetSection(EffectSection):
    """Names may hold expressions too."""

    place: ClassVar[int] = 30
    keys: ClassVar[tuple[str, ...]] = ("set",)

    set: dict[str, Any]
    """The connection's own memory, read as `state.name`; null forgets."""

    def load(self, loading: RuleLoading) -> Effect:
        kept: list[tuple[Formula, Formula]] = []
        for name, value in self.set.items():
            where = (*loading.where, "set", name)
            label = loading.loading.formula(name, where, loading.names)
            kept.append((label, loading.loading.formula(value, where, loading.names)))
        return _Set(tuple(kept))


@dataclass(frozen=True, slots=True)
class _Set:
    kept: tuple[tuple[Formula, Formula], ...]

    def act(self, turn: Turn) -> None:
        for name, value in self.kept:
            turn.line.keep(name.text(turn), value.value(turn))
