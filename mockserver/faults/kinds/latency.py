"""`latency: 2s`: an answer that comes late."""

from collections.abc import Iterator
from math import exp, log
from statistics import NormalDist
from typing import Annotated, ClassVar, Final

from pydantic import Field, Tag, model_validator

from mockserver.definitions.bound import LONGEST_WAIT_S
from mockserver.definitions.field import Model
from mockserver.definitions.quantity import write_duration
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.faults.course import Course, Stage
from mockserver.faults.draw import Draw
from mockserver.faults.kind import Flaw, Kind, kinds
from mockserver.faults.occasion import Occasion, Scope
from mockserver.faults.parameter import Pause, PauseSpan
from mockserver.realtime.channel.span import Span

_P95: Final = 1.645
"""How many standard deviations above the median a twentieth lies of what is normally distributed."""
_SMALLEST: Final = 2.0**-53
_PURPOSE: Final = "latency"


class Spread(Model):
    """Latencies as servers have them (log-normal): half are below `p50`, 19 of 20 below `p95`, none above `max`."""

    p50: Pause
    """Half are shorter."""
    p95: Pause
    """19 of 20 are shorter."""
    max: Pause | None = None
    """No latency is longer."""
    stage: Stage = "head"
    """`head` before the answer, `body` between its head and its body."""

    @model_validator(mode="after")
    def _check_order(self) -> "Spread":
        if self.p95.seconds < self.p50.seconds:
            raise problem("has a p95 below its p50", "19 of 20 are below p95")
        if self.max is not None and self.max.seconds < self.p50.seconds:
            raise problem("has a max below its p50", "none is above max")
        return self

    def draw_s(self, share: float) -> float:
        """The latency that this share of all are below."""
        sigma = log(self.p95.seconds / self.p50.seconds) / _P95
        deviation = NormalDist().inv_cdf(min(max(share, _SMALLEST), 1 - _SMALLEST))
        return min(self.p50.seconds * exp(sigma * deviation), LONGEST_WAIT_S if self.max is None else self.max.seconds)


@kinds.register("latency")
class Latency(Kind):
    """Waits before the answer, or with `stage: body` between its head and its body.

    `[200ms, 2s]` is anything between; `{p50: 120ms, p95: 900ms, max: 5s}` is what servers are like. Latencies of
    several faults add up.
    """

    scopes: ClassVar[frozenset[Scope]] = frozenset({"request", "handshake"})
    order: ClassVar[int] = 20
    examples: ClassVar[tuple[str, ...]] = (
        "{match: ANY *, latency: 2s}",
        "{match: GET *, latency: [200ms, 2s], stage: body}",
        "{match: ANY *, latency: {p50: 120ms, p95: 900ms, max: 5s}}",
    )

    latency: Annotated[
        Annotated[PauseSpan, Tag("text")] | Annotated[PauseSpan, Tag("list")] | Annotated[Spread, Tag("mapping")],
        one_of_shapes("should be a duration like 2s, two of them: [200ms, 2s], or {p50: 120ms, p95: 900ms}"),
        Field(description="a duration up to 10m, two that it lies between, or `{p50, p95, max, stage}`"),
    ]
    stage: Annotated[Stage, Field(description="`head` or `body`: what waits")] = "head"

    def flaws(self) -> Iterator[Flaw]:
        """Two stages."""
        if isinstance(self.latency, Spread) and {"stage"} <= self.model_fields_set & self.latency.model_fields_set:
            yield Flaw("stage", "is said within 'latency' too", "leave one", at_key=True)

    @property
    def _stage(self) -> Stage:
        is_inside = isinstance(self.latency, Spread) and "stage" in self.latency.model_fields_set
        return self.latency.stage if isinstance(self.latency, Spread) and is_inside else self.stage

    def say(self) -> str:
        what = "their bodies " if self._stage == "body" else ""
        if isinstance(self.latency, Span):
            return f"{what}{self.latency.say()} late"
        half, most = write_duration(self.latency.p50.seconds), write_duration(self.latency.p95.seconds)
        return f"{what}{half} late, one in twenty {most} and more"

    def act(self, course: Course, occasion: Occasion, draw: Draw, memory: dict[str, object]) -> None:
        del occasion, memory
        if isinstance(self.latency, Span):
            seconds = draw.between(self.latency.least_s, self.latency.most_s, _PURPOSE)
        else:
            seconds = self.latency.draw_s(draw.share(_PURPOSE))
        course.wait(seconds, self._stage)
