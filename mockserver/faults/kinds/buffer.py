"""`buffer: 4KiB`: an event stream through a proxy that collects what it passes on."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.definitions.quantity import write_size
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.parameter import Size


@kinds.register("buffer")
class Buffer(Kind):
    """Collects the bytes of an event stream until there are so many, and sends them at once."""

    order: ClassVar[int] = 60
    examples: ClassVar[tuple[str, ...]] = ("{match: GET *, buffer: 4KiB}",)

    buffer: Annotated[Size, Field(description="a size up to 16MiB")]

    def say(self) -> str:
        return f"kept back until there are {write_size(self.buffer)}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.buffer(self.buffer)
