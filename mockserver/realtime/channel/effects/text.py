"""`text: Hello`: a text as it is, to this client."""

from typing import Any, ClassVar

from mockserver.formula.formula import Formula
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.said import said_text
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("text")
class TextSection(EffectSection):
    """On an event stream it is the data of an event, line by line."""

    place: ClassVar[int] = 51
    keys: ClassVar[tuple[str, ...]] = ("text",)
    is_said: ClassVar[bool] = True

    text: Any
    """Says a text as it is to this client."""

    def load(self, loading: RuleLoading) -> Effect:
        value = loading.text(self.text, "text")
        return _TextBack() if value.way == ("raw",) else _Text(value)


@dataclass(frozen=True, slots=True)
class _Text:
    value: Formula

    def act(self, turn: Turn) -> None:
        turn.line.say(said_text(self.value.text(turn), turn.event, turn.cursor))


@dataclass(frozen=True, slots=True)
class _TextBack:
    """The message itself, which may be longer than what expressions make."""

    def act(self, turn: Turn) -> None:
        turn.line.say(said_text(turn["raw"] or "", turn.event, turn.cursor))
