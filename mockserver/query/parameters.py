"""The parameters of one query, sorted by what they mean, with every error that is found in them."""

from collections.abc import Mapping
from dataclasses import field
from typing import Final, NamedTuple

from mockserver.errors import BadRequest, FieldError, sentence
from mockserver.query.spelling import Role
from mockserver.value import dataclass

MANY: Final = 1000
"""How many parameters of a query, and values of one, are read."""


ACCESS_TOKEN: Final = "access_token"  # noqa: S105 - the parameter's name
"""Credentials of a request that can have no headers (RFC 6750 §2.3): whoever reads a query passes it over."""


def is_ignored(name: str) -> bool:
    """Whether a parameter is never ours: the cache buster `_`, and everything that begins with two underscores."""
    return name == "_" or name.startswith("__")


class Parameter(NamedTuple):
    """One parameter in a spelling that is read here; `said` is the client's own name for it."""

    name: str
    value: str
    said: str


@dataclass(slots=True)
class Parameters:
    """What a query gives for each role. `roles` are the folded names of parameters with their meaning."""

    roles: Mapping[str, Role]
    errors: list[FieldError] = field(default_factory=list)
    given: dict[Role, list[tuple[str, str]]] = field(default_factory=dict)

    def take(self, parameter: Parameter) -> bool:
        """Whether a parameter has a role; it is kept for it then."""
        role = self.roles.get(parameter.name.casefold())
        if role is not None:
            self.given.setdefault(role, []).append((parameter.said, parameter.value))
        return role is not None

    def fail(self, parameter: str, detail: str) -> None:
        """Note what is wrong with a parameter."""
        self.errors.append(FieldError(detail, parameter=parameter))

    def finish(self) -> None:
        """*Raises* `BadRequest` with all that was noted."""
        if self.errors:
            first = self.errors[0]
            more = f" ({len(self.errors) - 1} more)" if len(self.errors) > 1 else ""
            raise BadRequest(sentence(f"The parameter '{first.parameter}' {first.detail}") + more, self.errors)

    def one(self, role: Role) -> tuple[str, str] | None:
        """The one parameter of a role, as name and value; two are an error."""
        found = self.given.get(role, [])
        if len(found) > 1:
            same = found[0][0] == found[1][0]
            self.fail(found[1][0], "is given twice" if same else f"says again what '{found[0][0]}' says")
        return found[0] if found else None

    def number(self, role: Role, least: int, most: int | None) -> tuple[str, int] | None:
        """The whole number of a role within its bounds, both of them allowed."""
        found = self.one(role)
        if found is None:
            return None
        name, text = found
        digits = text.removeprefix("-")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 16:
            self.fail(name, "must be an integer")
        elif int(text) < least:
            self.fail(name, f"must be at least {least}")
        elif most is not None and int(text) > most:
            self.fail(name, f"must be at most {most}")
        else:
            return name, int(text)
        return None

    def names(self, role: Role) -> list[tuple[str, str]]:
        """Every name in the comma lists of a role, each with the parameter it came in."""
        return [(parameter, part) for parameter, parts in self.lists(role) for part in parts]

    def lists(self, role: Role) -> list[tuple[str, list[str]]]:
        """The names in each comma list of a role that has any, with the parameter it came in."""
        lists: list[tuple[str, list[str]]] = []
        left = MANY
        for name, text in self.given.get(role, []):
            parts = text.split(",")
            if left < len(parts):
                self.fail(name, f"has more than {MANY} names")
                break
            left -= len(parts)
            if found := [part.strip() for part in parts if part.strip()]:
                lists.append((name, found))
        return lists
