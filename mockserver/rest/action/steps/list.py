"""`list: animals`: the page of documents that the request asks for, of those where a condition holds."""

from dataclasses import dataclass

from mockserver.errors import suggestion
from mockserver.generation.schema import ID, Resource
from mockserver.messages import Listed, Outcome
from mockserver.query.order import order_documents
from mockserver.query.parameters import Parameters
from mockserver.query.query import SortKey
from mockserver.query.window import read_window, write_cursor
from mockserver.rest.action.formula import Formula
from mockserver.rest.action.step import ROW, Nothing, RowName, Run, Step, StepLoading, StepSection, steps


@steps.register("list")
class ListSection(StepSection):
    """Documents that the caller may see, `where` something holds for `row`, in the order of `sort: -priority,name`."""

    list: str
    where: str | bool = True
    sort: str | None = None
    as_: RowName | None = None
