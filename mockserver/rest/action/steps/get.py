"""`get: animals`: a document for the steps after it; where there is none the action ends in 404."""

from typing import Any

from pydantic import Field

from mockserver.messages import Outcome
from mockserver.rest.action.step import Nothing, RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.rest.action.target import Target, load_target
from mockserver.value import dataclass


@steps.register("get")
class GetSection(StepSection):
    """The document with that `id`, the first `where` something holds for `row`, or the only one of a singleton."""

    get: str
    """The resource."""
    id: Any = None
    """The id of the document."""
    where: Any = None
    """Which document, the first of them; `row` is each."""
    as_: RowName | None = Field(default=None, alias="as")
    """What later expressions call it."""

    def load(self, loading: StepLoading) -> Step:
        target = load_target(loading, "get", self.get, self.id, self.where)
        if target is None:
            return Nothing()
        return _Get(target, loading.name_one(self.as_, target.resource))


@dataclass(frozen=True, slots=True)
class _Get:
    target: Target
    name: str

    def run(self, run: Run) -> None:
        resource = self.target.resource
        row = run.shop.row(resource, self.target.first(run))
        run.bind(self.name, row)
        run.outcome = Outcome("read", run.wire(resource), dict(row), key=row["id"])
