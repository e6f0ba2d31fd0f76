"""`bad_frame: opcode`: a frame that no client may accept."""

from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field, Tag

from mockserver.definitions.union import one_of_shapes
from mockserver.faults.course import Course, Finish
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope, Transport
from mockserver.faults.parameter import On
from mockserver.realtime.frame import frame_of

_TEXT: Final = 0x81
_RESERVED_OPCODE: Final = 0x83
# The second reserved bit: the first one means a compressed message where that was agreed on.
_RESERVED_BIT: Final = 0xA1
_MASKED: Final = 0x80
_MASK: Final = b"\x01\x02\x03\x04"
_PAYLOAD: Final = b'{"data": null}'

_FRAMES: Final = {
    "badutf8": frame_of(b"\xc3\x28", _TEXT),
    "masked": bytes((_TEXT, _MASKED | len(_PAYLOAD)))
    + _MASK
    + bytes(byte ^ _MASK[place % 4] for place, byte in enumerate(_PAYLOAD)),
    "opcode": frame_of(_PAYLOAD, _RESERVED_OPCODE),
    "rsv": frame_of(_PAYLOAD, _RESERVED_BIT),
    "partial": frame_of(b" " * 1000, _TEXT)[:14],
}
_USUAL: Final = "badutf8"


@kinds.register("bad_frame")
class BadFrame(Kind):
    """Sends a frame on a WebSocket that breaks RFC 6455, then ends TCP.

    `badutf8` is a text that is none (`true` is the same), `masked` is what only clients may send, `opcode` and `rsv`
    have no meaning, and of a `partial` one the most never comes.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"connection", "frame"})
    order: ClassVar[int] = 90
    examples: ClassVar[tuple[str, ...]] = ("{match: WS *, after: 2s, bad_frame: opcode}",)

    bad_frame: Annotated[
        Annotated[Literal["badutf8", "masked", "opcode", "rsv", "partial"], Tag("text")]
        | Annotated[On, Tag("boolean")],
        one_of_shapes("should be badutf8, masked, opcode, rsv or partial, or true"),
        Field(description="`badutf8`, `masked`, `opcode`, `rsv`, `partial`, or `true`"),
    ]

    def scopes_on(self, transport: Transport) -> frozenset[Scope]:
        """WebSockets only: there are no frames elsewhere."""
        return self.scopes if transport == "ws" else frozenset()

    @property
    def _mode(self) -> str:
        return self.bad_frame if isinstance(self.bad_frame, str) else _USUAL

    def say(self) -> str:
        return f"broken off with a frame that no client may accept ({self._mode})"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.end(Finish("drop", raw=_FRAMES[self._mode]))
