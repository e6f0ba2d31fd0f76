"""`simple-rest`: the style of react-admin's simple REST provider. Bare documents, totals in `Content-Range`.

*Source* ra-data-simple-rest; of an error it shows `message`, and `errors` by field in a form.
"""

from collections.abc import Mapping, Sequence

from mockserver.conventions.base import Alias, Headers, Place, Written, accepts_json, conventions, cursor_link
from mockserver.conventions.json_query import NAMES, content_range, read_json_parameter
from mockserver.conventions.login import PLAIN
from mockserver.conventions.socket import PLAIN as PLAIN_SOCKET
from mockserver.definitions.manner import Case
from mockserver.errors import Problem
from mockserver.messages import Json, Outcome, Request
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Spelling

_NAMES: Mapping[str, str] = {"sort": "sort", "offset": "offset", "limit": "limit"}


@conventions.register("simple-rest")
class SimpleRest:
    """`sort=["id","ASC"]&range=[0,9]&filter={"id":[1,2]}&embed=["author"]`; no default page, no largest one."""

    name = "simple-rest"
    spelling = Spelling()
    paging = PageRules(None, None)
    case: Case = "as_is"
    statuses: Mapping[str, int] = {
        "listed": 200, "read": 200, "created": 201, "updated": 200, "deleted": 200, "accepted": 202,
    }  # fmt: skip
    takes_singular = False
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
        read: list[Parameter] = []
        for name, value in query:
            # `sort=-title` and `embed=author` are the neutral spellings.
            if name in NAMES and (name not in ("sort", "embed") or value.lstrip()[:1] in ("[", '"', "{")):
                read += read_json_parameter(name, value, _NAMES)
            else:
                read.append(Parameter(name, value, name))
        return read

    def accepts(self, ranges: tuple[str, ...]) -> bool:
        return accepts_json(ranges)

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        if outcome.listed is not None:
            headers: Headers = (content_range(outcome.resource, outcome.listed), *cursor_link(outcome.listed, place))
            return Written(status, outcome.listed.items, headers)
        location = (("Location", outcome.location),) if outcome.location else ()
        return Written(status, outcome.item, location, has_body=status != 204)

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        del place
        body: dict[str, Json] = {"message": problem.detail}
        if problem.details:
            body["details"] = problem.details
        if problem.errors:
            body["errors"] = {error.name: error.detail for error in problem.errors}
        return Written(status, body)
