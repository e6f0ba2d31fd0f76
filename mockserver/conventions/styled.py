"""A convention with the changes a definition makes to it: other statuses, parameter names, page sizes, bodies."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from mockserver.conventions.base import (
    Alias,
    Convention,
    Place,
    Written,
    conventions,
    neighbours,
    page_count,
    page_number,
    words,
)
from mockserver.conventions.login import LoginManner
from mockserver.conventions.socket import SocketManner
from mockserver.conventions.template import fill, flaws
from mockserver.definitions.load import Report
from mockserver.definitions.manner import ApiSection, Case, Manner, Names, Paging
from mockserver.definitions.model import CoreDefinition
from mockserver.errors import Problem, ServerError, suggestion
from mockserver.messages import Json, Listed, Outcome, Request
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Role, Spelling

_ROLES: Final[tuple[Role, ...]] = ("page", "size", "limit", "offset", "cursor")
_NAMED: Final[tuple[Role, ...]] = ("sort", "sorting", "sortby", "order", "search", "fields", "embed")
TEMPLATES: Final = ("list", "item", "deleted", "error", "invalid")


def check_style(definition: CoreDefinition, report: Report) -> None:
    """Note a convention that does not exist, variables that are none, and a default page above the largest."""
    convention, manner = definition.api.convention, definition.api.manner
    where: tuple[str, ...] = ("api", "convention")
    if manner.like not in conventions:
        at = where if isinstance(convention, str) else (*where, "like")
        report.add(at, f"there is no convention '{manner.like}'", suggestion(manner.like, conventions.names()))
        return
    for part in TEMPLATES:
        for inner, problem, hint in flaws(getattr(manner, part)):
            report.add((*where, part, *inner), problem, hint)
    paged, named = _given(manner.paging, _ROLES), _given(manner.names, _NAMED)
    for at, said in (
        ((*where, "paging"), paged),
        ((*where, "names"), named),
        (("api", "paging"), _given(definition.api.paging, _ROLES)),
    ):
        for role, twin in _twins(said, paged if said is named else {}):
            report.add((*at, role), f"'{role}' has the same parameter as '{twin}'", "give each its own name")
    base = conventions.get(manner.like)()
    if definition.api.stack and not _tells_stack(base):
        report.add(("api", "stack"), f"'{manner.like}' has no place for a stack in its failures", "leave it out")
    sizes = _sized(base.paging, manner.paging, definition.api.paging)
    if sizes.default is not None and sizes.largest is not None and sizes.default > sizes.largest:
        at = where if "default" in manner.paging.model_fields_set else ("api",)
        report.add((*at, "paging", "default"), f"the default page is above the largest ({sizes.largest})", "raise max")


def _tells_stack(convention: Convention) -> bool:
    """Whether a failure looks different where it is asked to say where it arose."""
    place, problem = Place("/", lambda _: "/"), ServerError("It failed.")
    return convention.write_problem(problem, 500, place) != convention.write_problem(
        problem, 500, place._replace(stack=True)
    )


def _given(section: Paging | Names, roles: Iterable[Role]) -> dict[Role, str]:
    """The roles that a section has a parameter for."""
    found = ((role, getattr(section, role)) for role in roles)
    return {role: name for role, name in found if name is not None}


def _twins(given: Mapping[Role, str], others: Mapping[Role, str]) -> Iterator[tuple[Role, Role]]:
    """Roles whose parameter another has already, with that one."""
    seen = {name.casefold(): role for role, name in others.items()}
    for role, name in given.items():
        if seen.setdefault(name.casefold(), role) != role:
            yield role, seen[name.casefold()]


def _renamed(spelling: Spelling, manner: Manner, paging: Paging) -> Spelling:
    named = (_given(manner.paging, _ROLES), _given(manner.names, _NAMED), _given(paging, _ROLES))
    names = {name: role for given in named for role, name in given.items()}
    return replace(spelling, names={**spelling.names, **names})


def _sized(rules: PageRules, *pagings: Paging) -> PageRules:
    """The pages in force. A default size that nobody chose gives way to a smaller maximum."""
    default, largest, chosen = rules.default, rules.largest, False
    for paging in pagings:
        if "default" in paging.model_fields_set:
            default, chosen = paging.default, True
        if "max" in paging.model_fields_set:
            largest = paging.max
    if not chosen and default is not None and largest is not None:
        default = min(default, largest)
    first = next((paging.first for paging in reversed(pagings) if paging.first is not None), rules.first)
    numbered = rules.numbered or any(paging.page is not None for paging in pagings)
    return PageRules(default, largest, first, numbered)


class Styled:
    """Another convention, written differently. With nothing changed it answers exactly as that one does."""

    def __init__(self, base: Convention, section: ApiSection) -> None:
        manner: Manner = section.manner
        self._base = base
        self._manner = manner
        self.name = base.name
        self.spelling = _renamed(base.spelling, manner, section.paging)
        self.paging = _sized(base.paging, manner.paging, section.paging)
        self.case: Case = section.case or base.case
        self.statuses: Mapping[str, int] = dict(base.statuses) | {
            str(key): status for key, status in manner.statuses.items()
        }
        self.takes_singular = base.takes_singular
        self.lenient = base.lenient
        self.database_step = base.database_step
        self.rewrite: Callable[[Request, Mapping[str, str]], Request] = base.rewrite
        self.aliases: Callable[[str], Sequence[Alias]] = base.aliases
        self.read_query: Callable[[Sequence[tuple[str, str]]], Sequence[Parameter]] = base.read_query
        self.accepts: Callable[[tuple[str, ...]], bool] = base.accepts
        self._prefix = section.prefix
        self._stack = section.stack

    @property
    def login(self) -> LoginManner:
        """As the convention underneath."""
        return self._base.login

    @property
    def socket(self) -> SocketManner:
        """As the convention underneath; bodies by templates are envelopes no longer."""
        own = any(getattr(self._manner, part) is not None for part in TEMPLATES)
        return replace(self._base.socket, is_envelope=self._base.socket.is_envelope and not own)

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        """The definition's own prefix, or else the convention's."""
        if self._prefix is not None:
            return (self._prefix.rstrip("/"),)
        return self._base.prefixes(version, application)

    def status_of(self, condition: str, plain: int) -> int:
        """The status of an outcome or problem by its key in `statuses:`."""
        return self.statuses.get(condition, plain)

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        """The convention's answer, its body by the template where there is one."""
        written = self._base.write(outcome, status, place)
        template = self._template(outcome)
        if template is None or status == 204:
            return written._replace(has_body=False) if status == 204 else written
        values: dict[str, Json] = {
            "item": outcome.item,
            "path": place.path,
            "status": status,
            "code": self._code(outcome.done, status),
            "message": outcome.message or "OK",
        }
        if outcome.listed is not None:
            values |= _list_values(outcome.listed, place)
        return written._replace(body=fill(template, values), has_body=True, media_type="application/json")

    def _template(self, outcome: Outcome) -> Any:
        if outcome.listed is not None:
            return self._manner.list
        if outcome.done == "deleted" and self._manner.deleted is not None:
            return self._manner.deleted
        return self._manner.item

    def _code(self, condition: str, plain: int) -> Json:
        """The application's own code of a condition: the plain status where others have one, else its word."""
        codes: Mapping[str, int | str] = {str(key): code for key, code in self._manner.codes.items()}
        return codes.get(condition, plain if codes else condition)

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        """The convention's problem, its body by the template where there is one."""
        written = self._base.write_problem(problem, status, place._replace(stack=self._stack))
        template = self._manner.error
        if problem.errors and self._manner.invalid is not None:
            template = self._manner.invalid
        if template is None:
            return written
        said = [(error.name, f"{words(error.name)} {error.detail}") for error in problem.errors]
        fields: dict[str, list[Json]] = {}
        for name, message in said:
            fields.setdefault(name, []).append(message)
        values: dict[str, Json] = {
            "path": place.path,
            "status": status,
            "code": self._code(problem.slug, problem.status),
            "title": problem.title,
            "message": problem.detail,
            "details": problem.details,
            "errors": [{"field": name, "message": message} for name, message in said],
            "fields": {**fields},
        }
        return written._replace(body=fill(template, values), has_body=True, media_type="application/json")


def _list_values(listed: Listed, place: Place) -> dict[str, Json]:
    links = neighbours(listed, place)
    return {
        "items": listed.items,
        "total": listed.total,
        "count": len(listed.items),
        "page": page_number(listed) - 1 + place.first,
        "size": listed.limit,
        "pages": page_count(listed),
        "offset": listed.offset,
        **{rel: links.get(rel) for rel in ("first", "prev", "next", "last")},
    }


def convention_of(section: ApiSection) -> Styled:
    """The convention a definition speaks. *Raises* `UnknownVariant` for a name that is none."""
    return Styled(conventions.get(section.manner.like)(), section)
