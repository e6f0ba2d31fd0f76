"""The endpoints of the login: logging in and out, going on with a login, and who it is."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import ClassVar, Final

from mockserver.conventions.login import Grant, Profile
from mockserver.definitions.pattern import RoutePattern
from mockserver.errors import FieldError, Invalid, LoginFailed, Unauthenticated
from mockserver.messages import FORM, Outcome, Request, read_form
from mockserver.query.caller import User
from mockserver.rest.auth.policy import Account, Spot
from mockserver.rest.auth.recognition import Recognition
from mockserver.rest.auth.scheme import Headers
from mockserver.rest.body import read_json
from mockserver.rest.endpoint import Call
from mockserver.value import dataclass

_LOGINS: Final = ("auth.login", "auth.refresh")
"""The names of those that hand out new tokens."""
_NO_STORE: Final = ("Cache-Control", "no-store")


@dataclass(slots=True)
class AuthEndpoint:
    """One of them."""

    name: str
    routes: Sequence[RoutePattern]
    prefixes: Sequence[str]
    is_public: bool
    act: Callable[[Call], Outcome]

    is_bare: ClassVar[bool] = False

    @property
    def is_login(self) -> bool:
        """Whether it is for logging in, or for going on with a login."""
        return self.name in _LOGINS

    def answer(self, call: Call) -> Outcome:
        """What it came to. *Raises* `Problem`."""
        return self.act(call)


@dataclass(frozen=True, slots=True)
class Desk:
    """What the endpoints do, over the users of one definition and the logins of one sandbox."""

    recognition: Recognition

    def log_in(self, call: Call) -> Outcome:
        """A token for a name and a password. *Raises* `Invalid` for what is missing, `LoginFailed`."""
        policy = self.recognition.policy
        name, password = take(read_members(call.request), policy.entrance.users, policy.entrance.passwords)
        account = policy.account_at_login(name)
        if account is None or not account.has_password(password):
            asked = {"WWW-Authenticate": policy.scheme.challenge("")}
            raise LoginFailed("The user name or the password is wrong.", headers=asked)
        grant, headers = self._grant(account, call.request.base)
        return Outcome(
            "read", "", policy.entrance.manner.write_grant(grant), headers=headers, message=self._said("login")
        )

    def refresh(self, call: Call) -> Outcome:
        """A new token for the one that came with a login. *Raises* `Invalid`, `Unauthenticated`."""
        manner = self.recognition.policy.entrance.manner
        sent = {**dict(call.request.query), **(read_members(call.request) if call.request.body.strip() else {})}
        (token,) = take(sent, manner.refreshes)
        grant, headers = self._grant(self.recognition.renew(token), call.request.base)
        return Outcome("read", "", manner.write_renewal(grant), headers=headers)

    def log_out(self, call: Call) -> Outcome:
        """The end of the login that a request comes with; a declared token has no end. *Raises* `Unauthenticated`."""
        self._caller(call)
        for token in self.recognition.tokens(call.request):
            self.recognition.close(token)
        forget = self.recognition.policy.scheme.hand("", 0, call.request.base)
        return Outcome("deleted", "", {}, headers=(*forget, _NO_STORE), message=self._said("logout"))

    def go_on(self, call: Call) -> Outcome:
        """A login that lasts as long again. *Raises* `Unauthenticated`."""
        self._caller(call)
        for token in self.recognition.tokens(call.request):
            self.recognition.extend(token)
        return Outcome("read", "", {}, headers=(_NO_STORE,), message=self._said("heartbeat"))

    def show(self, profile: Profile, call: Call) -> Outcome:
        """What a family shows of who asks. *Raises* `Unauthenticated` where it shows nothing to nobody."""
        user = self._visitor(call.request) if profile.is_open else self._caller(call)
        person = None if user is None else self.recognition.policy.person(user)
        return Outcome("read", "", profile.write(person), headers=(_NO_STORE,))

    def _visitor(self, request: Request) -> User | None:
        """Who asks for what is open to nobody too; what is wrong or expired is as nothing."""
        try:
            return self.recognition.recognise(request)
        except Unauthenticated:
            return None

    def _caller(self, call: Call) -> User:
        """Who asks; that a route is public too makes nobody somebody."""
        user = call.caller.user or self.recognition.recognise(call.request)
        if user is None:
            raise self.recognition.refusal()
        return user

    def _said(self, part: str) -> str:
        return self.recognition.policy.entrance.manner.messages.get(part, "")

    def _grant(self, account: Account, base: str) -> tuple[Grant, Headers]:
        """A new login, and the headers that hand it over to whoever asks below `base`."""
        policy = self.recognition.policy
        access, refresh, lives_s = self.recognition.open(account)
        person = policy.person(account.user)
        grant = Grant(person, access, refresh, lives_s, policy.scheme.kind, policy.scheme.is_cookie)
        return grant, (*policy.scheme.hand(access, lives_s, base), _NO_STORE)


def read_members(request: Request) -> Mapping[str, object]:
    """The members of a body, JSON or a form. *Raises* `BadRequest`, `UnsupportedMediaType`, `Invalid`."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM:
        return dict(read_form(request))
    body = read_json(request)
    if not isinstance(body, dict):
        raise Invalid("The body must be a JSON object.", [FieldError("must be an object")])
    return body


def take(sent: Mapping[str, object], *wanted: Sequence[str]) -> list[str]:
    """The texts under one of each of these names, in any letter case.

    *Raises* `Invalid` with every one that is missing or no text.
    """
    errors: list[FieldError] = []
    found: list[str] = []
    folded = {name.casefold(): value for name, value in sent.items()}
    for names in wanted:
        name = next((one for one in names if one.casefold() in folded), names[0])
        value = folded.get(name.casefold())
        if value is None or value == "":
            errors.append(FieldError("is required", f"/{name}"))
        elif not isinstance(value, str):
            errors.append(FieldError("must be a text", f"/{name}"))
        else:
            found.append(value)
    if errors:
        raise Invalid(f"The login is not valid: {errors[0].name} {errors[0].detail}.", errors)
    return found


def endpoints_of(recognition: Recognition) -> list[AuthEndpoint]:
    """Every endpoint that the login of a definition has."""
    entrance, desk = recognition.policy.entrance, Desk(recognition)
    profiles = [(entrance.me, entrance.manner.me), *entrance.further]
    parts: list[tuple[str, Spot, bool, Callable[[Call], Outcome]]] = [
        ("login", entrance.login, True, desk.log_in),
        ("refresh", entrance.refresh, True, desk.refresh),
        ("logout", entrance.logout, False, desk.log_out),
        ("heartbeat", entrance.heartbeat, False, desk.go_on),
        *((profile.name, spot, profile.is_open, partial(desk.show, profile)) for spot, profile in profiles),
    ]
    return [
        AuthEndpoint(f"auth.{name}", spot.routes, spot.prefixes, is_public, act)
        for name, spot, is_public, act in parts
        if spot.routes
    ]
