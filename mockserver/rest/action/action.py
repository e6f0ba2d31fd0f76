"""An action as it is declared, checked and ready to run."""

from mockserver.definitions.pattern import RoutePattern
from mockserver.formula.formula import Formula
from mockserver.rest.action.intake import Intake
from mockserver.rest.action.reply import ReplyPlan
from mockserver.rest.action.section import ActionSection
from mockserver.rest.action.step import Step
from mockserver.rest.job.plan import JobPlan
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Doing:
    """A step, and what has to hold for it to be done."""

    when: Formula | None
    step: Step


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `names` are those that its steps give, all null until they do; `lists` says that one is a list."""

    name: str
    section: ActionSection
    routes: tuple[RoutePattern, ...]
    body: Intake | None
    query: Intake
    doings: tuple[Doing, ...]
    names: tuple[str, ...]
    lists: bool
    job: JobPlan | None
    replies: tuple[ReplyPlan, ...]

    @property
    def all_routes(self) -> tuple[RoutePattern, ...]:
        """Its routes, those included that cancel its jobs."""
        cancelling = None if self.job is None else self.job.cancelling
        return self.routes if cancelling is None else (*self.routes, *cancelling.routes)
