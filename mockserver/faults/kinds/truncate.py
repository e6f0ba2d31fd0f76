"""`truncate: 0.5`: an answer that ends too early."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.faults.course import Course, Cut
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.parameter import CountOrShare


@kinds.register("truncate")
class Truncate(Kind):
    """Sends a part of the body below its true `Content-Length`, then ends the connection.

    With `silent: true` the answer says no length: its end looks like that of a whole one. Answers without a body stay
    whole.
    """

    is_terminal: ClassVar[bool] = True
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = (
        "{match: GET *, truncate: 0.5}",
        "{match: GET *, truncate: 100, silent: true}",
    )

    truncate: Annotated[CountOrShare, Field(description="a number of bytes, or a share of the body below 1")]
    silent: Annotated[bool, Field(description="whether the answer hides its length")] = False

    def say(self) -> str:
        part = self.truncate
        said = f"{part:.15g} bytes" if isinstance(part, int) else f"{part * 100:.3g} % of the body"
        return f"cut off after {said}{', unnoticed' if self.silent else ''}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.cut(Cut(self.truncate, "fin", "none" if self.silent else "declared"))
