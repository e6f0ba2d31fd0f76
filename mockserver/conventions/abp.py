"""`abp`: the style of ASP.NET Boilerplate. Everything in one envelope, with `__abp` in it for the family's own clients.

*Source* seed document 004_b8cc93c16dfc206d; names and envelope as the framework's Ajax response writes them.
"""

from collections.abc import Mapping, Sequence

from mockserver.conventions.base import Place, Written, conventions, cursor_link, words
from mockserver.definitions.model import Case
from mockserver.errors import BadRequest, Invalid, Problem
from mockserver.messages import Json, Outcome, Request
from mockserver.query.spelling import PageRules, Spelling


def _envelope(result: Json, error: Json, *, unauthorized: bool = False) -> dict[str, Json]:
    return {
        "result": result,
        "targetUrl": None,
        "success": error is None,
        "error": error,
        "unAuthorizedRequest": unauthorized,
        "__abp": True,
    }


@conventions.register("abp")
class Abp:
    """`/api/{version}`, `{result, success, error}`, `{totalCount, items}`."""

    name = "abp"
    spelling = Spelling({"sorting": "sorting", "keyword": "search"}, any_case=True, least=1)
    paging = PageRules(10, 100)
    case: Case = "camel"
    statuses: Mapping[str, int] = {
        "listed": 200, "read": 200, "created": 200, "updated": 200, "deleted": 200, "accepted": 202,
        "gone": 404, "invalid": 400,
    }  # fmt: skip
    takes_singular = False

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        del application
        return (f"/api/{version}" if version else "/api",)

    def rewrite(self, request: Request, collections: Mapping[str, str]) -> Request:
        del collections
        return request

    def accepts(self, ranges: Sequence[str]) -> bool:
        """The family's clients ask for `text/plain` and read JSON; so any wish is met with it."""
        del ranges
        return True

    def write(self, outcome: Outcome, status: int, place: Place) -> Written:
        location = (("Location", outcome.location),) if outcome.location else ()
        if outcome.listed is not None:
            listed: dict[str, Json] = {"totalCount": outcome.listed.total, "items": outcome.listed.items}
            return Written(status, _envelope(listed, None), cursor_link(outcome.listed, place))
        result = None if outcome.done == "deleted" else outcome.item
        return Written(status, _envelope(result, None), location)

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        del place
        flaws = [(error.name, f"{words(error.name)} {error.detail}") for error in problem.errors]
        is_validation = isinstance(problem, Invalid | BadRequest) and bool(flaws)
        details: Json = None
        if is_validation:
            lines = "".join(f" - {message}\r\n" for _, message in flaws)
            details = f"The following errors were detected during validation.\r\n{lines}"
        validation: list[Json] = [{"message": message, "members": [name]} for name, message in flaws]
        error: dict[str, Json] = {
            "code": 0,
            "message": "Your request is not valid!" if is_validation else problem.detail,
            "details": details,
            "validationErrors": validation or None,
        }
        return Written(status, _envelope(None, error, unauthorized=problem.slug in ("unauthenticated", "forbidden")))
