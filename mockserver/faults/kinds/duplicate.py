"""`duplicate: true`: a message that comes twice."""

from typing import Annotated, ClassVar, Final

from pydantic import Field, Tag

from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On

_TWICE: Final = 2


@kinds.register("duplicate")
class Duplicate(Kind):
    """Sends messages of a socket or an event stream twice, or so often in all."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"frame"})
    order: ClassVar[int] = 30
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, direction: out, every: 5, duplicate: true}",)

    duplicate: Annotated[
        Annotated[On, Tag("boolean")] | Annotated[Annotated[int, Field(ge=2, le=10)], Tag("number")],
        one_of_shapes("should be true, or a number from 2 to 10"),
        Field(description="`true`, or 2 to 10"),
    ]

    @property
    def _times(self) -> int:
        return _TWICE if isinstance(self.duplicate, bool) else self.duplicate

    def say(self) -> str:
        return f"sent {self._times} times"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.repeat(self._times)
