"""`delete: animals`: one document, or each where a condition holds, with what their relations say."""

from typing import Any

from pydantic import Field

from mockserver.generation.schema import ID
from mockserver.messages import Outcome
from mockserver.rest.action.step import Nothing, RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.rest.action.target import Target, load_target
from mockserver.value import dataclass


@steps.register("delete")
class DeleteSection(StepSection):
    """The document with that `id`, or all `where` something holds; `row` is each."""

    delete: str
    """The resource."""
    id: Any = None
    """The id of the document."""
    where: Any = None
    """Which documents; `row` is each."""
    as_: RowName | None = Field(default=None, alias="as")
    """What later expressions call what was deleted."""

    def load(self, loading: StepLoading) -> Step:
        target = load_target(loading, "delete", self.delete, self.id, self.where)
        if target is None:
            return Nothing()
        naming = loading.name_many if target.is_many else loading.name_one
        return _Delete(target, naming(self.as_, target.resource))


@dataclass(frozen=True, slots=True)
class _Delete:
    target: Target
    name: str

    def run(self, run: Run) -> None:
        resource, collection = self.target.resource, run.shop.store[self.target.resource.name]
        documents = self.target.documents(run)
        rows = [run.shop.row(resource, document) for document in documents]
        for document in documents:
            key = document[ID]
            # One that refers to another of them may have left with it.
            if isinstance(key, int | str) and key in collection:
                run.transaction.delete(resource, key)
        if self.target.is_many:
            run.bind(self.name, {"items": rows, "total": len(rows)})
            # Not `deleted`, which has no body where a convention answers 204.
            run.outcome = Outcome("read", run.wire(resource), {"count": len(rows)})
        else:
            run.bind(self.name, rows[0])
            run.outcome = Outcome("deleted", run.wire(resource), dict(rows[0]), key=rows[0]["id"])
