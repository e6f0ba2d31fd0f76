"""How to ask an API as somebody: what a person pastes into a terminal."""

import json
from shlex import quote

from mockserver.rest.auth.policy import Account, Policy
from mockserver.rest.auth.scheme import NameAndPassword, Token
from mockserver.rest.auth.section import AnyBut

_SHOWN = 5
"""How many users are shown with what they log in with."""
_VARIABLE = "$TOKEN"


def option_for(policy: Policy, resource: str) -> str:
    """The option of `curl` that a list of a resource needs, empty where it needs none.

    It is the first user's who may read it; a token that a login has to give first is in the variable `TOKEN`.
    """
    ruling = policy.rules.ruling([("GET", (resource,))])
    if ruling.permits(None):
        return ""
    able = [one for one in policy.accounts.values() if ruling.permits(one.user.roles)]
    return _option(policy, able[0]) + " " if able else ""


def lines_for(policy: Policy, origin: str) -> list[str]:
    """One line for each of the first users: who they are, and how they ask or log in."""
    lines = []
    for account in list(policy.accounts.values())[:_SHOWN]:
        roles = f" ({', '.join(account.user.roles)})" if account.user.roles else ""
        lines.append(f"{_way(policy, account, origin)}   # {account.name}{roles}")
    more = len(policy.accounts) - _SHOWN
    return [*lines, f"# … and {more} more users"] if more > 0 else lines


def _way(policy: Policy, account: Account, origin: str) -> str:
    if policy.scheme.needs == "password" or account.section.token is not None:
        return f"curl {_option(policy, account)} '{origin}{policy.entrance.me.path}'"
    entrance = policy.entrance
    body = {entrance.users[0]: account.name, entrance.passwords[0]: _password(account)}
    sent = quote(json.dumps(body, ensure_ascii=False))
    return f"curl -i -H 'Content-Type: application/json' -d {sent} '{origin}{entrance.login.path}'"


def _option(policy: Policy, account: Account) -> str:
    if policy.scheme.needs == "password":
        return f"-H {quote(policy.scheme.show(NameAndPassword(account.name, _password(account))))}"
    if account.section.token is not None:
        return f"-H {quote(policy.scheme.show(Token(account.section.token)))}"
    return f'-H "{policy.scheme.show(Token(_VARIABLE))}"'


def _password(account: Account) -> str:
    """A password that is good."""
    wanted = account.section.password
    if isinstance(wanted, AnyBut):
        return next(
            one
            for one in ("secret", "password", "letmein", *map(str, range(len(wanted.refused))))
            if one not in wanted.refused
        )
    return wanted or ""
