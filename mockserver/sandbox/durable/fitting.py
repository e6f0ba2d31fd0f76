"""Documents of an earlier definition as this one may have them: what still fits stays, the rest is put aside.

Fields that are new are filled from the row that is seeded with the same id, where there is one. Changes nothing that it
is given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from mockserver.generation.schema import ID, Attribute, Resource, Schema
from mockserver.messages import Document, Json, Key
from mockserver.store.collection import Collection
from mockserver.store.lookup import hashable
from mockserver.value import dataclass

Rows = dict[Key, Document]


@dataclass(frozen=True, slots=True)
class Misfit:
    """A document that is not served as it was, and why."""

    resource: str
    document: Document
    why: str


@dataclass(slots=True)
class Fitted:
    """The collections that can be served, and what is not in them."""

    collections: dict[str, Collection] = field(default_factory=dict)
    misfits: list[Misfit] = field(default_factory=list)
    seeded: list[str] = field(default_factory=list)
    """The resources that there was nothing of."""


def fit(
    schema: Schema,
    found: Mapping[str, Collection],
    pristine: Mapping[str, Collection],
    room: Callable[[Resource], int],
) -> Fitted:
    """What can be served of the documents that were found; `room` says how many there may be of a resource."""
    fitted, rows = Fitted(), {}
    for name, collection in found.items():
        if name not in schema.resources:
            fitted.misfits += (Misfit(name, one, "its resource is declared no longer") for one in collection)
    for name, resource in schema.resources.items():
        if name in found:
            rows[name] = _fitting(resource, found[name], pristine[name], fitted.misfits, room(resource))
        else:
            rows[name] = dict(pristine[name].keys)
            fitted.seeded.append(name)
    _part_from_dangling(schema, rows, fitted.misfits)
    for name, resource in schema.resources.items():
        fitted.collections[name] = _collected(resource, rows[name], found.get(name, pristine[name]))
    return fitted


def _fitting(resource: Resource, found: Collection, pristine: Collection, misfits: list[Misfit], room: int) -> Rows:
    """The documents of one resource that obey its rules."""
    taken: dict[tuple[str, object], Key] = {}
    unique = [name for name, one in resource.attributes.items() if one.rules.unique and name != ID]
    kept: Rows = {}
    most = 1 if resource.is_singleton else room
    for key, document in found.keys.items():
        made, lost = _shaped(resource, document, pristine.keys.get(key, {}))
        held = [(name, hashable(made[name])) for name in unique if made.get(name) is not None]
        clash = next((name for name, value in held if (name, value) in taken), None)
        why = _flaw(resource, made) or (f"its '{clash}' is another's too" if clash else "")
        why = why or ("there is no room for it" if len(kept) >= most else "")
        if why or lost:
            misfits.append(Misfit(resource.name, document, why or f"'{lost[0]}' is no field any more"))
        if not why:
            kept[key] = made
            taken |= dict.fromkeys(held, key)
    return kept or (dict(pristine.keys) if resource.is_singleton else {})


def _shaped(resource: Resource, document: Document, seeded: Document) -> tuple[Document, Sequence[str]]:
    """A document with the fields that are declared, in their order, and the names of those that are not."""
    if resource.lenient:
        return document, ()
    made: Document = {}
    for name, attribute in resource.attributes.items():
        if name in document:
            made[name] = document[name]
        elif name in seeded:
            made[name] = seeded[name]
        elif not attribute.rules.required and not attribute.rules.missing:
            made[name] = None
    return made, [name for name in document if name not in resource.attributes]


def _flaw(resource: Resource, document: Document) -> str:
    """What is wrong with a document by itself, if anything is."""
    if resource.lenient:
        return ""
    for name, attribute in resource.attributes.items():
        if attribute.computed is not None:
            continue
        if name not in document:
            if attribute.rules.required:
                return f"its '{name}' is required"
        elif (flaw := next(attribute.flaws(document[name], strict=False), None)) is not None:
            return f"its '{name}' {flaw.detail}"
    return ""


def _part_from_dangling(schema: Schema, rows: Mapping[str, Rows], misfits: list[Misfit]) -> None:
    """Let go of documents that refer to one that is not there, until none does."""
    parted = True
    while parted:
        parted = False
        for name, resource in schema.resources.items():
            references = [] if resource.lenient else list(_references(resource))
            for key, document in list(rows[name].items()) if references else ():
                lost = next((one for one in references if _dangles(document.get(one.name), rows[_target(one)])), None)
                if lost is not None:
                    misfits.append(Misfit(name, rows[name].pop(key), f"its '{lost.name}' leads nowhere"))
                    parted = True


def _references(resource: Resource) -> Iterator[Attribute]:
    return (one for one in resource.attributes.values() if one.reference is not None)


def _target(attribute: Attribute) -> str:
    assert attribute.reference is not None  # noqa: S101 - looked at where there is one
    return attribute.reference.target


def _dangles(value: Json, there: Rows) -> bool:
    return any(one is not None and one not in there for one in (value if isinstance(value, list) else [value]))


def _collected(resource: Resource, rows: Rows, found: Collection) -> Collection:
    """The documents with what was known of those that are still there."""
    facts, keeps = found.shelf().facts, resource.delete != "hard"
    facts = replace(
        facts,
        numbered=max(facts.numbered, len(rows)),
        versions={key: one for key, one in facts.versions.items() if key in rows or (keeps and key in facts.buried)},
        modified={key: one for key, one in facts.modified.items() if key in rows or (keeps and key in facts.buried)},
        buried=facts.buried if keeps else {},
    )
    return Collection.recalled(resource, rows.values(), facts)
