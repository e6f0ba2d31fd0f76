"""Who sent a request: credentials to a user, by declared tokens and passwords, by logins, and by sealed tokens."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from mockserver.errors import Unauthenticated
from mockserver.messages import Json, Request
from mockserver.query.caller import User
from mockserver.query.parameters import ACCESS_TOKEN
from mockserver.rest.auth.policy import Account, Policy, roles_of, strangers
from mockserver.rest.auth.scheme import Credentials, NameAndPassword, Token, Unsealed
from mockserver.rest.auth.session import Session, Sessions, digest_of
from mockserver.value import dataclass

REGISTERED: Final = ("sub", "name", "roles", "iat", "exp", "nbf", "jti", "iss", "aud")
"""The claims of a sealed token that are its own (RFC 7519 §4.1), and those of ours."""

_UNKNOWN: Final = "The token is not known here"
_EXPIRED: Final = "The token has expired"
_WRONG: Final = "The user name or the password is wrong"


class _Flawed(Exception):
    """Credentials that are nobody's; the message says why, and nothing of what they were."""


@dataclass(frozen=True, slots=True)
class Recognition:
    """Recognises the users of one definition by the logins of one sandbox.

    `stand_in` is the name of the user that sends whatever comes without credentials, empty where nobody does.
    """

    policy: Policy
    sessions: Sessions
    now: Callable[[], datetime]
    stand_in: Callable[[], str] = str

    def recognise(self, request: Request) -> User | None:
        """Who sent it, or nobody when it does not say. *Raises* `Unauthenticated` for what is wrong or expired."""
        flaw = ""
        for credentials in self._credentials(request):
            try:
                return self._user(credentials)
            except _Flawed as error:
                flaw = flaw or str(error)
        if flaw:
            raise self.refusal(flaw)
        account = self.policy.accounts.get(self.stand_in())
        return None if account is None else account.user

    def is_timeless(self, request: Request) -> bool:
        """Whether all that a request says of its sender is declared, and so neither begins nor expires."""
        return all(isinstance(one, NameAndPassword) or self._is_declared(one) for one in self._credentials(request))

    def _is_declared(self, token: Token) -> bool:
        # All are compared, as below.
        fits = [account.has_token(token.text) for account in self.policy.accounts.values()]
        return any(fits)

    def refusal(self, flaw: str = "") -> Unauthenticated:
        """What somebody is told who is not logged in, or wrongly."""
        detail = f"{flaw}: log in again." if flaw else "You are not logged in."
        return Unauthenticated(detail, headers={"WWW-Authenticate": self.policy.scheme.challenge(flaw)})

    def tokens(self, request: Request) -> list[str]:
        """The tokens that a request carries."""
        return [one.text for one in self._credentials(request) if isinstance(one, Token)]

    def shown(self, request: Request) -> list[str]:
        """What a request says of who sent it, right or wrong, as texts to tell one from another."""
        found = self._credentials(request)
        return [one.text if isinstance(one, Token) else f"{one.name}:{one.password}" for one in found]

    def _credentials(self, request: Request) -> list[Credentials]:
        """What a request says of who sent it, in the order it is believed."""
        found: list[Credentials] = list(self.policy.scheme.read(request))
        if not found and self.policy.scheme.needs == "token":
            # RFC 6750 §2.3: a page can't give headers to the handshake of a socket or to an event stream.
            found = [Token(value) for name, value in request.query if name == ACCESS_TOKEN]
        signature = self.policy.entrance.manner.signature
        if signature is not None and all(name in request.headers for name in signature):
            token, user = (request.headers[name].strip() for name in signature)
            found.insert(0, _Signed(token, user))
        return found

    def _user(self, credentials: Credentials) -> User:
        if isinstance(credentials, NameAndPassword):
            account = self.policy.accounts.get(credentials.name)
            if account is None or not account.has_password(credentials.password):
                raise _Flawed(_WRONG)
            return account.user
        user = self._bearer(credentials.text)
        if isinstance(credentials, _Signed) and user.name != credentials.user:
            raise _Flawed(_UNKNOWN)
        return user

    def _bearer(self, token: str) -> User:
        # All are compared, so that the time it takes does not say whose it nearly is.
        declared = [account for account in self.policy.accounts.values() if account.has_token(token)]
        if declared:
            return declared[0].user
        session = self.sessions.find(token)
        if session is not None and session.until <= self.now():
            raise _Flawed(_EXPIRED)
        if self.policy.scheme.unseal is not None:
            return self._sealed(self.policy.scheme.unseal, token)
        if session is None or session.user not in self.policy.accounts:
            raise _Flawed(_UNKNOWN)
        return self.policy.accounts[session.user].user

    def _sealed(self, unseal: Callable[[str], Mapping[str, Any]], token: str) -> User:
        try:
            claims = unseal(token)
        except Unsealed:
            raise _Flawed(_UNKNOWN) from None
        now = self.now().timestamp()
        if _moment(claims, "exp", now + 1) <= now:
            raise _Flawed(_EXPIRED)
        if _moment(claims, "nbf", now) > now:
            raise _Flawed("The token is not good yet")
        name = claims.get("sub")
        if not isinstance(name, str) or not name or self.sessions.is_revoked(_mark(claims, token)):
            raise _Flawed(_UNKNOWN)
        account = self.policy.accounts.get(name)
        declared = account.user if account is not None else User(name)
        roles = roles_of(claims.get("roles"), declared.roles)
        return User(name, roles, {**declared.claims, **strangers(claims, REGISTERED)})

    def open(self, account: Account) -> tuple[str, str, int]:
        """Log somebody in: the access token, the one to refresh it with, and the seconds that the first is good for."""
        now, entrance = self.now(), self.policy.entrance
        until = _after(now, entrance.ttl_s)
        access, refresh = self.sessions.draw(account.name), self.sessions.draw(account.name)
        if self.policy.scheme.seal is not None:
            access = self.policy.scheme.seal(self._claims(account, access, now, until))
        refresh_until = max(until, _after(now, entrance.refresh_ttl_s))
        self.sessions.open(Session(account.name, digest_of(access), digest_of(refresh), until, refresh_until))
        return access, refresh, int(entrance.ttl_s)

    def _claims(self, account: Account, mark: str, now: datetime, until: datetime) -> dict[str, Json]:
        return {
            "iss": self.policy.issuer,
            **account.section.claims,
            "sub": account.name,
            "name": account.name,
            "roles": list(account.section.role_names),
            "iat": int(now.timestamp()),
            "exp": int(until.timestamp()),
            "jti": mark,
        }

    def close(self, token: str) -> None:
        """Log out whoever has this token."""
        self.sessions.close(token)
        if self.policy.scheme.unseal is not None:
            try:
                self.sessions.revoke(_mark(self.policy.scheme.unseal(token), token))
            except Unsealed:
                return

    def renew(self, refresh: str) -> Account:
        """Whose login a refresh token goes on with; it is spent then. *Raises* `Unauthenticated`."""
        session = self.sessions.spend(refresh)
        if session is None or session.user not in self.policy.accounts:
            raise self.refusal("The refresh token is not known here")
        if session.refresh_until <= self.now():
            raise self.refusal("The refresh token has expired")
        return self.policy.accounts[session.user]

    def extend(self, token: str) -> None:
        """Let a login be good for as long again from now."""
        session = self.sessions.find(token)
        if session is not None:
            self.sessions.extend(session, _after(self.now(), self.policy.entrance.ttl_s))


@dataclass(frozen=True, slots=True)
class _Signed(Token):
    """A token that says too whose it is."""

    user: str


def _after(moment: datetime, seconds: float) -> datetime:
    """A later moment, at most the last there is: the clock may stand anywhere."""
    try:
        return moment + timedelta(seconds=seconds)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _moment(claims: Mapping[str, Any], name: str, otherwise: float) -> float:
    """A time that a sealed token claims, in seconds since the epoch (RFC 7519 §2)."""
    value = claims.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Flawed(_UNKNOWN)
    return value


def _mark(claims: Mapping[str, Any], token: str) -> str:
    """What tells a sealed token from others: its own id, or what was signed; the signature has several spellings."""
    mark = claims.get("jti")
    return mark if isinstance(mark, str) and mark else token.rpartition(".")[0]
