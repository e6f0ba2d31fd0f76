"""`corrupt: true`: a message that can't be read."""

from functools import partial
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, Tag

from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course
from mockserver.faults.damage import damage_message
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import On

_USUAL: Final = "cut"


@kinds.register("corrupt")
class Corrupt(Kind):
    """Spoils the JSON of messages of a socket or an event stream: `true` is `cut`."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"frame"})
    order: ClassVar[int] = 40
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, direction: out, every: 3, corrupt: true}",)

    corrupt: Annotated[
        Annotated[Literal["cut", "html", "nan", "bom", "trailing_comma"], Tag("text")] | Annotated[On, Tag("boolean")],
        one_of_shapes("should be true, cut, html, nan, bom or trailing_comma"),
        Field(description="`true`, `cut`, `html`, `nan`, `bom` or `trailing_comma`"),
    ]

    @property
    def _mode(self) -> Literal["cut", "html", "nan", "bom", "trailing_comma"]:
        return self.corrupt if isinstance(self.corrupt, str) else _USUAL

    def say(self) -> str:
        return f"spoilt ({self._mode})"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.spoil(partial(damage_message, self._mode))
