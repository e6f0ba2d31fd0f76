"""`content_type: text/html`: an answer that says it is something else."""

import re
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from mockserver.definitions.union import problem
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import TOKEN, HeaderValue

_MEDIA_TYPE: Final = re.compile(rf"{TOKEN}/{TOKEN}(?:[ \t]*;.*)?")


def _media_type(value: str) -> str:
    if _MEDIA_TYPE.fullmatch(value) is None:
        raise problem("should be a media type like text/html; charset=utf-8")
    return value


@kinds.register("content_type")
class ContentType(Kind):
    """Says another type of the body, which stays what it is."""

    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    order: ClassVar[int] = 50
    examples: ClassVar[tuple[str, ...]] = ("{match: GET *, content_type: text/plain}",)

    content_type: Annotated[HeaderValue, AfterValidator(_media_type), Field(description="a media type")]

    def say(self) -> str:
        return f"said to be {self.content_type}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw, memory
        course.add_header("Content-Type", self.content_type)
