"""Makes the policy of a definition from its section `auth`, and notes everything that is wrong with it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.expression import ExpressionError
from mockserver.definitions.load import Report
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.errors import suggestion
from mockserver.generation.schema import Resource, Schema
from mockserver.generation.seeding import Streams
from mockserver.rest.auth.entrance import cookie_of, entrance_of
from mockserver.rest.auth.policy import Account, Entrance, Policy
from mockserver.rest.auth.reach import Reached, covers, known_paths, reach, takes_any
from mockserver.rest.auth.recognition import REGISTERED
from mockserver.rest.auth.rule import Rule, Rules
from mockserver.rest.auth.scheme import Options, Scheme, schemes
from mockserver.rest.auth.section import AuthSection, RuleSection, UserSection
from mockserver.rest.auth.where import Where, WhereReader
from mockserver.value import dataclass

_AT: Final = "auth"
_OPTIONS: Final = ("cookie", "header", "secret", "algorithm")
_HEADER: Final = "X-API-Key"
_ALGORITHM: Final = "HS256"


def read_policy(  # noqa: PLR0913 - the parts of a definition meet here
    definition: CoreDefinition,
    schema: Schema,
    convention: Styled,
    known: Iterable[RoutePattern],
    report: Report,
    *,
    beside: Iterable[RoutePattern] = (),
) -> Policy | None:
    """The policy, or nothing where a definition has no `auth`; it may be worked with only when nothing was noted.

    `known` are the routes that the API has beside those of its resources and the login, none of which may be the
    login's; `beside` are those of which others see to that.
    """
    section: AuthSection | None = getattr(definition, _AT, None)
    # What follows from a part that was left out for being wrong is no fault of its author.
    if section is None or any(one.path.split(".")[0] == _AT for one in report.problems):
        return None
    return _Reading(definition, section, schema, convention, tuple(known), tuple(beside), report).policy()


@dataclass(frozen=True, slots=True)
class _Reading:
    definition: CoreDefinition
    section: AuthSection
    schema: Schema
    convention: Styled
    known: tuple[RoutePattern, ...]
    beside: tuple[RoutePattern, ...]
    report: Report

    def policy(self) -> Policy:
        """Everything, checked on the way."""
        section, manner = self.section, self.convention.login
        name = section.scheme or manner.scheme
        cookie, header = cookie_of(section, manner), section.header or _HEADER
        entrance = entrance_of(
            section, self._scheme(name, cookie, header, "").needs, self.convention, self.definition.api
        )
        scheme = self._scheme(name, cookie, header, entrance.login.path)
        self._check_options(name, scheme)
        self._check_users(name, scheme)
        self._check_entrance(name, scheme, entrance)
        endpoints = (*self.known, *self.beside, *_routes(entrance))
        public = section.public_routes
        for place, pattern in enumerate(public):
            self._check_route(self._at("public", place, section.public), pattern, endpoints)
        accounts = {user: Account(user, place, one) for place, (user, one) in enumerate(section.users.items(), 1)}
        return Policy(
            self.definition.name,
            scheme,
            accounts,
            Rules(tuple(self._rules(endpoints)), public),
            entrance,
            tuple(sorted(self._claims())),
            frozenset(one.lower() for one in (header, *entrance.passwords, *entrance.manner.refreshes)),
        )

    def _scheme(self, name: str, cookie: str, header: str, login: str) -> Scheme:
        stream = Streams(self.definition.seed, "auth", "secret").at(b"")
        secret = self.section.secret or "".join(f"{stream.bits64():016x}" for _ in range(4))
        algorithm = self.section.algorithm or _ALGORITHM
        return schemes.get(name)(Options(self.definition.name, cookie, header, secret, algorithm, login))

    def _claims(self) -> set[str]:
        return {claim for user in self.section.users.values() for claim in user.claims}

    @property
    def _takes_foreign(self) -> bool:
        """Whether tokens may come from elsewhere: those sealed with a secret that others can know."""
        return self.section.secret is not None

    def _check_options(self, name: str, scheme: Scheme) -> None:
        for option in _OPTIONS:
            if getattr(self.section, option) is not None and option not in scheme.takes:
                takes = f"it takes {', '.join(scheme.takes)}" if scheme.takes else "remove it"
                self.report.add((_AT, option), f"the scheme '{name}' has no '{option}'", takes, key=True)

    def _check_users(self, name: str, scheme: Scheme) -> None:
        if not self.section.users and not self._takes_foreign:
            hint = "e.g. users: {ada: {password: lovelace, roles: [admin]}}"
            self.report.add((_AT,), "has no users, so that nobody could log in", hint, key=True)
        holders: dict[str, str] = {}
        for user, one in self.section.users.items():
            at = (_AT, "users", user)
            self._check_means(at, user, one, name, scheme)
            if one.token is not None and (other := holders.setdefault(one.token, user)) != user:
                self.report.add((*at, "token"), f"'{user}' and '{other}' have one token", "give each their own")
            if scheme.seal is not None:
                for claim in sorted({*one.claims} & {*REGISTERED[:-2]}):
                    self.report.add((*at, "claims", claim), f"'{claim}' is the token's own", "rename it", key=True)

    def _check_means(self, at: tuple[str, ...], user: str, one: UserSection, name: str, scheme: Scheme) -> None:
        if scheme.needs == "password" and one.password is None:
            self.report.add(at, f"'{user}' needs a password for the scheme '{name}'", "password: …", key=True)
        elif one.password is None and one.token is None:
            hint = "a token that never expires, or a password to log in with"
            self.report.add(at, f"'{user}' has neither token nor password", hint, key=True)

    def _check_entrance(self, name: str, scheme: Scheme, entrance: Entrance) -> None:
        login = self.section.login
        if scheme.needs == "password" and login.model_fields_set - {"me"}:
            hint = "every request carries the password; remove it, or take another scheme"
            self.report.add((_AT, "login"), f"the scheme '{name}' has no login", hint, key=True)
        users = self.section.users.values()
        is_said = login.model_fields_set & {"route", "refresh", "ttl", "refresh_ttl", "fields"}
        if scheme.needs == "token" and is_said and users and all(user.password is None for user in users):
            hint = "give a user a password, or take it out: a token needs no login"
            self.report.add((_AT, "login"), "nobody has a password to log in with", hint, key=True)
        for key in ("route", "refresh"):
            declared: RoutePattern | None = getattr(login, key)
            if declared is not None and declared.method not in ("POST", "PUT"):
                self.report.add((_AT, "login", key), f"{declared.method} can't carry a password", "use POST")
        for key, spot in entrance.spots().items():
            at = (_AT, "login", key) if getattr(login, key) is not None else (_AT,)
            for route in spot.routes:
                self._check_free(at, key, route, spot.prefixes)

    def _check_free(self, at: tuple[str, ...], key: str, route: RoutePattern, prefixes: Sequence[str]) -> None:
        """That a route of the login hides nothing else."""
        method = "GET" if key == "me" else "POST"
        hint = f"e.g. login: {{{key}: {method} /auth/{'login' if key == 'route' else key}}}"
        if route.method == ANY or route.names or "*" in route.steps:
            self.report.add(at, f"'{route}' is more than one route", hint)
            return
        for one in self.known:
            if one.steps == route.steps and one.takes(route.method):
                self.report.add(at, f"'{route}' of the login is '{one}' too", hint, key=len(at) == 1)
        for reached in reach(route, self.schema, ()):
            resource = reached.resource
            if resource is not None and route.method in reached.methods and self._is_beside(resource, prefixes):
                said = f"'{route}' of the login would hide the resource '{resource.name}'"
                self.report.add(at, said, hint, key=len(at) == 1)
                return

    def _is_beside(self, resource: Resource, prefixes: Sequence[str]) -> bool:
        api = self.definition.api
        own = self.convention.prefixes(api.version, resource.section.application or api.application)
        return not set(own).isdisjoint(prefixes)

    def _rules(self, endpoints: Sequence[RoutePattern]) -> Iterator[Rule]:
        roles = {role for user in self.section.users.values() for role in user.role_names}
        reader = WhereReader(self.schema, None if self._takes_foreign else frozenset(self._claims()))
        for number, rule in enumerate(self.section.rules):
            at = (_AT, "rules", number)
            reached: list[Reached] = []
            for place, pattern in enumerate(rule.routes):
                reached += self._check_route((*at, *self._at("route", place, rule.route)[1:]), pattern, endpoints)
            for place, role in enumerate(rule.role_names):
                if role not in roles and self.section.users:
                    where = (*at, *self._at("roles", place, rule.roles)[1:])
                    self.report.add(where, f"no user has the role '{role}'", suggestion(role, roles))
            self._check_decides(number, rule)
            yield Rule(number, rule.routes, rule.role_names, self._where(at, rule, reached, reader))

    def _check_decides(self, number: int, rule: RuleSection) -> None:
        """That a rule is not wholly behind others, of which the first decides."""
        before = [
            (place, route)
            for place, one in enumerate(self.section.rules[:number])
            if set(one.routes) != set(rule.routes) or _takes_all(one.role_names, rule.role_names)
            for route in one.routes
        ]
        found = [next((place for place, one in before if covers(one, route)), None) for route in rule.routes]
        if found and None not in found:
            problem = f"never decides: rules[{found[0]}] comes first and matches whatever it does"
            self.report.add((_AT, "rules", number, "route"), problem, "put it before that one, or take it out")

    @staticmethod
    def _at(key: str, place: int, written: object) -> tuple[str | int, ...]:
        """Where one of several stands, which may be written without a list."""
        return (_AT, key, place) if isinstance(written, list) else (_AT, key)

    def _check_route(
        self, at: tuple[str | int, ...], pattern: RoutePattern, endpoints: Sequence[RoutePattern]
    ) -> list[Reached]:
        """What a pattern leads to; notes one that no request can match."""
        reached = reach(pattern, self.schema, endpoints)
        if not reached:
            self.report.add(at, f"no route of this API is like '{pattern.path}'", self._hint(pattern, endpoints))
        elif not takes_any(pattern, reached):
            methods = dict.fromkeys(method for one in reached for method in one.methods)
            self.report.add(at, f"there is no {pattern.method} at '{pattern.path}'", f"there is {', '.join(methods)}")
        return reached

    def _hint(self, pattern: RoutePattern, endpoints: Sequence[RoutePattern]) -> str:
        for prefix in self.convention.prefixes(self.definition.api.version, self.definition.api.application):
            if prefix and pattern.path.startswith(f"{prefix}/"):
                return f"leave out {prefix}: routes are relative to it"
        return suggestion(pattern.path, known_paths(self.schema, endpoints))

    def _where(
        self, at: tuple[str | int, ...], rule: RuleSection, reached: Sequence[Reached], reader: WhereReader
    ) -> Where | None:
        if rule.where is None:
            return None
        named = {one.resource.name: one.resource for one in reached if one.resource is not None and one.is_named}
        resources = list(named.values())
        if not resources:
            if reached:
                self.report.add((*at, "where"), "the route has no rows to filter", "name routes of a resource")
            return None
        position = self.report.source.position((*at, "where"), key=False)
        try:
            return reader.read(rule.where, resources, f"{position.file}:{position.line}")
        except ExpressionError as error:
            self.report.add((*at, "where"), error.problem, error.hint)
            return None


def _takes_all(roles: Sequence[str], others: Sequence[str]) -> bool:
    """Whether a rule for these roles is for all whom one for the others is for."""
    return not roles or (bool(others) and set(others) <= set(roles))


def _routes(entrance: Entrance) -> Iterator[RoutePattern]:
    """Every route of a login."""
    spots = (entrance.login, entrance.logout, entrance.refresh, entrance.heartbeat, entrance.me)
    for spot in (*spots, *(spot for spot, _ in entrance.further)):
        yield from spot.routes
