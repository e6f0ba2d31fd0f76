"""`refuse: 503`: a WebSocket that does not come about."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.failure import named_problem
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import RetryAfter
from mockserver.messages import Reply


@kinds.register("refuse")
class Refuse(Kind):
    """Refuses the handshake of a WebSocket with a status, which no page ever sees: to it the socket is just closed.

    To lead elsewhere, `headers` say the `Location`.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"handshake"})
    order: ClassVar[int] = 10
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, refuse: 503, retry_after: 2}",)

    refuse: Annotated[int, Field(ge=300, le=599, description="300 to 599")]
    retry_after: Annotated[RetryAfter | None, Field(description="seconds, for `Retry-After`")] = None

    def say(self) -> str:
        later = "" if self.retry_after is None else f", Retry-After {self.retry_after}s"
        return f"refused with {self.refuse}{later}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        if self.retry_after is not None:
            course.add_header("Retry-After", str(self.retry_after))
        if self.refuse < 400:
            course.reply_with(Reply(self.refuse))
            return
        course.answer(named_problem(self.refuse))
