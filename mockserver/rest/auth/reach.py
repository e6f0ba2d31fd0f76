"""What a pattern of a route can lead to: resources with the methods there, or endpoints. Knows nothing of rules."""

from collections.abc import Iterable, Iterator
from typing import Final

from mockserver.definitions.pattern import ANY, RoutePattern
from mockserver.generation.schema import Resource, Schema
from mockserver.rest.route import RESTORE, Route
from mockserver.value import dataclass

_ID = ":id"


@dataclass(frozen=True, slots=True)
class Reached:
    """One kind of path that a pattern means, and the methods there are; no resource where it is an endpoint's.

    What only stands below that which the pattern names is not `named`: `/animals/*` are animals, and the paths below
    them.
    """

    methods: tuple[str, ...]
    resource: Resource | None = None
    is_named: bool = True


def _is_open(step: str) -> bool:
    return step[0] in ":*"


def _fits(step: str, name: str) -> bool:
    return _is_open(step) or step == name


def reach(pattern: RoutePattern, schema: Schema, endpoints: Iterable[RoutePattern]) -> list[Reached]:
    """Everything a pattern's path can lead to, whatever its method."""
    found = [Reached((one.method,)) for one in endpoints if overlap(pattern, one)]
    passed: set[str] = set()
    for resource in schema.resources.values():
        if pattern.is_everything:
            found += (Reached(tuple(route.methods()), resource) for _, route in _ends(resource))
        elif _fits(pattern.steps[0], resource.name):
            found += _walk(schema, resource, pattern.steps[1:], passed)
    return found


_ANYTHING: Final = ("**",)
"""Steps that whatever follows matches, nothing included."""


def _walk(schema: Schema, here: Resource, steps: tuple[str, ...], passed: set[str]) -> Iterator[Reached]:
    """What is reached by the steps after a resource's own; `passed` are those below which all has been reached."""
    if steps == _ANYTHING and here.name in passed:
        return
    if steps == _ANYTHING:
        passed.add(here.name)
    is_named = steps != _ANYTHING
    yield from (Reached(tuple(route.methods()), here, is_named) for tail, route in _ends(here) if _leads(steps, tail))
    for name in () if here.is_singleton else here.children:
        # What stands for the id may stand for all that follows, and so may a `*` after it, which names the children.
        if steps[1:] == ("*",):
            yield from (Reached(tuple(route.methods()), schema[name]) for _, route in _ends(schema[name]))
        if steps in (_ANYTHING, ("*",)) or steps[1:] == ("*",):
            yield from _walk(schema, schema[name], _ANYTHING, passed)
        elif len(steps) > 1 and _fits(steps[1], name):
            yield from _walk(schema, schema[name], steps[2:], passed)


def _ends(resource: Resource) -> Iterator[tuple[tuple[str, ...], Route]]:
    """Every kind of route to a resource, with the steps after its name."""
    own: tuple[str, ...] = () if resource.is_singleton else (_ID,)
    text = own[0] if own else None
    yield (), Route(resource, "", None)
    if own:
        yield own, Route(resource, "", text)
    if resource.delete == "soft":
        yield (*own, RESTORE), Route(resource, "", text, restores=True)
    for attribute in resource.attributes.values():
        if attribute.place is not None:
            yield (*own, attribute.place.step), Route(resource, "", text, content=attribute)


def _leads(steps: tuple[str, ...], tail: tuple[str, ...]) -> bool:
    """Whether the rest of a pattern means these steps."""
    if steps == _ANYTHING:
        return True
    is_long_enough = len(tail) >= len(steps) if steps[-1:] == ("*",) else len(tail) == len(steps)
    # An id can be anything, so that whatever the pattern says there may be one.
    return is_long_enough and all(
        theirs == _ID or _fits(mine, theirs) for mine, theirs in zip(steps, tail, strict=False)
    )


def overlap(one: RoutePattern, other: RoutePattern) -> bool:
    """Whether a path can match both."""
    if one.is_everything or other.is_everything:
        return True
    for mine, theirs in zip(one.steps, other.steps, strict=False):
        if not _is_open(mine) and not _is_open(theirs) and mine != theirs:
            return False
    shorter, longer = sorted((one.steps, other.steps), key=len)
    return len(shorter) == len(longer) or shorter[-1] == "*"


def covers(one: RoutePattern, other: RoutePattern) -> bool:
    """Whether every request that matches the other matches the one."""
    if not one.takes(other.method) or (other.is_everything and not one.is_everything):
        return False
    if one.is_everything:
        return True
    is_open, is_long_enough = one.steps[-1] == "*", len(other.steps) >= len(one.steps)
    if not is_long_enough or (not is_open and (other.steps[-1] == "*" or len(other.steps) > len(one.steps))):
        return False
    return all(_is_open(mine) or mine == theirs for mine, theirs in zip(one.steps, other.steps, strict=False))


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
