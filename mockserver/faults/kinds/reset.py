"""`reset: connect`: TCP is broken off with RST, before an answer or in the middle of it."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, Tag

from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course, Cut, Finish
from mockserver.faults.draw import Draw
from mockserver.faults.kind import POSSIBLE, Kind, kinds
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.parameter import On

_CUTS: Final = {"connect": Cut("nothing", "rst"), "head": Cut("head", "rst"), "body": Cut(0.5, "rst")}
_SAID: Final[dict[str | bool, str]] = {
    "connect": "reset in place of an answer",
    "head": "reset in the middle of the headers",
    "body": "reset in the middle of the body",
    True: "reset",
}
_SCOPES: Final[dict[str | bool, frozenset[Scope]]] = {
    "connect": frozenset({"request", "handshake"}),
    "head": frozenset({"request"}),
    "body": frozenset({"request"}),
    True: frozenset({"connection", "frame"}),
}


@kinds.register("reset")
class Reset(Kind):
    """Breaks TCP off with RST.

    `connect` before any byte of the answer, `head` in the middle of its headers, `body` in the middle of its body, or
    behind the headers where there is none; `true` on a WebSocket or an event stream that is open.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake", "connection", "frame"})
    breaks_connection: ClassVar[bool] = True
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = (
        "{match: [ANY *, WS *], reset: connect}",
        "{match: GET *, every: 3, reset: body}",
        "{match: WS *, after: 5s, reset: true}",
    )

    reset: Annotated[
        Annotated[Literal["connect", "head", "body"], Tag("text")] | Annotated[On, Tag("boolean")],
        one_of_shapes("should be connect, head or body, or true for what stays open"),
        Field(description="`connect`, `head`, `body`, or `true` for what stays open"),
    ]

    def scopes_on(self, transport: Transport) -> frozenset[Scope]:
        """In place of an answer or in the middle of one, or on what is open, at some message too."""
        return _SCOPES[self.reset] & POSSIBLE[transport]

    def say(self) -> str:
        return _SAID[self.reset]

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        if isinstance(self.reset, str):
            course.cut(_CUTS[self.reset])
        else:
            course.end(Finish("reset"))
