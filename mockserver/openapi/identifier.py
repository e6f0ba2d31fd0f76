"""The names of operations: `listAnimalsOfZoo`. No two have one."""

from collections.abc import Mapping
from dataclasses import field

from mockserver.openapi.component import free, pascal
from mockserver.openapi.path import Path
from mockserver.value import dataclass


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
            what = f"{pascal(name) if is_many else self.names[name]}{above}"
            if path.route.content is not None:
                words = {"GET": "get", "PUT": "put", "DELETE": "delete"}
                return self.other(place, f"{words[method]}{pascal(path.route.content.name)}Of{what}")
            return self.other(place, f"{verb}{what}")
        return self._given[place]

    def other(self, place: tuple[str, str], wish: str) -> str:
        """The name of any operation, by its path and method; a wish that is another's gets a number."""
        if place not in self._given:
            self._given[place] = free(wish.replace(" ", "_"), self._given.values())
        return self._given[place]
