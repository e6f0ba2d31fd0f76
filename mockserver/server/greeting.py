"""The first screen: what to paste into another terminal."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.report import show
from mockserver.rest.api import RestApi
from mockserver.rest.auth.paste import lines_for, option_for
from mockserver.server.offer import list_sockets
from mockserver.store.store import Store

if TYPE_CHECKING:
    from mockserver.rest.auth.policy import Policy

_USUAL_CONTROL: Final = "http://127.0.0.1:8001"
"""Where commands look for a server by themselves."""
_NAMES: Final = 8


def greeting(  # noqa: PLR0913 - it tells of all the parts
    definition: CoreDefinition,
    api: RestApi,
    store: Store,
    policy: "Policy | None",
    *,
    sockets: Sequence[tuple[str, str, str]],
    switches: Mapping[str, Sequence[str]],
    origin: str,
    control: str,
) -> str:
    """A block with the definition's name, a line for each resource, each user, what stays open, for switches and pages.

    `sockets` are scheme, path and purpose of each; `switches` are commands with the names that each takes. `origin` is
    the API's, `control` that of the control plane.
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
    lines += _list_switches(switches, control)
    lines += _list_pages(control)
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
    asked = list_sockets(sockets, origin)
    width = max((len(url) for url, _ in asked), default=0)
    return ["", *(f"  # {url:<{width}}   {meaning}" for url, meaning in asked)]


def _list_switches(switches: Mapping[str, Sequence[str]], control: str) -> list[str]:
    """Commands for another terminal, each with the first of its names in place."""
    where = "" if control == _USUAL_CONTROL else f" --control {control}"
    said = {f"mockserver {command} {names[0]}{where}": names[1:] for command, names in switches.items() if names}
    width = max(map(len, said), default=0)
    lines = [
        f"  # {command:<{width}}   or {_listed(others)}".removesuffix("   or ") for command, others in said.items()
    ]
    return ["", *map(str.rstrip, lines)]


def _list_pages(control: str) -> list[str]:
    """What to open in a browser."""
    pages = {f"{control}/": "the control panel", f"{control}/demo": "a board that goes on while its connections break"}
    width = max(map(len, pages))
    return ["", *(f"  # {url:<{width}}   {meaning}" for url, meaning in pages.items())]


def _listed(names: Sequence[str]) -> str:
    return ", ".join([*names[:_NAMES], *("…" for _ in names[_NAMES : _NAMES + 1])])
