"""`list: animals`: the page of documents that the request asks for, of those where a condition holds."""

from typing import Any, ClassVar

from pydantic import Field

from mockserver.errors import suggestion
from mockserver.formula.formula import Formula
from mockserver.generation.schema import ID, Resource
from mockserver.generation.shape import Shape
from mockserver.messages import Document, Json, Listed, Outcome
from mockserver.query.query import Query, SortKey
from mockserver.query.select import select
from mockserver.query.window import write_cursor
from mockserver.rest.action.step import ROW, Nothing, RowName, Run, Step, StepLoading, StepSection, steps
from mockserver.value import dataclass


@steps.register("list")
class ListSection(StepSection):
    """Documents that the caller may see, `where` something holds for `row`, in the order of `sort: -priority,name`."""

    reads_window: ClassVar[bool] = True

    list: str
    """The resource."""
    where: Any = True
    """Which documents; `row` is each."""
    sort: str | None = None
    """Their order."""
    as_: RowName | None = Field(default=None, alias="as")
    """What later expressions call them."""

    def load(self, loading: StepLoading) -> Step:
        resource = loading.resource(self.list, "list")
        if resource is None:
            return Nothing()
        order: list[SortKey] = []
        for name in [part.strip() for part in (self.sort or "").split(",") if part.strip()]:
            field = name.removeprefix("-")
            if field.split(".")[0] not in resource.attributes:
                problem = f"'{field}' is not a field of '{resource.name}'"
                loading.loading.note((*loading.where, "sort"), problem, suggestion(field, resource.attributes))
            order.append(SortKey(field, name.startswith("-")))
        where = None if self.where is True else loading.condition(self.where, "where", {ROW: resource})
        query = loading.names.known.get("query")
        declared = frozenset(name.casefold() for name in query.properties) if isinstance(query, Shape) else frozenset()
        return _List(resource, where, tuple(order), loading.name_many(self.as_, resource), declared)


@dataclass(frozen=True, slots=True)
class _List:
    resource: Resource
    where: Formula | None
    order: tuple[SortKey, ...]
    name: str
    declared: frozenset[str]

    def run(self, run: Run) -> None:
        window, where = run.shop.window.read(run.request.query, self.declared), self.where

        def meets(resource: str, row: Document) -> bool:
            if not run.sees(resource, row):
                return False
            return where is None or where.holds(run.scope.plus(**{ROW: run.shop.row(self.resource, row)}))

        sees = run.sees if where is None else meets
        page = select(run.shop.store[self.resource.name], Query(order=self.order, window=window), sees)
        rows = [run.shop.row(self.resource, row) for row in page.documents]
        last = page.documents[-1][ID] if page.documents else None
        cursor = write_cursor(page.offset + len(rows), last) if isinstance(last, int | str) else ""
        run.bind(self.name, {"items": rows, "total": page.total})
        items: list[Json] = [dict(row) for row in rows]
        listed = Listed(items, page.total, page.offset, window.limit, window.page, window.by_cursor, cursor)
        run.outcome = Outcome("listed", run.wire(self.resource), listed=listed)
