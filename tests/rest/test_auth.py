"""Who is let in by the rules of a definition, what counts as credentials, and what is forbidden by name."""

import json
import time
from base64 import b64encode, urlsafe_b64encode
from typing import Any

import jwt
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.rest.auth.session import KEPT, Session, Sessions, digest_of
from tests.client import Client, assemble, direct, serving
from tests.server.wire import Answer

RESOURCES = """
resources:
  zoos: {count: 3, fields: {name: company}}
  animals:
    fields: {id: {seq: 1}, name: {faker: first_name}, zoo_id: {ref: zoos}, keeper: {faker: user_name}}
    rows:
      - {id: 1, name: Leo, zoo_id: 1, keeper: ada}
      - {id: 2, name: Mia, zoo_id: 1, keeper: bob}
      - {id: 3, name: Rex, zoo_id: 2, keeper: ada}
      - {id: 4, name: Sue, zoo_id: 3, keeper: null}
  salaries: {count: 4, fields: {zoo_id: {ref: zoos}, amount: {int: [1, 9]}}}
  notes: {count: 2, delete: soft, fields: {text: {faker: word, nullable: true}}}
"""
USERS = """
mock: 1
auth:
  users:
    ada: {token: ada, password: lovelace, roles: [vet], claims: {email: ada@example.org}}
    bob: {token: bob, password: {any_but: [wrong, falsch]}, roles: [keeper]}
    cyd: {token: cyd}
"""
ADA, BOB, CYD = ("Authorization: Bearer ada", "Authorization: Bearer bob", "Authorization: Bearer cyd")


def zoo(section: str = "", users: str = USERS) -> Client:
    return serving(users + section + RESOURCES)


def statuses(client: Client, method: str, path: str, *who: str, body: object = None) -> list[int]:
    """The statuses that each of these gets, nobody being an empty line."""
    sent = {} if method in ("GET", "HEAD", "DELETE") else {"body": body}
    return [client.ask(method, path, *([line] if line else []), **sent).status for line in who]


def test_without_rules_whoever_is_logged_in_may_do_everything() -> None:
    client = zoo()
    assert statuses(client, "GET", "/animals", "", CYD) == [401, 200]
    assert statuses(client, "DELETE", "/animals/1", "", CYD) == [401, 204]


@pytest.mark.parametrize(
    ("scheme", "header"),
    [
        ("bearer", "Authorization"), ("basic", "Authorization"), ("jwt", "Authorization"), ("cookie", "Cookie"),
        ("header", "X-API-Key"),
    ],
)  # fmt: skip
def test_answers_tell_caches_where_credentials_stand(scheme: str, header: str) -> None:
    client = serving(f"auth: {{scheme: {scheme}, users: {{ada: {{password: x}}}}, public: [GET /zoos]}}{RESOURCES}")
    assert client.get("/zoos").headers["vary"] == header
    tag = client.get("/zoos").headers["etag"]
    assert client.get("/zoos", f"If-None-Match: {tag}").headers["vary"] == header
    refused = client.get("/animals")
    assert (refused.status, refused.headers["vary"]) == (401, header)
    assert client.get("/zoos", "Accept: text/html").headers["vary"] == f"Accept, {header}"
    assert "vary" not in serving(f"mock: 1{RESOURCES}").get("/zoos").headers


def test_a_login_whose_answer_could_not_be_read_is_none() -> None:
    service = assemble(USERS + RESOURCES)
    sent = {"username": "ada", "password": "lovelace"}
    assert direct(service).post("/login", sent, "Accept: text/html").status == 406
    assert len(service.sandbox.sessions) == 0
    assert direct(service).post("/login", sent).status == 200
    assert len(service.sandbox.sessions) == 1


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/a/b"])
def test_an_action_for_every_path_asks_for_a_login_at_the_prefix_too(path: str) -> None:
    client = serving(f"{USERS}api: {{version: v1}}\nactions: {{all: {{route: GET *, reply: {{body: 1}}}}}}{RESOURCES}")
    assert statuses(client, "GET", path, "", CYD) == [401, 200]


def test_public_routes_need_nobody_and_others_do() -> None:
    client = zoo("  public: [GET *]\n")
    assert statuses(client, "GET", "/animals/1", "", CYD) == [200, 200]
    assert statuses(client, "HEAD", "/animals/1", "", CYD) == [200, 200]
    assert statuses(client, "POST", "/animals", "", CYD, body={}) == [401, 201]
    assert statuses(client, "GET", "/me", "", CYD) == [401, 200], "that it is public makes nobody somebody"


def test_wrong_credentials_on_a_public_route_are_none() -> None:
    assert statuses(zoo("  public: [GET *]\n"), "GET", "/animals", "Authorization: Bearer gone") == [200]


def test_the_first_rule_that_matches_decides() -> None:
    client = zoo("  rules:\n    - {route: DELETE /animals/3}\n    - {route: DELETE /animals/*, roles: [vet, keeper]}\n")
    assert statuses(client, "DELETE", "/animals/1", CYD, BOB) == [403, 204]
    assert statuses(client, "DELETE", "/animals/3", CYD) == [204]
    assert statuses(client, "DELETE", "/animals/2", ADA) == [204]


def test_rules_of_one_route_are_for_one_role_each() -> None:
    client = zoo(
        "  rules:\n"
        "    - {route: GET /animals, roles: vet}\n"
        '    - {route: GET /animals, roles: keeper, where: "${keeper == user.name}"}\n'
        "    - {route: GET *, roles: [vet, keeper]}\n"
    )
    assert [client.get("/animals", who).headers.get("x-total-count") for who in (ADA, BOB)] == ["4", "1"]
    assert statuses(client, "GET", "/animals/1", ADA, BOB) == [200, 404]
    assert "rules[0]" in client.get("/animals", CYD).json["detail"]


def test_a_refusal_names_its_rule() -> None:
    answer = zoo("  rules: [{route: GET /zoos}, {route: [PUT /zoos/:id, DELETE /zoos/*], roles: [vet]}]\n").delete(
        "/zoos/1", BOB
    )
    assert answer.json["detail"] == "You may not do this (rules[1]: PUT /zoos/:id, DELETE /zoos/* is for vet)."


def test_no_rule_is_got_round_by_another_spelling_of_the_path() -> None:
    client = zoo("  rules: [{route: DELETE /animals/*, roles: [vet]}, {route: 'ANY /zoos/2', roles: [vet]}]\n")
    for path in ("/animals/1", "/animals/01", "/Animal/1", "/zoos/1/animals/1", "/animals?id=1", "/animals?q=a"):
        assert client.delete(path, BOB).status == 403, path
    assert client.delete("/zoos/1/animals?id=1", BOB).status == 403
    assert statuses(client, "GET", "/zoos/02", BOB, ADA) == [403, 200]


def test_a_closer_rule_closes_a_part_of_what_is_public() -> None:
    client = zoo("  public: [GET *]\n  rules: [{route: [GET /salaries, GET /salaries/*], roles: [vet]}]\n")
    assert statuses(client, "GET", "/salaries", "", BOB, ADA) == [401, 403, 200]
    assert statuses(client, "GET", "/zoos/1/salaries", "", BOB, ADA) == [401, 403, 200]
    assert statuses(client, "GET", "/animals", "", BOB) == [200, 200]
    assert client.get("/zoos/1?embed=salaries", BOB).json["salaries"] == []


def test_a_public_route_opens_a_part_of_what_a_wide_rule_closes() -> None:
    client = zoo("  public: [GET /animals, GET /animals/:id]\n  rules: [{route: ANY *, roles: [vet]}]\n")
    assert statuses(client, "GET", "/animals", "", CYD, ADA) == [200, 200, 200]
    assert statuses(client, "GET", "/zoos", "", CYD, ADA) == [401, 403, 200]
    assert statuses(client, "DELETE", "/animals/1", "", CYD, ADA) == [401, 403, 204]
    assert client.get("/animals/2?embed=zoo").json["zoo"] is None


def test_a_filter_holds_for_visitors_too() -> None:
    client = zoo(
        "  public: [GET /animals, GET /animals/*]\n"
        "  rules: [{route: [GET /animals, GET /animals/*], where: zoo_id == 1 or keeper == user.name}]\n"
    )
    assert names(client.get("/animals")) == ["Leo", "Mia", "Sue"], "the name of nobody is null, and so is a keeper"
    assert names(client.get("/animals", ADA)) == ["Leo", "Mia", "Rex"]
    assert statuses(client, "GET", "/animals/3", "", BOB, ADA) == [404, 404, 200]


def names(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.body
    return [row["name"] for row in answer.json]


def test_a_soft_deletion_is_restored_by_those_who_may() -> None:
    client = zoo("  rules: [{route: POST /notes/*, roles: [vet]}]\n")
    assert client.delete("/notes/1", BOB).status == 204
    assert statuses(client, "POST", "/notes/1/restore", "", BOB, ADA) == [401, 403, 201]


def test_roles_need_no_list_and_one_of_them_is_enough() -> None:
    users = USERS.replace("roles: [keeper]", "roles: keeper").replace("roles: [vet]", "roles: [vet, boss]")
    client = zoo("  rules: [{route: GET /zoos, roles: boss}]\n", users)
    assert statuses(client, "GET", "/zoos", ADA, BOB, CYD) == [200, 403, 403]


@pytest.mark.parametrize(
    "line",
    [
        "Authorization: Bearer", "Authorization: Bearer  ", "Authorization: bearer nobody", "Authorization: Basic YWRh",
        "Authorization: ada", "Authorization: Bearer ada, Bearer bob", "Authorization: Bearer ada bob",
        "Authorization: Bearer " + "x" * 5000, "Authorization: Bearer \u00fc\u00ff", "Cookie: session=ada",
        "X-API-Key: ada",
    ],
)  # fmt: skip
def test_what_is_no_credential_lets_nobody_in(line: str) -> None:
    answer = zoo().get("/animals", line)
    assert (answer.status, answer.headers["www-authenticate"].partition(" ")[0]) == (401, "Bearer")


@pytest.mark.parametrize("line", ["authorization: bearer ada", "AUTHORIZATION:   BEARER   ada  "])
def test_letter_case_and_blanks_do_not_matter(line: str) -> None:
    assert zoo().get("/animals", line).status == 200


def basic(text: str) -> str:
    return f"Authorization: Basic {b64encode(text.encode()).decode()}"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (basic("ada:lovelace"), 200), (basic("ada:wrong"), 401), (basic("ada"), 401), (basic(":lovelace"), 401),
        (basic(""), 401), ("Authorization: Basic ???", 401), ("Authorization: Basic", 401),
        (basic("jörg:pässwörd:x"), 200),
        ("Authorization: basic " + b64encode(b"ada:lovelace").decode(), 200), ("Authorization: Bearer ada", 401),
        (f"Authorization: Basic {b64encode(b'ada:' + bytes([255])).decode()}", 401),
    ],
)  # fmt: skip
def test_basic_credentials(line: str, status: int) -> None:
    users = "mock: 1\nauth:\n  scheme: basic\n  users: {ada: {password: lovelace}, jörg: {password: 'pässwörd:x'}}\n"
    answer = zoo(users=users).get("/animals", line)
    assert answer.status == status
    if status == 401:
        assert answer.headers["www-authenticate"] == 'Basic realm="Mock", charset="UTF-8"'


def test_a_header_and_a_cookie_have_the_name_they_are_given() -> None:
    header = zoo(users="mock: 1\nauth: {scheme: header, header: X-Zoo, users: {ada: {token: ada}}}\n")
    assert statuses(header, "GET", "/animals", "X-Zoo: ada", "X-API-Key: ada", "x-zoo: bob") == [200, 401, 401]
    cookie = zoo(users="mock: 1\nauth: {scheme: cookie, cookie: sid, users: {ada: {token: ada}}}\n")
    lines = (
        "Cookie: sid=ada",
        "Cookie: a=b; sid=ada; c=d",
        'Cookie: sid="ada"',
        "Cookie: sid=x; sid=ada",
        "Cookie: sid=x",
    )
    assert statuses(cookie, "GET", "/animals", *lines, "Cookie: session=ada") == [200, 200, 200, 200, 401, 401]


def test_any_password_but_some() -> None:
    client = zoo()
    tried = [
        client.post("/login", {"username": "bob", "password": one}).status for one in ("x", "wrong", "falsch", "Wrong")
    ]
    assert tried == [200, 401, 401, 200]
    assert client.post("/login", {"username": "bob", "password": ""}).status == 422


def test_a_login_takes_the_address_and_other_names_of_its_members() -> None:
    client = zoo()
    for name in ("username", "name", "user", "email"):
        assert client.post("/login", {name: "ada@example.org", "password": "lovelace", "remember": True}).status == 200
    other = zoo("  login: {route: PUT /sessions, me: GET /whoami, fields: {user: who, password: pin}}\n")
    assert other.put("/sessions", {"who": "ada", "pin": "lovelace"}).json["user"]["name"] == "ada"
    assert other.put("/sessions", {"username": "ada", "password": "lovelace"}).status == 422
    assert other.get("/whoami", ADA).json == {"email": "ada@example.org", "name": "ada", "roles": ["vet"]}
    assert other.get("/me", ADA).status == 404


def test_a_login_answers_all_that_front_ends_read() -> None:
    answer = zoo().post("/login", {"username": "ada", "password": "lovelace"}).json
    token, refresh = answer.pop("access_token"), answer.pop("refresh_token")
    assert token != refresh
    assert answer == {
        "token": token, "token_type": "Bearer", "expires_in": 3600,
        "user": {"email": "ada@example.org", "name": "ada", "roles": ["vet"]},
    }  # fmt: skip


def test_two_runs_of_the_same_logins_give_the_same_tokens() -> None:
    runs = []
    for _ in range(2):
        client = zoo()
        logins = [
            client.post("/login", {"username": one, "password": "lovelace"}).json for one in ("ada", "bob", "ada")
        ]
        runs.append([one["access_token"] for one in logins])
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 3


def test_a_login_repeats_its_answer_for_a_key_that_was_used() -> None:
    client = zoo()
    first, second = (
        client.post("/login", {"username": "ada", "password": "lovelace"}, "Idempotency-Key: k1") for _ in range(2)
    )
    assert first.body == second.body


def test_what_is_sent_again_with_a_renewed_token_is_the_same_request() -> None:
    client = zoo()
    tokens = [client.post("/login", {"username": "ada", "password": "lovelace"}).json["token"] for _ in range(2)]
    first, second = (
        client.post(f"/animals?access_token={token}", {"name": "Leo"}, "Idempotency-Key: k2") for token in tokens
    )
    assert tokens[0] != tokens[1]
    assert first.status == 201
    assert first.body == second.body


def test_users_that_leave_the_definition_are_logged_out() -> None:
    service = assemble(USERS + RESOURCES)
    client = direct(service)
    token = client.post("/login", {"username": "ada", "password": "lovelace"}).json["token"]
    other = assemble(USERS.replace("    ada: ", "    ann: ") + RESOURCES)
    service.replace(service.stage(other._prepared))
    assert client.get("/animals", f"Authorization: Bearer {token}").status == 401
    assert client.get("/animals", ADA).json, "the token that is declared is somebody else's now"


def test_an_expression_that_fails_is_our_failure_and_names_its_line() -> None:
    client = zoo("  rules:\n    - {route: GET /animals, where: keeper > 5}\n")
    for path in ("/animals", "/animals/1", "/zoos/1?embed=animals"):
        answer = client.get(path, ADA)
        assert answer.status == 500
        assert answer.json["detail"].startswith("The rule's 'where' has no value: 'keeper > 5': ")
        assert answer.json["detail"].endswith("(test.yaml:9).")


def test_sessions_are_bounded_and_the_oldest_go() -> None:
    sessions, now = Sessions(1), assemble(RESOURCES).sandbox.clock.now()
    for number in range(KEPT + 5):
        sessions.open(Session("ada", digest_of(f"a{number}"), digest_of(f"r{number}"), now, now))
    assert len(sessions) == KEPT
    assert [sessions.find(f"a{number}") is None for number in (4, 5)] == [True, False]
    assert [sessions.spend(f"r{number}") is None for number in (4, 5)] == [True, False]
    for number in range(KEPT + 5):
        sessions.revoke(f"{number}")
    assert [sessions.is_revoked(f"{number}") for number in (4, 5)] == [False, True]


JWT = "mock: 1\nauth: {scheme: jwt, secret: s3cret, users: {ada: {password: lovelace, roles: [vet]}}, RULES}\n".replace(
    "RULES", "rules: [{route: GET /salaries, roles: [vet]}]"
)


def signed(claims: dict[str, Any], key: str = "s3cret", algorithm: str = "HS256") -> str:
    """A token as another server would make it."""
    header = urlsafe_b64encode(json.dumps({"alg": algorithm, "typ": "JWT"}).encode()).rstrip(b"=")
    body = urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=")
    if algorithm.lower() == "none":
        return f"{header.decode()}.{body.decode()}."
    signature = jwt.get_algorithm_by_name(algorithm).sign(header + b"." + body, key.encode())
    return ".".join(part.decode() for part in (header, body, urlsafe_b64encode(signature).rstrip(b"=")))


NOW = int(time.time())
DAY_S = 24 * 3600
"""Longer than any run of the tests: what is said here is said before all others have run."""


@pytest.mark.parametrize(
    ("token", "status"),
    [
        (signed({"sub": "ada"}), 200),
        (signed({"sub": "eve", "roles": ["vet"]}), 200),
        (
            signed(
                {"sub": "eve", "roles": "vet", "exp": NOW + DAY_S, "nbf": NOW - 5, "aud": "zoo", "iss": "elsewhere"}
            ),
            200,
        ),
        (signed({"sub": "eve"}), 403),
        (signed({"sub": "ada", "roles": []}), 403),
        (signed({"sub": "ada", "exp": NOW - 60}), 401),
        (signed({"sub": "ada", "nbf": NOW + DAY_S}), 401),
        (signed({"sub": "ada", "exp": "soon"}), 401),
        (signed({"sub": "ada", "exp": None}), 401),
        (signed({"sub": "ada", "exp": True}), 401),
        (signed({"sub": 1}), 401),
        (signed({}), 401),
        (signed({"sub": "ada"}, key="other"), 401),
        (signed({"sub": "ada"}, algorithm="HS512"), 401),
        (signed({"sub": "ada"}, algorithm="none"), 401),
        (signed({"sub": "ada"}, algorithm="NONE"), 401),
        (signed({"sub": "ada"})[:-3], 401),
        (signed({"sub": "ada"}) + ".x", 401),
        ("a.b.c", 401),
        ("..", 401),
        (f"{urlsafe_b64encode(b'[' * 9000).decode()}.e30.x", 401),
        ("x" * 8000, 401),
    ],
)
def test_sealed_tokens_are_believed_by_their_seal_alone(token: str, status: int) -> None:
    answer = zoo(users=JWT).get("/salaries", f"Authorization: Bearer {token}")
    assert answer.status == status
    assert token[:20].encode() not in answer.body


def test_a_sealed_token_is_taken_back_by_a_logout_however_it_is_spelled() -> None:
    client = zoo(users=JWT)
    for token in (
        client.post("/login", {"username": "ada", "password": "lovelace"}).json["token"],
        signed({"sub": "ada"}),
    ):
        assert client.post("/logout", b"", f"Authorization: Bearer {token}").status == 204
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        last = alphabet.index(token[-1])
        for spelled in (token, token[:-1] + alphabet[last ^ 1], token + "="):
            assert client.get("/salaries", f"Authorization: Bearer {spelled}").status == 401


def test_sealed_tokens_expire_on_the_clock_of_the_sandbox() -> None:
    service = assemble(JWT + RESOURCES)
    client = direct(service)
    line = "Authorization: Bearer " + client.post("/login", {"username": "ada", "password": "lovelace"}).json["token"]
    assert client.get("/salaries", line).status == 200
    service.sandbox.clock.advance(3601)
    answer = client.get("/salaries", line)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == (
        'Bearer realm="Mock", error="invalid_token", error_description="The token has expired"'
    )


LINKIS = """
mock: 1
api: {convention: linkis, application: project}
auth: {users: {hadoop: {token: BML-AUTH, password: {any_but: wrong}, roles: [admin]}}}
resources: {projects: {count: 2, fields: {name: word}}}
"""


def test_linkis_logs_in_as_its_document_says() -> None:
    client = serving(LINKIS).below("/api/rest_j/v1")
    nobody = client.get("/project/projects")
    assert (nobody.status, nobody.json["status"], nobody.json["data"]) == (401, -1, {})
    assert nobody.json["method"] == "/api/rest_j/v1/project/projects"
    wrong = client.post("/user/login", {"userName": "hadoop", "password": "wrong"})
    assert (wrong.status, wrong.json["status"]) == (400, 1)
    right = client.post("/user/login", {"userName": "hadoop", "password": "anything"})
    assert (right.status, right.json["status"], right.json["message"]) == (200, 0, "Login successful(登录成功)！")
    assert right.json["data"] == {"userName": "hadoop", "isAdmin": True}
    cookie = right.headers["set-cookie"]
    assert cookie.startswith("linkis_user_session_ticket_id_v1=")
    assert "; Path=/;" in cookie
    line = f"Cookie: {cookie.partition(';')[0]}"
    assert client.get("/project/projects", line).json["status"] == 0
    assert client.below("/api/rest_s/v1").get("/project/projects", line).json["status"] == 0
    assert client.get("/user/userInfo", line).json["data"]["userName"] == "hadoop"
    assert client.get("/user/publicKey").json["data"] == {"enableLoginEncrypt": False}
    out = client.get("/user/logout", line)
    assert (out.json["status"], out.headers["set-cookie"].partition(";")[0]) == (0, "linkis_user_session_ticket_id_v1=")
    assert client.get("/project/projects", line).json["status"] == -1


@pytest.mark.parametrize("scheme", ["", "scheme: bearer, ", "scheme: jwt, "])
def test_linkis_takes_a_token_and_its_user_whatever_the_scheme(scheme: str) -> None:
    client = serving(LINKIS.replace("{users", f"{{{scheme}users")).below("/api/rest_j/v1")
    pairs = [("BML-AUTH", "hadoop", 200), ("BML-AUTH", "root", 401), ("x", "hadoop", 401), ("", "", 401)]
    for code, user, status in pairs:
        assert client.get("/project/projects", f"Token-Code: {code}", f"Token-User: {user}").status == status
    assert client.get("/project/projects", "Token-Code: BML-AUTH").status == 401


def test_a_heartbeat_lets_a_login_go_on() -> None:
    service = assemble(LINKIS)
    client = direct(service).below("/api/rest_j/v1/user")
    cookie = client.post("/login", {"userName": "hadoop", "password": "x"}).headers["set-cookie"].partition(";")[0]
    for _ in range(3):
        service.sandbox.clock.advance(7000)
        assert client.get("/heartbeat", f"Cookie: {cookie}").json["status"] == 0
    service.sandbox.clock.advance(7201)
    assert client.get("/heartbeat", f"Cookie: {cookie}").json["status"] == -1


def test_abp_logs_in_and_starts_as_its_clients_do() -> None:
    client = serving(USERS.replace("mock: 1", "mock: 1\napi: {convention: abp, version: v1}") + RESOURCES)
    session = "/api/services/app/Session/GetCurrentLoginInformations"
    assert client.get(session).json["result"]["user"] is None
    shouted = {"USERNAMEOREMAILADDRESS": "ada", "Password": "lovelace"}
    assert client.post("/api/TokenAuth/Authenticate", shouted).status == 200
    sent = {"userNameOrEmailAddress": "ada@example.org", "password": "lovelace", "rememberClient": True}
    answer = client.post("/api/TokenAuth/Authenticate", sent).json
    result = answer["result"]
    assert (answer["success"], result["expireInSeconds"], result["userId"]) == (True, 86_400, 1)
    assert result["accessToken"] == result["encryptedAccessToken"]
    line = f"Authorization: Bearer {result['accessToken']}"
    assert client.get(session, line).json["result"]["user"] == {
        "id": 1, "name": "ada", "surname": "", "userName": "ada", "emailAddress": "ada@example.org",
    }  # fmt: skip
    assert client.get("/api/v1/animals", line).status == 200
    assert client.get("/api/services/app/Animal/GetAll", line).json["result"]["totalCount"] == 4
    refused = client.get("/api/services/app/Animal/GetAll")
    assert (refused.status, refused.json["unAuthorizedRequest"]) == (401, True)
    renewed = client.ask("POST", f"/api/TokenAuth/RefreshToken?refreshToken={result['refreshToken']}").json["result"]
    assert set(renewed) == {"accessToken", "encryptedAccessToken", "expireInSeconds"}
    wrong = client.post("/api/TokenAuth/Authenticate", {**sent, "password": "no"})
    assert (wrong.status, wrong.json["unAuthorizedRequest"]) == (401, True)
    assert wrong.json["error"]["message"] == "Login failed!"
    configuration = client.get("/AbpUserConfiguration/GetAll", line).json["result"]
    assert configuration["session"]["userId"] == 1
    assert configuration["auth"]["grantedPermissions"] == {"vet": "true"}


@given(st.text(max_size=60), st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3))
def test_whatever_is_sent_to_a_login_gets_an_answer_of_its_own(line: str, body: dict[str, str]) -> None:
    client = zoo()
    printable = "".join(char for char in line if char.isprintable() and ord(char) < 256)
    assert client.get("/animals", f"Authorization: {printable}").status in (200, 401)
    assert client.post("/login", orjson.dumps(body)).status in (401, 422)
    assert client.post("/refresh", line.encode(), "Content-Type: application/x-www-form-urlencoded").status in (
        400,
        401,
        422,
    )


def test_a_picture_is_a_part_of_its_document() -> None:
    users = USERS + "  rules: [{route: GET /animals/:id, roles: [vet]}, {route: GET /zoos, where: name == user.name}]\n"
    client = serving(
        users + "resources:\n  animals: {fields: {id: {seq: 1}, photo: {image: [20, 10]}}}\n"
        "  zoos: {count: 2, fields: {name: {value: ada}, plan: {image: [20, 10]}}}\n"
    )
    assert statuses(client, "GET", "/animals/1/photo", "", BOB, ADA) == [401, 403, 200]
    assert statuses(client, "GET", "/zoos/1/plan", "", BOB, ADA) == [401, 404, 200]


@pytest.mark.parametrize(
    ("method", "path", "template", "allowed"),
    [
        ("PUT", "/animals/1/paper", "/animals/{id}/paper", 201),
        ("DELETE", "/animals/1/paper", "/animals/{id}/paper", 404),
        ("PATCH", "/animals?id=1", "/animals", 201),
        ("PATCH", "/animals/1", "/animals/{id}", 201),
    ],
)
def test_whoever_may_not_change_a_document_may_not_by_any_way_and_is_told_so_by_the_document(
    method: str, path: str, template: str, allowed: int
) -> None:
    service = assemble(
        USERS + "  rules: [{route: PATCH /animals/:id, roles: [vet]}]\n"
        "resources: {animals: {fields: {id: {seq: 1}, paper: {file: {max: 1KiB}}, n: {int: [1, 9]}}, count: 2}}\n"
    )
    client = direct(service)
    body = b"paper" if method == "PUT" else {"n": 5}
    sent = {} if method == "DELETE" else {"body": body}
    lines = ["Content-Type: application/pdf"] if method == "PUT" else []
    assert [client.ask(method, path, *lines, *who, **sent).status for who in ((), (BOB,))] == [401, 403]
    assert client.ask(method, path, *lines, ADA, **sent).status == allowed
    document: Any = service.openapi("http://localhost:8000")
    described = document["paths"][template]
    assert {"401", "403"} <= described[method.lower()]["responses"].keys()
    assert "403" not in described["get"]["responses"]


def test_the_rules_hold_for_the_other_addresses_of_a_resource() -> None:
    users = USERS.replace("mock: 1", "mock: 1\napi: {convention: abp, version: v1}")
    client = serving(
        users + "  rules: [{route: DELETE /animals/*, roles: [vet]}, {route: GET /zoos, roles: [vet]}]\n" + RESOURCES
    )
    for method, path in (
        ("DELETE", "/api/services/app/Animal/Delete?Id=1"), ("DELETE", "/api/services/app/animal/delete?id=1"),
        ("GET", "/api/services/app/Zoo/GetAll"),
    ):  # fmt: skip
        assert statuses(client, method, path, "", BOB) == [401, 403]
    database = serving(
        USERS.replace("mock: 1", "mock: 1\napi: {convention: json-server}")
        + "  rules: [{route: GET /zoos, roles: [vet]}, {route: GET /zoos/*, roles: [vet]}]\n"
        + RESOURCES
    )
    assert statuses(database, "GET", "/db", "", BOB) == [401, 200]
    assert database.get("/db", BOB).json["zoos"] == []
    assert len(database.get("/db", ADA).json["zoos"]) == 3
