"""`send: {…}`: any value as JSON, to this client."""

from typing import Any, ClassVar

from mockserver.formula.formula import Formula
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.said import said_json
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("send")
class SendSection(EffectSection):
    """On an event stream it is the data of an event."""

    place: ClassVar[int] = 50
    keys: ClassVar[tuple[str, ...]] = ("send",)
    is_said: ClassVar[bool] = True

    send: Any
    """Says a value as JSON to this client."""

    def load(self, loading: RuleLoading) -> Effect:
        value = loading.json(self.send, "send")
        return _SendBack() if value.way == ("msg",) else _Send(value)


@dataclass(frozen=True, slots=True)
class _Send:
    value: Formula

    def act(self, turn: Turn) -> None:
        turn.line.say(said_json(self.value.value(turn), turn.event, turn.cursor))


@dataclass(frozen=True, slots=True)
class _SendBack:
    """The message itself, which is JSON already: it may be longer than what expressions make."""

    def act(self, turn: Turn) -> None:
        turn.line.say(said_json(turn["msg"], turn.event, turn.cursor))
