"""Queries to documents in the definition's own names: the neutral spellings, whatever the convention's are."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mockserver.conventions.base import as_said
from mockserver.generation.schema import ID, Resource, Schema
from mockserver.messages import Key
from mockserver.query.filter import FilterReader
from mockserver.query.naming import Naming
from mockserver.query.parameters import ACCESS_TOKEN, Parameters, is_ignored
from mockserver.query.paths import Paths
from mockserver.query.query import Condition, Query
from mockserver.query.read import QueryReader
from mockserver.query.spelling import PageRules, Role, Spelling
from mockserver.sandbox.plain.address import Filter
from mockserver.value import dataclass

PAGE: Final = PageRules(default=50, largest=1000)
ROLES: Final[dict[str, Role]] = {"limit": "limit", "offset": "offset", "sort": "sort", "q": "search"}
# As names of its own, not neutral ones: those would give way to fields where documents may hold anything.
_SPELLING: Final = Spelling(ROLES, neutral={})


@dataclass(frozen=True, slots=True)
class Asked:
    """A query, and its filters as they were given."""

    query: Query
    filters: tuple[Filter, ...]

    def among(self, keys: Sequence[Key]) -> Query:
        """The query held to some documents."""
        return replace(self.query, conditions=(Condition(ID, "in", tuple(keys)), *self.query.conditions))


class PlainReader:
    """Reads the queries to one resource."""

    __slots__ = ("_paths", "_reader")

    def __init__(self, schema: Schema, naming: Naming, resource: Resource) -> None:
        self._paths = Paths(schema, resource, naming, any_case=False)
        self._reader = QueryReader(self._paths, _SPELLING, PAGE, as_said, strict=True)

    def read(self, pairs: Sequence[tuple[str, str]]) -> Asked:
        """A query. *Raises* `BadRequest` naming every parameter that is wrong."""
        query = self._reader.read_list(tuple(pairs))
        filters = FilterReader(self._paths, Parameters({}))
        named = [(filters.meaning(name), value) for name, value in pairs if not self._is_other(name)]
        return Asked(query, tuple(Filter(*meant, value) for meant, value in named if meant is not None))

    def _is_other(self, name: str) -> bool:
        """Whether a parameter is no filter."""
        return name.casefold() in ROLES or is_ignored(name) or name == ACCESS_TOKEN
