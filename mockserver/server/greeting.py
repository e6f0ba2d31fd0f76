"""The first screen: what to paste into another terminal."""

from collections.abc import Sequence

from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.report import show
from mockserver.rest.api import RestApi
from mockserver.rest.auth.paste import lines_for, option_for
from mockserver.rest.auth.policy import Policy
from mockserver.store.store import Store


def greeting(  # noqa: PLR0913 - it tells of all the parts
    definition: CoreDefinition,
    api: RestApi,
    store: Store,
    policy: Policy | None,
    *,
    sockets: Sequence[tuple[str, str, str]],
    origin: str,
) -> str:
    """A block with the definition's name, one curl line for each resource, one for each user, and what stays open.

    `sockets` are scheme, path and purpose of each.
    """
    first: dict[str, str] = {}
    for path, resource in api.router.collections():
        first.setdefault(resource.name, path)
    asked = {
        name: f"'{origin}{path}' {'' if policy is None else option_for(policy, name)}".rstrip()
        for name, path in first.items()
    }
    width = max(map(len, asked.values()), default=0)
    lines = [f"{definition.name} · {api.convention.name} · seed {definition.seed}", ""]
    if policy is not None:
        # First, because what comes after may need what a login has given.
        lines += [*(f"  {line}" for line in lines_for(policy, origin)), ""]
    lines += [
        f"  curl {what}{' ' * (width - len(what))}   # {len(store[name]):,} {name}" for name, what in asked.items()
    ]
    lines += _list_actions(definition, api)
    lines += _list_sockets(sockets, origin)
    return "\n".join(map(show, lines))


def _list_actions(definition: CoreDefinition, api: RestApi) -> list[str]:
    """The first route of each action, below the first prefix."""
    declared = getattr(definition, "actions", {})
    asked = {
        endpoint.name: f"{endpoint.routes[0].method:<6} {endpoint.prefixes[0]}{endpoint.routes[0].path}"
        for endpoint in api.endpoints.all
        if endpoint.name in declared
    }
    width = max(map(len, asked.values()), default=0)
    lines = [f"  {where:<{width}}   # {name}" for name, where in asked.items()]
    return ["", *lines] if lines else []


def _list_sockets(sockets: Sequence[tuple[str, str, str]], origin: str) -> list[str]:
    """What to connect to; curl can't, so these are told and not typed."""
    asked = [(f"{scheme}{origin.removeprefix('http')}{path}", meaning) for scheme, path, meaning in sockets]
    width = max((len(url) for url, _ in asked), default=0)
    return ["", *(f"  # {url:<{width}}   {meaning}" for url, meaning in asked)]
