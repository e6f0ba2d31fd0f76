"""The names of operations: `listAnimalsOfZoo`. No two have one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mockserver.openapi.component import free, pascal
from mockserver.openapi.path import Path


@dataclass(frozen=True, slots=True)
class Identifiers:
    """Gives each method of a path its name; `names` are the resources' type names."""

    names: Mapping[str, str]
    _given: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, path: Path, method: str) -> str:
        """The operation's name, the same whenever it is asked for."""
        place = (path.template, method)
        if place not in self._given:
            verb, name = path.route.verb(method), path.resource.name
            is_many = path.route.is_collection and verb != "create"
            above = "".join(f"Of{self.names[one.name]}" for one in reversed(path.chain[:-1]))
            self._given[place] = free(f"{verb}{pascal(name) if is_many else self.names[name]}{above}", self.taken())
        return self._given[place]

    def taken(self) -> set[str]:
        """The names that are given already."""
        return set(self._given.values())
