"""A rule of a channel: what happens, in its order, where its condition holds."""

from collections.abc import Iterator
from typing import Protocol

from mockserver.formula.formula import Formula
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


class Effect(Protocol):
    """One thing that a rule does."""

    def act(self, turn: Turn) -> float | None:
        """Do it; the seconds to wait before what comes next, if any. *Raises* `Problem`."""
        ...


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
