"""All that is kept in readiness for the questions to one collection, within bounds: what was not used longest goes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from typing import Final, TypeVar, cast

from mockserver.generation.schema import Resource
from mockserver.messages import Document, Json, Key
from mockserver.query.condition import Texts, shape_at
from mockserver.query.index.column import Column, manner_of
from mockserver.query.index.member import Member
from mockserver.query.index.part import Part
from mockserver.query.index.sorting import Entering, Order, Sorting
from mockserver.query.index.span import Span
from mockserver.query.index.text import TextIndex
from mockserver.query.index.view import View
from mockserver.query.query import Condition
from mockserver.store.collection import Collection

LIMIT_BYTES: Final = 128 * 1024 * 1024
"""How much room all that is kept of one collection may take."""
_REMEMBERED: Final = 256
"""How many questions are remembered, to know one that comes again."""
_NAME: Final = "indexes"

P = TypeVar("P", bound=Part)


class Indexes:
    """The indexes and views of one collection; each is made when it is first asked for."""

    __slots__ = ("_asked", "_enterings", "_limit_bytes", "_parts", "texts")

    def __init__(self, texts: Texts, limit_bytes: int = LIMIT_BYTES) -> None:
        self.texts = texts
        self._limit_bytes = limit_bytes
        self._parts: OrderedDict[Hashable, Part] = OrderedDict()
        self._enterings: OrderedDict[Order, Entering] = OrderedDict()
        self._asked: OrderedDict[Hashable, None] = OrderedDict()

    @classmethod
    def of(cls, collection: Collection) -> "Indexes":
        """Those of a collection, and of all that share its documents."""
        found = collection.followers.get(_NAME)
        if found is None:
            found = collection.followers[_NAME] = cls(Texts(collection.resource))
        return cast("Indexes", found)

    @property
    def parts(self) -> list[Part]:
        """All that is kept."""
        return [*self._parts.values()]

    @property
    def size_bytes(self) -> int:
        """How much room it all takes, roughly."""
        return sum(part.size_bytes for part in self._parts.values())

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Follow one write."""
        for part in self._parts.values():
            part.write(key, before, after, place)

    def copy(self) -> "Indexes":
        """The same, to follow other writes than this one does."""
        made = Indexes(self.texts, self._limit_bytes)
        made._parts = OrderedDict((name, part.copy()) for name, part in self._parts.items())
        made._asked, made._enterings = self._asked.copy(), self._enterings.copy()
        return made

    def _find(self, name: Hashable) -> Part | None:
        part = self._parts.get(name)
        if part is not None:
            self._parts.move_to_end(name)
        return part

    def _made(self, name: Hashable, make: Callable[[], P]) -> P:
        """What is kept under a name, made where nothing is; it may be too large to be kept."""
        part = self._find(name)
        if part is None:
            part = make()
            self._keep(name, part)
        return cast("P", part)

    def _keep(self, name: Hashable, part: Part) -> None:
        if part.size_bytes > self._limit_bytes:
            return
        same = [other for other, one in self._parts.items() if type(one) is type(part)]
        if len(same) >= part.most:
            self._drop(same[0])
        self._parts[name] = part
        size_bytes = self.size_bytes
        while size_bytes > self._limit_bytes:
            oldest = next(iter(self._parts))
            size_bytes -= self._parts[oldest].size_bytes
            self._drop(oldest)

    def _drop(self, name: Hashable) -> None:
        self._parts.pop(name).close()

    def span(self, collection: Collection, condition: Condition) -> Span | None:
        """The documents that a condition holds for, where that can be said without looking at them."""
        shape = shape_at(collection.resource, condition.path)
        manner = manner_of(condition, shape)
        if manner is None:
            return None
        name = (Column, condition.path, manner)
        return self._made(name, lambda: Column(condition.path, manner, shape, collection)).span(condition)

    def has_member(self, collection: Collection, name: str) -> bool:
        """Whether any document has a member."""
        return self._made((Member, name), lambda: Member(name, collection)).count > 0

    def entering(self, resource: Resource, order: Order) -> Entering:
        """What makes the entries of an order."""
        found = self._enterings.get(order)
        if found is None:
            found = self._enterings[order] = Entering(order, resource)
            if len(self._enterings) > _REMEMBERED:
                self._enterings.popitem(last=False)
        return found

    def sorting(self, collection: Collection, order: Order) -> Sorting:
        """All documents in an order."""
        return self._made((Sorting, order), lambda: Sorting(self.entering(collection.resource, order), collection))

    def has_sorting(self, order: Order) -> bool:
        """Whether all documents are in an order already."""
        return (Sorting, order) in self._parts

    def text(self, collection: Collection) -> TextIndex:
        """The texts of all documents."""
        return self._made(TextIndex, lambda: TextIndex(self.texts, collection))

    def view(self, question: Hashable) -> View | None:
        """The answer to a question, where it is kept."""
        return cast("View | None", self._find(question))

    def keep_view(self, question: Hashable, view: View) -> None:
        """Keep the answer to a question."""
        self._keep(question, view)

    def comes_again(self, question: Hashable) -> bool:
        """Whether a question was asked before; it is remembered for the next time."""
        if question in self._asked:
            return True
        self._asked[question] = None
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)
        return False


def describe_indexes(collections: Iterable[Collection]) -> dict[str, Json]:
    """How much is kept of collections: single fields, orders, views, and roughly how many bytes that is in all."""
    kept = [cast("Indexes", one) for rows in collections if (one := rows.followers.get(_NAME)) is not None]
    kinds = [type(part) for one in kept for part in one.parts]
    fields = kinds.count(Column) + kinds.count(Member) + kinds.count(TextIndex)
    return {
        "fields": fields, "orders": kinds.count(Sorting), "views": kinds.count(View),
        "bytes": sum(one.size_bytes for one in kept),
    }  # fmt: skip
