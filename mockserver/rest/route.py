"""Paths to routes: a chain of resources and ids below a prefix, checked link by link."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import quote

from mockserver.conventions.base import Alias
from mockserver.conventions.styled import Styled
from mockserver.definitions.manner import ApiSection
from mockserver.definitions.model import Verb
from mockserver.definitions.noun import singular
from mockserver.errors import Gone, NotFound, UnknownPath, nearest
from mockserver.generation.schema import Attribute, Relation, Resource, Schema
from mockserver.messages import Document, Key
from mockserver.query.view import Sees, sees_all
from mockserver.store.store import Store
from mockserver.value import dataclass

_COLLECTION: Final[Mapping[str, Verb]] = {
    "GET": "list", "HEAD": "list", "POST": "create", "PATCH": "update", "DELETE": "delete",
}  # fmt: skip
_DOCUMENT: Final[Mapping[str, Verb]] = {
    "GET": "get", "HEAD": "get", "PUT": "replace", "PATCH": "update", "DELETE": "delete",
}  # fmt: skip
_SINGLETON: Final[Mapping[str, Verb]] = {"GET": "get", "HEAD": "get", "PUT": "replace", "PATCH": "update"}
_LENIENT_SINGLETON: Final[Mapping[str, Verb]] = {
    "GET": "get", "HEAD": "get", "POST": "create", "PUT": "replace", "PATCH": "update",
}  # fmt: skip
_FILE: Final[Mapping[str, Verb]] = {"GET": "get", "HEAD": "get", "PUT": "update", "DELETE": "update"}
_PICTURE: Final[Mapping[str, Verb]] = {"GET": "get", "HEAD": "get"}
_RESTORATION: Final[Mapping[str, Verb]] = {"POST": "restore"}
_KEPT: Final = 1024
"""How many paths are remembered with what they lead to."""
RESTORE: Final = "restore"
"""The last step of the path that brings a softly deleted document back."""


class Route(NamedTuple):
    """What a path leads to: a collection, or the document `text` in it, below the parents passed on the way.

    `restores` says that the path is the one that brings the document back; `content` is the field whose file or
    picture the path leads to.
    """

    resource: Resource
    prefix: str
    text: str | None
    parents: tuple[tuple[Relation, Key], ...] = ()
    restores: bool = False
    content: Attribute | None = None

    @property
    def is_collection(self) -> bool:
        """Whether the path leads to many documents."""
        return self.text is None and not self.resource.is_singleton

    @property
    def up(self) -> str:
        """The path of the document above, empty where there is none."""
        if not self.parents:
            return ""
        return self.prefix + "".join(f"/{one.parent}/{quote(str(key), safe='')}" for one, key in self.parents)

    @property
    def collection(self) -> str:
        """The path of the collection, empty for a document that stands in none."""
        return "" if self.resource.is_singleton else f"{self.up or self.prefix}/{self.resource.name}"

    def steps(self) -> Iterator[tuple[str, ...]]:
        """The path below the prefix in its canonical spelling, and the flat one that means the same."""
        key = None if self.text is None else self.resource.key_from(self.text)
        # An id in its one spelling, so that no rule about `/animals/1` is got round by `/animals/01`.
        text = self.text if key is None else str(key)
        own = (self.resource.name, *(() if text is None else (text,)), *((RESTORE,) if self.restores else ()))
        own = (*own, *((_step(self.content),) if self.content is not None else ()))
        if self.parents:
            yield (*(step for relation, key in self.parents for step in (relation.parent, str(key))), *own)
        yield own

    @property
    def verbs(self) -> Mapping[str, Verb]:
        """What each method does that the path has, in a fixed order; OPTIONS aside, which all have."""
        verbs, open_to = self._verbs(), self.resource.section.methods
        return verbs if open_to is None else {method: verb for method, verb in verbs.items() if verb in open_to}

    def _verbs(self) -> Mapping[str, Verb]:
        if self.restores:
            return _RESTORATION
        if self.content is not None:
            return _FILE if self.content.file is not None and self.content.is_writable else _PICTURE
        if self.resource.is_singleton:
            return _LENIENT_SINGLETON if self.resource.lenient else _SINGLETON
        return _COLLECTION if self.text is None else _DOCUMENT

    def methods(self) -> list[str]:
        """The methods that this path has, in a fixed order."""
        return [*self.verbs, "OPTIONS"]

    def verb(self, method: str) -> Verb:
        """What one of its methods does."""
        return self._verbs()[method]

    def described(self) -> str:
        """What the path leads to, in a sentence."""
        if self.content is not None:
            return f"the {_step(self.content)} of {self.resource.one()}"
        return f"the {self.resource.name} collection" if self.is_collection else self.resource.one()


@dataclass(frozen=True, slots=True)
class _Mount:
    """One prefix and the resources below it."""

    steps: tuple[str, ...]
    prefix: str
    resources: Mapping[str, Resource]


class Router:
    """Finds routes by path alone; that the documents on the way exist is `check_parents`'s to see."""

    __slots__ = ("_convention", "_mounts", "_schema", "_takes_singular", "find")

    def __init__(self, schema: Schema, convention: Styled, api: ApiSection) -> None:
        self._schema = schema
        self._convention = convention
        self._takes_singular = convention.takes_singular
        below: dict[str, dict[str, Resource]] = {}
        for resource in schema.resources.values():
            application = resource.section.application or api.application
            for prefix in convention.prefixes(api.version, application):
                below.setdefault(prefix, {})[resource.name] = resource
        # What is asked is asked again.
        self.find: Callable[[tuple[str, ...]], Route] = lru_cache(maxsize=_KEPT)(self._find)
        """The route of a path. *Raises* `UnknownPath`, with the nearest path there is."""
        self._mounts = [_Mount(tuple(prefix.split("/")[1:]), prefix, found) for prefix, found in below.items()]

    def collections(self) -> Iterator[tuple[str, Resource]]:
        """Every collection's path with its resource, all prefixes included."""
        for mount in self._mounts:
            for name, resource in mount.resources.items():
                yield f"{mount.prefix}/{name}", resource

    def homes(self) -> dict[str, str]:
        """The path of every resource, by its name: below the prefix that addresses are made with."""
        return {resource.name: path for path, resource in reversed(list(self.collections()))}

    def aliases(self) -> Iterator[tuple[Alias, Resource]]:
        """Every further address of a collection's routes that the convention gives it."""
        for resource in self._schema.resources.values():
            open_to = resource.section.methods
            for alias in () if resource.is_singleton else self._convention.aliases(resource.name):
                if open_to is None or alias.verb in open_to:
                    yield alias, resource

    def below(self, segments: tuple[str, ...]) -> tuple[str, ...]:
        """The steps of a path below the prefix it stands under, all of them where it stands under none."""
        lengths = [len(mount.steps) for mount in self._mounts if segments[: len(mount.steps)] == mount.steps]
        return segments[max(lengths, default=0) :]

    def _find(self, segments: tuple[str, ...]) -> Route:
        for mount in self._mounts:
            depth = len(mount.steps)
            if segments[:depth] == mount.steps and len(segments) > depth:
                resource = self._named(mount.resources, segments[depth])
                if resource is not None:
                    return self._walk(mount.prefix, resource, segments[depth + 1 :], segments)
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
            content = None if steps[2:] else _content(here, steps[1])
            if content is not None:
                return Route(here, prefix, steps[0], tuple(parents), content=content)
            names = {name: self._schema[name] for name in here.children}
            child = self._named(names, steps[1])
            if child is None and here.delete == "soft" and steps[1:] == (RESTORE,):
                return Route(here, prefix, steps[0], tuple(parents), restores=True)
            if child is None:
                raise self._unknown(whole)
            key = here.key_from(steps[0])
            if key is None:
                raise NotFound(missing(here, steps[0]))
            parents.append((here.children[child.name], key))
            here, steps = child, steps[2:]
        if here.is_singleton and steps:
            if (content := _content(here, steps[0])) is not None:
                return Route(here, prefix, None, tuple(parents), content=content)
            raise self._unknown(whole)
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


def _content(resource: Resource, step: str) -> Attribute | None:
    """The field whose file or picture is at a step behind a document."""
    fields = resource.attributes.values()
    return next((one for one in fields if one.place is not None and one.place.step == step), None)


def _step(content: Attribute) -> str:
    return content.place.step if content.place is not None else content.name


def missing(resource: Resource, text: object) -> str:
    """The sentence for a document that is not there."""
    return f"There is no {resource.singular()} with the id {text}."


def document_at(store: Store, resource: Resource, key: Key | None, text: object, sees: Sees = sees_all) -> Document:
    """A document by its id. *Raises* `NotFound`, or `Gone` where the resource says so."""
    found = None if key is None else store[resource.name].get(key)
    if found is not None and sees(resource.name, found):
        return found
    if resource.delete == "gone" and key is not None:
        buried = store[resource.name].buried(key)
        if buried is not None and sees(resource.name, buried):
            raise Gone(f"The {resource.singular()} with the id {text} is deleted for good.")
    raise NotFound(missing(resource, text))


def refers(document: Document, relation: Relation, key: Key) -> bool:
    """Whether a document's reference is, or holds, an id."""
    held = document.get(relation.field)
    # As text: a document that may hold anything may hold the id as that.
    return str(key) in map(str, held if isinstance(held, list) else [held])


def check_parents(store: Store, parents: Iterable[tuple[Relation, Key]], sees: Sees = sees_all) -> None:
    """That every document on the way exists, each below the one before it. *Raises* `NotFound`, `Gone`."""
    above: tuple[Relation, Key] | None = None
    for relation, key in parents:
        resource = store.schema[relation.parent]
        document = document_at(store, resource, key, key, sees)
        if above is not None and not refers(document, *above):
            raise NotFound(missing(resource, key))
        above = (relation, key)
