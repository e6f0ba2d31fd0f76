"""Tests of one document: for a filter's condition, for a text that is searched."""

from collections.abc import Callable, Hashable, Sequence
from operator import ge, gt, le, lt
from typing import Any, Final, TypeAlias

from mockserver.generation.schema import ID, Attribute, Resource, named
from mockserver.generation.shape import ANY, Shape
from mockserver.messages import Document, Json
from mockserver.query.compare import Loose, comparable, equals_any
from mockserver.query.query import Condition
from mockserver.query.regex import Pattern
from mockserver.store.lookup import held_as, held_in

Test: TypeAlias = Callable[[Document], bool]

_COMPARISONS: Final = {"gt": gt, "gte": ge, "lt": lt, "lte": le}
TEXTUAL: Final = ("contains", "startswith", "endswith", "like")
"""The operators that see every value as a text."""
BETWEEN: Final = "\0"
"""Stands between the texts of a document: no parameter that was read holds it."""


def shape_at(resource: Resource, path: str) -> Shape:
    """The shape of what a dotted way leads to; anything where documents may hold anything."""
    if resource.lenient:
        return ANY
    first, *rest = path.split(".")
    attribute: Attribute | None = resource.attributes.get(first)
    shape = attribute.shape if attribute is not None else ANY
    for step in rest:
        shape = shape.value.properties.get(step, ANY)
    return shape


def reader_of(path: str) -> Callable[[Document], Json]:
    """Reads what stands at a way, null where it leads nowhere."""
    return (lambda document: named(document, path)) if "." in path else lambda document: document.get(path)


def values_at(path: str) -> Callable[[Document], list[Json]]:
    """Reads what a filter sees at a way: the items where that is a list, nothing for null."""
    read = reader_of(path)

    def found(document: Document) -> list[Json]:
        value = read(document)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]

    return found


def holds(operator: str, wanted: tuple[Any, ...]) -> Callable[[Any], bool]:  # noqa: PLR0911 - one line an operator
    """Whether an operator other than `isnull` holds for a value, negations left aside. *Raises* `TypeError`."""
    first = wanted[0]
    if operator in ("eq", "in", "ne", "nin"):
        return _is_any_of(wanted)
    if operator == "between":
        return lambda value: bool(first <= value <= wanted[1])
    compare = _COMPARISONS.get(operator)
    if compare is not None:
        return lambda value: bool(compare(value, first))
    if isinstance(first, Pattern):
        return lambda value: any(one.is_in(str(value)) for one in wanted)
    folded = tuple(one.casefold() for one in wanted)
    if operator == "startswith":
        return lambda value: str(value).casefold().startswith(folded)
    if operator == "endswith":
        return lambda value: str(value).casefold().endswith(folded)
    return lambda value: any(map(str(value).casefold().__contains__, folded))


def _is_any_of(wanted: tuple[Any, ...]) -> Callable[[Any], bool]:
    """Whether a value is one of those wanted; a great many of them are looked up and not gone through."""
    if isinstance(wanted[0], Loose):
        return equals_any(wanted)
    # To Python `1` would be `true` as well.
    known = frozenset((isinstance(one, bool), one) for one in wanted)
    return lambda value: not isinstance(value, list | dict) and (isinstance(value, bool), value) in known


def _holds_for(kinds: tuple[type, ...], condition: Condition, wanted: Sequence[Any]) -> Callable[[Any], bool] | None:
    """What holds for values of one type alone, said shorter: it is what filters mostly see."""
    if any(type(one) not in kinds for one in wanted):
        return None
    first, operator = wanted[0], condition.operator
    if operator in ("eq", "in", "ne", "nin"):
        return frozenset(wanted).__contains__
    if operator == "between":
        last = wanted[1]
        return lambda value: bool(first <= value <= last)
    compare = _COMPARISONS.get(operator)
    return None if compare is None else lambda value: bool(compare(value, first))


def compile_condition(condition: Condition, shape: Shape) -> Test:
    """A test of one document. Negations hold for null too; every other operator needs a value."""
    read, path = reader_of(condition.path), condition.path
    if condition.operator == "isnull":
        wanted = bool(condition.values[0])
        return lambda document: (read(document) is None) is wanted
    is_met = holds(condition.operator, condition.values)
    prepare = comparable(shape.value)
    negated = condition.operator in ("ne", "nin")

    def test(document: Document) -> bool:
        value = read(document)
        values = [] if value is None else value if isinstance(value, list) else [value]
        try:
            found = any(is_met(one if prepare is None else prepare(one)) for one in values)
        except TypeError:
            found = False  # a stored value of another type than declared is no match
        return found is not negated

    if prepare is not None or "." in path:
        return test
    values = condition.values
    is_loose = isinstance(values[0], Loose)
    for_text = (
        is_met
        if condition.operator in TEXTUAL
        else _holds_for((str,), condition, [one.text for one in values] if is_loose else values)
    )
    for_integer = _holds_for((int, float), condition, [one.number for one in values] if is_loose else values)

    def short(document: Document) -> bool:
        value = document.get(path)
        if type(value) is str:
            return test(document) if for_text is None else for_text(value) is not negated
        if type(value) is int:
            return test(document) if for_integer is None else for_integer(value) is not negated
        return test(document)

    return short


def identity_of(conditions: Sequence[Condition]) -> Hashable:
    """What conditions have in common that are the same."""
    return tuple([(one.path, one.operator, tuple([_value_of(value) for value in one.values])) for one in conditions])


def _value_of(value: Any) -> Hashable:
    """A value, where `1` is not `true`."""
    if isinstance(value, Loose):
        return Loose, value.text
    return (Pattern, value.source) if isinstance(value, Pattern) else (type(value), value)


def key_of(value: Any) -> Any:
    """The id that a filter's value is."""
    return value.text if isinstance(value, Loose) else value


def is_anchor(condition: Condition, resource: Resource) -> bool:
    """Whether a condition is about ids: as such they are known, and `1` is `"1"`."""
    if condition.operator not in ("eq", "in"):
        return False
    attribute = resource.attributes.get(condition.path)
    return condition.path == ID or (attribute is not None and attribute.reference is not None)


def compile_reference(condition: Condition) -> Test:
    """A test of one document's reference: what a collection knows of it, without the collection."""
    wanted = {held_as(key_of(value)) for value in condition.values}
    return lambda document: any(held_as(one) in wanted for one in held_in(document.get(condition.path)))


class Texts:
    """Where a resource's documents are searched, letter case aside: in its search fields, or else all its texts.

    Where documents may hold anything, it is all they hold at any depth, numbers included.
    """

    __slots__ = ("_hidden", "_latest", "_readers")

    def __init__(self, resource: Resource) -> None:
        fields = resource.attributes.items()
        paths = resource.section.search
        if paths is None and not resource.lenient:
            paths = [
                name for name, attribute in fields
                if attribute.shape.value.type in ("string", "any") and not attribute.shape.value.target
                and not attribute.rules.write_only
            ]  # fmt: skip
        self._readers = None if paths is None else [values_at(path) for path in paths]
        self._hidden = frozenset(name for name, attribute in fields if attribute.rules.write_only)
        nothing: tuple[Document | None, str, list[str]] = (None, "", [])
        self._latest = nothing, nothing

    def of(self, document: Document) -> tuple[str, list[str]]:
        """All that a text is found in, folded, with `BETWEEN` between; and what it may be the whole of instead."""
        for known, text, whole in self._latest:
            # Many ask for that of a document that was just written, and of what it was before.
            if known is document:
                return text, whole
        parts, whole = self._parts(document)
        text = BETWEEN.join(parts).casefold()
        self._latest = (document, text, whole), self._latest[0]
        return text, whole

    def _parts(self, document: Document) -> tuple[list[str], list[str]]:
        if self._readers is not None:
            values = [value for read in self._readers for value in read(document)]
            return [value for value in values if isinstance(value, str)], [
                str(one) for one in values if type(one) is int
            ]
        parts: list[str] = []
        for name, value in document.items():
            if name not in self._hidden:
                _mention(value, parts)
        return parts, []

    def test(self, wanted: str) -> Test:
        """A test for a text."""
        folded = wanted.casefold()
        if BETWEEN in folded:
            # It would be found across two texts.
            return lambda document: any(folded in part.casefold() for part in self._parts(document)[0])

        def test(document: Document) -> bool:
            text, whole = self.of(document)
            return folded in text or folded in whole

        return test


def _mention(value: Json, parts: list[str]) -> None:
    """Add every value's text, at any depth."""
    if isinstance(value, str):
        parts.append(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            _mention(inner, parts)
    elif value is not None:
        parts.append(str(value))


def all_of(tests: Sequence[Test]) -> Test:
    """A test that is passed where all are; at least one."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == 2:
        first, second = tests
        return lambda document: first(document) and second(document)
    return lambda document: all(test(document) for test in tests)
