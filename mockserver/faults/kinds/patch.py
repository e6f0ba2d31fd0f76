"""`patch: {name: null}`: an answer of another shape than was agreed on."""

from functools import partial
from typing import Annotated, Any, ClassVar

from pydantic import Field

from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.rewriting import patched


@kinds.register("patch")
class Patch(Kind):
    """Applies a merge patch to the JSON of the answer: to the object, or to each one in a bare list.

    Null takes a member out. What lies deeper, as in the envelope of a convention, is patched by writing its way:
    `{result: {name: null}}`. Event streams and answers that are no JSON stay as they are. *Source* RFC 7396.
    """

    order: ClassVar[int] = 40
    examples: ClassVar[tuple[str, ...]] = ("{match: GET /animals, patch: {name: null, title: Renamed}}",)

    patch: Annotated[dict[str, Any], Field(min_length=1, description="a merge patch")]

    def say(self) -> str:
        gone = [name for name, value in self.patch.items() if value is None]
        changed = [name for name in self.patch if name not in gone]
        said = (f"{', '.join(names)} {how}" for names, how in ((gone, "left out"), (changed, "changed")) if names)
        return f"with {' and '.join(said)}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.edit(partial(patched, self.patch))
