"""`drop: true`: a connection that just ends."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course, Finish
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On


@kinds.register("drop")
class Drop(Kind):
    """Ends a WebSocket with FIN and no Close frame, or an event stream without its end."""

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"connection", "frame"})
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = (
        "{match: WS *, after: [3s, 8s], drop: true}",
        "{match: GET /events/sse, after: 5s, drop: true}",
    )

    drop: Annotated[On, Field(description="`true`")]

    def say(self) -> str:
        return "ended without a word"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.end(Finish("drop"))
