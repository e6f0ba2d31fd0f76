"""Picks the cheapest way to the documents that a query asks for: what it comes to is the same by every way.

Where an index knows which documents a condition holds for, no others are looked at; where all documents stand in order
already, it is gone along them until the window is full. The total is always exact.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from operator import itemgetter
from typing import Final, cast

from mockserver.generation.schema import ID
from mockserver.messages import Document, Key
from mockserver.query.condition import (
    BETWEEN,
    Test,
    all_of,
    compile_condition,
    compile_reference,
    is_anchor,
    key_of,
    shape_at,
)  # fmt: skip
from mockserver.query.index.column import RANGED
from mockserver.query.index.indexes import Indexes
from mockserver.query.index.leap import Leap, leap_of
from mockserver.query.index.ranking import Entry
from mockserver.query.index.sorting import Order
from mockserver.query.index.span import Span
from mockserver.query.index.view import View
from mockserver.query.query import Condition
from mockserver.query.view import Sees, sees_all
from mockserver.store.collection import Collection
from mockserver.value import dataclass

_SORTING_COSTS: Final = 8
"""How many documents are passed over in the time in which one is put in order."""
_FEW: Final = 16
"""One in so many is few: they are looked at one by one."""
_PATIENCE: Final = 1000
"""How many documents are looked at in vain, at least, before another way is taken."""

_key_of = itemgetter(-1)


@dataclass(frozen=True, slots=True)
class Question:
    """Which documents are asked for: those that meet conditions and search, in the eyes of a reader; in what order."""

    conditions: Sequence[Condition]
    search: str
    sees: Sees
    order: Order

    @property
    def is_whole(self) -> bool:
        """Whether all documents are asked for."""
        return not self.conditions and not self.search and self.sees is sees_all


class Plan:
    """One question to one collection, on the way to its answer. What is read is for others to note."""

    __slots__ = ("_anchor", "_collection", "_indexes", "_own", "_question", "_rows", "_span", "_tests")

    def __init__(self, collection: Collection, question: Question) -> None:
        self._collection = collection
        self._rows = collection.rows
        self._indexes = Indexes.of(collection)
        self._question = question
        left = list(question.conditions)
        self._span: Span | None = None
        # Says of one document what anchor or span say of all.
        self._own: list[Test] = []
        self._anchor = self._take_anchor(left)
        if self._anchor is None and not self._take_spans(left):
            self._take_span(left)
        self._tests = [self._compiled(one) for one in left]

    def _compiled(self, condition: Condition) -> Test:
        return compile_condition(condition, shape_at(self._collection.resource, condition.path))

    def _take_anchor(self, left: list[Condition]) -> list[Document] | None:
        """The documents of the first condition that the collection knows ids or references by itself for."""
        collection = self._collection
        for condition in left:
            if not is_anchor(condition, collection.resource):
                continue
            left.remove(condition)
            self._own.append(compile_reference(condition))
            keys = map(key_of, condition.values)
            if condition.path == ID:
                return collection.among(keys)
            return collection.among(key for value in keys for key in collection.referring(condition.path, value))
        return None

    def _take_spans(self, left: list[Condition]) -> bool:
        """The documents that meet all of several conditions, of which one is a range and the others came before."""
        ranges = [one for one in left if one.operator in RANGED]
        if len(ranges) != 1 or len(left) == 1:
            return False
        tests = [self._compiled(one) for one in left]
        others = [one for one in left if one is not ranges[0]]
        is_met = all_of([test for one, test in zip(left, tests, strict=True) if one is not ranges[0]])
        self._span = self._indexes.span_within(self._collection, ranges[0], others, is_met)
        if self._span is None:
            return False
        left.clear()
        self._own += tests
        return True

    def _take_span(self, left: list[Condition]) -> None:
        """The fewest documents that an index knows for a condition; all but some it knows only for one alone."""
        spans = [(self._indexes.span(self._collection, one), one) for one in left]
        found = [(span, one) for span, one in spans if span is not None and (len(left) == 1 or not span.is_negated)]
        if found:
            self._span, condition = min(found, key=lambda pair: pair[0].count)
            left.remove(condition)
            self._own.append(self._compiled(condition))

    def documents(self) -> list[Document]:
        """All that match, in the collection's order."""
        question, rows, tests = self._question, self._rows, self._tests.copy()
        found = self._candidates(tests)
        if question.sees is not sees_all:
            tests.append(partial(question.sees, self._collection.resource.name))
        if found is None:
            found, tests = rows.values(), [*self._own, *tests]
        return list(filter(all_of(tests), found)) if tests else list(found)

    def _candidates(self, tests: list[Test]) -> Iterable[Document] | None:
        """Those that have to be tested, nothing for all there are; the search is added to the tests, or done."""
        search, span, rows = self._question.search, self._span, self._rows
        found = self._anchor
        if found is None and span is not None and not span.is_negated:
            found = list(map(rows.__getitem__, span.keys()))
        if not search:
            return found
        if BETWEEN in search or (found is not None and len(found) * _FEW < len(rows)):
            tests.append(self._indexes.texts.test(search))
            return found
        holding = self._indexes.text(self._collection).matching(search, self._collection.places)
        if found is None:
            tests[:0] = self._own
            return [rows[key] for key in holding]
        wanted = set(holding)
        return [row for row in found if row[ID] in wanted]

    def window(self, offset: int, limit: int | None) -> tuple[list[Document], int]:
        """So many of those that match from a place on, and how many match in all."""
        total = self._counted()
        if total is not None and limit is not None:
            end = min(offset + limit, total)
            found = [] if offset >= end else self._cut(offset, end, total)
            if found is not None:
                return found, total
        documents = self.documents()
        total = len(documents)
        end = total if limit is None else min(offset + limit, total)
        order, rows = self._question.order, self._rows
        if not order or offset >= end:
            return documents[offset:end], total
        if total > _FEW and self._is_walk_shorter(end, total):
            wanted = {row[ID] for row in documents}
            keys = filter(wanted.__contains__, map(_key_of, self._indexes.sorting(self._collection, order).ranking))
            return [rows[key] for key in islice(keys, offset, end)], total
        return [rows[entry[-1]] for entry in self._sorted(documents)[offset:end]], total

    def _cut(self, offset: int, end: int, total: int) -> list[Document] | None:
        """The documents of a window, where the others that match need not be looked at."""
        order, span, rows = self._question.order, self._span, self._rows
        if not order and span is not None and span.is_in_order:
            return [rows[key] for key in span.keys(offset, end)]
        if not self._is_walk_shorter(end, total):
            return None
        if not order:
            return list(islice(filter(all_of(self._own), rows.values()), offset, end))
        found = self._walk(end, total)
        return None if found is None else found[offset:]

    def _walk(self, end: int, total: int) -> list[Document] | None:
        """So many that match, found along all documents in order; nothing where that turns out to take too long."""
        order, rows, test = self._question.order, self._rows, all_of(self._own)
        ranking = self._indexes.sorting(self._collection, order).ranking
        leap, is_within = self._leap()
        found: list[Document] = []
        misses, left = 0, max(total * _SORTING_COSTS, _PATIENCE)
        ahead: Iterator[Entry] | None = iter(ranking)
        while ahead is not None:
            entries, ahead = ahead, None
            for entry in entries:
                row = rows[entry[-1]]
                if test(row):
                    found.append(row)
                    misses = 0
                    if len(found) == end:
                        return found
                    continue
                misses += 1
                left -= 1
                is_lost = leap is not None and misses > _FEW and not is_within(row)
                target = leap.beyond(entry) if leap is not None and is_lost else None
                if target is not None:
                    ahead = ranking.since(target)
                    break
                if not left:
                    return None
        return found

    def _leap(self) -> tuple[Leap | None, Test]:
        """The leaps that one of the conditions allows along the order, and what says that it holds."""
        for condition, test in zip(self._question.conditions, self._own, strict=False):
            leap = leap_of(condition, self._question.order, self._collection.resource)
            if leap is not None:
                return leap, test
        return None, self._own[0]

    def _counted(self) -> int | None:
        """How many match, where an index says that."""
        is_rest = self._tests or self._question.search or self._question.sees is not sees_all
        return None if self._span is None or is_rest else self._span.count

    def _is_walk_shorter(self, end: int, total: int) -> bool:
        """Whether it takes less time to go along all documents than to put those that match in order."""
        order, rows = self._question.order, len(self._rows)
        if order and not self._indexes.has_sorting(order) and total * _SORTING_COSTS < rows:
            return False
        return end * rows < total * total * _SORTING_COSTS

    def entries(self) -> list[Entry]:
        """The entries of all that match, in the order that is asked for."""
        return self._sorted(self.documents())

    def _sorted(self, found: list[Document]) -> list[Entry]:
        order, collection = self._question.order, self._collection
        if self._is_sorting_used(len(found)):
            wanted = {row[ID] for row in found}
            return [entry for entry in self._indexes.sorting(collection, order).ranking if entry[-1] in wanted]
        keys = cast("list[Key]", [row[ID] for row in found])
        entering = self._indexes.entering(collection.resource, order)
        return entering.entries(dict(zip(keys, found, strict=True)), collection.places)

    def _is_sorting_used(self, total: int) -> bool:
        """Whether so many are put in order by going along all documents."""
        return bool(self._question.order) and total * _SORTING_COSTS > len(self._rows)

    def view(self) -> View:
        """What answers the question from now on."""
        question = self._question
        tests = [*self._own, *self._tests]
        if question.search:
            tests.append(self._indexes.texts.test(question.search))
        found = self.documents()
        own = 0 if self._is_sorting_used(len(found)) else len(found)
        entering = self._indexes.entering(self._collection.resource, question.order)
        return View(all_of(tests), entering, self._sorted(found), own)
