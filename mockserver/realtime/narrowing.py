"""What narrows a subscription to some documents: parameters that name fields, read as a list's filters are.

Knows nothing of topics' events, nor of how a client asked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from functools import partial
from typing import Final

from mockserver.conventions.styled import Styled
from mockserver.errors import FieldError, suggestion
from mockserver.generation.schema import Resource
from mockserver.generation.shape import ANY
from mockserver.messages import Document
from mockserver.query.compare import Loose
from mockserver.query.condition import compile_condition, shape_at
from mockserver.query.filter import FilterReader
from mockserver.query.naming import Naming
from mockserver.query.parameters import Parameter, Parameters, is_ignored
from mockserver.query.paths import Paths
from mockserver.query.query import Condition
from mockserver.query.select import known_fields
from mockserver.realtime.event import Test, passes_all
from mockserver.realtime.subscription import Subscription, all_of
from mockserver.store.store import Store
from mockserver.value import dataclass

OWN: Final = ("topics", "since", "wait", "client")
"""The parameters that say something of the feed itself."""


def passes_none(document: Document) -> bool:
    """The test of what no document can pass."""
    del document
    return False


def _passes(tests: Sequence[Test], document: Document) -> bool:
    return all(test(document) for test in tests)


def _all_of(tests: Sequence[Test]) -> Test:
    if not tests:
        return passes_all
    return tests[0] if len(tests) == 1 else partial(_passes, tests)


@dataclass(slots=True)
class _Reading:
    """The filters of one resource; it `lacks` a field that another one has."""

    resource: Resource
    filters: FilterReader
    taken: set[str] = field(default_factory=set)
    lacks: bool = False

    def take(self, parameter: Parameter) -> bool:
        """Whether a parameter names one of its fields."""
        is_taken = self.filters.take(parameter)
        if is_taken:
            self.taken.add(parameter.said)
        return is_taken

    def test(self, store: Store) -> Test:
        """The test of its documents."""
        conditions = self.filters.conditions()
        if self.lacks or self.filters.parameters.errors:
            return passes_none
        if self.resource.lenient:
            known = known_fields(store[self.resource.name], conditions)
            conditions = tuple(one for one in conditions if one.path.split(".", maxsplit=1)[0] in known)
        return _all_of([compile_condition(one, shape_at(self.resource, one.path)) for one in conditions])


class Narrower:
    """Reads filters for one definition. `strict` refuses parameters that mean nothing; else they are passed over."""

    __slots__ = ("_any_case", "_naming", "_patterns", "_roles", "_store", "_strict")

    def __init__(self, store: Store, naming: Naming, convention: Styled, *, strict: bool) -> None:
        self._store = store
        self._naming = naming
        self._any_case = convention.spelling.any_case
        self._patterns = convention.spelling.patterns
        self._roles = convention.spelling.roles()
        self._strict = strict

    def narrow(self, topics: Sequence[str] | None, parameters: Iterable[Parameter], errors: Parameters) -> Subscription:
        """Topics, all where none are named, narrowed to the documents that every parameter's field has a value of.

        What a document has no field for it does not match. What is wrong is noted in `errors`.
        """
        wanted = [one for one in parameters if not is_ignored(one.name)]
        if not wanted:
            return all_of(topics)
        resources = self._store.schema.resources
        readings = {
            name: self._reading(name) for name in (resources if topics is None else topics) if name in resources
        }
        is_published = topics is not None and len(readings) < len(topics)
        loose: dict[str, list[str]] = {}
        for parameter in wanted:
            if "\0" in parameter.name or "\0" in parameter.value:
                errors.fail(parameter.said.replace("\0", "\\0"), "holds a NUL character")
            elif self._take(parameter, readings, errors, is_published=is_published):
                loose.setdefault(parameter.name, []).append(parameter.value)
        tests = {name: one.test(self._store) for name, one in readings.items()}
        _note_unreadable(list(readings.values()), errors)
        said = _loosely(loose)
        if topics is None:
            return Subscription(tests, said)
        return Subscription({topic: tests.get(topic, said) for topic in topics})

    def _reading(self, name: str) -> _Reading:
        resource = self._store.schema[name]
        paths = Paths(self._store.schema, resource, self._naming, self._any_case)
        return _Reading(resource, FilterReader(paths, Parameters({}), self._patterns))

    def _take(
        self, parameter: Parameter, readings: Mapping[str, _Reading], errors: Parameters, *, is_published: bool
    ) -> bool:
        """Whether a parameter narrows; one that means something else, or nothing, is noted where that is strict."""
        if parameter.name.casefold() in self._roles:
            if self._strict:
                errors.fail(parameter.said, "has no meaning for events")
            return False
        takers = [one for one in readings.values() if one.take(parameter)]
        if not takers and not is_published:
            if self._strict:
                errors.fail(parameter.said, self._stranger(parameter, readings))
            return False
        for one in readings.values():
            one.lacks = one.lacks or one not in takers
        return True

    def _stranger(self, parameter: Parameter, readings: Mapping[str, _Reading]) -> str:
        """What to say of a parameter that no topic has a field for."""
        said = [one.filters.stranger(parameter.name) for one in readings.values()]
        known = {name: None for one in readings.values() for name in one.filters.paths.fields()}
        general = f"is not known here; {suggestion(parameter.name.partition('[')[0], [*known, *OWN])}".rstrip("; ")
        return next((one for one in said if one.startswith("has no operator")), general)


def _note_unreadable(readings: Sequence[_Reading], errors: Parameters) -> None:
    """Note values that are none of their field, for whichever topic."""
    found: dict[str, list[FieldError]] = {}
    for one in readings:
        for error in one.filters.parameters.errors:
            found.setdefault(error.parameter, []).append(error)
    for name, said in found.items():
        if len(said) == sum(name in one.taken for one in readings):
            errors.fail(name, said[0].detail)


def _loosely(wanted: Mapping[str, Sequence[str]]) -> Test:
    """The test of what is published, whose fields are not declared."""
    conditions = [Condition(name, "eq", tuple(map(Loose, values))) for name, values in wanted.items()]
    return _all_of([compile_condition(one, ANY) for one in conditions])
