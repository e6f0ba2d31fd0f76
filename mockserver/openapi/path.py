"""The paths of resources: a chain of them below a prefix, each with what it is called in an address."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mockserver.definitions.noun import singular
from mockserver.generation.schema import ID, Relation, Resource, Schema
from mockserver.openapi.component import free
from mockserver.query.naming import Naming
from mockserver.rest.route import RESTORE, Route, Router
from mockserver.rest.table import chains
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class Path:
    """One path: the resources on the way, the last of them its own; `names` are those of the ids in it, in order."""

    prefix: str
    chain: Sequence[Resource]
    route: Route
    names: Sequence[str]
    step: str = ""
    """What the resource is called here where it is not by its own name."""

    @property
    def resource(self) -> Resource:
        """What the path leads to."""
        return self.chain[-1]

    @property
    def relation(self) -> Relation | None:
        """What holds it below the resource before it."""
        return self.chain[-2].children[self.resource.name] if len(self.chain) > 1 else None

    @property
    def template(self) -> str:
        """The path as OpenAPI writes it: `/zoos/{zoo_id}/animals/{id}`."""
        steps = [*(resource.name for resource in self.chain[:-1]), self.step or self.resource.name]
        ids = [f"{{{name}}}" for name in self.names]
        way = [step for pair in zip(steps, ids, strict=False) for step in pair]
        own = [steps[-1]] if len(ids) < len(steps) else []
        return "/".join((self.prefix, *way, *own, *self.tail()))

    def tail(self) -> tuple[str, ...]:
        """What comes behind the document: the step that brings it back, or that of a file."""
        if self.route.content is not None and self.route.content.place is not None:
            return (self.route.content.place.step,)
        return (RESTORE,) if self.route.restores else ()

    def called_singular(self) -> "Path":
        """The same path with the resource in the singular."""
        return replace(self, step=singular(self.resource.name))

    def methods(self) -> list[str]:
        """The methods there are, but for those that are answered everywhere."""
        return [method for method in self.route.methods() if method not in ("HEAD", "OPTIONS")]

    def document(self, naming: Naming) -> "Path":
        """The path of a document in this collection."""
        return replace(self, route=self.route._replace(text="1"), names=[*self.names, naming.wire(ID)])

    def further(self, schema: Schema, naming: Naming) -> "Iterator[Path]":
        """The collections below a document in this one."""
        for chain in chains(schema, tuple(self.chain)):
            if len(chain) == len(self.chain) + 1:
                yield next(_paths(self.prefix, chain, naming))


def list_paths(router: Router, schema: Schema, naming: Naming) -> Iterator[Path]:
    """Every path with its own prefix, as the table of routes has them: collections, documents, restorations."""
    first: dict[str, str] = {}
    for path, resource in router.collections():
        first.setdefault(resource.name, path.removesuffix(f"/{resource.name}"))
    for name, prefix in first.items():
        for chain in chains(schema, (schema[name],)):
            yield from _paths(prefix, chain, naming)


def _paths(prefix: str, chain: Sequence[Resource], naming: Naming) -> Iterator[Path]:
    own, above = chain[-1], list[str]()
    for resource in chain[:-1]:
        above.append(free(naming.wire(f"{singular(resource.name)}_id"), [*above, naming.wire(ID)]))
    yield Path(prefix, chain, Route(own, prefix, None), above)
    names, text = (above, None) if own.is_singleton else ([*above, naming.wire(ID)], "1")
    if text is not None:
        yield Path(prefix, chain, Route(own, prefix, text), names)
    if text is not None and own.delete == "soft":
        yield Path(prefix, chain, Route(own, prefix, text, restores=True), names)
    for attribute in own.attributes.values():
        if attribute.place is not None:
            yield Path(prefix, chain, Route(own, prefix, text, content=attribute), names)
