"""`bytes: Hello`, or `{base64: SGVsbG8=}`: a binary message, to this client."""

from typing import Any, ClassVar

from mockserver.realtime.channel.binary import Binary, load_binary
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.said import said_bytes
from mockserver.realtime.channel.turn import Turn
from mockserver.value import dataclass


@effects.register("bytes")
class BytesSection(EffectSection):
    """A text goes as UTF-8."""

    place: ClassVar[int] = 52
    keys: ClassVar[tuple[str, ...]] = ("bytes",)
    is_said: ClassVar[bool] = True
    is_streamed: ClassVar[bool] = False

    bytes: Any
    """Sends a binary message: a text, or `{base64: …}`."""

    def load(self, loading: RuleLoading) -> Effect:
        return _Bytes(load_binary(loading, self.bytes, "bytes"))


@dataclass(frozen=True, slots=True)
class _Bytes:
    value: Binary

    def act(self, turn: Turn) -> None:
        turn.line.say(said_bytes(self.value.data(turn)))
