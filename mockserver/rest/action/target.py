"""Which documents a step is about: one by its id, those where a condition holds, or the only one there is."""

from typing import Any

from mockserver.errors import NotFound
from mockserver.formula.formula import Formula
from mockserver.generation.schema import Resource
from mockserver.messages import Document
from mockserver.rest.action.step import ROW, Run, StepLoading
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """The documents of a step; `key` is one's id, `where` what holds for each of several."""

    resource: Resource
    key: Formula | None
    where: Formula | None

    @property
    def is_many(self) -> bool:
        """Whether there may be any number of them."""
        return self.where is not None

    def documents(self, run: Run) -> list[Document]:
        """The documents there are now. *Raises* `NotFound` for one that is not there."""
        if self.where is not None:
            return [row for row in run.shop.store[self.resource.name] if self._meets(self.where, run, row)]
        if self.key is not None:
            return [run.document(self.resource, self.key.value(run.scope))]
        return [run.only(self.resource)]

    def first(self, run: Run) -> Document:
        """The first of them. *Raises* `NotFound`."""
        if self.where is None:
            return self.documents(run)[0]
        for row in run.shop.store[self.resource.name]:
            if self._meets(self.where, run, row):
                return row
        raise NotFound(f"There is no such {self.resource.singular()}.")

    def _meets(self, where: Formula, run: Run, row: Document) -> bool:
        return where.holds(run.scope.plus(**{ROW: run.shop.row(self.resource, row)}))


def load_target(loading: StepLoading, kind: str, name: str, key: Any, where: Any) -> Target | None:
    """The target of a step. Noted: no such resource, and anything but one way to say which documents."""
    resource = loading.resource(name, kind)
    if resource is None:
        return None
    if key is not None and where is not None:
        loading.loading.note((*loading.where, "where"), "'id' and 'where' can't stand together", "leave one", key=True)
    if key is None and where is None and not resource.is_singleton:
        hint = 'id: "${…}" for one, where: "${row.… == …}" for several'
        loading.loading.note((*loading.where, kind), f"says which {name} neither by 'id' nor by 'where'", hint)
    return Target(
        resource,
        None if key is None else loading.formula(key, "id"),
        None if where is None else loading.condition(where, "where", {ROW: resource}),
    )
