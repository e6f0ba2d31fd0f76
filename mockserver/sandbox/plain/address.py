"""The API's own addresses of what is shown: of a document, and of a list as its convention would be asked for it."""

from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import quote, urlencode

from mockserver.generation.schema import ID, Resource
from mockserver.messages import Key
from mockserver.query.parameters import is_ignored
from mockserver.query.query import Operator, Query
from mockserver.rest.api import RestApi
from mockserver.value import dataclass

_LONGEST: Final = 8_000
"""What an address may have in characters, so that a request of it is taken."""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter as it was given: the field's path, what to do, and the text of its value."""

    path: str
    operator: Operator
    text: str


class Addresses:
    """Addresses of one API, with `base` before every path: the prefix of the sandbox, empty for the default one."""

    __slots__ = ("_api", "_base", "_homes", "_names", "_taken")

    def __init__(self, api: RestApi, base: str) -> None:
        self._api = api
        self._base = base
        self._homes = api.router.homes()
        self._names = api.convention.spelling.turning()
        self._taken = api.convention.spelling.roles()

    def collection(self, resource: Resource) -> str:
        """Where a resource is."""
        return self._base + self._homes[resource.name]

    def document(self, resource: Resource, key: Key) -> str:
        """Where a document is."""
        home = self.collection(resource)
        return home if resource.is_singleton else f"{home}/{quote(str(key), safe='')}"

    def listing(self, resource: Resource, query: Query, filters: Sequence[Filter], count: int) -> str | None:
        """Where just what a query gives is to be had, `count` documents of it; nothing where no one request does."""
        if resource.is_singleton:
            return self.collection(resource)
        paging, spelling = self._api.convention.paging, self._api.convention.spelling
        open_to = resource.section.methods
        is_listed = open_to is None or "list" in open_to
        if not is_listed or count < spelling.least or (paging.largest is not None and count > paging.largest):
            return None
        address = f"{self.collection(resource)}?{urlencode([*self._pairs(query, filters, count)])}"
        return address if len(address) <= _LONGEST else None

    def of_these(self, resource: Resource, keys: Sequence[Key], query: Query) -> str | None:
        """Where these documents are to be had in the order of a query."""
        if not keys:
            return None
        filters = [Filter(ID, "eq", str(key)) for key in keys]
        return self.listing(resource, Query(order=query.order), filters, len(keys))

    def _pairs(self, query: Query, filters: Sequence[Filter], count: int) -> Iterator[tuple[str, str]]:
        yield from ((self._spell(one), one.text) for one in filters)
        if query.search:
            yield self._names["search"], query.search
        if query.order:
            steps = (f"{'-' if step.descending else ''}{self._api.naming.wire(step.path)}" for step in query.order)
            yield self._names["sort"], ",".join(steps)
        if query.window.offset:
            yield self._names["offset"], str(query.window.offset)
        yield self._names["limit"], str(count)

    def _spell(self, one: Filter) -> str:
        """The parameter of a filter; `like` may be a pattern elsewhere, and is contained text here."""
        wire = self._api.naming.wire(one.path)
        operator = "contains" if one.operator == "like" else one.operator
        name = wire if self._is_free(wire, one.text) else f"filter[{wire}]"
        return name if operator == "eq" else f"{name}[{operator}]"

    def _is_free(self, wire: str, text: str) -> bool:
        """Whether a parameter of that name can only be a filter."""
        if wire.casefold() in self._taken or is_ignored(wire) or wire == "access_token":
            return False
        return [(one.name, one.value) for one in self._api.convention.read_query([(wire, text)])] == [(wire, text)]
