"""`refuse: "${…}"`: ends the action with a problem where the condition holds; nothing of it is done then."""

from typing import Annotated, Any

from pydantic import Field

from mockserver.formula.formula import Formula
from mockserver.rest.action.refusal import Refusal, load_refusal
from mockserver.rest.action.step import Run, Step, StepLoading, StepSection, steps
from mockserver.value import dataclass


@steps.register("refuse")
class RefuseSection(StepSection):
    """`errors` maps fields of the body, or parameters, to what is wrong with them."""

    refuse: Any
    """Whether it is refused."""
    status: Annotated[int, Field(ge=400, le=599)] = 422
    """With which status."""
    message: str = ""
    """The words of the problem."""
    details: str = ""
    """More words on it."""
    errors: dict[str, str] = {}
    """Members of the body, or parameters, with what is wrong with each."""

    def load(self, loading: StepLoading) -> Step:
        condition = loading.condition(self.refuse, "refuse")
        refusal = load_refusal(loading.loading, loading.where, loading.names, self)
        return _Refuse(condition, self.status, refusal)


@dataclass(frozen=True, slots=True)
class _Refuse:
    condition: Formula
    status: int
    refusal: Refusal

    def run(self, run: Run) -> None:
        if self.condition.holds(run.scope):
            raise self.refusal.problem(self.status, run.scope, {}, run.shop.reading.naming)
