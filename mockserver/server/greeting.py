"""The first screen: what to paste into another terminal."""

from mockserver.definitions.model import CoreDefinition
from mockserver.rest.api import RestApi
from mockserver.store.store import Store


def greeting(definition: CoreDefinition, api: RestApi, store: Store, origin: str) -> str:
    """A block with the definition's name and one curl line for each resource."""
    first: dict[str, str] = {}
    for path, resource in api.router.collections():
        first.setdefault(resource.name, path)
    width = max((len(path) for path in first.values()), default=0)
    lines = [f"{definition.name} · {api.convention.name} · seed {definition.seed}", ""]
    lines += [
        f"  curl '{origin}{path}'{' ' * (width - len(path))}   # {len(store[name]):,} {name}"
        for name, path in first.items()
    ]
    return "\n".join(lines)
