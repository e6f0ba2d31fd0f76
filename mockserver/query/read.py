"""Query parameters to a `Query`: every value read by its field's declared type, every error by its parameter."""

from collections.abc import Sequence

from mockserver.errors import BadRequest
from mockserver.query.filter import FilterReader
from mockserver.query.order import read_order
from mockserver.query.parameters import MANY, Parameters, is_ignored
from mockserver.query.paths import Paths
from mockserver.query.query import Query
from mockserver.query.shown import read_shown
from mockserver.query.spelling import PageRules, Spelling
from mockserver.query.window import read_window


class QueryReader:
    """Reads the queries to one resource. *Raises* `BadRequest` naming every parameter that is wrong.

    `strict` refuses parameters that mean nothing; otherwise they are passed over.
    """

    __slots__ = ("_paging", "_paths", "_roles", "_spelling", "_strict")

    def __init__(self, paths: Paths, spelling: Spelling, paging: PageRules, *, strict: bool) -> None:
        self._paths = paths
        self._spelling = spelling
        self._roles = spelling.roles()
        self._paging = paging
        self._strict = strict

    def read_list(self, query: Sequence[tuple[str, str]]) -> Query:
        """The query of a list request."""
        parameters = Parameters(self._roles)
        filters = FilterReader(self._paths, parameters)
        for name, value in self._sorted_out(query, parameters):
            if not filters.take(name, value) and self._strict:
                parameters.fail(name, filters.stranger(name))
        search = parameters.one("search")
        read = Query(
            filters.conditions(),
            search[1] if search else "",
            read_order(parameters, self._paths),
            read_window(parameters, self._paging, self._spelling.least),
            *read_shown(parameters, self._paths),
        )
        parameters.finish()
        return read

    def read_filter(self, query: Sequence[tuple[str, str]]) -> Query:
        """The query of a request that writes to all it matches: conditions and search, at least one of them."""
        parameters = Parameters(self._roles)
        filters = FilterReader(self._paths, parameters)
        for name, value in self._sorted_out(query, parameters):
            if not filters.take(name, value) and self._strict:
                parameters.fail(name, filters.stranger(name))
        search = parameters.one("search")
        for role, given in parameters.given.items():
            if role != "search":
                parameters.fail(given[0][0], "has no meaning for a write to all that match")
        read = Query(filters.conditions(), search[1] if search else "")
        parameters.finish()
        if not read.conditions and not read.search:
            raise BadRequest(f"This writes to many {self._paths.resource.name}: say which, by a filter in the query.")
        return read

    def read_item(self, query: Sequence[tuple[str, str]]) -> Query:
        """The query of a request for one document: what to show of it."""
        parameters = Parameters(self._roles)
        filters = FilterReader(self._paths, parameters)
        for name, _ in self._sorted_out(query, parameters):
            if self._strict:
                is_filter = filters.meaning(name) is not None
                parameters.fail(name, "has no meaning for one document" if is_filter else filters.stranger(name))
        fields, embed = read_shown(parameters, self._paths)
        parameters.finish()
        return Query(fields=fields, embed=embed)

    def _sorted_out(self, query: Sequence[tuple[str, str]], parameters: Parameters) -> list[tuple[str, str]]:
        """What is left when every parameter with a role, and what is never ours, is taken out."""
        if len(query) > MANY:
            raise BadRequest(f"A query of more than {MANY} parameters is not read.")
        left: list[tuple[str, str]] = []
        for name, value in query:
            if "\0" in name or "\0" in value:
                parameters.fail(name.replace("\0", "\\0"), "holds a NUL character")
            elif not parameters.take(name, value) and not is_ignored(name):
                left.append((name, value))
        return left
