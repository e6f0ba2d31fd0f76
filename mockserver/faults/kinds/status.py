"""`status: 503`: an answer of another kind, in the words of the convention or in one's own."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar

import orjson
from pydantic import Field

from mockserver.errors import Problem
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.failure import named_problem
from mockserver.faults.kind import Flaw, Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import RetryAfter
from mockserver.messages import BODILESS, Reply

_INVALID = 422


@kinds.register("status")
class Status(Kind):
    """Answers with a status; the API is not asked.

    An error is written as the convention writes its own, unless there is a `body`: JSON, or a text that is sent as it
    is. `fields` names fields that are found invalid, by the rules they have; without a `status` the answer has the
    convention's for that. `current: true` puts the document at the request's address into the error. At the handshake
    of a WebSocket it is a refusal.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    order: ClassVar[int] = 10
    heralds: ClassVar[frozenset[str]] = frozenset({"fields"})
    examples: ClassVar[tuple[str, ...]] = (
        "{match: ANY *, status: 503, retry_after: 2}",
        "{match: POST *, fields: [name]}",
        "{match: [PUT *, PATCH *], status: 409, current: true}",
        '{match: GET *, status: 200, body: "<h1>Log in</h1>", content_type: text/html}',
    )

    status: Annotated[Annotated[int, Field(ge=200, le=599)] | None, Field(description="200 to 599")] = None
    retry_after: Annotated[RetryAfter | None, Field(description="seconds, for `Retry-After`")] = None
    body: Annotated[Any, Field(description="JSON, or a text, in place of the convention's")] = None
    fields: Annotated[
        Annotated[list[str], Field(min_length=1, max_length=100)] | None,
        Field(description="the names of fields"),
    ] = None
    current: Annotated[bool, Field(description="whether the error carries the current document")] = False

    @property
    def number(self) -> int:
        """The status."""
        return _INVALID if self.status is None else self.status

    @property
    def named_fields(self) -> Sequence[str]:
        """Those that are found invalid."""
        return self.fields or ()

    @property
    def _has_body(self) -> bool:
        return "body" in self.model_fields_set

    def flaws(self) -> Iterator[Flaw]:
        """A body where none can be, or two of them; words for an error where there is none."""
        if self._has_body and self.number in BODILESS:
            yield Flaw("body", f"an answer with {self.number} has no body", "leave it out, or take another status")
        if self._has_body and (self.fields is not None or self.current):
            yield Flaw("body", "can't stand beside 'fields' or 'current'", "the convention writes those", at_key=True)
        if self.number < 400:
            for key in ("fields", "current"):
                if getattr(self, key):
                    yield Flaw(
                        key, f"can't stand beside {self.number}, which is no error", "take 400 or more", at_key=True
                    )

    def say(self) -> str:
        said = f"answered {self.number}"
        said += "" if self.retry_after is None else f", Retry-After {self.retry_after}s"
        said += f", {', '.join(self.fields)} being invalid" if self.fields else ""
        said += ", with the current document" if self.current else ""
        return f"{said}, with a body of its own" if self._has_body else said

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del draw, memory
        if self.retry_after is not None:
            course.add_header("Retry-After", str(self.retry_after))
        if self._has_body:
            course.reply_with(_reply(self.number, self.body))
        elif self.number < 400:
            course.reply_with(Reply(self.number))
        else:
            course.answer(self._problem(occasion))
            if self.current:
                course.show_current()

    def _problem(self, occasion: Occasion) -> Problem:
        found = None if self.fields is None else occasion.invalid(self.fields)
        if found is not None and self.status is None:
            return found
        if found is None:
            return named_problem(self.number)
        return named_problem(self.number, found.detail, found.errors)


def _reply(status: int, body: Any) -> Reply:
    if isinstance(body, str):
        return Reply(status, (("Content-Type", "text/plain; charset=utf-8"),), body.encode("utf-8", "replace"))
    return Reply(status, (("Content-Type", "application/json"),), orjson.dumps(body))
