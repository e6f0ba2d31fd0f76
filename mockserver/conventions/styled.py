"""A convention with the changes a definition makes to it: other statuses, parameter names, page sizes, bodies.

A body template is a YAML value in which a string that is `$items`, `$item`, `$total`, … stands for that value.
"""

from collections.abc import Iterator, Mapping, Sequence
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
)
from mockserver.conventions.login import LoginManner
from mockserver.definitions.load import Report
from mockserver.definitions.model import ApiSection, Case, CoreDefinition, Manner, Paging
from mockserver.errors import Problem, suggestion
from mockserver.messages import Json, Listed, Outcome, Request
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Role, Spelling

_ROLES: Final[tuple[Role, ...]] = ("page", "size", "limit", "offset", "cursor")
VARIABLES: Final = (
    "items", "item", "total", "page", "size", "pages", "next", "prev", "path", "status", "code", "title", "message",
    "errors",
)  # fmt: skip


def fill(template: Any, values: Mapping[str, Json]) -> Json:
    """The template with its variables in place; a variable that this answer does not have is null."""
    if isinstance(template, dict):
        return {name: fill(value, values) for name, value in template.items()}
    if isinstance(template, list):
        return [fill(value, values) for value in template]
    if isinstance(template, str) and template.startswith("$") and template[1:] in VARIABLES:
        return values.get(template[1:])
    return template  # type: ignore[no-any-return]


def strangers(template: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """The variables of a template that are none, each with the way to it."""
    if isinstance(template, dict | list):
        inner = template.items() if isinstance(template, dict) else enumerate(template)
        for step, value in inner:
            for where, name in strangers(value):
                yield (step, *where), name
    elif isinstance(template, str) and template.startswith("$") and template[1:] not in VARIABLES:
        yield (), template[1:]


def check_style(definition: CoreDefinition, report: Report) -> None:
    """Note a convention that does not exist, variables that are none, and a default page above the largest."""
    convention, manner = definition.api.convention, definition.api.manner
    where: tuple[str, ...] = ("api", "convention")
    if manner.like not in conventions.names():
        at = where if isinstance(convention, str) else (*where, "like")
        report.add(at, f"there is no convention '{manner.like}'", suggestion(manner.like, conventions.names()))
        return
    for part in ("list", "item", "error"):
        for inner, name in strangers(getattr(manner, part)):
            hint = suggestion(f"${name}", [f"${known}" for known in VARIABLES])
            report.add((*where, part, *inner), f"there is no variable '${name}'", hint)
    for at, paging in (((*where,), manner.paging), (("api",), definition.api.paging)):
        for role, twin in _twins(paging):
            report.add((*at, "paging", role), f"'{role}' has the same parameter as '{twin}'", "give each its own name")
    sizes = _sized(conventions.get(manner.like)().paging, manner.paging, definition.api.paging)
    if sizes.default is not None and sizes.largest is not None and sizes.default > sizes.largest:
        at = where if "default" in manner.paging.model_fields_set else ("api",)
        report.add((*at, "paging", "default"), f"the default page is above the largest ({sizes.largest})", "raise max")


def _twins(paging: Paging) -> Iterator[tuple[str, str]]:
    """Roles that one parameter is given for twice, the later first."""
    seen: dict[str, str] = {}
    for role in _ROLES:
        name: str | None = getattr(paging, role)
        if name is not None and seen.setdefault(name.casefold(), role) != role:
            yield role, seen[name.casefold()]


def _renamed(spelling: Spelling, *pagings: Paging) -> Spelling:
    names = dict(spelling.names)
    for paging in pagings:
        for role in _ROLES:
            name: str | None = getattr(paging, role)
            if name is not None:
                names[name] = role
    return replace(spelling, names=names)


def _sized(rules: PageRules, *pagings: Paging) -> PageRules:
    """The page sizes in force. A default that nobody chose gives way to a smaller maximum."""
    default, largest, chosen = rules.default, rules.largest, False
    for paging in pagings:
        if "default" in paging.model_fields_set:
            default, chosen = paging.default, True
        if "max" in paging.model_fields_set:
            largest = paging.max
    if not chosen and default is not None and largest is not None:
        default = min(default, largest)
    return PageRules(default, largest)


class Styled:
    """Another convention, written differently. With nothing changed it answers exactly as that one does."""

    def __init__(self, base: Convention, section: ApiSection) -> None:
        manner: Manner = section.manner
        self._base = base
        self._manner = manner
        self.name = base.name
        self.spelling = _renamed(base.spelling, manner.paging, section.paging)
        self.paging = _sized(base.paging, manner.paging, section.paging)
        self.case: Case = section.case or base.case
        self.statuses: Mapping[str, int] = dict(base.statuses) | {
            str(key): status for key, status in manner.statuses.items()
        }
        self.takes_singular = base.takes_singular
        self.lenient = base.lenient
        self._prefix = section.prefix

    @property
    def login(self) -> LoginManner:
        """As the convention underneath."""
        return self._base.login

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        """The definition's own prefix, or else the convention's."""
        if self._prefix is not None:
            return (self._prefix.rstrip("/"),)
        return self._base.prefixes(version, application)

    def rewrite(self, request: Request, collections: Mapping[str, str]) -> Request:
        """As the convention underneath."""
        return self._base.rewrite(request, collections)

    def aliases(self, resource: str) -> Sequence[Alias]:
        """As the convention underneath."""
        return self._base.aliases(resource)

    def read_query(self, query: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
        """As the convention underneath."""
        return self._base.read_query(query)

    def accepts(self, ranges: Sequence[str]) -> bool:
        """As the convention underneath."""
        return self._base.accepts(ranges)

    def status_of(self, condition: str, plain: int) -> int:
        """The status of an outcome or problem by its key in `statuses:`."""
        return self.statuses.get(condition, plain)

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        """The convention's answer, its body by the template where there is one."""
        written = self._base.write(outcome, status, place)
        template = self._manner.item if outcome.listed is None else self._manner.list
        if template is None or status == 204:
            return replace(written, has_body=written.has_body and status != 204)
        values: dict[str, Json] = {"item": outcome.item, "path": place.path, "status": status, "message": "OK"}
        if outcome.listed is not None:
            values |= self._list_values(outcome.listed, place)
        return replace(written, body=fill(template, values), has_body=True)

    def _list_values(self, listed: Listed, place: Place) -> dict[str, Json]:
        links = neighbours(listed, place)
        return {
            "items": listed.items,
            "total": listed.total,
            "page": page_number(listed),
            "size": listed.limit,
            "pages": page_count(listed),
            "next": links.get("next"),
            "prev": links.get("prev"),
        }

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        """The convention's problem, its body by the template where there is one."""
        written = self._base.write_problem(problem, status, place)
        if self._manner.error is None:
            return written
        errors: list[Json] = [{"field": error.name, "message": error.detail} for error in problem.errors]
        values: dict[str, Json] = {
            "path": place.path, "status": status, "code": problem.slug, "title": problem.title,
            "message": problem.detail, "errors": errors,
        }  # fmt: skip
        return replace(written, body=fill(self._manner.error, values), media_type="application/json")


def convention_of(section: ApiSection) -> Styled:
    """The convention a definition speaks. *Raises* `UnknownVariant` for a name that is none."""
    return Styled(conventions.get(section.manner.like)(), section)
