"""`json-server`: the dialect of json-server 0.17, and of react-admin's simple REST provider beside it.

Bare documents, windows only where asked for, documents that may hold anything.
*Source* json-server 0.17 (`plural.js`, `nested.js`, `mixins.js`), ra-data-json-server, ra-data-simple-rest.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import orjson

from mockserver.conventions.base import (
    Alias,
    Headers,
    Place,
    Written,
    accepts_json,
    conventions,
    cursor_link,
    neighbours,
)
from mockserver.conventions.json_query import content_range, is_json, read_json_parameter
from mockserver.conventions.login import PLAIN
from mockserver.conventions.socket import PLAIN as PLAIN_SOCKET
from mockserver.definitions.manner import Case
from mockserver.errors import Problem
from mockserver.messages import FORM, Json, Listed, Outcome, Request, read_form
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Spelling

_NAMES: Final[Mapping[str, str]] = {"sort": "_sort", "offset": "_start", "limit": "_limit"}
_OWN: Final = ("_sort", "_order", "_page", "_limit", "_start", "_end", "q")
"""The parameters of which the first alone counts, and an empty one not at all."""
_WHOLE = re.compile(r"-?[0-9]{1,16}", re.ASCII)


def _order(names: str, words: str) -> str:
    """`_sort=a,b&_order=asc,DESC` as `a,-b`; what is not `desc` ascends."""
    directions = [word.strip().lower() == "desc" for word in words.split(",")]
    steps = [name.strip() for name in names.split(",")]
    falls = [*directions, *[False] * len(steps)]
    return ",".join(f"-{step}" if falling else step for step, falling in zip(steps, falls, strict=False))


def _window(own: Mapping[str, str]) -> Iterator[Parameter]:
    """`_page` before `_end` before `_limit`; `_start` alone says nothing."""
    page, limit, start, end = (own.get(name) for name in ("_page", "_limit", "_start", "_end"))
    if page is not None:
        yield Parameter("_page", "1" if _WHOLE.fullmatch(page) and int(page) < 1 else page, "_page")
    elif end is not None:
        first = start or "0"
        is_span = _WHOLE.fullmatch(first) and _WHOLE.fullmatch(end) and int(end) >= 0
        yield Parameter("_start", first, "_start")
        yield Parameter("_limit", str(max(0, int(end) - max(0, int(first)))) if is_span else end, "_end")
        return
    elif limit is not None and start is not None:
        yield Parameter("_start", start, "_start")
    if limit is not None:
        yield Parameter("_limit", limit, "_limit")


def _links(listed: Listed, place: Place) -> Headers:
    """`Link` on numbered pages of a list that is longer than one; never an empty one."""
    if listed.page is None or not listed.items or len(listed.items) == listed.total:
        return cursor_link(listed, place)
    links = neighbours(listed, place)
    return (("Link", ", ".join(f'<{address}>; rel="{rel}"' for rel, address in links.items())),)


@conventions.register("json-server")
class JsonServer:
    """`_page _limit _start _end _sort _order _embed _expand q`, `X-Total-Count`, 404 as `{}`."""

    name = "json-server"
    spelling = Spelling(
        {
            "_limit": "limit", "_start": "offset", "_page": "page", "_sort": "sort",
            "_embed": "embed", "_expand": "embed", "q": "search",
        },
        patterns=True,
    )  # fmt: skip
    paging = PageRules(None, None)
    case: Case = "as_is"
    statuses: Mapping[str, int] = {
        "listed": 200, "read": 200, "created": 201, "updated": 200, "deleted": 200, "accepted": 202,
    }  # fmt: skip
    takes_singular = False
    login = PLAIN
    socket = PLAIN_SOCKET
    lenient = True
    database_step = "db"

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        del application
        return (f"/{version}" if version else "",)

    def rewrite(self, request: Request, collections: Mapping[str, str]) -> Request:
        """A POST may name another method in a header, and a body may be that of a form."""
        del collections
        override = request.headers.get("x-http-method-override")
        if override and override.strip() and request.method == "POST":
            request = replace(request, method=override.strip().upper())
        media = request.headers.get("content-type")
        if media is None or media.partition(";")[0].strip().lower() != FORM:
            return request
        said: dict[str, list[str]] = {}
        for name, value in read_form(request):
            said.setdefault(name, []).append(value)
        fields = {name: values if len(values) > 1 else values[0] for name, values in said.items()}
        headers = {**request.headers, "content-type": "application/json"}
        return replace(request, headers=headers, body=orjson.dumps(fields))

    def aliases(self, resource: str) -> Sequence[Alias]:
        del resource
        return ()

    def read_query(self, query: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
        own: dict[str, str] = {}
        read: list[Parameter] = []
        for name, value in query:
            if name in _OWN:
                if value.strip():
                    own.setdefault(name, value)
            elif is_json(name, value):
                read += read_json_parameter(name, value, _NAMES)
            else:
                read.append(Parameter(name, value, name))
        if "_sort" in own:
            read.append(Parameter("_sort", _order(own["_sort"], own.get("_order", "")), "_sort"))
        if "q" in own:
            read.append(Parameter("q", own["q"], "q"))
        return [*read, *_window(own)]

    def accepts(self, ranges: tuple[str, ...]) -> bool:
        return accepts_json(ranges)

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        listed = outcome.listed
        if listed is not None:
            total = ("X-Total-Count", str(listed.total))
            headers = (total, content_range(outcome.resource, listed), *_links(listed, place))
            return Written(status, listed.items, headers)
        location = (("Location", outcome.location),) if outcome.location else ()
        return Written(status, outcome.item, location, has_body=status != 204)

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        """`{}` for what is not there; the family has no shape for anything else, so it is one that clients can show."""
        del place
        if status == 404:
            return Written(status, {})
        body: dict[str, Json] = {"error": problem.title, "message": problem.detail}
        if problem.details:
            body["details"] = problem.details
        if problem.errors:
            body["errors"] = {error.name: error.detail for error in problem.errors}
        return Written(status, body)
