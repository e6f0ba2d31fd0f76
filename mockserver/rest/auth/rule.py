"""Rules of a definition, in force: which one decides a request, and whether it needs a login. Knows no users' names."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeAlias

from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.generation.schema import Resource
from mockserver.rest.auth.where import Where
from mockserver.value import dataclass

Steps: TypeAlias = tuple[str, ...]
Ask: TypeAlias = tuple[str, Steps]
"""A method, and the steps of a path below the prefix."""
SOME_ID: Final = "\0id"
"""An id that no document has and no pattern spells: stands for any, where a document's own routes are asked for."""
_BULK: Final = ("PATCH", "DELETE")
_READS: Final = ("GET", "HEAD")


def works_of(resource: Resource, method: str, flat: Steps) -> Iterator[Ask]:
    """What a request to a resource does the work of beside what it is: the rules for that hold for it too.

    A write to all that match is a write to documents, and a file is a part of the document it stands in.
    """
    own = flat[: 1 if resource.is_singleton else 2]
    if method in _BULK and len(flat) == 1 and not resource.is_singleton:
        yield method, (*flat, SOME_ID)
    elif flat[len(own) :] and flat[-1] in {one.place.step for one in resource.attributes.values() if one.place}:
        yield (method if method in _READS else "PATCH"), own


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
    """What the rules say of a request: those of one route that may decide, and whether nobody may ask too."""

    rules: tuple[Rule, ...]
    is_public: bool

    @property
    def has_roles(self) -> bool:
        """Whether there is somebody who may not."""
        return bool(self.rules) and all(rule.roles for rule in self.rules)

    def rule(self, roles: Iterable[str] | None) -> Rule | None:
        """The rule that decides for somebody with these roles: the first that is for them, else the first."""
        held = frozenset(roles or ())
        return next((rule for rule in self.rules if rule.admits(held)), self.rules[0] if self.rules else None)

    def permits(self, roles: Iterable[str] | None) -> bool:
        """Whether somebody with these roles may, or nobody when there are none to have."""
        rule = self.rule(roles)
        return self.is_public or (roles is not None and (rule is None or rule.admits(roles)))

    def filters(self, resource: str, roles: Iterable[str] | None) -> tuple[Where, ...]:
        """The filter of a resource's rows for somebody with these roles, or for nobody."""
        rule = self.rule(roles)
        where = None if rule is None else rule.where
        return (where,) if where is not None and resource in where.resources else ()


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules, in order, and the public routes."""

    rules: tuple[Rule, ...]
    public: tuple[RoutePattern, ...]

    def ruling(self, asked: Sequence[Ask], works: Sequence[Ask] = ()) -> Ruling:
        """What holds for a request, whose path may be spelled in several ways; `works` is what it does the work of.

        The first rule whose route matches decides; those after it with the very same route are for other roles. A
        public route needs no login, unless the rule says more closely what it means: `GET *` may be public, and
        `GET /salaries` still for those with a role.
        """
        public = _closest(self.public, asked)
        for place, rule in enumerate(self.rules):
            closest = _closest(rule.routes, (*asked, *works))
            if closest is not None:
                same = tuple(one for one in self.rules[place:] if set(one.routes) == set(rule.routes))
                return Ruling(same, public is not None and public <= closest)
        return Ruling((), public is not None)


_Closeness: TypeAlias = tuple[tuple[int, ...], bool]


def _closest(patterns: Iterable[RoutePattern], asked: Sequence[Ask]) -> _Closeness | None:
    """How closely the closest of the patterns that match says what it means, less being closer."""
    found = [
        (pattern.specificity, pattern.method == ANY)
        for pattern in patterns
        if any(pattern.takes(method) and pattern.match(steps) is not None for method, steps in asked)
    ]
    return min(found, default=None)
