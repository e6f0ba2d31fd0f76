"""What a definition offers to whoever writes a client: routes, sockets, and the users that it knows.

The first screen says the same to paste into a terminal; here it is for programs.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mockserver.messages import Json
from mockserver.rest.api import RestApi
from mockserver.rest.auth.paste import way_of
from mockserver.rest.table import Line, list_all
from mockserver.store.store import Store

if TYPE_CHECKING:
    from mockserver.rest.auth.policy import Policy


def describe_offer(
    api: RestApi, store: Store, policy: "Policy | None", sockets: Sequence[tuple[str, str, str]], origin: str
) -> dict[str, Json]:
    """Routes, sockets and users below the address `origin`; `sockets` are scheme, path and purpose of each."""
    lines = list_all(api.router, store.schema, api.endpoints.all)
    return {
        "routes": [_describe_line(line) for line in lines],
        "sockets": [{"url": url, "what": meaning} for url, meaning in list_sockets(sockets, origin)],
        "users": [] if policy is None else _list_users(policy, origin),
    }


def list_sockets(sockets: Sequence[tuple[str, str, str]], origin: str) -> list[tuple[str, str]]:
    """The address of each, and what it is for."""
    return [(f"{scheme}{origin.removeprefix('http')}{path}", meaning) for scheme, path, meaning in sockets]


def _describe_line(line: Line) -> dict[str, Json]:
    return {"method": line.method, "path": line.path, "what": line.action, "resource": line.resource or None}


def _list_users(policy: "Policy", origin: str) -> list[Json]:
    users: list[Json] = []
    for account in policy.accounts.values():
        is_known, way = way_of(policy, account, origin)
        roles: list[Json] = [*account.user.roles]
        users.append({"name": account.name, "roles": roles, "how": way, "kind": "header" if is_known else "login"})
    return users
