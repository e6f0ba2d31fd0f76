"""`abp`: the style of ASP.NET Boilerplate. Everything in one envelope, with `__abp` in it for the family's own clients.

*Source* seed document 004_b8cc93c16dfc206d; names and envelope as the framework's Ajax response writes them.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from mockserver.conventions.abp_service import rewrite_service, service_aliases
from mockserver.conventions.base import Alias, Place, Written, as_said, conventions, cursor_link, words
from mockserver.conventions.login import Grant, LoginManner, Person, Profile
from mockserver.conventions.socket import PLAIN as PLAIN_SOCKET
from mockserver.definitions.manner import Case
from mockserver.errors import BadRequest, Invalid, Problem
from mockserver.messages import Json, Outcome, Request
from mockserver.query.parameters import Parameter
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


_UNAUTHORIZED: Final = ("unauthenticated", "login_failed", "forbidden")

_LANGUAGE: Final[dict[str, Json]] = {
    "name": "en", "displayName": "English", "icon": "famfamfam-flags us", "isDefault": True, "isDisabled": False,
    "isRightToLeft": False,
}  # fmt: skip


def _user_id(person: Person) -> Json:
    return person.claims.get("id", person.number)


def _renewed(grant: Grant) -> dict[str, Json]:
    return {"accessToken": grant.token, "encryptedAccessToken": grant.token, "expireInSeconds": grant.lives_s}


def _granted(grant: Grant) -> Json:
    return {**_renewed(grant), "refreshToken": grant.refresh, "userId": _user_id(grant.person)}


def _session(person: Person | None) -> Json:
    """What a start page asks for; without a login it has no user."""
    application: Json = {"version": "1.0.0", "releaseDate": "2026-01-01T00:00:00", "features": {}}
    if person is None:
        return {"application": application, "user": None, "tenant": None}
    claims = person.claims
    user: Json = {
        "id": _user_id(person),
        "name": claims.get("firstName", person.name),
        "surname": claims.get("surname", ""),
        "userName": person.name,
        "emailAddress": claims.get("email", ""),
    }
    return {"application": application, "user": user, "tenant": None}


def _configuration(person: Person | None) -> Json:
    """What an app is configured by before it starts; a role is a permission of its name."""
    granted: dict[str, Json] = dict.fromkeys(person.roles, "true") if person is not None else {}
    session: Json = {
        "userId": None if person is None else _user_id(person),
        "tenantId": None,
        "impersonatorUserId": None,
        "impersonatorTenantId": None,
        "multiTenancySide": 2,
    }
    return {
        "multiTenancy": {
            "isEnabled": False,
            "ignoreFeatureCheckForHostUsers": False,
            "sides": {"host": 2, "tenant": 1},
        },
        "session": session,
        "localization": {
            "currentCulture": {"name": "en", "displayName": "English"},
            "languages": [_LANGUAGE],
            "currentLanguage": _LANGUAGE,
            "sources": [],
            "values": {},
        },
        "features": {"allFeatures": {}},
        "auth": {"allPermissions": granted, "grantedPermissions": granted},
        "nav": {"menus": {}},
        "setting": {"values": {}},
        "clock": {"provider": "utcClockProvider"},
        "timing": {
            "timeZoneInfo": {
                "windows": {
                    "timeZoneId": "UTC",
                    "baseUtcOffsetInMilliseconds": 0,
                    "currentUtcOffsetInMilliseconds": 0,
                    "isDaylightSavingTimeNow": False,
                },
                "iana": {"timeZoneId": "Etc/UTC"},
            }
        },
        "security": {"antiForgery": {"tokenCookieName": "XSRF-TOKEN", "tokenHeaderName": "X-XSRF-TOKEN"}},
        "custom": {},
    }


LOGIN: Final = LoginManner(
    scheme="bearer",
    cookie="Abp.AuthToken",
    ttl_s=86_400,
    # The framework's own services stand beside whatever versions an API has.
    base="",
    login=("POST /api/TokenAuth/Authenticate",),
    logout=("GET /api/TokenAuth/LogOut", "POST /api/TokenAuth/LogOut"),
    refresh=("POST /api/TokenAuth/RefreshToken",),
    heartbeat=(),
    me=Profile(
        "session",
        (
            "GET /api/services/app/Session/GetCurrentLoginInformations",
            "GET /api/services/app/session/GetCurrentLoginInformations",
        ),
        is_open=True,
        write=_session,
    ),
    users=("userNameOrEmailAddress",),
    passwords=("password",),
    refreshes=("refreshToken",),
    write_grant=_granted,
    write_renewal=_renewed,
    further=(Profile("configuration", ("GET /AbpUserConfiguration/GetAll",), is_open=True, write=_configuration),),
)


@conventions.register("abp")
class Abp:
    """`/api/{version}`, `{result, success, error}`, `{totalCount, items}`."""

    name = "abp"
    spelling = Spelling(
        {"sorting": "sorting", "filter": "search", "keyword": "search"}, any_case=True, any_case_bodies=True, least=1
    )
    paging = PageRules(10, 100)
    case: Case = "camel"
    statuses: Mapping[str, int] = {
        "listed": 200, "read": 200, "created": 200, "updated": 200, "deleted": 200, "accepted": 202,
        "gone": 404, "invalid": 400,
    }  # fmt: skip
    takes_singular = False
    login = LOGIN
    socket = PLAIN_SOCKET
    lenient = False
    database_step = ""

    def prefixes(self, version: str | None, application: str | None) -> tuple[str, ...]:
        del application
        return (f"/api/{version}" if version else "/api",)

    def rewrite(self, request: Request, collections: Mapping[str, str]) -> Request:
        return rewrite_service(request, collections)

    def aliases(self, resource: str) -> Sequence[Alias]:
        return service_aliases(resource)

    def read_query(self, query: Sequence[tuple[str, str]]) -> Sequence[Parameter]:
        return as_said(query)

    def accepts(self, ranges: tuple[str, ...]) -> bool:
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
        message = "Your request is not valid!" if is_validation and problem.details is None else problem.detail
        details: Json = None
        if problem.slug == "login_failed":
            message, details = "Login failed!", problem.detail
        if is_validation:
            lines = "".join(f" - {message}\r\n" for _, message in flaws)
            details = f"The following errors were detected during validation.\r\n{lines}"
        validation: list[Json] = [{"message": message, "members": [name]} for name, message in flaws]
        error: dict[str, Json] = {
            "code": 0,
            "message": message,
            "details": problem.details or details,
            "validationErrors": validation or None,
        }
        return Written(status, _envelope(None, error, unauthorized=problem.slug in _UNAUTHORIZED))
