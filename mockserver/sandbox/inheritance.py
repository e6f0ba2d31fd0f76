"""Collections of an earlier state in a store of a later one, made to agree. Knows nothing of how either came."""

from collections.abc import Collection as Names
from collections.abc import Mapping

from mockserver.messages import Key
from mockserver.store.collection import Collection
from mockserver.store.mending import mend
from mockserver.store.store import Store


def inherit(
    store: Store, before: Mapping[str, Collection], kept: Names[str], pristine: Mapping[str, Collection]
) -> None:
    """Put the kept collections of `before` in the place of seeded ones, and mend what doesn't agree with the others.

    The store is as seeded; those that share their rows with the `pristine` ones still are so too. *Raises* `Problem`
    where they can't be made to agree.
    """
    own = [name for name in kept if name not in pristine or before[name].keys is not pristine[name].keys]
    seeds = {name: store[name].keys for name in own}
    for name in own:
        store.adopt(before[name])
    if not own or len(kept) == len(store.schema.resources):
        return
    gone = [name for name in store.schema.resources if name in before and name not in kept]
    lost = {name: _missing(before[name].keys, store[name]) for name in gone}
    mend(store, lost | {name: _missing(seeds[name], store[name]) for name in own}, own)


def _missing(keys: Mapping[Key, object], collection: Collection) -> list[Key]:
    """The ids that rows may still refer to, and that lead nowhere now."""
    return [key for key in keys if key not in collection]
