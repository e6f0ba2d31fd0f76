"""`create: animals`: a new document, by the rules of its fields."""

from typing import Any

from pydantic import Field

from mockserver.formula.formula import Settings
from mockserver.generation.schema import ID, Resource
from mockserver.messages import Outcome
from mockserver.rest.action.step import Nothing, RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.rest.action.writing import blamed
from mockserver.value import dataclass


@steps.register("create")
class CreateSection(StepSection):
    """A document with the fields of `set`; the others have their defaults."""

    create: str
    """The resource."""
    set: dict[str, Any] = {}
    """The fields of the document; others have their defaults."""
    as_: RowName | None = Field(default=None, alias="as")
    """What later expressions call it."""

    def load(self, loading: StepLoading) -> Step:
        resource = loading.resource(self.create, "create")
        if resource is None:
            return Nothing()
        settings = loading.loading.settings(self.set, resource, (*loading.where, "set"), loading.names)
        return _Create(resource, settings, loading.name_one(self.as_, resource))


@dataclass(frozen=True, slots=True)
class _Create:
    resource: Resource
    settings: Settings
    name: str

    def run(self, run: Run) -> None:
        with blamed(self.settings, run.shop.reading.naming):
            draft = run.shop.writing.made(self.resource, self.settings.values(run.scope))
        document = run.transaction.put(self.resource, draft)
        row, key = run.shop.row(self.resource, document), document[ID]
        assert isinstance(key, int | str)  # noqa: S101 - as every id
        run.bind(self.name, row)
        location = run.location(self.resource, key)
        run.outcome = Outcome("created", run.wire(self.resource), dict(row), location=location, key=key)
