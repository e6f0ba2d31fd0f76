"""Paths to routes: a chain of resources and ids below a prefix, checked link by link."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.definitions.model import ApiSection, Verb
from mockserver.errors import Gone, MethodNotAllowed, NotFound, UnknownPath, nearest
from mockserver.generation.schema import Relation, Resource, Schema, singular
from mockserver.messages import Document, Key
from mockserver.store.store import Store

_COLLECTION: Final[Mapping[str, Verb]] = {"GET": "list", "HEAD": "list", "POST": "create"}
_DOCUMENT: Final[Mapping[str, Verb]] = {
    "GET": "get", "HEAD": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Route:
    """What a path leads to: a collection, or the document `text` in it, below the parents passed on the way."""

    resource: Resource
    prefix: str
    text: str | None
    parents: tuple[tuple[Relation, Key], ...] = ()

    def methods(self) -> list[str]:
        """The methods that this path has, in a fixed order."""
        verbs = _COLLECTION if self.text is None else _DOCUMENT
        open_to = self.resource.section.methods
        return [*(method for method, verb in verbs.items() if open_to is None or verb in open_to), "OPTIONS"]

    def verb(self, method: str) -> Verb:
        """What a method does here. *Raises* `MethodNotAllowed` with `Allow`."""
        verbs = _COLLECTION if self.text is None else _DOCUMENT
        allowed = self.methods()
        if method not in allowed or method not in verbs:
            where = f"the {self.resource.name} collection" if self.text is None else self.resource.one()
            said = ", ".join(allowed)
            raise MethodNotAllowed(f"{method} is not possible on {where}: {said} are.", headers={"Allow": said})
        return verbs[method]


@dataclass(frozen=True, slots=True)
class _Mount:
    """One prefix and the resources below it."""

    steps: tuple[str, ...]
    prefix: str
    resources: Mapping[str, Resource]


class Router:
    """Finds routes by path alone; that the documents on the way exist is `check_parents`'s to see."""

    __slots__ = ("_mounts", "_schema", "_takes_singular")

    def __init__(self, schema: Schema, convention: Styled, api: ApiSection) -> None:
        self._schema = schema
        self._takes_singular = convention.takes_singular
        below: dict[str, dict[str, Resource]] = {}
        for resource in schema.resources.values():
            application = resource.section.application or api.application
            for prefix in convention.prefixes(api.version, application):
                below.setdefault(prefix, {})[resource.name] = resource
        self._mounts = [_Mount(tuple(prefix.split("/")[1:]), prefix, found) for prefix, found in below.items()]

    def collections(self) -> Iterator[tuple[str, Resource]]:
        """Every collection's path with its resource, all prefixes included."""
        for mount in self._mounts:
            for name, resource in mount.resources.items():
                yield f"{mount.prefix}/{name}", resource

    def find(self, segments: tuple[str, ...]) -> Route:
        """The route of a path. *Raises* `UnknownPath`, with the nearest path there is."""
        for mount in self._mounts:
            rest = segments[len(mount.steps) :]
            if segments[: len(mount.steps)] == mount.steps and rest:
                resource = self._named(mount.resources, rest[0])
                if resource is not None:
                    return self._walk(mount.prefix, resource, rest[1:], segments)
        raise self._unknown(segments)

    def _named(self, resources: Mapping[str, Resource], step: str) -> Resource | None:
        found = resources.get(step)
        if found is not None or not self._takes_singular:
            return found
        return next(
            (one for name, one in resources.items() if singular(name) == step.lower() or name == step.lower()), None
        )

    def _walk(self, prefix: str, resource: Resource, steps: tuple[str, ...], whole: tuple[str, ...]) -> Route:
        parents: list[tuple[Relation, Key]] = []
        here = resource
        while len(steps) >= 2:
            names = {name: self._schema[name] for name in here.children}
            child = self._named(names, steps[1])
            if child is None:
                raise self._unknown(whole)
            key = here.key_from(steps[0])
            if key is None:
                raise NotFound(missing(here, steps[0]))
            parents.append((here.children[child.name], key))
            here, steps = child, steps[2:]
        return Route(here, prefix, steps[0] if steps else None, tuple(parents))

    def _unknown(self, segments: tuple[str, ...]) -> UnknownPath:
        path = "/" + "/".join(segments)
        known = [collection for collection, _ in self.collections()]
        close = nearest(path, known)
        if close is not None:
            return UnknownPath(f"There is nothing at {path}; did you mean {close}?")
        shown = ", ".join(known[:12])
        return UnknownPath(
            f"There is nothing at {path}; there is {shown}." if shown else f"There is nothing at {path}."
        )


def missing(resource: Resource, text: object) -> str:
    """The sentence for a document that is not there."""
    return f"There is no {resource.singular()} with the id {text}."


def document_at(store: Store, resource: Resource, key: Key | None, text: object) -> Document:
    """A document by its id. *Raises* `NotFound`, or `Gone` where the resource says so."""
    found = None if key is None else store[resource.name].get(key)
    if found is not None:
        return found
    if resource.delete == "gone" and key is not None and store[resource.name].buried(key) is not None:
        raise Gone(f"The {resource.singular()} with the id {text} is deleted for good.")
    raise NotFound(missing(resource, text))


def refers(document: Document, relation: Relation, key: Key) -> bool:
    """Whether a document's reference is, or holds, an id."""
    held = document.get(relation.field)
    return key in held if isinstance(held, list) else held == key


def check_parents(store: Store, parents: Iterable[tuple[Relation, Key]]) -> None:
    """That every document on the way exists, each below the one before it. *Raises* `NotFound`, `Gone`."""
    above: tuple[Relation, Key] | None = None
    for relation, key in parents:
        resource = store.schema[relation.parent]
        document = document_at(store, resource, key, key)
        if above is not None and not refers(document, *above):
            raise NotFound(missing(resource, key))
        above = (relation, key)
