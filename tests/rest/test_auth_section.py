"""What can be wrong with the section `auth`: each thing at its line and column, with what to write instead."""

from typing import TypeAlias

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError
from mockserver.server.assemble import prepare
from tests.hint import own_hint

Said: TypeAlias = tuple[str, str, str]
RESOURCES = """mock: 1
api: {version: v1}
actions: {feed: {route: POST /feedings, do: [{create: animals}]}}
resources:
  zoos: {fields: {name: company, city: city}}
  animals:
    fields: {name: first_name, owner: user_name, zoo_id: {ref: zoos}, chip: {object: {code: uuid4}}}
  settings: {singleton: true, fields: {colour: color_name}}
"""
USERS = """auth:
  users:
    ada: {token: a-token, password: lovelace, roles: [vet], claims: {zoo: 1}}
    bob: {token: b-token, roles: keeper}
"""
LINE = 1 + (RESOURCES + USERS).count("\n")


def problems(text: str) -> list[Said]:
    """Line and column, problem and hint of everything that is wrong."""
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, "d.yaml"))
    return [(str(one.position).removeprefix("d.yaml:"), one.problem, own_hint(one)) for one in raised.value.problems]


RULES: list[tuple[str, int, str, str]] = [
    ("{route: DELETE /animals/*, roles: [vets]}", 37, "no user has the role 'vets'", "did you mean 'vet'?"),
    ("{route: DELETE /animals/*, roles: vets}", 36, "no user has the role 'vets'", "did you mean 'vet'?"),
    ("{route: DELETE /animal/*}", 10, "no route of this API is like '/animal/*'", "did you mean '/animals'?"),
    (
        "{route: [GET /animals, DELETE /v1/animals]}", 25, "no route of this API is like '/v1/animals'",
        "leave out /v1: routes are relative to it",
    ),
    (
        "{route: PUT /animals}", 10, "there is no PUT at '/animals'",
        "there is GET, HEAD, POST, PATCH, DELETE, OPTIONS",
    ),
    ("{route: GET /settings/:id}", 10, "no route of this API is like '/settings/:id'", "did you mean '/settings'?"),
    (
        "{route: GET /animals/:id/zoos}", 10, "no route of this API is like '/animals/:id/zoos'",
        "did you mean '/animals/:id'?",
    ),
    ("{route: POST /feeding}", 10, "no route of this API is like '/feeding'", "did you mean '/feedings'?"),
    ("{route: GET /animals, where: ownr == 1}", 31, "'ownr' is not known in 'ownr == 1'", "did you mean 'owner'?"),
    (
        "{route: GET /animals, where: row.ownr == 1}", 31, "'ownr' is not a field of 'animals' in 'row.ownr == 1'",
        "did you mean 'owner'?",
    ),
    (
        "{route: GET /animals, where: zoo.cty == 1}", 31, "'cty' is not a field of 'zoos' in 'zoo.cty == 1'",
        "did you mean 'city'?",
    ),
    (
        "{route: GET /animals, where: chip.cod == 1}", 31, "'cod' is not a field of 'chip' in 'chip.cod == 1'",
        "did you mean 'code'?",
    ),
    (
        "{route: GET /animals, where: owner.foo == 1}", 31, "'foo' is not a field of 'owner' in 'owner.foo == 1'", "",
    ),
    (
        "{route: GET /animals, where: chip.code.x == 1}", 31, "'x' is not a field of 'code' in 'chip.code.x == 1'", "",
    ),
    ("{route: GET /animals, where: usr.x == 1}", 31, "'usr' is not known in 'usr.x == 1'", "did you mean 'user'?"),
    ("{route: GET /animals, where: id == user.zo}", 31, "no user has 'zo' in 'id == user.zo'", "did you mean 'zoo'?"),
    (
        "{route: GET /animals, where: id == user.claims.zo}", 31, "no user has 'zo' in 'id == user.claims.zo'",
        "did you mean 'zoo'?",
    ),
    (
        "{route: ANY *, where: owner == user.name}", 24, "'owner' is not a field of 'zoos' in 'owner == user.name'",
        "known here: city, id, name",
    ),
    ("{route: POST /feedings, where: id == 1}", 33, "the route has no rows to filter", "name routes of a resource"),
    (
        "{route: GET /animals, where: '${id == 1} and true'}", 31,
        "'${id == 1} and true' can't be read: unexpected char '$' at 4", "",
    ),
    ("{route: GET /animals, where: id ==}", 31, "'id ==' can't be read: unexpected ')'", ""),
    ("{rout: GET /animals}", 2, "the key 'route' is missing", ""),
    ("{route: GOT /animals}", 10, "'GOT' is no method", "did you mean 'GET'?"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "column", "problem", "hint"), RULES, ids=[rule[0] for rule in RULES])
def test_a_wrong_rule_is_told_where_and_what(rule: str, column: int, problem: str, hint: str) -> None:
    text = f"{RESOURCES}{USERS}  rules:\n  - {rule}\n"
    assert problems(text)[0] == (f"{LINE + 1}:{column + 3}", problem, hint)


SECTIONS: list[tuple[str, str, str, str]] = [
    ("public: [GET /animal]", "12", "no route of this API is like '/animal'", "did you mean '/animals'?"),
    ("public: GOT *", "11", "'GOT' is no method", "did you mean 'GET'?"),
    ("scheme: bearrer", "11", "there is no scheme 'bearrer'", "did you mean 'bearer'?"),
    ("secret: x", "3", "the scheme 'bearer' has no 'secret'", "remove it"),
    ("{scheme: cookie, cookie: a b}", "11", "'a b' can't be the name of a header or cookie", "letters, digits and -"),
    ("{scheme: header, header: Cookie}", "11", "'Cookie' has a meaning of its own", "name another, like X-API-Key"),
    (
        "{scheme: jwt, algorithm: none}", "14", "should be 'HS256', 'HS384' or 'HS512', not 'none'",
        "known here: HS256, HS384, HS512",
    ),
    ("login: {ttl: 0s}", "16", "should be at least 1s, and in units up to w", "e.g. 15m, 1h, 2w"),
    ("login: {route: GET /login}", "18", "GET can't carry a password", "use POST"),
    (
        "login: {route: POST /animals}", "18", "'POST /animals' of the login would hide the resource 'animals'",
        "e.g. login: {route: POST /auth/login}",
    ),
    (
        "login: {logout: POST /feedings}", "19", "'POST /feedings' of the login is 'POST /feedings' too",
        "e.g. login: {logout: POST /auth/logout}",
    ),
    ("login: {me: GET /who/:id}", "15", "'GET /who/:id' is more than one route", "e.g. login: {me: GET /auth/me}"),
    ("login: {rute: POST /x}", "11", "there is no key 'rute' here", "did you mean 'route'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "problem", "hint"), SECTIONS, ids=[section[0] for section in SECTIONS])
def test_a_wrong_part_is_told_where_and_what(text: str, column: str, problem: str, hint: str) -> None:
    parts = text.strip("{}").split(", ") if text.startswith("{") else [text]
    found = problems(RESOURCES + USERS + "".join(f"  {part}\n" for part in parts))[0]
    assert found == (f"{LINE + len(parts) - 1}:{column}", problem, hint)


ALONE: list[tuple[str, str, str, str]] = [
    ("", "6", "should be a mapping, not null", ""),
    (
        "{}", "1", "has no users, so that nobody could log in",
        "e.g. users: {ada: {password: lovelace, roles: [admin]}}",
    ),
    (
        "{users: {ada: {}}}", "16", "'ada' has neither token nor password",
        "a token that never expires, or a password to log in with",
    ),
    ("{scheme: basic, users: {ada: {token: x}}}", "31", "'ada' needs a password for the scheme 'basic'", "password: …"),
    ("{users: {ada: {token: 123}}}", "29", "should be text, not 123", "put it in quotes: '123'"),
    ("{users: {ada: {password: 1.5}}}", "32", "should be text, not 1.5", "put it in quotes: '1.5'"),
    ("{users: {ada: {password: ''}}}", "32", "should not be empty", ""),
    (
        "{users: {ada: {token: x}, bob: {token: x}}}", "46", "'bob' and 'ada' have one token", "give each their own",
    ),
    (
        "{users: {ada: {token: a b}}}", "29", "is no token that a header can carry",
        "letters, digits and . _ ~ + / = : @ -",
    ),
    ("{users: {ada: {password: {any: x}}}}", "32", "the key 'any_but' is missing", ""),
    ("{users: {12: {password: x}}}", "16", "'12' can't be a key here", "put it in quotes: '12'"),
    ("{users: {'a:b': {password: x}}}", "16", "'a:b' can't be a name here", "use letters, digits, _ and -"),
    ("{scheme: jwt, users: {ada: {password: x, claims: {exp: 5}}}}", "57", "'exp' is the token's own", "rename it"),
    (
        "{users: {ada: {password: x, claims: {a: {1: 2}}}}}", "43", "should be values that JSON can hold",
        "keys are text, numbers at most 64 bits",
    ),
    (
        "{scheme: basic, users: {ada: {password: x}}, login: {ttl: 5m}}", "52", "the scheme 'basic' has no login",
        "every request carries the password; remove it, or take another scheme",
    ),
    (
        "{users: {ada: {token: x}}, login: {ttl: 5m}}", "34", "nobody has a password to log in with",
        "give a user a password, or take it out: a token needs no login",
    ),
    ("{users: {ada: {pasword: x}}}", "22", "there is no key 'pasword' here", "did you mean 'password'?"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "column", "problem", "hint"), ALONE, ids=[section[0] for section in ALONE])
def test_wrong_users_are_told_where_and_what(text: str, column: str, problem: str, hint: str) -> None:
    line = 1 + RESOURCES.count("\n")
    assert problems(f"{RESOURCES}auth: {text}\n")[0] == (f"{line}:{column}", problem, hint)


@pytest.mark.parametrize(
    "rules",
    [
        "[{route: GET *, roles: vet}, {route: GET /animals, roles: vet}]",
        "[{route: ANY /animals/*}, {route: PATCH /animals/:id, roles: vet}]",
        "[{route: ANY /animals/:id}, {route: DELETE /animals/7, roles: vet}]",
        "[{route: GET /zoos}, {route: ANY *}, {route: [HEAD /zoos, GET /animals]}]",
        "[{route: GET /zoos}, {route: GET /zoos, roles: vet}]",
        "[{route: GET /zoos, roles: [vet, keeper]}, {route: GET /zoos, roles: vet}]",
    ],
)
def test_a_rule_that_can_not_decide_is_told(rules: str) -> None:
    said = "never decides: rules[0] comes first and matches whatever it does"
    column = len("  rules: ") + rules.rindex("route: ") + len("route: ") + 1
    found = problems(f"{RESOURCES}{USERS}  rules: {rules}\n")
    assert found == [(f"{LINE}:{column}", said, "put it before that one, or take it out")]


@pytest.mark.parametrize(
    "rules",
    [
        "[{route: GET /zoos, roles: vet}, {route: GET /zoos, roles: keeper}, {route: GET *}]",
        "[{route: GET /animals/:id}, {route: GET /animals/*}, {route: ANY /animals}, {route: ANY *}]",
        "[{route: GET /animals}, {route: [GET /animals, GET /zoos]}, {route: POST /zoos}, {route: ANY /zoos}]",
        "[{route: GET /zoos, roles: vet}, {route: GET /zoos}]",
    ],
)
def test_a_rule_that_decides_of_something_is_right(rules: str) -> None:
    prepare(parse_source(f"{RESOURCES}{USERS}  rules: {rules}\n", "d.yaml"))


def test_everything_wrong_is_said_at_once() -> None:
    text = f"{RESOURCES}{USERS}  public: [GET /zo]\n  rules: [{{route: GET /anmals}}, {{route: GET /zoos, roles: x}}]\n"
    assert [one[1] for one in problems(text)] == [
        "no route of this API is like '/zo'", "no route of this API is like '/anmals'", "no user has the role 'x'",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rule",
    [
        "{route: ANY *}",
        "{route: GET /zoos/:id/animals/*, where: owner == user.name}",
        "{route: [GET /animals, GET /animals/:id], where: zoo.city == 'x' and row.chip.code != user.zoo}",
        "{route: PATCH /animals, roles: [vet, keeper]}",
        "{route: GET /*/:id/animals, where: name == user.claims.zoo}",
        "{route: PATCH /settings, where: 'colour != user.roles[0]'}",
        "{route: POST /feedings, roles: vet}",
        "{route: GET /me}",
        "{route: HEAD /zoos}",
    ],
)
def test_a_right_rule_is_taken(rule: str) -> None:
    prepared = prepare(parse_source(f"{RESOURCES}{USERS}  rules: [{rule}]\n", "d.yaml"))
    assert prepared.policy is not None
    assert len(prepared.policy.rules.rules) == 1


def test_foreign_tokens_may_bring_claims_and_need_no_users() -> None:
    rule = "{route: GET /animals, where: owner == user.department, roles: [surgeon]}"
    prepare(parse_source(f"{RESOURCES}auth: {{scheme: jwt, secret: abc, rules: [{rule}]}}\n", "d.yaml"))
