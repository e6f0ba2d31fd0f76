"""What may be asked of one exchange: each criterion tells where an exchange is not as expected. Pure."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final, TypeAlias
from urllib.parse import unquote

import orjson

from mockserver.definitions.secret import REDACTED
from mockserver.messages import Json
from mockserver.sandbox.journal import Entry
from mockserver.value import dataclass

_FOUND_LIMIT: Final = 200
"""How much of a text is shown, and a few times as much of other values."""

NOT_KEPT: Final = "secrets are not kept, so it can only be asked whether there is one (true)"
_ABSENT: Final = "it is not there"
_CUT_OFF: Final = "it is longer than is kept of an exchange"


@dataclass(frozen=True, slots=True)
class Difference:
    """Where an exchange is not as expected; `note` says what the two values don't."""

    criterion: str
    expected: Json
    found: Json = None
    note: str = ""

    def to_json(self) -> dict[str, Json]:
        """The shape the control plane shows."""
        shown: dict[str, Json] = {
            "criterion": self.criterion, "expected": _cut(self.expected), "found": _cut(self.found),
        }  # fmt: skip
        return {**shown, "note": self.note} if self.note else shown


Differ: TypeAlias = Callable[[Entry], Iterator[Difference]]
"""Where an exchange is not as expected: nothing, where it is."""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that is expected of an exchange; `holds` says no more than whether it is so, and says it sooner."""

    differ: Differ
    holds: Callable[[Entry], bool]


def _by_difference(differ: Differ) -> Criterion:
    return Criterion(differ, lambda entry: next(differ(entry), None) is None)


def expect_method(method: str) -> Criterion:
    """The method, in whatever letter case it was asked for."""
    return _by_difference(partial(_differ_in, "method", method.upper(), lambda entry: entry.method))


def expect_path(path: str) -> Criterion:
    """The path without the sandbox's prefix: exactly, with `*` for any one step, and `**` at its end for any more.

    Steps are compared decoded; one slash at the end is not a step.
    """
    steps = _split(path)
    is_open = steps[-1:] == ["**"]
    wanted = steps[:-1] if is_open else steps

    def differ(entry: Entry) -> Iterator[Difference]:
        found = _split(entry.target)
        fits = len(found) >= len(wanted) if is_open else len(found) == len(wanted)
        pairs = zip(wanted, found, strict=False)
        if not fits or not all(one == "*" or unquote(one) == unquote(other) for one, other in pairs):
            yield Difference("path", path, entry.target)

    return _by_difference(differ)


def _split(path: str) -> list[str]:
    steps = path.split("/")[1:]
    return steps[:-1] if steps[-1:] == [""] else steps


def expect_status(status: int) -> Criterion:
    """The status; 0 is that nothing was answered."""
    return _by_difference(partial(_differ_in, "status", status, lambda entry: entry.status))


def expect_status_class(first: int) -> Criterion:
    """A status that begins with this digit."""

    def differ(entry: Entry) -> Iterator[Difference]:
        if entry.status // 100 != first:
            yield Difference("status", f"{first}xx", entry.status)

    return _by_difference(differ)


def expect_fault(name: str) -> Criterion:
    """A fault that acted, by any of its rules."""

    def differ(entry: Entry) -> Iterator[Difference]:
        if name not in entry.fired:
            quiet = any(one.fault == name for one in entry.faults)
            yield Difference("fault", name, list(entry.fired), "it matched and did not act" if quiet else "")

    return _by_difference(differ)


def _differ_in(name: str, expected: Json, find: Callable[[Entry], Json], entry: Entry) -> Iterator[Difference]:
    found = find(entry)
    if found != expected:
        yield Difference(name, expected, found)


def expect_parameter(name: str, expected: Json) -> Criterion:
    """A parameter of the query: a text, all its texts in a list, `True` for any, `False` for none."""

    return _expect_texts(f"query.{name}", expected, lambda entry: [value for key, value in entry.query if key == name])


def expect_header(name: str, expected: Json) -> Criterion:
    """A header of the request, letter case of its name aside: a text, `True` for any, `False` for none."""
    folded = name.lower()
    return _expect_texts(
        f"headers.{name}", expected, lambda entry: [value for key, value in entry.headers if key == folded]
    )


def _expect_texts(criterion: str, expected: Json, find: Callable[[Entry], list[str]]) -> Criterion:
    def differ(entry: Entry) -> Iterator[Difference]:
        found = find(entry)
        if not _fit(expected, found):
            shown: Json = None if not found else found[0] if len(found) == 1 else [*found]
            yield Difference(criterion, expected, shown, _explain(expected, found))

    return Criterion(differ, lambda entry: _fit(expected, find(entry)))


def _fit(expected: Json, found: list[str]) -> bool:
    if isinstance(expected, bool):
        return expected == bool(found)
    return found == expected if isinstance(expected, list) else expected in found


def _explain(expected: Json, found: Sequence[str]) -> str:
    if not found:
        return _ABSENT
    is_hidden = not isinstance(expected, bool) and any(REDACTED in text for text in found)
    return NOT_KEPT if is_hidden else ""


def expect_text(text: str) -> Criterion:
    """A body in which a text occurs."""

    def differ(entry: Entry) -> Iterator[Difference]:
        if text not in entry.body:
            yield Difference("body", text, entry.body or None, _explain_body(entry, ""))

    return _by_difference(differ)


def expect_body(expected: Json) -> Criterion:
    """A JSON body in which a value is contained: members of objects may be more, lists are as long and in order."""

    def differ(entry: Entry) -> Iterator[Difference]:
        try:
            found: Json = orjson.loads(entry.body)
        except orjson.JSONDecodeError:
            yield Difference("body", expected, entry.body or None, _explain_body(entry, "it is not JSON"))
            return
        yield from _compare(expected, found)

    contains = _containing(expected)

    def holds(entry: Entry) -> bool:
        try:
            return contains(orjson.loads(entry.body))
        except orjson.JSONDecodeError:
            return False

    return Criterion(differ, holds)


def _explain_body(entry: Entry, otherwise: str) -> str:
    if not entry.body:
        return _ABSENT
    if REDACTED in entry.body:
        return NOT_KEPT
    return _CUT_OFF if entry.body.endswith("…") else otherwise


def _compare(expected: Json, found: Json) -> Iterator[Difference]:
    """Where a value is not contained in another, in the order of what is expected; without recursion."""
    pending: list[tuple[str, Json, Json]] = [("body", expected, found)]
    while pending:
        where, one, other = pending.pop()
        if isinstance(one, dict) and isinstance(other, dict):
            yield from (Difference(f"{where}.{name}", one[name], None, _ABSENT) for name in one if name not in other)
            shared = [name for name in one if name in other]
            pending += [(f"{where}.{name}", one[name], other[name]) for name in reversed(shared)]
        elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
            pairs = list(enumerate(zip(one, other, strict=True)))
            pending += [(f"{where}.{index}", *pair) for index, pair in reversed(pairs)]
        elif not _is_same(one, other):
            yield Difference(where, one, other, NOT_KEPT if other == REDACTED else "")


def _containing(expected: Json) -> Callable[[Json], bool]:
    """Whether a value is contained in another, as `_compare` has it, prepared to be asked of many."""
    if isinstance(expected, dict):
        # These are compared all at once: to Python no boolean is the same as they are.
        plain = {name: value for name, value in expected.items() if _is_plain(value)}
        others = [(name, _containing(value)) for name, value in expected.items() if name not in plain]
        return lambda found: (
            isinstance(found, dict)
            and plain.items() <= found.items()
            and all(name in found and contains(found[name]) for name, contains in others)
        )
    if isinstance(expected, list):
        items = [_containing(value) for value in expected]
        return lambda found: (
            isinstance(found, list)
            and len(items) == len(found)
            and all(contains(value) for contains, value in zip(items, found, strict=True))
        )
    return partial(_is_same, expected)


def _is_plain(value: Json) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, int | float) and value not in {0, 1})


def _is_same(one: Json, other: Json) -> bool:
    """Whether two values are one in JSON: numbers by what they are, and never a boolean."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def _cut(value: Json) -> Json:
    if isinstance(value, str):
        return value if len(value) <= _FOUND_LIMIT else f"{value[:_FOUND_LIMIT]}…"
    text = orjson.dumps(value)
    return value if len(text) <= _FOUND_LIMIT * 5 else f"{text[:_FOUND_LIMIT].decode('utf-8', 'replace')}…"
