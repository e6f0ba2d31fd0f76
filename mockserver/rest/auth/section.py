"""The section `auth` of a definition: scheme, users, what is public, rules, login. Its shape; `check` does the rest."""

import re
from typing import Annotated, Any, Final, Literal

import orjson
from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetJsonSchemaHandler,
    StringConstraints,
    Tag,
    WithJsonSchema,
)  # fmt: skip
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from mockserver.definitions.field import Model
from mockserver.definitions.pattern import RoutePattern, Routes, RouteText, routes_of
from mockserver.definitions.quantity import Duration, DurationText
from mockserver.definitions.union import one_of_shapes, problem
from mockserver.errors import suggestion
from mockserver.rest.auth.scheme import schemes

_CARRIED: Final = re.compile(r"[A-Za-z0-9._~+/=:@-]{1,4096}")
_WORD: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_OURS: Final = ("authorization", "cookie", "host", "origin", "content-type", "content-length", "connection")


def _text(value: Any) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise problem(f"should be text, not {value}", f"put it in quotes: '{value}'")
    if value == "":
        raise problem("should not be empty")
    return value


def _token(text: str) -> str:
    if _CARRIED.fullmatch(text) is None:
        raise problem("is no token that a header can carry", "letters, digits and . _ ~ + / = : @ -")
    return text


def _word(text: str) -> str:
    if _WORD.fullmatch(text) is None:
        raise problem(f"'{text}' can't be the name of a header or cookie", "letters, digits and -")
    return text


def _header(text: str) -> str:
    if text.lower() in _OURS:
        raise problem(f"'{text}' has a meaning of its own", "name another, like X-API-Key")
    return _word(text)


def _scheme(name: str) -> str:
    if name not in schemes.names():
        raise problem(f"there is no scheme '{name}'", suggestion(name, schemes.names()))
    return name


class _SchemeNames:
    """Tells JSON Schema which schemes there are."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        del core, handler
        return {"type": "string", "enum": list(schemes.names())}


def _json(value: dict[str, Any]) -> dict[str, Any]:
    try:
        orjson.dumps(value)
    except TypeError:
        raise problem("should be values that JSON can hold", "keys are text, numbers at most 64 bits") from None
    return value


def _lasting(value: Duration) -> Duration:
    if value.years or value.seconds < 1:
        raise problem("should be at least 1s, and in units up to w", "e.g. 15m, 1h, 2w")
    return value


Text = Annotated[str, BeforeValidator(_text)]
TokenText = Annotated[str, AfterValidator(_token), BeforeValidator(_text)]
UserName = Annotated[str, StringConstraints(pattern=r"^[^\s:/\x00-\x1f\x7f]{1,64}$")]
Lifetime = Annotated[DurationText, AfterValidator(_lasting)]


class AnyBut(Model):
    """Any password but these."""

    any_but: Annotated[
        Annotated[str, Tag("text")] | Annotated[list[Text], Tag("list")],
        one_of_shapes("should be a text, or a list of texts"),
        BeforeValidator(_text),
    ]
    """The passwords that are wrong."""

    @property
    def refused(self) -> tuple[str, ...]:
        """The passwords that are wrong."""
        return (self.any_but,) if isinstance(self.any_but, str) else tuple(self.any_but)


Roles = Annotated[
    Annotated[Text, Tag("text")] | Annotated[list[Text], Tag("list")],
    one_of_shapes("should be a role, or a list of them"),
]


def _several(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


class UserSection(Model):
    """Somebody: a token that never expires, a password to log in with, roles, and claims of any kind."""

    token: TokenText | None = None
    """A token that never expires."""
    password: (
        Annotated[
            Annotated[Text, Tag("text")] | Annotated[AnyBut, Tag("mapping")],
            one_of_shapes("should be a text, or {any_but: text}"),
            BeforeValidator(_text),
        ]
        | None
    ) = None
    """The password to log in with, or `{any_but: wrong}`."""
    roles: Roles = []
    """What rules ask for."""
    claims: Annotated[dict[str, Any], AfterValidator(_json)] = {}
    """What expressions read as `user.name`, and a token says."""

    @property
    def role_names(self) -> tuple[str, ...]:
        """The roles, however many were written."""
        return _several(self.roles)


class RuleSection(Model):
    """Who may use a route, and which rows there are for them. The first rule whose route matches decides."""

    route: Routes
    """The routes it is about."""
    roles: Roles | None = None
    """The roles of which one is needed; whoever is logged in, unless given."""
    where: Text | None = None
    """Which rows there are for them."""

    @property
    def routes(self) -> tuple[RoutePattern, ...]:
        """The routes, however many were written."""
        return routes_of(self.route)

    @property
    def role_names(self) -> tuple[str, ...]:
        """The roles, of which one is enough; none means whoever is logged in."""
        return () if self.roles is None else _several(self.roles)


class LoginFields(Model):
    """The names of what a login sends."""

    user: Text | None = None
    """The member that names the user."""
    password: Text | None = None
    """The member with the password."""


class LoginSection(Model):
    """Where and how to log in; what is not said is as the convention has it."""

    route: RouteText | None = None
    """Where to log in."""
    logout: RouteText | None = None
    """Where to log out."""
    refresh: RouteText | None = None
    """Where a token is exchanged for a new one."""
    me: RouteText | None = None
    """Where one learns who one is."""
    ttl: Lifetime | None = None
    """How long a token is good."""
    refresh_ttl: Lifetime | None = None
    """How long a refresh token is good."""
    fields: LoginFields = LoginFields()
    """The names of what a login sends."""


class AuthSection(Model):
    """Users and what they may do. A scheme that is not said is the convention's own."""

    scheme: Annotated[str, AfterValidator(_scheme), _SchemeNames()] | None = None
    """How credentials are sent: the convention's way, unless given."""
    users: dict[UserName, UserSection] = {}
    """The users by name."""
    public: Routes = []
    """Routes that need no credentials."""
    rules: list[RuleSection] = []
    """Who may do what; the first rule whose route matches decides."""
    login: LoginSection = LoginSection()
    """Where and how to log in."""
    cookie: Annotated[str, AfterValidator(_word)] | None = None
    """The name of the cookie."""
    header: Annotated[str, AfterValidator(_header), WithJsonSchema({"type": "string"})] | None = None
    """The name of the header with the token."""
    secret: Text | None = None
    """What tokens of the scheme `jwt` are signed with."""
    algorithm: Literal["HS256", "HS384", "HS512"] | None = None
    """How they are signed."""

    @property
    def public_routes(self) -> tuple[RoutePattern, ...]:
        """What needs no credentials, however many were written."""
        return routes_of(self.public)
