"""`lose: true`: a message that nobody gets."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On


@kinds.register("lose")
class Lose(Kind):
    """Loses messages of a socket or an event stream."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"frame"})
    order: ClassVar[int] = 30
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, direction: out, probability: 0.1, lose: true}",)

    lose: Annotated[On, Field(description="`true`")]

    def say(self) -> str:
        return "lost"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.lose()
