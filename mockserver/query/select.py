"""Answers a query from a collection: filter, search, order, cut. Filters and windows compose; ties go by id.

A question that comes again is answered by a view, which writes keep true.
"""

from collections.abc import Hashable, Sequence
from typing import Final

from mockserver.generation.schema import ID, Resource
from mockserver.messages import Document
from mockserver.query.condition import identity_of
from mockserver.query.index.indexes import Indexes
from mockserver.query.index.ranking import Ranking
from mockserver.query.index.sorting import Entering
from mockserver.query.index.view import View
from mockserver.query.plan import Plan, Question
from mockserver.query.query import Condition, Query, SortKey, Window
from mockserver.query.view import Sees, sees_all
from mockserver.store.collection import Collection
from mockserver.value import dataclass

_NEAR: Final = 1000
"""How many documents are passed over without much ado."""


@dataclass(frozen=True, slots=True)
class Page:
    """A window of a result: its documents, how many there are in all, and at which place it really starts."""

    documents: Sequence[Document]
    total: int
    offset: int = 0


def order_of(resource: Resource, query: Query) -> tuple[SortKey, ...]:
    """The order in force: the one asked for, or else the resource's own."""
    if query.order:
        return query.order
    steps = resource.section.sort_steps
    return tuple(SortKey(step.lstrip("-"), step.startswith("-")) for step in steps)


def matching(collection: Collection, query: Query, sees: Sees = sees_all) -> list[Document]:
    """Every document that meets the conditions and the search, in the collection's order."""
    collection.note()
    return Plan(collection, Question(query.conditions, query.search, sees, ())).documents()


def select(collection: Collection, query: Query, sees: Sees = sees_all) -> Page:
    """The page that a query asks for, of the documents that the reader sees."""
    resource, window, conditions = collection.resource, query.window, query.conditions
    if resource.lenient and conditions:
        known = known_fields(collection, conditions)
        conditions = tuple([one for one in conditions if _first(one) in known])
    question = Question(conditions, query.search, sees, order_of(resource, query))
    if question.is_whole:
        return _whole(collection, question, window)
    if sees is sees_all and all(one.path != ID for one in conditions):
        view = _view(collection, question)
        if view is not None:
            if view.keeper is None:
                collection.note()
            else:
                collection.note_view(view)
            return _cut(collection, view.ranking, view.entering, window)
    collection.note()
    plan = Plan(collection, question)
    if window.after is None:
        documents, total = plan.window(window.offset, window.limit)
        return Page(documents, total, window.offset)
    entering = Indexes.of(collection).entering(resource, question.order)
    return _cut(collection, Ranking(plan.entries()), entering, window)


def _whole(collection: Collection, question: Question, window: Window) -> Page:
    """A page of all documents."""
    collection.note()
    if not question.order and window.after is None and window.offset < _NEAR:
        return Page(collection.front(window.offset, window.limit), len(collection), window.offset)
    indexes = Indexes.of(collection)
    entering = indexes.entering(collection.resource, question.order)
    return _cut(collection, indexes.sorting(collection, question.order).ranking, entering, window)


def _view(collection: Collection, question: Question) -> View | None:
    """What answers a question that comes again."""
    indexes, asked = Indexes.of(collection), _identity(question)
    view = indexes.view(asked)
    if view is None and indexes.comes_again(asked):
        view = Plan(collection, question).view()
        indexes.keep_view(asked, view)
    return view


def _identity(question: Question) -> Hashable:
    """What two questions have in common that are the same."""
    order = tuple([(step.path, step.descending) for step in question.order])
    return identity_of(question.conditions), question.search, order


def _cut(collection: Collection, ranking: Ranking, entering: Entering, window: Window) -> Page:
    """The window of what stands in order."""
    rows, offset, after = collection.rows, window.offset, window.after
    found = None if after is None else rows.get(after)
    if after is not None and found is not None:
        entry = entering.entry(after, found, collection.places[after])
        place = ranking.place(entry)
        if ranking.between(place, place + 1) == [entry]:
            offset = place + 1
    end = None if window.limit is None else offset + window.limit
    return Page([rows[entry[-1]] for entry in ranking.between(offset, end)], len(ranking), offset)


def known_fields(collection: Collection, conditions: Sequence[Condition]) -> set[str]:
    """The fields of conditions that are declared, or any document has: a parameter that names none is passed over."""
    asked = {_first(one) for one in conditions}
    missing = [name for name in asked if name not in collection.resource.attributes]
    if not missing:
        return asked
    collection.note()
    indexes = Indexes.of(collection)
    return asked - {name for name in missing if not indexes.has_member(collection, name)}


def _first(condition: Condition) -> str:
    return condition.path.split(".", maxsplit=1)[0]
