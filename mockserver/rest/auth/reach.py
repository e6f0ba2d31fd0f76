"""What a pattern of a route can lead to: resources with the methods there, or endpoints. Knows nothing of rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.generation.schema import Resource, Schema
from mockserver.rest.route import RESTORE, Route

_ID = ":id"


@dataclass(frozen=True, slots=True)
class Reached:
    """One kind of path that a pattern means, and the methods there are; no resource where it is an endpoint's."""

    methods: tuple[str, ...]
    resource: Resource | None = None


def _is_open(step: str) -> bool:
    return step[0] in ":*"


def _fits(step: str, name: str) -> bool:
    return _is_open(step) or step == name


def reach(pattern: RoutePattern, schema: Schema, endpoints: Iterable[RoutePattern]) -> list[Reached]:
    """Everything a pattern's path can lead to, whatever its method."""
    found = [Reached((one.method,)) for one in endpoints if overlap(pattern, one)]
    for resource in schema.resources.values():
        if pattern.is_everything:
            found += [Reached(tuple(route.methods()), resource) for route in _own(resource)]
        elif _fits(pattern.steps[0], resource.name):
            found += _walk(schema, resource, pattern.steps[1:], set())
    return found


def _own(resource: Resource) -> Iterator[Route]:
    """Every kind of route to a resource."""
    yield Route(resource, "", None)
    if not resource.is_singleton:
        yield Route(resource, "", _ID)
        if resource.delete == "soft":
            yield Route(resource, "", _ID, restores=True)
    yield from _contents(resource)


def _contents(resource: Resource) -> Iterator[Route]:
    """The routes of a resource's files and pictures."""
    for attribute in resource.attributes.values():
        if attribute.place is not None:
            yield Route(resource, "", None if resource.is_singleton else _ID, content=attribute)


def _walk(schema: Schema, here: Resource, steps: tuple[str, ...], passed: set[str]) -> Iterator[Reached]:
    """What is reached by the steps after a resource's own; `passed` are the resources that `*` went through."""
    if not steps:
        yield Reached(tuple(Route(here, "", None).methods()), here)
        return
    inner = steps if here.is_singleton else steps[1:]
    for route in _contents(here):
        if len(inner) == 1 and route.content is not None and route.content.place is not None:
            if _fits(inner[0], route.content.place.step):
                yield Reached(tuple(route.methods()), here)
    if here.is_singleton:
        return
    if steps == ("*",):
        yield from _below(schema, here, passed)
        return
    rest = steps[1:]
    if not rest:
        yield Reached(tuple(Route(here, "", _ID).methods()), here)
        return
    if here.delete == "soft" and len(rest) == 1 and _fits(rest[0], RESTORE):
        yield Reached(tuple(Route(here, "", _ID, restores=True).methods()), here)
    for name in here.children:
        if _fits(rest[0], name):
            # A `*` at the end is at least one step: it begins with the child's own name.
            yield from _walk(schema, schema[name], rest[1:], passed)
            if rest == ("*",) and name not in passed:
                yield from _below(schema, schema[name], passed)


def _below(schema: Schema, here: Resource, passed: set[str]) -> Iterator[Reached]:
    """Documents of a resource, and everything below them."""
    if here.name in passed:
        return
    passed.add(here.name)
    for route in _own(here):
        if route.text is not None:
            yield Reached(tuple(route.methods()), here)
    for name in here.children:
        yield Reached(tuple(Route(schema[name], "", None).methods()), schema[name])
        yield from _below(schema, schema[name], passed)


def overlap(one: RoutePattern, other: RoutePattern) -> bool:
    """Whether a path can match both."""
    if one.is_everything or other.is_everything:
        return True
    for mine, theirs in zip(one.steps, other.steps, strict=False):
        if not _is_open(mine) and not _is_open(theirs) and mine != theirs:
            return False
    shorter, longer = sorted((one.steps, other.steps), key=len)
    return len(shorter) == len(longer) or shorter[-1] == "*"


def takes_any(pattern: RoutePattern, reached: Iterable[Reached]) -> bool:
    """Whether the method of a pattern is one of those there are."""
    return any(pattern.takes(method) or method in (ANY, pattern.method) for one in reached for method in one.methods)


def known_paths(schema: Schema, endpoints: Iterable[RoutePattern]) -> list[str]:
    """The paths there are, for suggestions: of resources, their documents, what is right below those, and endpoints."""
    found = [one.path for one in endpoints]
    for name, resource in schema.resources.items():
        found.append(f"/{name}")
        if not resource.is_singleton:
            found.append(f"/{name}/{_ID}")
        found += [f"/{name}/{_ID}/{child}" for child in resource.children]
    return list(dict.fromkeys(found))
