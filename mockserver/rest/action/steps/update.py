"""`update: animals`: other values in one document, or in each where a condition holds."""

from typing import Any

from pydantic import Field

from mockserver.formula.formula import Settings
from mockserver.messages import Document, Outcome
from mockserver.rest.action.step import ROW, Nothing, RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.rest.action.target import Target, load_target
from mockserver.rest.action.writing import blamed
from mockserver.value import dataclass


@steps.register("update")
class UpdateSection(StepSection):
    """The fields of `set` in the document with that `id`, or in all `where` something holds; `row` is each."""

    update: str
    """The resource."""
    id: Any = None
    """The id of the document."""
    where: Any = None
    """Which documents; `row` is each."""
    set: dict[str, Any]
    """The fields that change."""
    as_: RowName | None = Field(default=None, alias="as")
    """What later expressions call what was changed."""

    def load(self, loading: StepLoading) -> Step:
        target = load_target(loading, "update", self.update, self.id, self.where)
        if target is None:
            return Nothing()
        resource, place = target.resource, (*loading.where, "set")
        if resource.id.name in self.set:
            loading.loading.note((*place, resource.id.name), "an id never changes", "leave it out", key=True)
        settings = loading.loading.settings(self.set, resource, place, loading.names.plus({ROW: resource}))
        naming = loading.name_many if target.is_many else loading.name_one
        return _Update(target, settings, naming(self.as_, resource))


@dataclass(frozen=True, slots=True)
class _Update:
    target: Target
    settings: Settings
    name: str

    def run(self, run: Run) -> None:
        resource = self.target.resource
        rows = [run.shop.row(resource, self._write(run, document)) for document in self.target.documents(run)]
        if self.target.is_many:
            run.bind(self.name, {"items": rows, "total": len(rows)})
            run.outcome = Outcome("updated", run.wire(resource), {"count": len(rows)})
        else:
            run.bind(self.name, rows[0])
            run.outcome = Outcome("updated", run.wire(resource), dict(rows[0]), key=rows[0]["id"])

    def _write(self, run: Run, document: Document) -> Document:
        resource = self.target.resource
        scope = run.scope.plus(**{ROW: run.shop.row(resource, document)})
        with blamed(self.settings, run.shop.reading.naming):
            draft = run.shop.writing.changed(resource, document, self.settings.values(scope))
        return run.transaction.put(resource, draft)
