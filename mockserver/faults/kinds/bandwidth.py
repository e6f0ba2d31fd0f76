"""`bandwidth: 50KiB/s`: a body that comes slowly."""

from typing import Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, Tag, WithJsonSchema

from mockserver.definitions.field import Model
from mockserver.definitions.quantity import write_duration, write_size
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.faults.course import Course, Pace
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.parameter import Pause, Size

_A_SECOND: Final = "/s"


def _rate(value: Any) -> Any:
    if not isinstance(value, str) or not value.endswith(_A_SECOND):
        raise problem("should be a rate like 50KiB/s")
    return value.removesuffix(_A_SECOND).rstrip()


Rate = Annotated[
    Size, BeforeValidator(_rate), WithJsonSchema({"type": "string", "description": "bytes a second: 50KiB/s"})
]


class Drip(Model):
    """So many pieces, evenly over a time."""

    chunks: Annotated[int, Field(ge=2, le=1000)]
    """How many pieces."""
    over: Pause
    """In how long."""


@kinds.register("bandwidth")
class Bandwidth(Kind):
    """Sends the body no faster than so many bytes a second, or in pieces over a time.

    Of several the slowest wins.
    """

    order: ClassVar[int] = 60
    examples: ClassVar[tuple[str, ...]] = (
        "{match: GET *, bandwidth: 50KiB/s}",
        "{match: GET *, bandwidth: {chunks: 5, over: 2s}}",
    )

    bandwidth: Annotated[
        Annotated[Rate, Tag("text")] | Annotated[Drip, Tag("mapping")],
        one_of_shapes("should be a rate like 50KiB/s, or {chunks: 5, over: 2s}"),
        Field(description="a rate like `50KiB/s`, or `{chunks: 5, over: 2s}`"),
    ]

    def say(self) -> str:
        if isinstance(self.bandwidth, Drip):
            return f"sent in {self.bandwidth.chunks} pieces over {write_duration(self.bandwidth.over.seconds)}"
        return f"sent at {write_size(self.bandwidth)} a second"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        if isinstance(self.bandwidth, Drip):
            course.throttle(Pace(pieces=self.bandwidth.chunks, over_s=self.bandwidth.over.seconds))
        else:
            course.throttle(Pace(bytes_s=float(self.bandwidth)))
