"""What a document has to do with others: those it refers to, and those that refer to it."""

from typing import Final

from mockserver.generation.schema import ID, Relation, Resource
from mockserver.messages import Document, Json, Key
from mockserver.query.query import Query, Window
from mockserver.sandbox.plain.address import Addresses, Filter
from mockserver.store.store import Store

SHOWN: Final = 20
"""How many of those that refer to a document are named; all are counted."""


def related(store: Store, addresses: Addresses, resource: Resource, document: Document) -> Document:
    """The links of a document both ways, but for those in fields that are only ever written."""
    refers: list[Json] = [
        one
        for relation in resource.parents.values()
        if _is_shown(store, relation)
        for one in _targets(store, addresses, relation, document.get(relation.field))
    ]
    referring = [one for one in store.schema.referring[resource.name] if _is_shown(store, one)]
    return {"refers": refers, "referred": [_sources(store, addresses, one, document[ID]) for one in referring]}


def _is_shown(store: Store, relation: Relation) -> bool:
    return not store.schema[relation.child].attributes[relation.field].rules.write_only


def _targets(store: Store, addresses: Addresses, relation: Relation, held: Json) -> list[Document]:
    parent = store.schema[relation.parent]
    return [
        {
            "field": relation.field,
            "resource": relation.parent,
            "key": str(key),
            "url": addresses.document(parent, key),
            "found": store.find(relation.parent, key) is not None,
        }
        for key in (held if isinstance(held, list) else [held])
        if isinstance(key, int | str) and not isinstance(key, bool)
    ]


def _sources(store: Store, addresses: Addresses, relation: Relation, target: Json) -> Document:
    child = store.schema[relation.child]
    keys = store[relation.child].referring(relation.field, target)
    rows: list[Json] = [_named(addresses, child, key) for key in keys[:SHOWN]]
    query = Query(window=Window(0, SHOWN))
    url = addresses.listing(child, query, [Filter(relation.field, "eq", str(target))], SHOWN)
    return {"resource": relation.child, "field": relation.field, "total": len(keys), "rows": rows, "url": url}


def _named(addresses: Addresses, resource: Resource, key: Key) -> Document:
    return {"key": str(key), "url": addresses.document(resource, key)}
