"""`linkis`: the style of Apache Linkis. `{method, status, message, data}` below two prefixes on the same data.

*Source* seed document 000_d212b2e637d1f864 (API Specification); `totalPage` holds the number of records, as there.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from mockserver.conventions.base import Alias, Headers, Place, Written, accepts_json, as_said, conventions, cursor_link
from mockserver.conventions.login import Grant, LoginManner, Person, Profile
from mockserver.conventions.socket import SocketManner, code_of
from mockserver.definitions.manner import Case
from mockserver.errors import Problem
from mockserver.messages import Json, Outcome, Request
from mockserver.query.parameters import Parameter
from mockserver.query.spelling import PageRules, Spelling

_WARNED: Final = 206
_WARNING: Final = 4
"""What was done with a warning: the HTTP status, and that of the envelope."""


def _envelope(place: Place, code: int, message: str, data: Json) -> dict[str, Json]:
    return {"method": place.path, "status": code, "message": message, "data": data}


def _info(person: Person | None) -> dict[str, Json]:
    return {} if person is None else {"userName": person.name, "isAdmin": "admin" in person.roles}


def _granted(grant: Grant) -> Json:
    """Who it is; the token goes along as a cookie, and here only where the definition has another scheme."""
    return _info(grant.person) if grant.is_cookie else {**_info(grant.person), "token": grant.token}


LOGIN: Final = LoginManner(
    scheme="cookie",
    cookie="linkis_user_session_ticket_id_v1",
    ttl_s=7200,
    base=None,
    login=("POST /user/login",),
    logout=("GET /user/logout", "POST /user/logout"),
    refresh=(),
    heartbeat=("GET /user/heartbeat",),
    me=Profile("me", ("GET /user/userInfo",), is_open=False, write=_info),
    users=("userName",),
    passwords=("password", "passwd"),
    refreshes=("refreshToken",),
    write_grant=_granted,
    write_renewal=_granted,
    # The web console asks before it shows its form; passwords travel as they are.
    further=(
        Profile("public key", ("GET /user/publicKey",), is_open=True, write=lambda _: {"enableLoginEncrypt": False}),
    ),
    signature=("token-code", "token-user"),
    messages={
        "login": "Login successful(登录成功)！",
        "logout": "Logout successful(退出登录成功)！",
        "heartbeat": "Maintain heartbeat success(维系心跳成功)！",
    },
)


@conventions.register("linkis")
class Linkis:
    """`/api/rest_j/{version}/{application}` and `/api/rest_s/…`; HTTP statuses follow the envelope's."""

    name = "linkis"
    spelling = Spelling({"pageNow": "page", "pageSize": "size"})
    paging = PageRules(20, 100)
    case: Case = "as_is"
    statuses: Mapping[str, int] = {
        "listed": 200, "read": 200, "created": 200, "updated": 200, "deleted": 200, "accepted": 200,
        "bad_request": 400, "unauthenticated": 401, "login_failed": 400, "forbidden": 403, "not_found": 400,
        "gone": 400, "conflict": 400, "precondition_failed": 412, "precondition_required": 412, "invalid": 412,
    }  # fmt: skip
    takes_singular = False
    login = LOGIN
    # Whoever is not logged in is told so by each answer, and may log in over the socket.
    socket = SocketManner(("/ws/api/:application/connect",), is_envelope=True, takes_strangers=True)
    lenient = False
    database_step = ""

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        end = "/".join(("", version or "v1", *([application] if application else [])))
        return (f"/api/rest_j{end}", f"/api/rest_s{end}")

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
        headers: Headers = (("Location", outcome.location),) if outcome.location else ()
        data: Json = outcome.item if isinstance(outcome.item, dict) else {}
        if isinstance(outcome.item, list):
            data = {outcome.resource: outcome.item}
        if outcome.listed is not None:
            data = {outcome.resource: outcome.listed.items, "totalPage": outcome.listed.total}
            headers = cursor_link(outcome.listed, place)
        code = _WARNING if status == _WARNED else 0
        return Written(status, _envelope(place, code, outcome.message or "OK", data), headers)

    def write_problem(self, problem: Problem, status: int, place: Place) -> Written:
        # The detail names the first of several flaws; the message is the one place there is for all of them.
        flaws = [f"{error.name} {error.detail}" for error in problem.errors]
        message = "; ".join(flaws) if len(flaws) > 1 and problem.details is None else problem.detail
        message = f"{message} {problem.details}" if problem.details else message
        data: Json = {"stack": f"{type(problem).__name__}: {message}\n\tat {place.path}"} if place.stack else {}
        return Written(status, _envelope(place, code_of(problem.slug), message, data))
