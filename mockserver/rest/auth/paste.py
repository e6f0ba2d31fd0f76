"""How to ask an API as somebody: what a person pastes into a terminal."""

import json
from shlex import quote
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    # Whoever has a policy has imported what it is made of; whoever has none need not.
    from mockserver.rest.auth.policy import Account, Policy

_SHOWN: Final = 5
"""How many users are shown with what they log in with."""
_JAR: Final = "cookies.txt"
_VARIABLE: Final = "$TOKEN"
_TAKEN: Final = """grep -oE '"(access_?)?[tT]oken":"[^"]+' | head -1 | cut -d'"' -f4"""
"""Takes the token out of what a login answers, in any convention."""


def option_for(policy: "Policy", resource: str) -> str:
    """The option of `curl` that a list of a resource needs, empty where it needs none.

    It is the first user's who may read it; where they have to log in first, it takes what their own line has kept.
    """
    ruling = policy.rules.ruling([("GET", (resource,))])
    if ruling.permits(None):
        return ""
    able = next((one for one in policy.accounts.values() if ruling.permits(one.user.roles)), None)
    return "" if able is None else _option(policy, able)


def lines_for(policy: "Policy", origin: str) -> list[str]:
    """One line for each of the first users: who they are, and how they ask or log in."""
    lines = []
    for account in list(policy.accounts.values())[:_SHOWN]:
        roles = f" ({', '.join(account.user.roles)})" if account.user.roles else ""
        lines.append(f"{_way(policy, account, origin)}   # {account.name}{roles}")
    more = len(policy.accounts) - _SHOWN
    return [*lines, f"# … and {more} more users"] if more > 0 else lines


def way_of(policy: "Policy", account: "Account", origin: str) -> tuple[bool, str]:
    """How a user asks: whether they are known by a header alone, and that header, or the command that logs in."""
    if _is_known(policy, account):
        return True, _header(policy, account)
    return False, _login(policy, account, origin)


def _is_known(policy: "Policy", account: "Account") -> bool:
    """Whether a user asks without logging in."""
    return policy.scheme.needs == "password" or account.section.token is not None


def _way(policy: "Policy", account: "Account", origin: str) -> str:
    if _is_known(policy, account):
        return f"curl '{origin}{policy.entrance.me.path}' {_option(policy, account)}"
    return _login(policy, account, origin)


def _login(policy: "Policy", account: "Account", origin: str) -> str:
    entrance = policy.entrance
    body = {entrance.users[0]: account.name, entrance.passwords[0]: _password(account)}
    sent = quote(json.dumps(body, ensure_ascii=False))
    login = f"'{origin}{entrance.login.path}' -H 'Content-Type: application/json' -d {sent}"
    return f"curl {login} -c {_JAR}" if policy.scheme.is_cookie else f"TOKEN=$(curl -s {login} | {_TAKEN})"


def _option(policy: "Policy", account: "Account") -> str:
    if _is_known(policy, account):
        return f"-H {quote(_header(policy, account))}"
    from mockserver.rest.auth.scheme import Token  # noqa: PLC0415 - as above

    scheme = policy.scheme
    return f"-b {_JAR}" if scheme.is_cookie else f'-H "{scheme.show(Token(_VARIABLE))}"'


def _header(policy: "Policy", account: "Account") -> str:
    """The header of a user who asks without logging in."""
    from mockserver.rest.auth.scheme import NameAndPassword, Token  # noqa: PLC0415 - as above

    if policy.scheme.needs == "password":
        return policy.scheme.show(NameAndPassword(account.name, _password(account)))
    return policy.scheme.show(Token(account.section.token or ""))


def _password(account: "Account") -> str:
    """A password that is good."""
    from mockserver.rest.auth.section import AnyBut  # noqa: PLC0415 - as above

    wanted = account.section.password
    if isinstance(wanted, AnyBut):
        return next(one for one in ("secret", *map(str, range(len(wanted.refused)))) if one not in wanted.refused)
    return wanted or ""
