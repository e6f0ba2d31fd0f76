"""An order of all documents: tuples that compare as its steps say, the id last, so that no two are equal."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import repeat
from typing import Any, ClassVar, Final, NamedTuple, TypeAlias

from mockserver.generation.schema import ID, Resource
from mockserver.messages import Document, Json, Key
from mockserver.query.compare import RANKS, sort_key
from mockserver.query.condition import reader_of, shape_at
from mockserver.query.index.part import Part, Rows
from mockserver.query.index.ranking import Entry, Ranking
from mockserver.query.query import SortKey

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TURNED_BYTES: Final = bytes(max(254 - byte, 0) for byte in range(256))
"""Every byte that UTF-8 knows, the greatest first; 255 is left to end a text with."""
_SIMPLE: Final = {bool, int, str}
"""Where all values are of one of these, they compare as they are."""

Order: TypeAlias = tuple[SortKey, ...]


class _Step(NamedTuple):
    path: str
    read: Callable[[Document], Json]
    key: Callable[[Json], tuple[int, Any]]
    descends: bool
    is_plain: bool


class Entering:
    """Makes the entries of documents in one order; without steps it is the collection's own."""

    __slots__ = ("_by_place", "_latest", "_steps", "entry_bytes")

    def __init__(self, order: Order, resource: Resource) -> None:
        if order and all(step.path != ID for step in order):
            order = (*order, SortKey(ID))
        shapes = [shape_at(resource, step.path) for step in order]
        self._steps = [
            _Step(step.path, reader_of(step.path), sort_key(shape), step.descending, shape.type != "datetime")
            for step, shape in zip(order, shapes, strict=True)
        ]
        # Two spellings of an instant are two ids, and one moment.
        self._by_place = not order or any(
            step.path == ID and shape.type == "datetime" for step, shape in zip(order, shapes, strict=True)
        )
        # What is turned is seldom what the document has.
        self.entry_bytes = 72 + 16 * len(order) + 56 * sum(step.descending for step in order)
        nothing: tuple[Document | None, int, Entry] = (None, 0, ())
        self._latest = nothing, nothing

    def entry(self, key: Key, document: Document, place: int) -> Entry:
        """The entry of a document."""
        for known, at, entry in self._latest:
            # Many ask for those of a document that was just written, and of what it was before.
            if known is document and at == place:
                return entry
        parts: list[Any] = []
        for _, read, sort_key_of, descends, _ in self._steps:
            part = sort_key_of(read(document))
            parts += _turned(part) if descends else part
        made = (*parts, place, key) if self._by_place else (*parts, key)
        self._latest = (document, place, made), self._latest[0]
        return made

    def entries(self, rows: Mapping[Key, Document], places: Mapping[Key, int]) -> list[Entry]:
        """Those of many documents, which come in the collection's order, in this one."""
        columns: list[Iterable[Any]] = []
        passes: list[tuple[list[Any], bool]] = []
        for step in self._steps:
            column, ranks, values = _column(step, rows.values())
            columns += ranks, values
            passes.append((column, step.descends))
        if self._by_place:
            columns.append(map(places.__getitem__, rows))
        entries = list(zip(*columns, rows, strict=False))
        # Stable sorts from the last step to the first compare plain values.
        numbers: Iterable[int] = range(len(entries))
        for column, descends in reversed(passes):
            numbers = sorted(numbers, key=column.__getitem__, reverse=descends)
        return [entries[number] for number in numbers]


def _column(step: _Step, rows: Iterable[Document]) -> tuple[list[Any], Iterable[int], Iterable[Any]]:
    """What a step sorts documents by, and their parts of the entries."""
    path = step.path
    values = [row.get(path) for row in rows] if "." not in path else [step.read(row) for row in rows]
    kinds = set(map(type, values))
    if step.is_plain and len(kinds) == 1 and kinds <= _SIMPLE:
        rank = RANKS[kinds.pop()]
        parts = [turned(value) for value in values] if step.descends else values
        return values, repeat(-rank if step.descends else rank), parts
    column = [step.key(value) for value in values]
    placed = [_turned(part) for part in column] if step.descends else column
    return column, [rank for rank, _ in placed], [value for _, value in placed]


def _turned(part: tuple[int, Any]) -> tuple[int, Any]:
    rank, value = part
    return -rank, turned(value)


def turned(value: Any) -> Any:
    """What is the less, the greater a value is."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").translate(_TURNED_BYTES) + b"\xff"
    if isinstance(value, datetime):
        return (_EPOCH - value) // timedelta.resolution
    return -value


class Sorting(Part):
    """All documents in one order."""

    most: ClassVar[int] = 8
    __slots__ = ("entering", "ranking")

    def __init__(self, entering: Entering, collection: Rows) -> None:
        super().__init__()
        self.entering = entering
        self.ranking = Ranking(entering.entries(collection.rows, collection.places))

    @property
    def size_bytes(self) -> int:
        """How much room it takes, roughly."""
        return len(self.ranking) * self.entering.entry_bytes

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        old = None if before is None else self.entering.entry(key, before, place)
        new = None if after is None else self.entering.entry(key, after, place)
        if old != new:
            if old is not None:
                self.ranking.remove(old)
            if new is not None:
                self.ranking.add(new)

    def copy(self) -> "Sorting":
        """The same, to follow other writes than this one does."""
        made = Sorting.__new__(Sorting)
        Part.__init__(made)
        made.entering, made.ranking = self.entering, self.ranking.copy()
        return made
