"""`close: 4001` with `reason`: ends the connection in order."""

from typing import Annotated, Any, ClassVar

from pydantic import Tag

from mockserver.definitions.union import one_of_shapes
from mockserver.errors import ServerError
from mockserver.formula.formula import Formula
from mockserver.realtime.channel.effect import EffectSection, RuleLoading, effects
from mockserver.realtime.channel.rule import Effect
from mockserver.realtime.channel.turn import Turn
from mockserver.realtime.close_code import NO_STATUS, REASON_BYTES, fit_reason, may_close
from mockserver.value import dataclass

_CHOICE = "1000 to 1003, 1007 to 1014, or 3000 to 4999; 1005 for none"


@effects.register("close")
class CloseSection(EffectSection):
    """What is queued goes out first. 1005 is what a client sees whose Close frame has no code, and no reason either."""

    place: ClassVar[int] = 100
    keys: ClassVar[tuple[str, ...]] = ("close",)
    is_last: ClassVar[bool] = True

    close: Annotated[
        Annotated[int, Tag("number")] | Annotated[str, Tag("text")],
        one_of_shapes("should be a close code, or an expression that gives one"),
    ]
    """Ends the connection with a close code."""
    reason: Any = ""
    """The reason in the Close frame."""

    def load(self, loading: RuleLoading) -> Effect:
        if isinstance(self.close, int) and not may_close(self.close):
            loading.note("close", f"{self.close} can't be sent (RFC 6455 section 7.4)", _CHOICE)
        if isinstance(self.close, str) and "${" not in self.close:
            loading.note("close", "should be a number or an expression", "e.g. 4001, or ${msg.code}")
        if self.close == NO_STATUS and "reason" in self.model_fields_set:
            loading.note("reason", "a Close frame without a code has no reason", "leave it out", at_key=True)
        elif isinstance(self.reason, str) and "${" not in self.reason and len(self.reason.encode()) > REASON_BYTES:
            loading.note("reason", f"should have at most {REASON_BYTES} bytes", "a Close frame has room for no more")
        return _Close(loading.formula(self.close, "close"), loading.text(self.reason, "reason"))


@dataclass(frozen=True, slots=True)
class _Close:
    code: Formula
    reason: Formula

    def act(self, turn: Turn) -> None:
        code = self.code.value(turn)
        if not isinstance(code, int) or not may_close(code):
            raise ServerError(f"{self.code.place}: gives {code!r}, which is no close code that can be sent: {_CHOICE}.")
        turn.line.close(code, "" if code == NO_STATUS else fit_reason(self.reason.text(turn)))
