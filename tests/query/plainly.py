"""What a query means, said as plainly as can be: every document is tested, and all that match are put in order."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from mockserver.generation.schema import ID, Resource, named
from mockserver.generation.shape import Shape
from mockserver.messages import Document, Json
from mockserver.query.compare import Loose, comparable, equals_any, sort_key
from mockserver.query.condition import shape_at
from mockserver.query.embed import visible
from mockserver.query.query import Condition, Query, SortKey, Window
from mockserver.query.regex import Pattern
from mockserver.query.select import Page, order_of
from mockserver.query.view import Sees, sees_all
from mockserver.store.collection import Collection

Test = Callable[[Document], bool]


def _values(path: str) -> Callable[[Document], list[Json]]:
    """What stands at a way: the items where that is a list, nothing for null."""

    def found(document: Document) -> list[Json]:
        value = named(document, path) if "." in path else document.get(path)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    return found


def _holds(operator: str, wanted: tuple[Any, ...]) -> Callable[[Any], bool]:  # noqa: PLR0911 - one line an operator
    first = wanted[0]
    if operator in ("eq", "in", "ne", "nin"):
        return _is_any_of(wanted)
    if operator == "gt":
        return lambda value: bool(value > first)
    if operator == "gte":
        return lambda value: bool(value >= first)
    if operator == "lt":
        return lambda value: bool(value < first)
    if operator == "lte":
        return lambda value: bool(value <= first)
    if operator == "between":
        return lambda value: bool(first <= value <= wanted[1])
    if isinstance(first, Pattern):
        return lambda value: any(one.is_in(str(value)) for one in wanted)
    folded = [one.casefold() for one in wanted]
    if operator == "startswith":
        return lambda value: any(str(value).casefold().startswith(one) for one in folded)
    if operator == "endswith":
        return lambda value: any(str(value).casefold().endswith(one) for one in folded)
    return lambda value: any(one in str(value).casefold() for one in folded)


def _is_any_of(wanted: tuple[Any, ...]) -> Callable[[Any], bool]:
    """Whether a value is one of those wanted; a great many of them are looked up and not gone through."""
    if isinstance(wanted[0], Loose):
        return equals_any(wanted)
    # To Python `1` would be `true` as well.
    known = frozenset((isinstance(one, bool), one) for one in wanted)
    return lambda value: not isinstance(value, list | dict) and (isinstance(value, bool), value) in known


def compile_condition(condition: Condition, shape: Shape) -> Test:
    """A test of one document. Negations hold for null too; every other operator needs a value."""
    values = _values(condition.path)
    if condition.operator == "isnull":
        wanted = bool(condition.values[0])
        return lambda document: (named(document, condition.path) is None) is wanted
    holds = _holds(condition.operator, condition.values)
    prepare = comparable(shape.value)
    negated = condition.operator in ("ne", "nin")

    def test(document: Document) -> bool:
        try:
            found = any(holds(value if prepare is None else prepare(value)) for value in values(document))
        except TypeError:
            found = False  # a stored value of another type than declared is no match
        return found is not negated

    return test


def compile_search(text: str, resource: Resource) -> Test:
    """A test for a text, letter case aside, in the resource's search fields, or else all its texts.

    Where documents may hold anything, it is all they hold at any depth, numbers included.
    """
    wanted = text.casefold()
    named_fields = resource.section.search
    if named_fields is None and resource.lenient:
        return lambda document: _mentions(visible(resource, document), wanted)
    paths = named_fields if named_fields is not None else [
        name for name, attribute in resource.attributes.items()
        if attribute.shape.value.type in ("string", "any") and not attribute.shape.value.target
        and not attribute.rules.write_only
    ]  # fmt: skip
    readers = [_values(path) for path in paths]

    def test(document: Document) -> bool:
        return any(
            wanted in value.casefold() for read in readers for value in read(document) if isinstance(value, str)
        ) or any(wanted == str(value) for read in readers for value in read(document) if type(value) is int)

    return test


def _mentions(value: Json, wanted: str) -> bool:
    """Whether the text of any value holds a text, at any depth."""
    if isinstance(value, str):
        return wanted in value.casefold()
    if isinstance(value, dict | list):
        # Loops and no generators: this is asked of every value there is.
        for inner in value.values() if isinstance(value, dict) else value:  # noqa: SIM110
            if _mentions(inner, wanted):
                return True
        return False
    return value is not None and wanted in str(value).casefold()


def _candidates(
    collection: Collection, conditions: Sequence[Condition]
) -> tuple[Iterable[Document], Sequence[Condition]]:
    """The fewest documents that an index can give, and the conditions it leaves to be tested."""
    for place, condition in enumerate(conditions):
        if condition.operator not in ("eq", "in"):
            continue
        rest = [*conditions[:place], *conditions[place + 1 :]]
        attribute = collection.resource.attributes.get(condition.path)
        if condition.path == ID:
            return collection.among(map(_key, condition.values)), rest
        if attribute is not None and attribute.reference is not None:
            held = (key for value in condition.values for key in collection.referring(condition.path, _key(value)))
            return collection.among(held), rest
    return collection, conditions


def _key(value: Any) -> Any:
    """The id that a filter's value is."""
    return value.text if isinstance(value, Loose) else value


def _ordered(rows: list[Document], resource: Resource, order: Sequence[SortKey]) -> list[Document]:
    if not order:
        return rows
    # Stable sorts from the last key to the first; the id is the last, so that pages partition.
    for step in reversed((*order, SortKey(ID))):
        key = sort_key(shape_at(resource, step.path))
        if "." in step.path:
            rows.sort(key=lambda row, key=key, path=step.path: key(named(row, path)), reverse=step.descending)  # type: ignore[misc]
        else:
            rows.sort(key=lambda row, key=key, path=step.path: key(row.get(path)), reverse=step.descending)  # type: ignore[misc]
    return rows


def matching(collection: Collection, query: Query, sees: Sees = sees_all) -> list[Document]:
    """Every document that meets the conditions and the search, in the collection's order."""
    candidates, conditions = _candidates(collection, query.conditions)
    tests = [compile_condition(one, shape_at(collection.resource, one.path)) for one in conditions]
    if query.search:
        tests.append(compile_search(query.search, collection.resource))
    if sees is not sees_all:
        tests.append(partial(sees, collection.resource.name))
    if not tests:
        return list(candidates)
    return [row for row in candidates if all(test(row) for test in tests)]


def select(collection: Collection, query: Query, sees: Sees = sees_all) -> Page:
    """The page that a query asks for, of the documents that the reader sees."""
    if collection.resource.lenient:
        known = known_fields(collection, query.conditions)
        query = replace(query, conditions=tuple(one for one in query.conditions if _first(one) in known))
    window, order = query.window, order_of(collection.resource, query)
    rows = _ordered(matching(collection, query, sees), collection.resource, order)
    offset = window.offset if window.after is None else _behind(rows, window)
    end = None if window.limit is None else offset + window.limit
    return Page(rows[offset:end], len(rows), offset)


def known_fields(collection: Collection, conditions: Sequence[Condition]) -> set[str]:
    asked = {_first(one) for one in conditions}
    known = {name for document in collection for name in document}
    return asked & (known | collection.resource.attributes.keys())


def _first(condition: Condition) -> str:
    return condition.path.split(".", maxsplit=1)[0]


def _behind(rows: Sequence[Document], window: Window) -> int:
    """The place behind the document a cursor names, wherever it stands by now."""
    places = (place for place, row in enumerate(rows, 1) if row[ID] == window.after)
    return next(places, window.offset)
