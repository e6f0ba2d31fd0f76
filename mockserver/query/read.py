"""Query parameters to a `Query`: every value read by its field's declared type, every error by its parameter."""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Final, TypeAlias

from mockserver.errors import BadRequest
from mockserver.query.filter import FilterReader
from mockserver.query.order import read_order
from mockserver.query.parameters import ACCESS_TOKEN, MANY, Parameter, Parameters, is_ignored
from mockserver.query.paths import Paths
from mockserver.query.query import Query, Window
from mockserver.query.shown import read_shown
from mockserver.query.spelling import PageRules, Role, Spelling
from mockserver.query.window import read_window

Pairs: TypeAlias = tuple[tuple[str, str], ...]
"""The parameters of a query, in order."""
Read: TypeAlias = Callable[[Sequence[tuple[str, str]]], Sequence[Parameter]]
"""A query in spellings known here. *Raises* `BadRequest`."""

_KEPT: Final = 512
"""How many queries of each kind are remembered with what they mean."""
WINDOW_ROLES: Final[tuple[Role, ...]] = ("limit", "offset", "page", "size", "cursor")


class QueryReader:
    """Reads the queries to one resource. *Raises* `BadRequest` naming every parameter that is wrong.

    `read` puts a convention's own spellings into those that are known here. `strict` refuses parameters that mean
    nothing; otherwise they are passed over.
    """

    __slots__ = ("_paging", "_paths", "_read", "_roles", "_spelling", "_strict", "read_item", "read_list")

    def __init__(self, paths: Paths, spelling: Spelling, paging: PageRules, read: Read, *, strict: bool) -> None:
        self._paths = paths
        self._spelling = spelling
        self._read = read
        # A document that may hold anything may well have a `page` or `order` of its own.
        self._roles = spelling.roles(paths.fields() if paths.resource.lenient else ())
        self._paging = paging
        self._strict = strict
        # What is asked is asked again.
        self.read_list: Callable[[Pairs], Query] = lru_cache(maxsize=_KEPT)(self._read_list)
        """The query of a list request."""
        self.read_item: Callable[[Pairs], Query] = lru_cache(maxsize=_KEPT)(self._read_item)
        """The query of a request for one document: what to show of it."""

    def _read_list(self, query: Pairs) -> Query:
        parameters = Parameters(self._roles)
        narrowed = self._narrowed(query, parameters)
        order = read_order(parameters, self._paths)
        window = read_window(parameters, self._paging, self._spelling.least)
        fields, embed = read_shown(parameters, self._paths)
        parameters.finish()
        return Query(narrowed.conditions, narrowed.search, order, window, fields, embed)

    def read_filter(self, query: Sequence[tuple[str, str]]) -> Query:
        """The query of a request that writes to all it matches: conditions and search, at least one of them."""
        parameters = Parameters(self._roles)
        narrowed = self._narrowed(query, parameters)
        for role, given in parameters.given.items():
            if role != "search":
                parameters.fail(given[0][0], "has no meaning for a write to all that match")
        parameters.finish()
        if not narrowed.conditions and not narrowed.search:
            raise BadRequest(f"This writes to many {self._paths.resource.name}: say which, by a filter in the query.")
        return narrowed

    def _narrowed(self, query: Sequence[tuple[str, str]], parameters: Parameters) -> Query:
        """The conditions and the search of a query; what else has a role is kept in `parameters`."""
        filters = FilterReader(self._paths, parameters, self._spelling.patterns)
        for parameter in self._sorted_out(query, parameters):
            if not filters.take(parameter) and self._strict:
                parameters.fail(parameter.said, filters.stranger(parameter.name))
        search = parameters.one("search")
        return Query(filters.conditions(), search[1] if search else "")

    def _read_item(self, query: Pairs) -> Query:
        parameters = Parameters(self._roles)
        filters = FilterReader(self._paths, parameters, self._spelling.patterns)
        for name, _, said in self._sorted_out(query, parameters):
            if self._strict:
                is_filter = filters.meaning(name) is not None
                parameters.fail(said, "has no meaning for one document" if is_filter else filters.stranger(name))
        fields, embed = read_shown(parameters, self._paths)
        parameters.finish()
        return Query(fields=fields, embed=embed)

    def _sorted_out(self, query: Sequence[tuple[str, str]], parameters: Parameters) -> list[Parameter]:
        """What is left when every parameter with a role, and what is never ours, is taken out."""
        if len(query) > MANY:
            raise BadRequest(f"A query of more than {MANY} parameters is not read.")
        left: list[Parameter] = []
        for parameter in self._read(query):
            if "\0" in parameter.name or "\0" in parameter.value:
                parameters.fail(parameter.said.replace("\0", "\\0"), "holds a NUL character")
            elif not parameters.take(parameter) and not is_ignored(parameter.name) and parameter.name != ACCESS_TOKEN:
                left.append(parameter)
        return left


class WindowReader:
    """Reads the window of a query, and nothing else of it."""

    __slots__ = ("_least", "_paging", "_read", "roles")

    def __init__(self, spelling: Spelling, paging: PageRules, read: Read) -> None:
        self.roles = {name: role for name, role in spelling.roles().items() if role in WINDOW_ROLES}
        self._least = spelling.least
        self._paging = paging
        self._read = read

    def read(self, query: Sequence[tuple[str, str]], others: Collection[str]) -> Window:
        """The window asked for, or the default one; `others` are folded names that mean something else.

        *Raises* `BadRequest`.
        """
        parameters = Parameters({name: role for name, role in self.roles.items() if name not in others})
        for parameter in self._read(query):
            parameters.take(parameter)
        window = read_window(parameters, self._paging, self._least)
        parameters.finish()
        return window
