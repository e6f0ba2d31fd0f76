"""The collections of a database as they were left: those of its image, with every batch of its journal applied."""

from collections.abc import Mapping
from datetime import datetime

from mockserver.definitions.model import ResourceSection
from mockserver.generation.schema import Resource, Schema
from mockserver.store.change import Change
from mockserver.store.collection import Collection
from mockserver.store.database.opening import Found


def recover(found: Found, schema: Schema) -> dict[str, Collection]:
    """What there was, by resource, of those too that are declared no longer. Whether it fits is not asked."""
    assert found.image is not None  # noqa: S101 - without one there is nothing to recover
    collections = {
        name: Collection.recalled(schema.resources.get(name) or _gone(name), shelf.rows, shelf.facts)
        for name, shelf in found.image.shelves.items()
    }
    for batch in found.batches:
        moment = datetime.fromisoformat(batch["at"])
        for resource, key, document in batch["changes"]:
            collection = collections[resource]
            collection.apply(Change(resource, key, document, collection.keys.get(key)), moment)
    return collections


def last_noted(found: Found, name: str) -> Mapping[str, int]:
    """What was last said beside the documents under a name."""
    assert found.image is not None  # noqa: S101 - as above
    said = (batch[name] for batch in reversed(found.batches) if name in batch)
    noted: Mapping[str, int] = next(said, found.image.about.get(name, {}))
    return noted


def _gone(name: str) -> Resource:
    """A resource that is declared no longer, as far as its documents need one."""
    return Resource(name, ResourceSection.model_construct(), {}, {}, {})
