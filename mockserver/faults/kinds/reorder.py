"""`reorder: true`: a message that comes after the next one."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On


@kinds.register("reorder")
class Reorder(Kind):
    """Keeps messages of a socket or an event stream until the next one has gone."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"frame"})
    order: ClassVar[int] = 30
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, direction: out, every: 4, reorder: true}",)

    reorder: Annotated[On, Field(description="`true`")]

    def say(self) -> str:
        return "sent after the next one"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.swap()
