"""The table of routes, for people to read: patterns with `:id` where a path has an id."""

from collections.abc import Iterable, Iterator, Sequence

from mockserver.generation.schema import Resource, Schema
from mockserver.rest.endpoint import Endpoint
from mockserver.rest.route import Route, Router
from mockserver.value import dataclass

_DEPTH = 3
_ID = ":id"


@dataclass(frozen=True, slots=True)
class Line:
    """One method of one path, and what it does."""

    method: str
    path: str
    action: str
    resource: str = ""
    """The one that it is of; empty for what is no resource's own."""


def list_all(router: Router, schema: Schema, endpoints: Sequence[Endpoint]) -> list[Line]:
    """Every path with its methods: those of resources that no endpoint has taken, then those of endpoints."""
    others = list(list_endpoints(endpoints))
    taken = {(line.method, line.path) for line in others}
    return [*(line for line in list_routes(router, schema) if (line.method, line.path) not in taken), *others]


def list_routes(router: Router, schema: Schema) -> Iterator[Line]:
    """Every path with its methods; HEAD and OPTIONS, which all have, are left out.

    Nested ones come after their first resource, at most three resources long and none twice in one: what may follow
    has no end where resources refer to one another.
    """
    for path, resource in router.collections():
        prefix = path.removesuffix(f"/{resource.name}")
        for chain in chains(schema, (resource,)):
            yield from _lines(prefix, chain)
    for alias, resource in router.aliases():
        yield Line(alias.method, alias.path, f"{resource.name}.{alias.verb}", resource.name)


def list_endpoints(endpoints: Iterable[Endpoint]) -> Iterator[Line]:
    """Every route that is no resource's own, below each of its prefixes."""
    for endpoint in endpoints:
        for prefix in endpoint.prefixes:
            for route in endpoint.routes:
                yield Line(route.method, f"{prefix}{route.path}", endpoint.name)


def chains(schema: Schema, chain: tuple[Resource, ...]) -> Iterator[tuple[Resource, ...]]:
    """The chain, and those that its last resource's children lead it on to."""
    yield chain
    if len(chain) < _DEPTH:
        passed = {resource.name for resource in chain}
        for name in chain[-1].children:
            if name not in passed:
                yield from chains(schema, (*chain, schema[name]))


def _lines(prefix: str, chain: tuple[Resource, ...]) -> Iterator[Line]:
    collection = prefix + "".join(f"/{resource.name}/{_ID}" for resource in chain).removesuffix(f"/{_ID}")
    resource = chain[-1]
    texts = ((None, collection),) if resource.is_singleton else ((None, collection), (_ID, f"{collection}/{_ID}"))
    for text, path in texts:
        yield from _methods(Route(resource, prefix, text), path)
    for attribute in resource.attributes.values():
        if attribute.place is not None:
            content = Route(resource, prefix, texts[-1][0], content=attribute)
            yield from _methods(content, f"{texts[-1][1]}/{attribute.place.step}", f" {attribute.name}")


def _methods(route: Route, path: str, what: str = "") -> Iterator[Line]:
    for method in route.methods():
        if method not in ("HEAD", "OPTIONS"):
            name = route.resource.name
            yield Line(method, path, f"{name}.{route.verb(method)}{what}", name)
