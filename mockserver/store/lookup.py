"""Which documents refer to another, and which has a value that is unique.

Knows fields and ids; how documents are kept and who shares them is the collection's.
"""

from collections.abc import Hashable, Iterable, Mapping

from mockserver.messages import Document, Json, Key


def hashable(value: Json) -> Hashable:
    """A value as an index key; `true` and `1` stay apart."""
    return (type(value).__name__, repr(value)) if isinstance(value, list | dict | bool) else value


def held_as(value: Json) -> Hashable:
    """A reference as an index key: `1` and `"1"` lead to one document."""
    return str(value) if type(value) is int else hashable(value)


def held_in(value: Json) -> list[Json]:
    """What a reference refers to."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def without(held: list[Json], target: Key) -> list[Json]:
    """The references of a list that do not refer to a target."""
    return [one for one in held if held_as(one) != held_as(target)]


class Lookup:
    """Indexes of one collection's fields, each made when it is first asked for: all who share them have it then."""

    __slots__ = ("_by_reference", "_by_value", "_own")

    def __init__(self) -> None:
        self._by_reference: dict[str, dict[Hashable, dict[Key, None]]] = {}
        self._by_value: dict[str, dict[Hashable, Key]] = {}
        # Where the ids under a value are nobody else's: of those that are shared few are ever altered.
        self._own: set[tuple[str, Hashable]] = set()

    def copy(self) -> "Lookup":
        """The same, to be altered apart from these, which are not while both last."""
        made = Lookup()
        made._by_reference = {field: index.copy() for field, index in self._by_reference.items()}
        made._by_value = {field: values.copy() for field, values in self._by_value.items()}
        return made

    def referring(self, field: str, target: Json, rows: Mapping[Key, Document]) -> Iterable[Key]:
        """The ids of those of all documents whose reference in that field is, or holds, the target's id."""
        index = self._by_reference.get(field)
        if index is None:
            index = {}
            for key, row in list(rows.items()):
                for held in held_in(row.get(field)):
                    index.setdefault(held_as(held), {})[key] = None
            # Whole before anybody else sees it.
            self._by_reference[field] = index
        return index.get(held_as(target), ())

    def holder(self, field: str, value: Json, rows: Mapping[Key, Document]) -> Key | None:
        """The id of the one of all documents that has a value in a unique field."""
        values = self._by_value.get(field)
        if values is None:
            found = list(rows.items())
            values = {hashable(held): key for key, row in found if (held := row.get(field)) is not None}
            self._by_value[field] = values
        return values.get(hashable(value))

    def forget(self, key: Key, row: Document) -> None:
        """A document is no longer as it was."""
        for field, index in self._by_reference.items():
            for held in map(held_as, held_in(row.get(field))):
                ids = index.get(held)
                if ids is None or key not in ids:
                    continue  # it refers to the same twice
                if len(ids) == 1:
                    # Those that are referred to come and go: nothing may be left of them.
                    del index[held]
                    self._own.discard((field, held))
                else:
                    del self._under(field, held)[key]
        for field, values in self._by_value.items():
            value = hashable(row.get(field))
            if values.get(value) == key:
                del values[value]

    def remember(self, key: Key, row: Document) -> None:
        """A document is there, or is as it is now."""
        for field in self._by_reference:
            for held in held_in(row.get(field)):
                self._under(field, held_as(held))[key] = None
        for field, values in self._by_value.items():
            if row.get(field) is not None:
                values[hashable(row[field])] = key

    def _under(self, field: str, held: Hashable) -> dict[Key, None]:
        """The ids under a value of a reference, to be altered."""
        index = self._by_reference[field]
        if (field, held) not in self._own:
            self._own.add((field, held))
            index[held] = index.get(held, {}).copy()
        return index[held]
