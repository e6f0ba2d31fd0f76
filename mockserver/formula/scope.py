"""What the names in an expression stand for while it is worked out: documents, the request, the functions."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from mockserver.generation.schema import Attribute, Resource
from mockserver.generation.seeding import Stream, draw_uuid
from mockserver.messages import Document, Json, Key
from mockserver.query.caller import User
from mockserver.query.compare import Unreadable, read_value
from mockserver.query.embed import visible
from mockserver.query.naming import Naming
from mockserver.store.store import Store
from mockserver.value import dataclass

_READ: Final = ("integer", "number", "boolean")


class Row(dict[str, Json]):
    """A document in an expression: its fields by the names of the definition, a reference's document beside it.

    As a whole it is what a client sees, in the spelling of the wire and without what is only written.
    """

    __slots__ = ("_document", "_reading", "resource")

    def __init__(self, reading: "Reading", resource: Resource, document: Document) -> None:
        super().__init__(reading.naming.write(resource, visible(resource, document)))
        self._reading = reading
        self.resource = resource
        self._document = document

    def __getitem__(self, name: str) -> Any:
        if name in self.resource.attributes:
            return self._document.get(name)
        relation = self.resource.parents.get(name)
        if relation is None:
            return self._document[name]
        held = self._document.get(relation.field)
        keys = held if isinstance(held, list) else [held]
        found = [self._reading.row(relation.parent, key) for key in keys]
        return [one for one in found if one is not None] if isinstance(held, list) else found[0]


class Open(dict[str, Json]):
    """An object in an expression, in which what is not there is null."""

    def __missing__(self, name: str) -> None:
        return None


class Headers(dict[str, str]):
    """The headers of a request, by name in any letter case; one that is not there is null."""

    def __missing__(self, name: str) -> str | None:
        return self.get(name.lower())


@dataclass(frozen=True, slots=True)
class Reading:
    """Finds documents for expressions; `named` are the rows that the definition gives names to."""

    store: Store
    naming: Naming
    named: Mapping[str, tuple[str, Key]]

    def row(self, resource: str, key: Json) -> Row | None:
        """A document by its id."""
        found = None if isinstance(key, list | dict) or key is None else self.store.find(resource, key)
        return None if found is None else Row(self, self.store.schema[resource], found)

    def key(self, resource: Resource, value: Json) -> Json:
        """An id as the resource has it: what came in a path or query is text."""
        return resource.key_from(value) if isinstance(value, str) else value

    def count(self, resource: str, wanted: Any = None) -> int:
        """How many documents have these values."""
        if wanted is None:
            return len(self.store[resource])
        return sum(1 for _ in self._having(resource, wanted))

    def find(self, resource: str, wanted: Any) -> Row | None:
        """The document with that id, or the first with these values."""
        known = self.store.schema[resource]
        if not isinstance(wanted, Mapping):
            return self.row(resource, self.key(known, wanted))
        return next((Row(self, known, found) for found in self._having(resource, wanted)), None)

    def _having(self, resource: str, wanted: Any) -> Iterator[Document]:
        if not isinstance(wanted, Mapping):
            raise TypeError("needs a mapping of fields and values")
        known = self.store.schema[resource]
        values = {name: _read(known.attributes.get(name), value) for name, value in wanted.items()}
        return (row for row in self.store[resource] if all(row.get(name) == value for name, value in values.items()))


def _read(attribute: Attribute | None, value: Any) -> Any:
    """A value to look for; a text is read by the type of its field."""
    if attribute is None or not isinstance(value, str) or attribute.shape.type not in _READ:
        return value
    try:
        return read_value(value, attribute.shape)
    except Unreadable:
        return value


def part_of(scope: Mapping[str, Any], ways: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """The values at these ways by their first names; of what a request is made of, only the members named."""
    found: dict[str, Any] = {}
    for name, *steps in sorted(ways):
        if name not in scope:
            continue
        value = scope[name]
        if callable(value) or (name in found and found[name] is value):
            continue
        if not steps or type(value) not in (dict, Open, Headers):
            found[name] = value
            continue
        members = found.setdefault(name, type(value)())
        if steps[0] in value or type(value) is not dict:
            members[steps[0]] = value[steps[0]]
    return found


class Scope(Mapping[str, Any]):
    """The names of one evaluation. Named rows are looked up when they are asked for, as they are then."""

    __slots__ = ("_reading", "_values")

    def __init__(self, reading: Reading, values: Mapping[str, Any]) -> None:
        self._reading = reading
        self._values = dict(values)

    def plus(self, **more: Any) -> "Scope":
        """The same with more names."""
        return Scope(self._reading, {**self._values, **more})

    def __getitem__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        resource, key = self._reading.named[name]
        return self._reading.row(resource, key)

    def __contains__(self, name: object) -> bool:
        return name in self._values or name in self._reading.named

    def __iter__(self) -> Iterator[str]:
        return iter({**self._values, **self._reading.named})

    def __len__(self) -> int:
        return len({**self._values, **self._reading.named})


def functions(reading: Reading, stream: Stream) -> dict[str, Callable[..., Any]]:
    """What expressions may call; what is drawn comes from the stream, in the order it is asked for."""

    def randint(least: int, most: int) -> int:
        if most < least or most - least > 2**53:
            raise ValueError("randint(least, most) needs the smaller number first")
        return least + stream.below(most - least + 1)

    return {"count": reading.count, "find": reading.find, "randint": randint, "uuid": lambda: draw_uuid(stream)}


def described(user: User | None) -> Json:
    """A user as expressions see one: `user.name`, `user.roles`, and each claim by its name or below `claims`."""
    if user is None:
        return None
    roles: list[Json] = list(user.roles)
    return Open({**user.claims, "name": user.name, "roles": roles, "claims": Open(user.claims)})


def key_at(reading: Reading, resource: Resource, value: Json) -> Key | None:
    """The id that a value means, nothing where it can't be one."""
    key = reading.key(resource, value)
    return key if isinstance(key, int | str) and not isinstance(key, bool) else None
