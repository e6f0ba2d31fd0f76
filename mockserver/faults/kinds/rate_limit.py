"""`rate_limit: {limit: 10, window: 10s}`: so many requests in a time, and 429 for more."""

from math import ceil
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field

from mockserver.definitions.field import Model
from mockserver.definitions.quantity import Duration, WaitText, write_duration
from mockserver.definitions.union import problem
from mockserver.errors import problem_of
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.value import dataclass

_TOO_MANY: Final = 429
_LONGEST_S: Final = 86_400.0
_KEY: Final = "rate_limit"


def _window(value: Duration) -> Duration:
    if value.years or not 1 <= value.seconds <= _LONGEST_S:
        raise problem("should be from 1s to 1d")
    return value


class Rate(Model):
    """So many in a window of time, which begins with the first of them."""

    limit: Annotated[int, Field(ge=0, le=1_000_000)]
    """So many are let through."""
    window: Annotated[WaitText, AfterValidator(_window)]
    """In so long."""


@dataclass(slots=True)
class _Window:
    since_s: float
    count: int = 0


@kinds.register("rate_limit")
class RateLimit(Kind):
    """Lets so many matching requests pass in each window, and answers 429 with `Retry-After` to the others.

    There is one window for all who match, whoever they are. Every answer says how much of it is left, in `RateLimit`,
    `RateLimit-Policy` and the older `X-RateLimit-Limit`, `-Remaining` and `-Reset` (seconds).
    *Source* draft-ietf-httpapi-ratelimit-headers-10 §3, §4.
    """

    is_terminal: ClassVar[bool] = True
    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    order: ClassVar[int] = 10
    examples: ClassVar[tuple[str, ...]] = ("{match: ANY *, rate_limit: {limit: 10, window: 10s}}",)

    rate_limit: Annotated[Rate, Field(description="`limit`, and `window` from 1s to 1d")]

    def say(self) -> str:
        limit, window = self.rate_limit.limit, write_duration(self.rate_limit.window.seconds)
        return f"answered 429 after the first {limit} in {window}"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, draw
        rate = self.rate_limit
        window = _current(memory, course.at_s, rate.window.seconds)
        window.count += 1
        left_s = max(1, ceil(window.since_s + rate.window.seconds - course.at_s))
        remaining = max(0, rate.limit - window.count)
        course.add_header("RateLimit-Policy", f'"default";q={rate.limit};w={ceil(rate.window.seconds)}')
        course.add_header("RateLimit", f'"default";r={remaining};t={left_s}')
        course.add_header("X-RateLimit-Limit", str(rate.limit))
        course.add_header("X-RateLimit-Remaining", str(remaining))
        course.add_header("X-RateLimit-Reset", str(left_s))
        if window.count <= rate.limit:
            course.let_pass()
            return
        course.add_header("Retry-After", str(left_s))
        problem = problem_of(_TOO_MANY, f"There were more than {rate.limit} requests; come back later.", (), {}, "")
        problem.details = None
        course.answer(problem)


def _current(memory: dict[str, object], now_s: float, length_s: float) -> _Window:
    """The window that is open now; a new one where the last is over, or the clock was set going anew."""
    window = memory.get(_KEY)
    if not isinstance(window, _Window) or not window.since_s <= now_s < window.since_s + length_s:
        window = memory[_KEY] = _Window(now_s)
    return window
