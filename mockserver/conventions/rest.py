"""`rest`: the generic RESTful specification. Bare documents and arrays, totals and links in headers, RFC 9457 problems.

*Source* seed document 003_e2429982b67a01ad; RFC 9457 for problems, RFC 8288 for `Link`.
"""

from collections.abc import Mapping, Sequence

from mockserver.conventions.base import Alias, Headers, Place, Written, accepts_json, as_said, conventions, neighbours
from mockserver.conventions.login import PLAIN
from mockserver.conventions.socket import PLAIN as PLAIN_SOCKET
from mockserver.definitions.manner import Case
from mockserver.errors import Problem
from mockserver.messages import Json, Outcome, Request
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Spelling


def _link(addresses: Mapping[str, str]) -> Headers:
    if not addresses:
        return ()
    return (("Link", ", ".join(f'<{address}>; rel="{rel}"' for rel, address in addresses.items())),)


@conventions.register("rest")
class Rest:
    """Plural nouns below a version, statuses that say what happened."""

    name = "rest"
    spelling = Spelling(any_case=True)
    paging = PageRules(20, 100)
    case: Case = "as_is"
    statuses: Mapping[str, int] = {
        "listed": 200, "read": 200, "created": 201, "updated": 201, "deleted": 204, "accepted": 202,
    }  # fmt: skip
    takes_singular = True
    login = PLAIN
    socket = PLAIN_SOCKET
    lenient = False
    database_step = ""

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        del application
        return (f"/{version}" if version else "",)

    def rewrite(self, request: Request, collections: Mapping[str, str]) -> Request:
        del collections
        return request

    def aliases(self, resource: str) -> Sequence[Alias]:
        del resource
        return ()

    def read_query(self, query: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
        return as_said(query)

    def accepts(self, ranges: tuple[str, ...]) -> bool:
        return accepts_json(ranges)

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        if outcome.listed is not None:
            total = ("X-Total-Count", str(outcome.listed.total))
            return Written(status, outcome.listed.items, (total, *_link(neighbours(outcome.listed, place))))
        location = (("Location", outcome.location),) if outcome.location else ()
        if status == 204:
            return Written(status, headers=location, has_body=False)
        above = {"collection": outcome.collection, "up": outcome.up}
        links = _link({rel: place.origin + path for rel, path in above.items() if path})
        return Written(status, outcome.item, (*location, *links))

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        errors: list[Json] = [
            {"parameter": error.parameter, "detail": error.detail} if error.parameter
            else {"pointer": f"#{error.pointer}", "detail": error.detail}
            for error in problem.errors
        ]  # fmt: skip
        body: dict[str, Json] = {
            "type": "about:blank",
            "title": problem.title,
            "status": status,
            "detail": problem.detail,
            "instance": place.path,
        }
        if problem.details:
            body["details"] = problem.details
        if errors:
            body["errors"] = errors
        return Written(status, body, media_type="application/problem+json")
