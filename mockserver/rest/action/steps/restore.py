"""`restore: animals`: a document that was deleted, back as it was."""

from typing import Any

from pydantic import Field

from mockserver.errors import Conflict, NotFound
from mockserver.formula.formula import Formula
from mockserver.formula.scope import key_at
from mockserver.generation.schema import Resource
from mockserver.messages import Outcome
from mockserver.rest.action.step import Nothing, RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.value import dataclass


@steps.register("restore")
class RestoreSection(StepSection):
    """The deleted document with that `id`, of a resource that keeps what is deleted."""

    restore: str
    """The resource."""
    id: Any
    """The id of the deleted document."""
    as_: RowName | None = Field(default=None, alias="as")
    """What later expressions call it."""

    def load(self, loading: StepLoading) -> Step:
        resource = loading.resource(self.restore, "restore")
        if resource is None:
            return Nothing()
        if resource.delete == "hard":
            problem = f"nothing of '{self.restore}' can be restored: what is deleted is not kept"
            loading.loading.note((*loading.where, "restore"), problem, f"resources.{self.restore}.delete: soft")
        return _Restore(resource, loading.formula(self.id, "id"), loading.name_one(self.as_, resource))


@dataclass(frozen=True, slots=True)
class _Restore:
    resource: Resource
    key: Formula
    name: str

    def run(self, run: Run) -> None:
        value, collection = self.key.value(run.scope), run.shop.store[self.resource.name]
        key = key_at(run.shop.reading, self.resource, value)
        buried = None if key is None else collection.buried(key)
        if buried is None:
            known = key is not None and key in collection
            said = f"The {self.resource.singular()} with the id {value} is not deleted."
            raise Conflict(said) if known else NotFound(f"There is no {self.resource.singular()} with the id {value}.")
        run.shop.writing.check_restorable(self.resource, buried)
        row = run.shop.row(self.resource, run.transaction.put(self.resource, buried))
        run.bind(self.name, row)
        run.outcome = Outcome("updated", run.wire(self.resource), dict(row), key=row["id"])
