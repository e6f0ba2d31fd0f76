"""The named parts of a document: each is made when it is first referred to, and once."""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import field
from typing import Any, TypeAlias

from mockserver.definitions.noun import singular
from mockserver.value import dataclass

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema (2020-12), or another object of an OpenAPI document."""

_WORDS = re.compile(r"[^A-Za-z0-9]+")


@dataclass(slots=True)
class Components:
    """What a document's `components` hold so far, by kind (`schemas`, `responses`, …) and name."""

    found: dict[str, dict[str, Schema]] = field(default_factory=dict)
    _names: dict[tuple[str, Hashable], str] = field(default_factory=dict)

    def refer(self, kind: str, key: Hashable, wish: str, make: Callable[[], Schema]) -> Schema:
        """A reference to the part that `key` stands for, made now unless it is there; `wish` is its name if free."""
        name = self._names.get((kind, key))
        if name is None:
            parts = self.found.setdefault(kind, {})
            name = self._names[kind, key] = free(wish, parts)
            # The name is taken before the part is made: a part may refer to itself.
            parts[name] = {}
            parts[name].update(make())
        return {"$ref": f"#/components/{kind}/{name}"}

    def schema(self, key: Hashable, wish: str, make: Callable[[], Schema]) -> Schema:
        """A reference to a schema."""
        return self.refer("schemas", key, wish, make)


def used(paths: Schema, found: Mapping[str, Mapping[str, Schema]]) -> dict[str, dict[str, Schema]]:
    """The parts that a document's paths lead to, sorted; what another operation has taken the place of leaves none."""
    kept: dict[str, dict[str, Schema]] = {}
    waiting = [paths]
    while waiting:
        for reference in _references(waiting.pop()):
            _, _, kind, name = reference.split("/")
            if name not in kept.setdefault(kind, {}):
                kept[kind][name] = found[kind][name]
                waiting.append(found[kind][name])
    return {kind: dict(sorted(parts.items())) for kind, parts in sorted(kept.items())}


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference
        for inner in value.values():
            yield from _references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _references(inner)


def free(wish: str, taken: Iterable[str]) -> str:
    """The name, or the first with a number after it that is not taken."""
    names, number, found = set(taken), 2, wish
    while found in names:
        found, number = f"{wish}{number}", number + 1
    return found


def pascal(name: str) -> str:
    """A name as a type's: `animal_types` → `AnimalTypes`."""
    text = "".join(word[:1].upper() + word[1:] for word in _WORDS.split(name))
    return text if text[:1].isalpha() else f"R{text}"


def type_names(resources: Iterable[str]) -> Mapping[str, str]:
    """What one document of each resource is called as a type; resources with one singular keep their plurals."""
    wishes = {name: pascal(singular(name)) for name in resources}
    found: dict[str, str] = {}
    for name, wish in wishes.items():
        is_shared = list(wishes.values()).count(wish) > 1
        found[name] = free(pascal(name) if is_shared else wish, found.values())
    return found
