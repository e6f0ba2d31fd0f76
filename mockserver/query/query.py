"""A question to a collection, apart from how it was spelled: conditions, order, window, what to show."""

from typing import Any, Literal, TypeAlias, get_args

from mockserver.messages import Key
from mockserver.value import dataclass

Operator: TypeAlias = Literal[
    "eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "between", "isnull", "contains", "startswith", "endswith", "like"
]
OPERATORS: tuple[Operator, ...] = get_args(Operator)


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter: the dotted way to the field, what to do, and the values in the field's type (any of them)."""

    path: str
    operator: Operator
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class SortKey:
    """One step of an order."""

    path: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a result that is shown: so many from a place on; no limit shows all.

    `page` is the page asked for, from 1, where pages were asked for. A window `by_cursor` starts behind the document
    with the id `after`, or at its offset when that one is gone.
    """

    offset: int = 0
    limit: int | None = None
    page: int | None = None
    after: Key | None = None
    by_cursor: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """Everything a list request asks; an item request uses `fields` and `embed` alone."""

    conditions: tuple[Condition, ...] = ()
    search: str = ""
    order: tuple[SortKey, ...] = ()
    window: Window = Window()
    fields: tuple[str, ...] = ()
    embed: tuple[tuple[str, ...], ...] = ()
