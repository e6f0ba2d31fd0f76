"""Rules of a definition, in force: which one decides a request, and whether it needs a login. Knows no users' names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.rest.auth.where import Where

Steps: TypeAlias = tuple[str, ...]
SOME_ID: Final = "\0id"
"""An id that no document has and no pattern spells: stands for any, where a document's own routes are asked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: one of the roles is enough, none at all means whoever is logged in."""

    number: int
    routes: tuple[RoutePattern, ...]
    roles: tuple[str, ...]
    where: Where | None

    def admits(self, roles: Iterable[str]) -> bool:
        """Whether somebody with these roles may."""
        return not self.roles or not set(self.roles).isdisjoint(roles)

    def __str__(self) -> str:
        routes = ", ".join(map(str, self.routes))
        return f"rules[{self.number}]: {routes} is for {_either(self.roles)}"


def _either(roles: Sequence[str]) -> str:
    return " or ".join((", ".join(roles[:-1]), roles[-1])) if len(roles) > 1 else "".join(roles)


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the rules say of a request: the rule that decides, where there is one, and whether nobody may ask too."""

    rule: Rule | None
    is_public: bool

    def permits(self, roles: Iterable[str] | None) -> bool:
        """Whether somebody with these roles may, or nobody when there are none to have."""
        return self.is_public or (roles is not None and (self.rule is None or self.rule.admits(roles)))

    @property
    def where(self) -> Where | None:
        """The filter of rows, in force for everybody."""
        return None if self.rule is None else self.rule.where


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in order, and the public routes."""

    rules: tuple[Rule, ...]
    public: tuple[RoutePattern, ...]

    def ruling(self, method: str, paths: Sequence[Steps], wider: Sequence[Steps] = ()) -> Ruling:
        """What holds for a method at a path, which may be spelled in several ways.

        `wider` are further paths that it does the work of. A public route waives the roles of the rule, unless the rule
        says more closely what it means: `GET *` is public, and `GET /salaries` still for those with a role.
        """
        public = _closest(self.public, method, paths)
        for rule in self.rules:
            closest = _closest(rule.routes, method, (*paths, *wider))
            if closest is not None:
                waived = public is not None and (not rule.roles or public <= closest)
                return Ruling(rule, waived)
        return Ruling(None, public is not None)


_Closeness: TypeAlias = tuple[tuple[int, ...], bool]


def _closest(patterns: Iterable[RoutePattern], method: str, paths: Sequence[Steps]) -> _Closeness | None:
    """How closely the closest of the patterns that match says what it means, less being closer."""
    found = [
        (pattern.specificity, pattern.method == ANY)
        for pattern in patterns
        if pattern.takes(method) and any(pattern.match(steps) is not None for steps in paths)
    ]
    return min(found, default=None)
