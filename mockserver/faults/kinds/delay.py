"""`delay: 500ms`: a message that comes late."""

from typing import Annotated, ClassVar

from pydantic import Field, Tag

from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import PauseSpan


@kinds.register("delay")
class Delay(Kind):
    """Keeps messages of a socket or an event stream for a time; those after them may overtake them."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"frame"})
    order: ClassVar[int] = 30
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, direction: out, delay: [100ms, 1s]}",)

    delay: Annotated[
        Annotated[PauseSpan, Tag("text")] | Annotated[PauseSpan, Tag("list")],
        one_of_shapes("should be a duration like 500ms, or two of them: [100ms, 1s]"),
        Field(description="a duration up to 10m, or two that it lies between"),
    ]

    def say(self) -> str:
        return f"{self.delay.say()} late"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, memory
        course.delay(draw.between(self.delay.least_s, self.delay.most_s, "delay"))
