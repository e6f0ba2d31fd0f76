"""`stall: true`: a connection that stays open, and silent."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course, Finish
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On


@kinds.register("stall")
class Stall(Kind):
    """Reads nothing and says nothing on an open connection any more: no data, no Pong, no answer to Close.

    No such connection comes back to life: it is dropped when the fault ends.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"connection", "frame"})
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, after: 3s, stall: true}",)

    stall: Annotated[On, Field(description="`true`")]

    def say(self) -> str:
        return "kept open in silence"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.end(Finish("stall"))
