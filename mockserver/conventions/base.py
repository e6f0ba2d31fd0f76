"""The contract of a convention: how one family of back ends reads queries and writes answers.

A convention knows neither collections nor actions; it is handed neutral values and gives bodies and statuses back.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple, Protocol

from mockserver.conventions.login import LoginManner
from mockserver.conventions.socket import SocketManner
from mockserver.definitions.manner import Case
from mockserver.definitions.model import Verb
from mockserver.errors import Problem
from mockserver.messages import Json, Listed, Outcome, Request
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Spelling
from mockserver.registry import Registry
from mockserver.value import dataclass

Headers = tuple[tuple[str, str], ...]


class Place(NamedTuple):
    """Where an answer stands: the path as it was requested, and the address of another page of the same list.

    `link` takes the parameters to change and gives an absolute URL where the request had a Host; `names` are the
    parameters to turn pages with, by role, as the request spelled them; `sized` says that it chose the page's size.
    `first` is the number of a list's first page; `origin` is what absolute URLs begin with. `stack` asks a failure to
    say where it arose, if there is room for it.
    """

    path: str
    link: Callable[[Mapping[str, str]], str]
    names: Mapping[str, str] = MappingProxyType({})
    sized: bool = False
    first: int = 1
    origin: str = ""
    stack: bool = False


class Written(NamedTuple):
    """A body before it is bytes; no body at all where `has_body` is false."""

    status: int
    body: Json = None
    headers: Headers = ()
    media_type: str = "application/json"
    has_body: bool = True


@dataclass(frozen=True, slots=True)
class Alias:
    """A further address of one of a resource's routes, to be called by one method."""

    method: str
    path: str
    verb: Verb


class Convention(Protocol):
    """One family's manner. Every method is a pure function of its arguments."""

    name: str
    spelling: Spelling
    paging: PageRules
    case: Case
    statuses: Mapping[str, int]
    takes_singular: bool
    """Whether `/zoo` means `/zoos`."""
    login: LoginManner
    """How the family logs people in, where a definition has users."""
    socket: SocketManner
    """How it speaks over sockets."""
    lenient: bool
    """Whether documents may hold anything: bodies are not checked, values compare as they are stored, members that are
    not declared are kept, references may lead nowhere, and parameters that mean nothing are passed over."""
    database_step: str
    """The last step of the path at which everything is read at once, empty where the family has none."""

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        """The paths that resources stand below; the first is the one that addresses are made with."""
        ...

    def rewrite(self, request: Request, collections: Mapping[str, str]) -> Request:
        """The request as it would be put to the resources' own routes; `collections` are their paths by name.

        *Raises* a `Problem` for one that can't be put so.
        """
        ...

    def aliases(self, resource: str) -> Sequence[Alias]:
        """The addresses that are rewritten to the routes of a collection, beside those below the prefix."""
        ...

    def read_query(self, query: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
        """A query in the names of `spelling` and the neutral ones. *Raises* `BadRequest` for what can't be read."""
        ...

    def accepts(self, ranges: tuple[str, ...]) -> bool:
        """Whether JSON may answer a request whose `Accept` names these media ranges (those with q=0 left out)."""
        ...

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        """The answer of an action that succeeded; its status is settled already."""
        ...

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        """The answer of one that did not."""
        ...


conventions: Registry[Callable[[], Convention]] = Registry("convention", "mockserver.conventions")


def as_said(query: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
    """A query whose names are those that are known here."""
    return [Parameter(name, value, name) for name, value in query]


_JSON_RANGES = frozenset(("*/*", "application/*", "application/json", "application/problem+json"))


@lru_cache(maxsize=256)
def accepts_json(ranges: tuple[str, ...]) -> bool:
    """Whether a media range admits JSON (RFC 9110 §12.5.1)."""
    return any(one in _JSON_RANGES or one.endswith("+json") for one in ranges)


def page_count(listed: Listed) -> int:
    """How many pages of this size the whole list fills; at least one."""
    return max(1, -(-listed.total // listed.limit)) if listed.limit else 1


def page_number(listed: Listed) -> int:
    """The page a window is, or lies in, counted from 1."""
    if listed.page is not None:
        return listed.page
    return listed.offset // listed.limit + 1 if listed.limit else 1


def neighbours(listed: Listed, place: Place) -> dict[str, str]:
    """The addresses of first, prev, next and last page.

    A list without a window has no pages. Turning keeps the manner of the request: by number, by offset or by cursor.
    """
    limit, names = listed.limit, place.names
    if not limit:
        return {}
    beyond = listed.offset + len(listed.items) < listed.total
    if listed.by_cursor:
        return {"next": place.link({names["cursor"]: listed.cursor})} if beyond and listed.items else {}
    if listed.page is not None:
        pages = _pages(listed.page, page_count(listed))
        return {rel: place.link({names["page"]: str(page - 1 + place.first)}) for rel, page in pages.items()}
    sized = {} if place.sized else {names["limit"]: str(limit)}
    offsets = _offsets(listed, limit)
    return {rel: place.link({names["offset"]: str(offset), **sized}) for rel, offset in offsets.items()}


def cursor_link(listed: Listed, place: Place) -> Headers:
    """`Link` to the next window by cursor, for conventions whose bodies have no place for it."""
    links = neighbours(listed, place) if listed.by_cursor else {}
    return tuple(("Link", f'<{address}>; rel="{rel}"') for rel, address in links.items())


def _pages(page: int, last: int) -> dict[str, int]:
    """The numbers of the pages around one; before a page that lies past the end comes the last."""
    found = {"first": 1}
    if page > 1:
        found["prev"] = min(page - 1, last)
    if page < last:
        found["next"] = page + 1
    found["last"] = last
    return found


def _offsets(listed: Listed, limit: int) -> dict[str, int]:
    """Where the pages around a window begin."""
    last = (listed.total - 1) // limit * limit if listed.total else 0
    found = {"first": 0}
    if listed.offset > 0:
        found["prev"] = max(0, min(listed.offset - limit, last))
    if listed.offset + limit < listed.total:
        found["next"] = listed.offset + limit
    found["last"] = last
    return found


def words(name: str) -> str:
    """A field's name in a sentence: `customer_id` → `Customer id`."""
    text = name.replace("_", " ").replace(".", " ")
    return text[:1].upper() + text[1:]
