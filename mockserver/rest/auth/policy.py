"""The section `auth` in force: users, scheme, rules, and where to log in. Made once for a definition; never changes."""

from collections.abc import Mapping, Sequence
from hmac import compare_digest

from mockserver.conventions.login import LoginManner, Person, Profile
from mockserver.definitions.pattern import RoutePattern
from mockserver.messages import Json
from mockserver.query.caller import User
from mockserver.rest.auth.rule import Rules
from mockserver.rest.auth.scheme import Scheme
from mockserver.rest.auth.section import AnyBut, UserSection
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """One declared user; `number` counts from 1."""

    name: str
    number: int
    section: UserSection

    @property
    def user(self) -> User:
        """The user that requests of theirs have."""
        return User(self.name, self.section.role_names, self.section.claims)

    def has_token(self, token: str) -> bool:
        """Whether this is the token that never expires."""
        return self.section.token is not None and _same(token, self.section.token)

    def has_password(self, password: str) -> bool:
        """Whether this password is good."""
        wanted = self.section.password
        if isinstance(wanted, AnyBut):
            # Every one is looked at, so that the time it takes says nothing.
            return bool(password) and True not in [_same(password, one) for one in wanted.refused]
        return wanted is not None and _same(password, wanted)


def _same(one: str, other: str) -> bool:
    return compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))


@dataclass(frozen=True, slots=True)
class Spot:
    """The routes of one part of the login, below each of the prefixes; none where there is no such part."""

    routes: tuple[RoutePattern, ...]
    prefixes: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it is asked for first, empty where it is not there."""
        return f"{self.prefixes[0]}{self.routes[0].path}" if self.routes else ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where and how to log in, and for how long."""

    manner: LoginManner
    login: Spot
    logout: Spot
    refresh: Spot
    heartbeat: Spot
    me: Spot
    users: tuple[str, ...]
    passwords: tuple[str, ...]
    ttl_s: float
    refresh_ttl_s: float

    further: tuple[tuple[Spot, Profile], ...]
    """What else a family answers by who asks."""

    def spots(self) -> dict[str, Spot]:
        """The parts that a definition can name, by their keys there; `login` is its `route`."""
        return {"route": self.login, "logout": self.logout, "refresh": self.refresh, "me": self.me}


@dataclass(frozen=True, slots=True)
class Policy:
    """All of it. `issuer` is who sealed tokens say they come from."""

    issuer: str
    scheme: Scheme
    accounts: Mapping[str, Account]
    rules: Rules
    entrance: Entrance
    claims: tuple[str, ...]
    """The claims that any of the users has."""
    secrets: frozenset[str]
    """The names under which requests carry secrets here, in lower case."""

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that credentials stand in."""
        return (*self.scheme.headers, *(self.entrance.manner.signature or ()))

    def account_at_login(self, name: str) -> Account | None:
        """The account that a login names: by its name, or by the claim `email`."""
        found = self.accounts.get(name)
        if found is not None:
            return found
        return next((one for one in self.accounts.values() if name and one.section.claims.get("email") == name), None)

    def person(self, user: User) -> Person:
        """A user as the answers of the login show them; one from elsewhere has the number 0."""
        account = self.accounts.get(user.name)
        return Person(user.name, account.number if account else 0, tuple(user.roles), user.claims)


def roles_of(claimed: object, otherwise: Sequence[str]) -> tuple[str, ...]:
    """The roles that a sealed token names: a list of texts, or one text; else others."""
    if isinstance(claimed, str):
        return (claimed,)
    if isinstance(claimed, list) and all(isinstance(one, str) for one in claimed):
        return tuple(claimed)
    return tuple(otherwise)


def strangers(claims: Mapping[str, Json], registered: Sequence[str]) -> dict[str, Json]:
    """The claims of a sealed token that say something about its user."""
    return {name: value for name, value in claims.items() if name not in registered}
