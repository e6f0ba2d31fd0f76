"""`stale: 2s`: reads that do not see what has just been written."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.definitions.quantity import write_duration
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.parameter import Pause


@kinds.register("stale")
class Stale(Kind):
    """Answers reads from data as it was so long ago, as a replica does that lags behind."""

    order: ClassVar[int] = 30
    examples: ClassVar[tuple[str, ...]] = ("{match: GET *, stale: 2s}",)

    stale: Annotated[Pause, Field(description="a duration up to 10m")]

    def say(self) -> str:
        return f"answered from data {write_duration(self.stale.seconds)} old"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.look_back(self.stale.seconds)
