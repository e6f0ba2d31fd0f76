"""What is looked for among the exchanges of a journal: criteria that all hold, and what came nearest where none does.

Pure: entries in, answers out. Knows nothing of servers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import nsmallest
from itertools import chain, islice
from typing import Final

from mockserver.errors import suggestion
from mockserver.messages import Json, as_integer
from mockserver.sandbox.criterion import (
    Criterion,
    Difference,
    expect_body,
    expect_fault,
    expect_header,
    expect_method,
    expect_parameter,
    expect_path,
    expect_status,
    expect_status_class,
    expect_text,
)
from mockserver.sandbox.journal import Entry
from mockserver.value import dataclass

NEAREST: Final = 3
_DIFFERENCES_SHOWN: Final = 10
NAMES_LIMIT: Final = 50
"""Of parameters or headers that an expectation names."""
_STATUS_CLASS: Final = re.compile(r"[1-9]xx", re.IGNORECASE)
_LAST_STATUS: Final = 999


class Unclear(ValueError):
    """An expectation that can't be read: where, what is wrong (it continues a sentence about the place), and advice."""

    def __init__(self, where: Sequence[str], detail: str, advice: str = "") -> None:
        super().__init__(detail)
        self.where = tuple(where)
        self.detail = detail
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Near:
    """An exchange that is not as expected, and everything of it that is not."""

    entry: Entry
    differences: Sequence[Difference]

    def to_json(self) -> dict[str, Json]:
        """The shape the control plane shows."""
        entry = self.entry
        return {
            "number": entry.number,
            "method": entry.method,
            "path": entry.target,
            "status": entry.status,
            "differences": [one.to_json() for one in self.differences],
        }


@dataclass(frozen=True, slots=True)
class Count:
    """How many exchanges are as expected, and those that come nearest where none is."""

    found: int
    near: Sequence[Near]

    def to_json(self) -> dict[str, Json]:
        """The shape the control plane shows."""
        return {"count": self.found, "near": [one.to_json() for one in self.near]}


@dataclass(frozen=True, slots=True)
class Expectation:
    """Criteria that all must hold, among the exchanges after number `since` and up to number `until`."""

    criteria: tuple[Criterion, ...] = ()
    since: int = 0
    until: int | None = None

    def among(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The exchanges that are looked at."""
        for entry in entries:
            if self.since < entry.number and (self.until is None or entry.number <= self.until):
                yield entry

    def find(self, entries: Iterable[Entry]) -> list[Entry]:
        """Those that are as expected, in their order."""
        return [entry for entry in self.among(entries) if all(one.holds(entry) for one in self.criteria)]

    def count(self, entries: Iterable[Entry]) -> Count:
        """How many are as expected; where none is, the few for which most criteria hold.

        Of those that are as near, the latest comes first.
        """
        weighed = [(sum(not one.holds(entry) for one in self.criteria), entry) for entry in self.among(entries)]
        found = sum(misses == 0 for misses, _ in weighed)
        nearest = [] if found else nsmallest(NEAREST, weighed, key=lambda one: (one[0], -one[1].number))
        return Count(found, [self._show(entry) for _, entry in nearest])

    def _show(self, entry: Entry) -> Near:
        differences = chain.from_iterable(one.differ(entry) for one in self.criteria)
        return Near(entry, tuple(islice(differences, _DIFFERENCES_SHOWN)))


def read_expectation(given: Mapping[str, Json]) -> Expectation:
    """What `{method, path, query, headers, body, status, fault, since, until}` asks for; all may be left out.

    *Raises* `Unclear`.
    """
    for name in given:
        if name not in KEYS:
            raise Unclear([name], "is not known", suggestion(name, KEYS))
    criteria = [criterion for name in _READERS if name in given for criterion in _READERS[name](given[name])]
    since = _read_number("since", given.get("since", 0))
    until = _read_number("until", given["until"]) if "until" in given else None
    return Expectation(tuple(criteria), since, until)


def _read_number(name: str, value: Json) -> int:
    value = as_integer(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Unclear([name], "must be the number of an exchange")
    return value


def _read_method(value: Json) -> Iterator[Criterion]:
    if not isinstance(value, str) or not value:
        raise Unclear(["method"], "must be a text, like GET")
    yield expect_method(value)


def _read_path(value: Json) -> Iterator[Criterion]:
    if not isinstance(value, str) or not value.startswith("/"):
        raise Unclear(["path"], "must be a path that begins with '/'")
    if "?" in value or "#" in value:
        raise Unclear(["path"], "must be a path alone", "parameters stand under 'query'")
    *before, last = value.split("/")
    if any("*" in step and step != "*" for step in (*before, "" if last == "**" else last)):
        raise Unclear(["path"], "must have '*' for a whole step, and '**' at its end only")
    yield expect_path(value)


def _read_query(value: Json) -> Iterator[Criterion]:
    for name, expected in _named("query", value):
        texts = [_read_text(["query", name], one) for one in expected] if isinstance(expected, list) else None
        yield expect_parameter(name, _read_presence(["query", name], expected) if texts is None else [*texts])


def _read_headers(value: Json) -> Iterator[Criterion]:
    for name, expected in _named("headers", value):
        yield expect_header(name, _read_presence(["headers", name], expected))


def _named(key: str, value: Json) -> Iterable[tuple[str, Json]]:
    if not isinstance(value, dict):
        raise Unclear([key], "must be an object of names and values")
    if len(value) > NAMES_LIMIT:
        raise Unclear([key], f"must hold at most {NAMES_LIMIT} names")
    return value.items()


def _read_presence(where: Sequence[str], value: Json) -> Json:
    return value if isinstance(value, bool) else _read_text(where, value)


def _read_text(where: Sequence[str], value: Json) -> str:
    """A text; a number is what it is written as."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Unclear(where, "must be a text or a number, true for any, or false for none")
    return str(value)


def _read_body(value: Json) -> Iterator[Criterion]:
    yield expect_text(value) if isinstance(value, str) else expect_body(value)


def _read_status(value: Json) -> Iterator[Criterion]:
    value = as_integer(value)
    if isinstance(value, str) and _STATUS_CLASS.fullmatch(value):
        yield expect_status_class(int(value[0]))
    elif isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LAST_STATUS:
        yield expect_status(value)
    else:
        raise Unclear(["status"], "must be a status like 503, a class like 5xx, or 0 where nothing was answered")


def _read_fault(value: Json) -> Iterator[Criterion]:
    if not isinstance(value, str) or not value:
        raise Unclear(["fault"], "must be the name of a fault")
    yield expect_fault(value)


_READERS: Final[Mapping[str, Callable[[Json], Iterator[Criterion]]]] = {
    "method": _read_method,
    "path": _read_path,
    "query": _read_query,
    "headers": _read_headers,
    "body": _read_body,
    "status": _read_status,
    "fault": _read_fault,
}
KEYS: Final = (*_READERS, "since", "until")
"""All that an expectation may say."""
