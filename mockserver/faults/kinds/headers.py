"""`headers: {Cache-Control: max-age=60}`: an answer that says other things about itself."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.definitions.secret import shown
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import Headers


@kinds.register("headers")
class SetHeaders(Kind):
    """Puts headers into the answer in place of those of the same name; null leaves one out.

    How a message is framed is the server's to say: `Content-Length`, `Transfer-Encoding`, `Connection` and their like
    can't be set.
    """

    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    order: ClassVar[int] = 50
    examples: ClassVar[tuple[str, ...]] = ("{match: GET *, headers: {Cache-Control: max-age=60, ETag: null}}",)

    headers: Annotated[Headers, Field(description="texts by name, null to leave one out")]

    def say(self) -> str:
        return " and ".join(
            f"without {name}" if value is None else f"with {name}: {shown(name, value)}"
            for name, value in self.headers.items()
        )

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        for name, value in self.headers.items():
            if value is None:
                course.remove_header(name)
            else:
                course.add_header(name, value)
