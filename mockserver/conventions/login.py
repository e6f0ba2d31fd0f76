"""How a family of back ends logs people in: where, the names of what is sent, and what the answers hold.

Values and pure functions only: who may log in, and what becomes of tokens, is known elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Final

from mockserver.messages import Json
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in, as answers show them; `number` counts the users of a definition from 1."""

    name: str
    number: int
    roles: tuple[str, ...] = ()
    claims: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a login came to: a token that lives so many seconds, and the one to ask for the next with.

    `is_cookie` says that the token goes along as a cookie, and `kind` what it is called where it does not.
    """

    person: Person
    token: str
    refresh: str
    lives_s: int
    kind: str
    is_cookie: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """A route that answers by who asks; `is_open` ones answer nobody too."""

    name: str
    routes: tuple[str, ...]
    is_open: bool
    write: Callable[[Person | None], Json]
    message: str = ""


@dataclass(frozen=True, slots=True)
class LoginManner:
    """One family's way; its routes stand below `base`, or below the API's own prefixes where that is nothing.

    `users`, `passwords` and `refreshes` are the names that each of these comes under, the first being the one that is
    told. `signature` are two headers, a token's and its user's, that are understood beside whatever the scheme says.
    """

    scheme: str
    cookie: str
    ttl_s: int
    base: str | None
    login: tuple[str, ...]
    logout: tuple[str, ...]
    refresh: tuple[str, ...]
    heartbeat: tuple[str, ...]
    me: Profile
    users: tuple[str, ...]
    passwords: tuple[str, ...]
    refreshes: tuple[str, ...]
    write_grant: Callable[[Grant], Json]
    write_renewal: Callable[[Grant], Json]
    further: tuple[Profile, ...] = ()
    signature: tuple[str, str] | None = None
    messages: Mapping[str, str] = field(default_factory=dict)
    """What is said beside the answers of `login`, `logout` and `heartbeat`, where a convention says something."""


def describe(person: Person | None) -> Json:
    """Name, roles and claims side by side."""
    if person is None:
        return None
    return {**person.claims, "name": person.name, "roles": list(person.roles)}


def describe_grant(grant: Grant) -> Json:
    """The answer of RFC 6749 §5.1, the token under the short name that many front ends read too, and who it is."""
    return {
        "access_token": grant.token,
        "token": grant.token,
        "token_type": grant.kind,
        "expires_in": grant.lives_s,
        "refresh_token": grant.refresh,
        "user": describe(grant.person),
    }


PLAIN: Final = LoginManner(
    scheme="bearer",
    cookie="session",
    ttl_s=3600,
    base=None,
    login=("POST /login",),
    logout=("POST /logout",),
    refresh=("POST /refresh",),
    heartbeat=(),
    me=Profile("me", ("GET /me",), is_open=False, write=describe),
    users=("username", "name", "user", "email"),
    passwords=("password",),
    refreshes=("refresh_token", "refreshToken"),
    write_grant=describe_grant,
    write_renewal=describe_grant,
)
"""The way of families that have none of their own."""
