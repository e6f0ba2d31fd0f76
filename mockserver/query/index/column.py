"""What stands at one way in every document, in order: which documents a condition holds for, and how many.

A condition that this could not say exactly, it says nothing of.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from math import inf
from operator import itemgetter
from typing import Any, ClassVar, Final, Literal, Self, TypeAlias

from mockserver.generation.shape import Shape
from mockserver.messages import Document, Json, Key
from mockserver.query.compare import Loose, comparable
from mockserver.query.condition import holds, reader_of
from mockserver.query.index.part import Part, Rows
from mockserver.query.index.ranking import Entry, Ranking
from mockserver.query.index.span import Span
from mockserver.query.query import Condition

Manner: TypeAlias = Literal["loose", "declared", "folded"]
"""How values are seen: beside a `Loose`, as the declared type, or as texts whose letter case does not matter."""
Seen: TypeAlias = tuple[int, Any] | None
"""What a value can be compared with, and what it is there; nothing for one that no condition holds for."""
Stretch: TypeAlias = tuple[int, int]

_BOOLEAN, _NUMBER, _TEXT, _MOMENT, _NULL = range(5)
_PLAIN: Final = {bool: _BOOLEAN, str: _TEXT}
"""Values that are seen as what they are."""
_FEW: Final = 8
"""Where so many are equal, they are put together before they are put in order."""
_ODD: Final = (-1, None)
"""A number that is not in one order with all others, or is no number to a `Loose`."""
_MOST: Final = 10**300
_ENTRY_BYTES: Final = 96
_EQUAL: Final = ("eq", "in", "ne", "nin")
RANGED: Final = ("gt", "gte", "lt", "lte", "between")
"""The operators whose values may be others each time."""


def manner_of(condition: Condition, shape: Shape) -> Manner | None:
    """How values have to be seen for a condition; nothing where no order of them helps."""
    operator = condition.operator
    if operator in (*_EQUAL, *RANGED, "isnull"):
        return "loose" if isinstance(condition.values[0], Loose) else "declared"
    return "folded" if operator == "startswith" and comparable(shape.value) is None else None


class Column(Part):
    """The values at one way, each with its document's place: those of one value stand in the collection's order."""

    most: ClassVar[int] = 16
    __slots__ = ("_count", "_odd", "_ranking", "_read", "_see", "_several")

    def __init__(self, path: str, manner: Manner, shape: Shape, collection: Rows) -> None:
        super().__init__()
        self._read = reader_of(path)
        self._see = _seeing(manner, shape)
        # How many documents there are, how many of them have several values, and how many odd ones.
        self._count, self._several, self._odd = len(collection.rows), 0, 0
        values = [self._read(document) for document in collection.rows.values()]
        kinds = set(map(type, values))
        number = _PLAIN.get(kinds.pop()) if len(kinds) == 1 else None
        if number is None or self._see not in (_seen_loosely, _seen_as_declared):
            self._ranking = Ranking(self._sorted(collection))
            return
        places, keys = [*map(collection.places.__getitem__, collection.rows)], [*collection.rows]
        self._ranking = Ranking([(number, values[one], places[one], keys[one]) for one in _in_order(values)])

    def _sorted(self, collection: Rows) -> list[Entry]:
        """The entries of all documents."""
        classes: dict[int, list[Entry]] = {}
        places = collection.places
        for key, document in collection.rows.items():
            for entry in self._entries(key, document, places[key], 1):
                classes.setdefault(entry[0], []).append(entry)
        for entries in classes.values():
            # Places ascend already, and go on to do so among equals.
            entries.sort(key=itemgetter(1))
        return [entry for number in sorted(classes) for entry in classes[number]]

    def _entries(self, key: Key, document: Document, place: int, counted: int) -> Sequence[Entry]:
        """The entries of a document, which is counted, or with -1 no longer."""
        value = self._read(document)
        if value is None:
            return ((_NULL, 0, place, key),)
        if not isinstance(value, list):
            seen = self._see(value)
            if seen is _ODD:
                self._odd += counted
            return () if seen is None or seen is _ODD else ((*seen, place, key),)
        self._several += counted * (len(value) > 1)
        found = [self._see(one) for one in value]
        self._odd += counted * found.count(_ODD)
        return [*dict.fromkeys((*seen, place, key) for seen in found if seen is not None and seen is not _ODD)]

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly."""
        return len(self._ranking) * _ENTRY_BYTES

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        old = () if before is None else self._entries(key, before, place, -1)
        new = () if after is None else self._entries(key, after, place, 1)
        self._count += (after is not None) - (before is not None)
        if old != new or len(old) != 1:
            for entry in old:
                self._ranking.remove(entry)
            for entry in new:
                self._ranking.add(entry)

    def copy(self) -> Self:
        """The same, to follow other writes than this one does."""
        made = type(self).__new__(type(self))
        Part.__init__(made)
        for name in Column.__slots__:
            setattr(made, name, getattr(self, name))
        made._ranking = self._ranking.copy()
        return made

    def span(self, condition: Condition) -> Span | None:
        """The documents that a condition holds for; nothing where values are such that this can't say."""
        operator = condition.operator
        if self._odd or (operator in RANGED and self._several):
            return None
        if operator == "isnull":
            is_wanted = bool(condition.values[0])
            return Span(self._ranking, [self._class(_NULL)], repeats=False, negated=None if is_wanted else self._count)
        if operator in _EQUAL:
            stretches = [self._equal(one) for one in dict.fromkeys(_targets(condition.values))]
            negated = self._count if operator in ("ne", "nin") else None
            return Span(self._ranking, stretches, repeats=self._several > 0 and len(stretches) > 1, negated=negated)
        is_prefix = operator == "startswith"
        found = self._beginning(condition.values) if is_prefix else self._ranged(condition)
        if found is None:
            return None
        # Of several texts in one document more than one may begin so.
        return Span(self._ranking, found, repeats=is_prefix and (self._several > 0 or len(found) > 1))

    def _class(self, number: int) -> Stretch:
        return self._ranking.place((number,)), self._ranking.place((number + 1,))

    def _equal(self, target: tuple[int, Any]) -> Stretch:
        return self._ranking.place(target), self._ranking.place((*target, inf))

    def _beginning(self, wanted: Sequence[str]) -> list[Stretch] | None:
        """The texts that begin with one of those wanted."""
        found: list[Stretch] = []
        for text in [one.casefold() for one in wanted]:
            if not text or text[-1] == "\U0010ffff":
                return None
            found.append((self._ranking.place((_TEXT, text)), self._ranking.place((_TEXT, _next(text)))))
        return found

    def _ranged(self, condition: Condition) -> list[Stretch] | None:
        """The values in a range, of every kind that can be compared with its bounds."""
        first, values = condition.values[0], condition.values
        is_met = holds(condition.operator, values)
        found = [self._equal((_BOOLEAN, one)) for one in (False, True) if _is_met(is_met, one)]
        if not isinstance(first, Loose):
            number = _TEXT if isinstance(first, str) else _MOMENT if isinstance(first, datetime) else _NUMBER
            return [*found, self._within(number, condition.operator, values)]
        numbers = [one.number for one in values]
        start, end = self._class(_NUMBER)
        if start < end:
            if any(one is None for one in numbers):
                return None  # numbers are compared as texts then
            found.append(self._within(_NUMBER, condition.operator, numbers))
        return [*found, self._within(_TEXT, condition.operator, [one.text for one in values])]

    def _within(self, number: int, operator: str, bounds: Sequence[Any]) -> Stretch:
        start, end = self._class(number)
        first, place = (number, bounds[0]), self._ranking.place
        if operator == "gt":
            return place((*first, inf)), end
        if operator == "gte":
            return place(first), end
        if operator == "lt":
            return start, place(first)
        if operator == "lte":
            return start, place((*first, inf))
        return place(first), place((number, bounds[1], inf))


def _in_order(values: list[Any]) -> list[int]:
    """The numbers of values from the least on, those of equal ones as they came."""
    if len(set(values)) * _FEW > len(values):
        return sorted(range(len(values)), key=values.__getitem__)
    numbers: dict[Any, list[int]] = {}
    for number, value in enumerate(values):
        numbers.setdefault(value, []).append(number)
    return [number for value in sorted(numbers) for number in numbers[value]]


def _next(text: str) -> str:
    """The least text after all those that begin with one."""
    return text[:-1] + chr(ord(text[-1]) + 1)


def _is_met(test: Callable[[Any], bool], value: bool) -> bool:  # noqa: FBT001 - a value like any other
    try:
        return test(value)
    except TypeError:
        return False


def _targets(values: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """What stored values are, of which each equals one of these."""
    for value in values:
        if not isinstance(value, Loose):
            seen = _seen_as_declared(value)
            if seen is not None and seen is not _ODD:
                yield seen
            continue
        yield _TEXT, value.text
        if value.number is not None:
            yield _NUMBER, value.number
        if value.text.lower() in ("true", "false"):
            yield _BOOLEAN, value.text.lower() == "true"


def _seeing(manner: Manner, shape: Shape) -> Callable[[Json], Seen]:
    """How values are seen."""
    prepare = comparable(shape.value)
    if manner == "loose":
        return _seen_loosely
    if manner == "folded":
        return lambda value: (_TEXT, str(value).casefold())
    return _seen_as_declared if prepare is None else lambda value: _seen_as_declared(prepare(value))


def _seen_loosely(value: Json) -> Seen:
    if isinstance(value, str):
        return _TEXT, value
    if isinstance(value, bool | int | float):
        return _seen_as_declared(value)
    return _TEXT, str(value)


def _seen_as_declared(value: Any) -> Seen:
    if isinstance(value, str):
        return _TEXT, value
    if isinstance(value, bool):
        return _BOOLEAN, value
    if isinstance(value, int | float):
        return (_NUMBER, value) if -_MOST < value < _MOST else _ODD
    return (_MOMENT, value) if isinstance(value, datetime) else None
