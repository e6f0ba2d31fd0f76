"""`malformed: cut`: an answer that arrives, and can't be read."""

from functools import partial
from random import Random
from typing import Annotated, ClassVar, Final, Literal

from pydantic import Field

from mockserver.faults.course import Course, Cut
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion
from mockserver.faults.rewriting import damaged, mislabelled

_GARBAGE_BYTES: Final = 512
_NO_CHUNK: Final = b"no size\r\n"
_SEEDS: Final = 2**53
_SAID: Final = {
    "cut": "answered with JSON that ends in the middle",
    "html": "answered with a proxy's page in place of JSON",
    "nan": "answered with NaN in the JSON",
    "bom": "answered with a byte order mark before the JSON",
    "trailing_comma": "answered with a comma too many in the JSON",
    "chunk": "answered with a chunk that has no size",
    "encoding": "answered in an encoding that the body does not have",
    "garbage": "answered with bytes that are no HTTP",
}


@kinds.register("malformed")
class Malformed(Kind):
    """Spoils the answer that the API gives.

    Its JSON is `cut` in the middle, or has a `nan`, a `bom` before it, or a `trailing_comma`; or a proxy's `html` is in
    its place. Or HTTP itself is wrong: a `chunk` without a size, an `encoding` that the body does not have, `garbage`
    in place of an answer. Answers without a body stay whole, but for that.
    """

    is_terminal: ClassVar[bool] = True
    order: ClassVar[int] = 80
    examples: ClassVar[tuple[str, ...]] = ("{match: GET *, malformed: cut}", "{match: GET *, malformed: html}")

    malformed: Annotated[
        Literal["cut", "html", "nan", "bom", "trailing_comma", "chunk", "encoding", "garbage"],
        Field(description="`cut`, `html`, `nan`, `bom`, `trailing_comma`, `chunk`, `encoding` or `garbage`"),
    ]

    def say(self) -> str:
        return _SAID[self.malformed]

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, memory
        if self.malformed == "chunk":
            course.cut(Cut(0.5, "fin", "chunked", _NO_CHUNK))
        elif self.malformed == "encoding":
            course.break_body(mislabelled)
        elif self.malformed == "garbage":
            # Nothing of the answer is seen, but as with the others there was one.
            course.commits = True
            course.cut(Cut("nothing", "fin", tail=_garbage(draw)))
        else:
            course.break_body(partial(damaged, self.malformed))


def _garbage(draw: Draw) -> bytes:
    """Bytes that no reader takes for the head of an answer."""
    return b"\0" + Random(int(draw.share("garbage") * _SEEDS)).randbytes(_GARBAGE_BYTES - 1)
