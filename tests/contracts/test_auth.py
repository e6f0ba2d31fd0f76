"""What a login and rules come to in every convention with every scheme: who is let in, and what the others are told."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
import pytest

from mockserver.conventions.base import conventions
from mockserver.rest.auth.policy import Policy, Spot
from mockserver.rest.auth.scheme import NameAndPassword, Token, schemes
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct
from tests.server.wire import Answer

TTL_S = 900
DEFINITION = """
mock: 1
name: A "quoted" käse
seed: 7
api: {version: v1, application: shop, case: as_is}
auth:
  scheme: %s
  users:
    ada: {token: ada-static, password: lovelace, roles: [boss], claims: {team: 1, email: ada@example.org}}
    bob: {token: bob-static, password: builder, claims: {team: 2}}
    cyd: {token: cyd-static, password: charisse, roles: owner}
  rules:
    - {route: "DELETE /orders/*", roles: [boss, owner]}
    - {route: [ANY /orders, ANY /orders/*], where: team_id == user.team}
%s
resources:
  teams: {count: 3, fields: {name: company}}
  orders:
    fields:
      id: {seq: 1}
      team_id: {ref: teams}
      total: {int: [1, 9], default: 1}
    rows:
      - {id: 1, team_id: 1, total: 4}
      - {id: 2, team_id: 2, total: 5}
      - {id: 3, team_id: 1, total: 6}
"""
LOGIN = "  login: {ttl: 15m, refresh_ttl: 1h, refresh: POST /renewals}"


def definition(scheme: str) -> str:
    return DEFINITION % (scheme, "" if scheme == "basic" else LOGIN)


@dataclass(frozen=True)
class Api:
    """One definition served in one convention with one scheme."""

    service: AssembledInstance
    client: Client
    scheme: str

    @property
    def policy(self) -> Policy:
        policy = self.service.policy
        assert policy is not None
        return policy

    @property
    def issues(self) -> bool:
        return self.policy.scheme.needs == "token"

    def static(self, user: str = "ada") -> str:
        """The header line that says who somebody is without logging in."""
        section = self.policy.accounts[user].section
        if not self.issues:
            assert isinstance(section.password, str)
            return self.policy.scheme.show(NameAndPassword(user, section.password))
        return self.policy.scheme.show(Token(section.token or ""))

    def wrong(self) -> str:
        return self.policy.scheme.show(Token("nobodys") if self.issues else NameAndPassword("ada", "nobodys"))

    def ask(self, spot: Spot, body: Any = None, *headers: str) -> Answer:
        method = spot.routes[0].method
        sent = {} if body is None else {"body": body}
        return direct(self.service).ask(method, spot.path, *headers, **sent)

    def log_in(self, user: str = "ada", known: str = "lovelace") -> Answer:
        entrance = self.policy.entrance
        return self.ask(entrance.login, {entrance.users[0]: user, entrance.passwords[0]: known})

    def line(self, answer: Answer) -> str:
        """The header line that a browser or a page makes of the answer of a login."""
        cookie = answer.headers.get("set-cookie")
        if cookie is not None:
            assert cookie.endswith(f"; Path=/; Max-Age={TTL_S}; HttpOnly; SameSite=Lax")
            return f"Cookie: theme=dark; {cookie.partition(';')[0]}"
        return self.policy.scheme.show(Token(found(answer.json, "access_token", "accessToken", "token")))

    def advance(self, seconds: float) -> None:
        self.service.sandbox.clock.advance(seconds)

    def is_refused(self, answer: Answer) -> bool:
        """Whether this is what somebody who is not logged in gets."""
        assert answer.status == 401
        realm = answer.headers["www-authenticate"]
        assert realm.partition(" ")[0] == {"basic": "Basic", "cookie": "Cookie", "header": "ApiKey"}.get(
            self.scheme, "Bearer"
        )
        assert 'realm="A \\"quoted\\" k?se"' in realm
        return says_so(answer, -1)

    def is_forbidden(self, answer: Answer) -> bool:
        assert answer.status == 403
        return says_so(answer, 3)


def found(value: Any, *names: str) -> str:
    """The text under one of these names, however deep."""
    if isinstance(value, dict):
        for name in names:
            if isinstance(value.get(name), str):
                return str(value[name])
        return next((inner for one in value.values() if (inner := found(one, *names))), "")
    return ""


def says_so(answer: Answer, linkis: int) -> bool:
    """Whether the body says what the status does, in the families whose clients read it there."""
    body = answer.json
    if "__abp" in body:
        return bool(body["unAuthorizedRequest"] is True and body["success"] is False)
    if "method" in body:
        return bool(body["status"] == linkis)
    return bool(body.get("status", answer.status) == answer.status)


PAIRS = [(one, scheme) for one in conventions.names() for scheme in schemes.names()]
ISSUING = [(one, scheme) for one, scheme in PAIRS if scheme != "basic"]
RENEWING = [(one, scheme) for one, scheme in ISSUING if conventions.get(one)().login.refresh]
UNSEALED = [(one, scheme) for one, scheme in ISSUING if scheme != "jwt"]
issuing, renewing, unsealed = (
    pytest.mark.parametrize("api", pairs, ids="-".join, indirect=True) for pairs in (ISSUING, RENEWING, UNSEALED)
)
"""With the schemes whose tokens a login gives; the families that renew them; the tokens that hold nothing."""


@pytest.fixture(params=PAIRS, ids="-".join)
def api(request: pytest.FixtureRequest) -> Api:
    convention, scheme = request.param
    service = assemble(definition(scheme), convention)
    prefix = service.api.convention.prefixes("v1", "shop")[0]
    return Api(service, direct(service).below(prefix), scheme)


def ids(answer: Answer) -> list[int]:
    """The orders of a list, whatever it is wrapped in."""
    assert answer.status == 200, answer.body
    body = answer.json
    while isinstance(body, dict):
        body = next(inner for name, inner in body.items() if name in ("result", "items", "data", "orders"))
    return [one["id"] for one in body]


def test_who_is_known_is_let_in(api: Api) -> None:
    assert ids(api.client.get("/orders", api.static())) == [1, 3]
    assert api.client.get("/orders/1", api.static()).status == 200


def test_nobody_is_told_to_log_in(api: Api) -> None:
    for answer in (
        api.client.get("/orders"),
        api.client.get("/teams/1"),
        api.client.post("/orders", {}),
        api.client.delete("/orders/1"),
        api.client.get("/orders/99"),
        api.client.get("/orders?nonsense=1"),
    ):
        assert api.is_refused(answer)
        assert "error" not in answer.headers["www-authenticate"]


def test_wrong_credentials_are_none_and_never_repeated(api: Api) -> None:
    answer = api.client.get("/orders", api.wrong())
    assert api.is_refused(answer)
    assert b"nobodys" not in answer.body + " ".join(answer.headers.values()).encode()
    if api.scheme in ("bearer", "jwt"):
        assert 'error="invalid_token", error_description="' in answer.headers["www-authenticate"]


def test_a_role_that_is_missing_is_named_by_its_rule(api: Api) -> None:
    answer = api.client.delete("/orders/2", api.static("bob"))
    assert api.is_forbidden(answer)
    if answer.json:
        assert b"rules[0]: DELETE /orders/* is for boss or owner" in answer.body
    assert api.client.get("/orders/2", api.static("bob")).status == 200
    assert api.client.delete("/orders/1", api.static()).status in (200, 204)


def test_rows_of_others_are_not_there(api: Api) -> None:
    missing = api.client.get("/orders/99", api.static())
    for answer in (
        api.client.get("/orders/2", api.static()),
        api.client.patch("/orders/2", {"total": 1}, api.static()),
        api.client.put("/orders/2", {"team_id": 1}, api.static()),
        api.client.delete("/orders/2", api.static()),
    ):
        assert answer.status == missing.status
    assert ids(api.client.get("/orders", api.static("bob"))) == [2]


def test_a_write_out_of_sight_is_forbidden(api: Api) -> None:
    for answer in (
        api.client.post("/orders", {"team_id": 2}, api.static()),
        api.client.patch("/orders/1", {"team_id": 2}, api.static()),
    ):
        assert api.is_forbidden(answer)
    assert len(api.service.sandbox.store["orders"]) == 3
    assert ids(api.client.get("/orders", api.static())) == [1, 3]


def test_there_is_a_login_where_it_gives_something(api: Api) -> None:
    assert api.issues == (api.scheme != "basic")
    assert bool(api.policy.entrance.login.path) == api.issues


@issuing
def test_a_login_gives_what_lets_in_until_it_expires(api: Api) -> None:
    answer = api.log_in()
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    line = api.line(answer)
    assert ids(api.client.get("/orders", line)) == [1, 3]
    api.advance(TTL_S - 1)
    assert ids(api.client.get("/orders", line)) == [1, 3]
    api.advance(1.5)
    expired = api.client.get("/orders", line)
    assert api.is_refused(expired)
    assert "expired" in expired.headers["www-authenticate"]
    assert ids(api.client.get("/orders", api.static())) == [1, 3], "a declared token never expires"


@issuing
@pytest.mark.parametrize(("user", "password"), [("ada", "l0velace"), ("nobody", "lovelace"), ("bob", "lovelace")])
def test_a_wrong_login_is_refused(api: Api, user: str, password: str) -> None:
    answer = api.log_in(user, password)
    assert answer.status == (400 if api.service.api.convention.name == "linkis" else 401)
    assert password.encode() not in answer.body
    assert "set-cookie" not in answer.headers
    if api.service.api.convention.name == "linkis":
        assert answer.json["status"] == 1


@issuing
@pytest.mark.parametrize("body", [{}, {"nonsense": 1}, [], "ada", {"username": 1, "password": ["x"]}])
def test_a_login_without_what_it_needs_is_invalid(api: Api, body: Any) -> None:
    status = api.service.api.convention.status_of("invalid", 422)
    assert api.ask(api.policy.entrance.login, body).status == status


@issuing
def test_a_login_is_a_post(api: Api) -> None:
    answer = direct(api.service).ask("DELETE", api.policy.entrance.login.path)
    assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")


@issuing
def test_forms_log_in_too(api: Api) -> None:
    entrance = api.policy.entrance
    form = f"{entrance.users[0]}=ada&{entrance.passwords[0]}=lovelace".encode()
    answer = api.ask(entrance.login, form, "Content-Type: application/x-www-form-urlencoded")
    assert ids(api.client.get("/orders", api.line(answer))) == [1, 3]


@issuing
def test_a_logout_ends_a_login_and_no_other(api: Api) -> None:
    first, second = api.line(api.log_in()), api.line(api.log_in())
    assert first != second
    answer = api.ask(api.policy.entrance.logout, b"", first)
    assert answer.status in (200, 204)
    if api.policy.scheme.is_cookie:
        assert "Max-Age=0; Expires=Thu, 01 Jan 1970" in answer.headers["set-cookie"]
    assert api.is_refused(api.client.get("/orders", first))
    assert api.is_refused(api.ask(api.policy.entrance.logout, b"", first))
    assert ids(api.client.get("/orders", second)) == [1, 3]


@renewing
def test_a_refresh_token_is_good_once_and_not_for_ever(api: Api) -> None:
    entrance = api.policy.entrance
    name = entrance.manner.refreshes[0]
    token = found(api.log_in().json, "refresh_token", "refreshToken")
    assert token
    renewed = api.ask(entrance.refresh, {name: token})
    assert ids(api.client.get("/orders", api.line(renewed))) == [1, 3]
    assert api.is_refused(api.ask(entrance.refresh, {name: token}))
    assert api.is_refused(api.ask(entrance.refresh, {name: "nobodys"}))
    late = found(api.log_in().json, "refresh_token", "refreshToken")
    api.advance(3601)
    assert api.is_refused(api.ask(entrance.refresh, {name: late}))


def test_who_is_asking_is_told(api: Api) -> None:
    answer = api.ask(api.policy.entrance.me, None, api.static())
    assert answer.status == 200
    assert found(answer.json, "userName", "name") == "ada"
    assert answer.headers["cache-control"] == "no-store"
    nobody = api.ask(api.policy.entrance.me)
    if api.policy.entrance.manner.me.is_open:
        assert nobody.json["result"]["user"] is None
    else:
        assert api.is_refused(nobody)


@unsealed
def test_a_reset_logs_everybody_out_and_repeats_the_same_tokens(api: Api) -> None:
    line = api.line(api.log_in())
    api.service.reset(["data"])
    assert api.is_refused(api.client.get("/orders", line))
    assert api.line(api.log_in()) == line


def test_options_ask_for_nobody(api: Api) -> None:
    assert api.client.ask("OPTIONS", "/orders/2").status == 204
    assert "DELETE" in api.client.ask("OPTIONS", "/orders/2").headers["allow"]


def test_tokens_of_jwt_are_read_by_any_decoder() -> None:
    service = assemble(definition("jwt").replace("  users:", "  secret: s3cret\n  users:", 1))
    answer = direct(service).post("/v1/login", {"username": "ada", "password": "lovelace"})
    token = jwt.decode_complete(answer.json["access_token"], options={"verify_signature": False})
    now = service.sandbox.clock.now()
    assert token["header"] == {"alg": "HS256", "typ": "JWT"}
    payload = token["payload"]
    jti = payload.pop("jti")
    assert isinstance(jti, str)
    until = int((now + timedelta(seconds=TTL_S)).timestamp())
    assert abs(payload.pop("exp") - until) <= 1
    assert abs(payload.pop("iat") - int(now.timestamp())) <= 1
    assert payload == {
        "iss": 'A "quoted" käse', "sub": "ada", "name": "ada", "roles": ["boss"], "team": 1, "email": "ada@example.org",
    }  # fmt: skip
