"""`hang: true`: no answer, and no end of waiting for it."""

from typing import Annotated, ClassVar

from pydantic import Field

from mockserver.definitions.quantity import write_duration
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import OnOrPause, seconds_of


@kinds.register("hang")
class Hang(Kind):
    """Says nothing for a time, then ends the connection with FIN; with `true` until the fault ends.

    Whoever waits when the fault ends gets 503 with `X-Mock-Fault-Released`. At most 64 wait in a sandbox and 256 in
    all; the fault is skipped for more.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    breaks_connection: ClassVar[bool] = True
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = ("{match: POST *, commit: true, hang: 30s}",)

    hang: Annotated[OnOrPause, Field(description="`true`, or a duration up to 10m")]

    def say(self) -> str:
        seconds = seconds_of(self.hang)
        return "never answered" if seconds is None else f"not answered for {write_duration(seconds)}, then ended"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.hold(seconds_of(self.hang))
