"""Puts related documents into a document, and leaves fields out of it."""

from collections.abc import Mapping, Sequence
from typing import Final

from mockserver.generation.schema import Resource
from mockserver.messages import Document, Json
from mockserver.query.view import Sees
from mockserver.store.store import Store

MAX_DEPTH: Final = 5
MAX_EMBEDDED: Final = 10_000
"""How many related documents one answer may hold, whatever asks for them."""


def tree_of(ways: Sequence[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
    """Ways by their first step."""
    tree: dict[str, list[tuple[str, ...]]] = {}
    for first, *rest in ways:
        tree.setdefault(first, [])
        if rest:
            tree[first].append(tuple(rest))
    return tree


class Embedder:
    """Embeds within one answer, up to a bound. *Raises* `OverflowError` beyond it."""

    __slots__ = ("_left", "_sees", "_store")

    def __init__(self, store: Store, sees: Sees) -> None:
        self._store = store
        self._sees = sees
        self._left = MAX_EMBEDDED

    def embed(self, resource: Resource, document: Document, ways: Sequence[tuple[str, ...]]) -> Document:
        """The document with its relations in it: a parent, null where there is none, or a list of children."""
        if not ways:
            return document
        shown = dict(document)
        for step, further in tree_of(ways).items():
            parent = resource.parents.get(step)
            if parent is not None:
                found = self._parents(parent.parent, document.get(parent.field), further)
                # A reference that may lead nowhere, and does, is answered by silence.
                if found is not None or not resource.lenient or document.get(parent.field) is None:
                    shown[step] = found
            else:
                child = resource.children[step]
                rows = self._store[child.child]
                related = [rows.keys[key] for key in rows.referring(child.field, document["id"])]
                shown[step] = [self._one(child.child, row, further) for row in related if self._sees(child.child, row)]
        return shown

    def _parents(self, resource: str, held: Json, further: Sequence[tuple[str, ...]]) -> Json:
        if isinstance(held, list):
            found = (self._store.find(resource, key) for key in held)
            return [self._one(resource, row, further) for row in found if row is not None and self._sees(resource, row)]
        row = None if held is None else self._store.find(resource, held)
        return None if row is None or not self._sees(resource, row) else self._one(resource, row, further)

    def _one(self, resource: str, row: Document, further: Sequence[tuple[str, ...]]) -> Json:
        self._left -= 1
        if self._left < 0:
            raise OverflowError
        declared = self._store.schema[resource]
        return self.embed(declared, visible(declared, row), further)


def visible(resource: Resource, document: Document) -> Document:
    """The document without the fields that are only ever written."""
    if not resource.hidden:
        return document
    return {name: value for name, value in document.items() if name not in resource.hidden}


def sparse(document: Document, fields: Sequence[str]) -> Document:
    """The document with the named fields alone, dotted ways included, in the order they are asked for."""
    if not fields:
        return document
    shown: Document = {}
    for path in fields:
        _copy_way(document, shown, path.split("."))
    return shown


def _copy_way(source: Mapping[str, Json], target: dict[str, Json], steps: Sequence[str]) -> None:
    first, *rest = steps
    if first not in source:
        return
    value = source[first]
    if not rest:
        target[first] = value
    elif isinstance(value, dict):
        inner = target.setdefault(first, {})
        if isinstance(inner, dict):
            _copy_way(value, inner, rest)
    elif isinstance(value, list):
        held = target.get(first)
        shown = held if isinstance(held, list) else [{} if isinstance(item, dict) else item for item in value]
        for item, into in zip(value, shown, strict=True):
            if isinstance(item, dict) and isinstance(into, dict):
                _copy_way(item, into, rest)
        target[first] = shown
    elif value is None:
        target[first] = None
