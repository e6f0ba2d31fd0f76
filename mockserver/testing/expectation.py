"""What is looked for among the requests of a test, as a body and as a query of the control plane, and in words."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypedDict

from mockserver.value import dataclass

_SHOWN: Final = 300
_ANYTHING: Final = "any request"


class Criteria(TypedDict, total=False):
    """What may be asked for beside method and path; see `Expectation`."""

    query: Mapping[str, Any] | None
    headers: Mapping[str, Any] | None
    json: Any
    body: str | None
    status: int | str | None
    fault: str | None
    since: int | None
    until: int | None


class AnyCriteria(Criteria, total=False):
    """All that may be asked for."""

    method: str | None
    path: str | None


@dataclass(frozen=True, slots=True)
class Expectation:
    """Criteria that must all hold; what is None is not asked for.

    `json` is contained in the body (objects may hold more), `body` is a text in it. Values of `query` and `headers` are
    texts, numbers, `True` for any and `False` for none; a list of them in `query` is all values of the name.
    """

    method: str | None = None
    path: str | None = None
    query: Mapping[str, Any] | None = None
    headers: Mapping[str, Any] | None = None
    json: Any = None
    body: str | None = None
    status: int | str | None = None
    fault: str | None = None
    since: int | None = None
    until: int | None = None

    def write(self) -> dict[str, Any]:
        """As `POST /api/requests/count` takes it."""
        body = self.body if self.json is None else self.json
        asked = {
            "method": self.method, "path": self.path, "query": self.query, "headers": self.headers, "body": body,
            "status": self.status, "fault": self.fault, "since": self.since, "until": self.until,
        }  # fmt: skip
        return {name: value for name, value in asked.items() if value is not None}

    def __str__(self) -> str:
        """`POST /animals with json {"name": "Leo"}, status 201`."""
        asked = " ".join(filter(None, (self.method, self.path))) or _ANYTHING
        named = {"query": self.query, "headers": self.headers, "json": self.json, "body": self.body}
        others = {"status": self.status, "fault": self.fault, "since": self.since, "until": self.until}
        said = [f"{name} {shorten(value)}" for name, value in named.items() if value is not None]
        said += [f"{name} {value}" for name, value in others.items() if value is not None]
        return f"{asked} with {', '.join(said)}" if said else asked


def explain_near(near: Sequence[Mapping[str, Any]]) -> list[str]:
    """Lines on the requests that come nearest, each with all that is not as expected."""
    lines: list[str] = []
    for one in near:
        lines.append(f"  #{one['number']} {one['method']} {one['path']} {one['status'] or '---'}")
        differences = one["differences"]
        width = max((len(two["criterion"]) for two in differences), default=0)
        lines += [f"      {two['criterion']:<{width}}  {_explain(two)}" for two in differences]
    return lines


def _explain(difference: Mapping[str, Any]) -> str:
    expected, found, note = (difference.get(name) for name in ("expected", "found", "note"))
    if found is None and note:
        return f"expected {shorten(expected)}; {note}"
    more = f" ({note})" if note else ""
    return f"expected {shorten(expected)}, found {shorten(found)}{more}"


def shorten(value: Any) -> str:
    """A value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
