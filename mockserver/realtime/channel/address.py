"""Where the resources and actions of a definition stand, so that its channels can ask for them as its routes do."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import CoreDefinition
from mockserver.definitions.pattern import RoutePattern, routes_of
from mockserver.value import dataclass


class Routed(Protocol):
    """An action's section, as far as it says where it stands."""

    @property
    def route(self) -> RoutePattern | list[RoutePattern]: ...

    @property
    def application(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Spot:
    """Routes below their prefixes."""

    routes: tuple[RoutePattern, ...]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Addresses:
    """The prefixes of the API, `own` and those of all applications; and what stands below which."""

    own: tuple[str, ...]
    prefixes: tuple[str, ...]
    resources: Mapping[str, tuple[str, ...]]
    actions: Mapping[str, Spot]

    def target(self, method: str, path: str) -> str:
        """The whole path that a route's path means; one that begins with a prefix is whole already."""
        if any(prefix and f"{path}/".startswith(f"{prefix}/") for prefix in self.prefixes):
            return path
        steps = path.split("/")[1:]
        for spot in self.actions.values():
            if any(route.takes(method) and route.match(steps) is not None for route in spot.routes):
                return spot.prefixes[0] + path
        return self.resources.get(steps[0] if steps else "", self.own)[0] + path


def addresses_of(definition: CoreDefinition, convention: Styled) -> Addresses:
    """The addresses of a definition."""
    api = definition.api

    def prefixes(application: str | None) -> tuple[str, ...]:
        return tuple(convention.prefixes(api.version, application or api.application))

    sections: Mapping[str, Routed] = getattr(definition, "actions", {})
    resources = {name: prefixes(one.application) for name, one in definition.resources.items()}
    actions = {name: Spot(routes_of(one.route), prefixes(one.application)) for name, one in sections.items()}
    others = (*resources.values(), *(spot.prefixes for spot in actions.values()))
    every: Sequence[str] = [*prefixes(None), *(prefix for found in others for prefix in found)]
    return Addresses(prefixes(None), tuple(dict.fromkeys(every)), resources, actions)
