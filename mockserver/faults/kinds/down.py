"""`down: 3s`: nobody listens any more, and after a time somebody does again."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, Tag

from mockserver.definitions.field import Model
from mockserver.definitions.quantity import write_duration
from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On, Pause, seconds_of


class Restart(Model):
    """Down for a time; `restart` closes sockets with 1012 before, and the feed begins anew after."""

    duration: Annotated[Pause, Field(alias="for")]
    """For how long."""
    restart: On | Literal[False] = False
    """Sockets are closed with 1012 before, and the feed begins anew after."""


@kinds.register("down")
class Down(Kind):
    """Closes the listener of the API: connections are refused, and those that are open are dropped.

    It comes back after the duration, or when the fault ends. The listener is shared, so that within a named sandbox
    connections are reset instead.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    breaks_connection: ClassVar[bool] = True
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = (
        "{match: [ANY *, WS *], down: true}",
        "{match: [ANY *, WS *], down: {for: 3s, restart: true}}",
    )

    down: Annotated[
        Annotated[On, Tag("boolean")] | Annotated[Pause, Tag("text")] | Annotated[Restart, Tag("mapping")],
        one_of_shapes("should be true, a duration like 3s, or {for: 3s, restart: true}"),
        Field(description="`true`, a duration up to 10m, or `{for: 3s, restart: true}`"),
    ]

    def say(self) -> str:
        after = self.down.duration.seconds if isinstance(self.down, Restart) else seconds_of(self.down)
        said = (
            "refused, nobody listening" if after is None else f"refused for {write_duration(after)}, nobody listening"
        )
        return f"{said}, and the feed begins anew" if isinstance(self.down, Restart) and self.down.restart else said

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        if isinstance(self.down, Restart):
            course.shut_down(self.down.duration.seconds, restarts=self.down.restart)
        else:
            course.shut_down(seconds_of(self.down))
