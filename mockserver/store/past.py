"""Collections as they were: changes taken back, the latest first."""

from collections.abc import Mapping, Sequence

from mockserver.store.change import Change
from mockserver.store.collection import Collection


def take_back(collections: Mapping[str, Collection], changes: Sequence[Change]) -> None:
    """Undo the latest changes, given in the order they were made."""
    for change in reversed(changes):
        collections[change.resource].revert(change)
    for name in {change.resource for change in changes if change.document is None}:
        collections[name].put_in_order()


def collections_before(collections: Mapping[str, Collection], changes: Sequence[Change]) -> Mapping[str, Collection]:
    """What the collections were before their latest changes, until the next; those without any are as they are."""
    copies = {name: collections[name].sketch() for name in {change.resource for change in changes}}
    take_back(copies, changes)
    return {**collections, **copies}
