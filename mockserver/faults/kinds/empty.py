"""`empty: true`: the connection ends before a byte of the answer."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course, Cut
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On


@kinds.register("empty")
class Empty(Kind):
    """Ends the connection with FIN in place of an answer."""

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    breaks_connection: ClassVar[bool] = True
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = ("{match: GET *, times: 1, empty: true}",)

    empty: Annotated[On, Field(description="`true`")]

    def say(self) -> str:
        return "ended without an answer"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.cut(Cut("nothing", "fin"))
