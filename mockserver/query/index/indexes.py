"""All that is kept in readiness for the questions to one collection, within bounds: what was not used longest goes.

A write is only taken down, however much is kept: whatever is read catches up with the writes there were first. So a
write costs the same always, and what nobody reads costs nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Final, TypeAlias, TypeVar, cast

from mockserver.generation.schema import Resource
from mockserver.messages import Document, Json, Key
from mockserver.query.condition import Test, Texts, identity_of, shape_at
from mockserver.query.index.column import Column, manner_of
from mockserver.query.index.member import Member
from mockserver.query.index.part import Part
from mockserver.query.index.sorting import Entering, Order, Sorting
from mockserver.query.index.span import Span
from mockserver.query.index.text import TextIndex
from mockserver.query.index.view import View
from mockserver.query.index.within import Within
from mockserver.query.query import Condition
from mockserver.store.collection import Collection

LIMIT_BYTES: Final = 128 * 1024 * 1024
"""How much room all that is kept of one collection may take."""
_REMEMBERED: Final = 256
"""How many questions are remembered, to know one that comes again."""
_MOST_WRITES: Final = 1000
"""How many writes may lie behind: what is read so seldom is made anew."""
_NAME: Final = "indexes"

P = TypeVar("P", bound=Part)
_Write: TypeAlias = tuple[Key, Document | None, Document | None, int]


class Indexes:
    """The indexes and views of one collection; each is made when it is first asked for."""

    __slots__ = ("_asked", "_enterings", "_forgotten", "_limit_bytes", "_parts", "_size_bytes", "_writes", "texts")

    def __init__(self, texts: Texts, limit_bytes: int = LIMIT_BYTES) -> None:
        self.texts = texts
        self._limit_bytes = limit_bytes
        self._size_bytes = 0
        # The latest writes, and how many there were before them.
        self._writes: list[_Write] = []
        self._forgotten = 0
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
        return self._size_bytes

    def write(self, key: Key, before: Document | None, after: Document | None, place: int) -> None:
        """Take down one write, for all that is kept to follow when it is read."""
        if self._parts:
            self._writes.append((key, before, after, place))
            if len(self._writes) > _MOST_WRITES:
                self._forget_writes()

    def _forget_writes(self) -> None:
        """Forget some writes, and whatever has not followed them by now."""
        forgotten = _MOST_WRITES // 4
        del self._writes[:forgotten]
        self._forgotten += forgotten
        for name in [name for name, part in self._parts.items() if part.followed < self._forgotten]:
            self._drop(name)

    def follow(self, part: Part) -> None:
        """Have a part follow all writes so far. It may be kept no longer after that."""
        missing = self._written - part.followed
        if not missing:
            return
        size_bytes = part.size_bytes
        for write in self._writes[-missing:]:
            part.write(*write)
        part.followed = self._written
        self._size_bytes += part.size_bytes - size_bytes
        self._shrink()

    @property
    def _written(self) -> int:
        """How many writes there were."""
        return self._forgotten + len(self._writes)

    def _shrink(self) -> None:
        """Drop what was not used longest, until the rest is small enough."""
        while self._size_bytes > self._limit_bytes:
            self._drop(next(iter(self._parts)))

    def copy(self) -> "Indexes":
        """The same, to follow other writes than this one does."""
        made = Indexes(self.texts, self._limit_bytes)
        for name, part in self._parts.items():
            copied = made._parts[name] = part.copy()
            copied.keeper, copied.followed = made, part.followed
        made._size_bytes = self._size_bytes
        made._writes, made._forgotten = self._writes.copy(), self._forgotten
        made._asked, made._enterings = self._asked.copy(), self._enterings.copy()
        return made

    def _find(self, name: Hashable) -> Part | None:
        part = self._parts.get(name)
        if part is None:
            return None
        self._parts.move_to_end(name)
        self.follow(part)
        return None if part.keeper is None else part

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
        part.keeper, part.followed = self, self._written
        same = [other for other, one in self._parts.items() if type(one) is type(part)]
        if len(same) >= part.most:
            self._drop(same[0])
        self._parts[name] = part
        self._size_bytes += part.size_bytes
        self._shrink()

    def _drop(self, name: Hashable) -> None:
        dropped = self._parts.pop(name)
        dropped.keeper = None
        self._size_bytes -= dropped.size_bytes
        if isinstance(dropped, Sorting):
            for part in self._parts.values():
                if isinstance(part, View) and part.entering is dropped.entering:
                    self._size_bytes -= part.size_bytes
                    part.own_all()
                    self._size_bytes += part.size_bytes

    def span(self, collection: Collection, condition: Condition) -> Span | None:
        """The documents that a condition holds for, where that can be said without looking at them."""
        shape = shape_at(collection.resource, condition.path)
        manner = manner_of(condition, shape)
        if manner is None:
            return None
        name = (Column, condition.path, manner)
        return self._made(name, lambda: Column(condition.path, manner, shape, collection)).span(condition)

    def span_within(
        self, collection: Collection, condition: Condition, others: Sequence[Condition], test: Test
    ) -> Span | None:
        """The same among the documents that meet others too, which `test` says of one, where these came before."""
        shape = shape_at(collection.resource, condition.path)
        manner = manner_of(condition, shape)
        name = (Within, condition.path, manner, identity_of(others))
        if manner is None or (name not in self._parts and not self.comes_again(name)):
            return None
        return self._made(name, lambda: Within(test, condition.path, manner, shape, collection)).span(condition)

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
        """Keep the answer to a question, if it is not too large."""
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
    fields = kinds.count(Column) + kinds.count(Within) + kinds.count(Member) + kinds.count(TextIndex)
    return {
        "fields": fields, "orders": kinds.count(Sorting), "views": kinds.count(View),
        "bytes": sum(one.size_bytes for one in kept),
    }  # fmt: skip
