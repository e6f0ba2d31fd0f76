"""Actions and who calls them: rules hold for their routes, lists show what the caller may see, steps see all."""

import pytest

from tests.client import Client, serving

DEFINITION = """\
mock: 1
seed: 5
api: {version: v1}
auth:
  scheme: bearer
  users:
    ada: {token: t-ada, roles: [teller], claims: {branch: north}}
    bob: {token: t-bob}
    eve: {token: t-eve, roles: [auditor]}
  public: [GET /open]
  rules:
    - {route: POST /audit, roles: [auditor]}
    - {route: [ANY /accounts, ANY /accounts/*], where: "row.owner == user.name"}
resources:
  accounts:
    rows: [{id: 1, owner: ada, balance: 5}, {id: 2, owner: bob, balance: 5}]
    fields:
      id: {seq: 1}
      owner: {faker: word}
      balance: {int: [1, 9], min: 0}
      status: {enum: [new, cancelled], default: new}
actions:
  open: {route: GET /open, reply: {body: "${user.name if user else 'nobody'}"}}
  who:
    route: GET /who
    reply: {body: ["${user.name}", "${user.roles}", "${user.claims.branch}", "${'teller' in user.roles}"]}
  audit: {route: POST /audit, reply: {body: 1}}
  mine: {route: GET /mine, do: [{list: accounts}]}
  give:
    route: POST /give
    body: {to: {ref: accounts, required: true}}
    do: [{update: accounts, id: "${body.to}", set: {balance: "${row.balance + 1}"}, as: given}]
    reply: {body: "${given.balance}"}
  begin:
    route: POST /begin
    job:
      resource: accounts
      set: {owner: "${user.name}"}
      outcomes: {never: {when: false, at: 1s}}
      cancel: POST /stop/:id
"""
ADA, BOB = "Authorization: Bearer t-ada", "Authorization: Bearer t-bob"


@pytest.fixture
def api() -> Client:
    return serving(DEFINITION).below("/v1")


def test_a_route_asks_for_a_login_unless_it_is_public(api: Client) -> None:
    assert api.get("/who").status == 401
    assert api.get("/open").json == "nobody"
    assert api.get("/open", ADA).json == "ada"


def test_expressions_know_the_user(api: Client) -> None:
    assert api.get("/who", ADA).json == ["ada", ["teller"], "north", True]
    assert api.get("/who", BOB).json == ["bob", [], None, False]


def test_rules_hold_for_the_routes_of_actions(api: Client) -> None:
    assert api.post("/audit", {}, ADA).status == 403
    assert api.post("/audit", {}).status == 401


def test_a_list_shows_what_the_caller_may_see(api: Client) -> None:
    assert [one["owner"] for one in api.get("/mine", ADA).json] == ["ada"]
    assert [one["owner"] for one in api.get("/mine", BOB).json] == ["bob"]


def test_steps_see_everything(api: Client) -> None:
    assert api.get("/accounts/2", ADA).status == 404
    assert api.post("/give", {"to": 2}, ADA).json == 6


def test_only_who_sees_a_job_cancels_it(api: Client) -> None:
    number = api.post("/begin", b"", ADA).json["id"]
    assert api.post(f"/stop/{number}", b"", BOB).status == 404
    assert api.post(f"/stop/{number}", b"").status == 401
    assert api.post(f"/stop/{number}", b"", ADA).json["status"] == "cancelled"
