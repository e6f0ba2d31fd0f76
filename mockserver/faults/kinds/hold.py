"""`hold: next`: answers that come out of order."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, Tag

from mockserver.definitions.field import Model
from mockserver.definitions.quantity import write_duration
from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.parameter import Pause

_MOST_S: Final = 10.0


class Next(Model):
    """Until the next one was answered, at most so long."""

    next: Pause
    """At most so long."""


@kinds.register("hold")
class Hold(Kind):
    """Keeps an answer until the next matching request was answered, at most 10 s unless another time is said."""

    order: ClassVar[int] = 70
    examples: ClassVar[tuple[str, ...]] = ("{match: GET /animals, every: 2, hold: next}",)

    hold: Annotated[
        Annotated[Literal["next"], Tag("text")] | Annotated[Next, Tag("mapping")],
        one_of_shapes("should be next, or {next: 5s}"),
        Field(description="`next`, or `{next: 5s}`"),
    ]

    @property
    def _most_s(self) -> float:
        return self.hold.next.seconds if isinstance(self.hold, Next) else _MOST_S

    def say(self) -> str:
        return f"kept until the next one is answered, {write_duration(self._most_s)} at most"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.hold_for_next(self._most_s)
