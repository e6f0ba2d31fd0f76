"""`leave: lobby`, or a list: leaves rooms, after what is said in them by the same rule."""

from typing import Any, ClassVar

from mockserver.formula.formula import Formula
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.room import rooms_of
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("leave")
class LeaveSection(EffectSection):
    """A room that one is not in is passed over."""

    place: ClassVar[int] = 90
    keys: ClassVar[tuple[str, ...]] = ("leave",)

    leave: Any
    """Leaves rooms."""

    def load(self, loading: RuleLoading) -> Effect:
        return _Leave(loading.formula(self.leave, "leave"))


@dataclass(frozen=True, slots=True)
class _Leave:
    rooms: Formula

    def act(self, turn: Turn) -> None:
        for room in rooms_of(self.rooms, turn):
            turn.line.leave(room)
