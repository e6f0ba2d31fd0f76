"""What is served, as far as faults may refer to it."""

from collections.abc import Collection, Mapping, Sequence

from mockserver.definitions.pattern import RoutePattern
from mockserver.generation.schema import Resource
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """The resources by name, the users, and the prefixes below which it all stands, but for the routes `beside`.

    Users are nothing where credentials from elsewhere may name anybody.
    """

    resources: Mapping[str, Resource]
    users: Collection[str] | None = ()
    prefixes: Sequence[str] = ()
    beside: Sequence[RoutePattern] = ()

    def prefix_of(self, route: RoutePattern) -> str:
        """The prefix that a route begins with, though routes are relative to it; empty for all others."""
        if route.steps[0] in self.resources or any(route.match(own.steps) is not None for own in self.beside):
            return ""
        return next((one for one in self.prefixes if one and f"{route.path}/".startswith(f"{one}/")), "")

    def reached(self, route: RoutePattern) -> Collection[Resource] | None:
        """The resources that a route may lead to; nothing where it may lead to something else."""
        steps = [step for step in route.steps if step[0] not in ":*"]
        if not steps or route.steps[-1] == "*":
            return self.resources.values()
        found = self.resources.get(steps[-1])
        return None if found is None else [found]
