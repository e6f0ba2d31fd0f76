"""`cors: false`: an answer that pages may not read."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from mockserver.definitions.union import problem
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope


def _off(value: Any) -> Any:
    if value is not False:
        raise problem("should be false", "leave the key out where it is not wanted")
    return value


@kinds.register("cors")
class Cors(Kind):
    """Leaves out the headers by which pages of another origin may read the answer, as gateways do that break down."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    order: ClassVar[int] = 50
    examples: ClassVar[tuple[str, ...]] = ("{match: ANY *, status: 502, cors: false}",)

    cors: Annotated[Literal[False], BeforeValidator(_off), Field(description="`false`")]

    def say(self) -> str:
        return "without the headers of CORS"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.withhold_cors()
