"""`close: 1012`: a socket that is closed in order."""

from collections.abc import Iterator
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, PlainValidator, WithJsonSchema

from mockserver.definitions.union import problem
from mockserver.faults.course import Course, Finish
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Flaw, Kind, kinds
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.realtime.close_code import NO_STATUS, REASON_BYTES, may_close

_CHOICE = "1000 to 1003, 1007 to 1014, or 3000 to 4999; 1005 for none"


def _code(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise problem("should be a close code", _CHOICE)
    if not may_close(value):
        raise problem(f"{value} can't be sent (RFC 6455 section 7.4)", _CHOICE)
    return value


def _reason(value: str) -> str:
    if any(one < " " or one == "\x7f" for one in value):
        raise problem("holds control characters", "a reason is one line of text")
    # Half a character can't be sent; whatever it came from, there is something else wrong with it.
    if len(value.encode("utf-8", "replace")) > REASON_BYTES:
        raise problem(f"should have at most {REASON_BYTES} bytes", "a Close frame has room for no more")
    return value


@kinds.register("close")
class Close(Kind):
    """Closes a WebSocket with a code, when it stands or `after` a time; 1005 is a Close frame without a code."""

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"connection", "frame"})
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = (
        "{match: WS *, after: 5s, close: 1012, reason: Service restart}",
        "{match: WS *, direction: in, skip: 3, close: 4000}",
    )

    close: Annotated[
        int,
        PlainValidator(_code),
        WithJsonSchema({"type": "integer", "minimum": 1000, "maximum": 4999}),
        Field(description="a close code that can be sent"),
    ]
    reason: Annotated[str, AfterValidator(_reason), Field(description=f"at most {REASON_BYTES} bytes")] = ""

    def scopes_on(self, transport: Transport) -> frozenset[Scope]:
        """WebSockets only: an event stream has no words for its end."""
        return self.scopes if transport == "ws" else frozenset()

    def flaws(self) -> Iterator[Flaw]:
        """A reason without a code."""
        if self.close == NO_STATUS and self.reason:
            yield Flaw("reason", "a Close frame without a code has no reason", "leave it out")

    def say(self) -> str:
        said = "without a code" if self.close == NO_STATUS else f"with {self.close}"
        return f"closed {said} ({self.reason})" if self.reason else f"closed {said}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.end(Finish("close", self.close, self.reason))
