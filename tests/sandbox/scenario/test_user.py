"""Who sends nothing of themselves is the scenario's user, over every transport, and nobody else is."""

from typing import Any

import pytest

from mockserver.messages import Request
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble, direct
from tests.realtime.channel.party import Guest
from tests.realtime.heard import asking, connected, deliver, streaming

DEFINITION = """
mock: 1
api: {version: v1}
auth:
  users:
    ada: {token: a, password: lovelace, roles: [keeper], claims: {zoo: 1}}
    bob: {token: b, roles: [visitor], claims: {zoo: 2}}
  public: [GET /zoos]
  rules:
    - {route: DELETE /animals/*, roles: keeper}
    - {route: GET /animals, roles: [keeper, visitor], where: row.zoo_id == user.zoo}
    - {route: GET /animals/*, roles: [keeper, visitor], where: row.zoo_id == user.zoo}
resources:
  zoos: {count: 2, fields: {id: {seq: 1}, name: {value: "", type: string}}}
  animals: {count: 6, fields: {id: {seq: 1}, zoo_id: {enum: [1, 2]}, name: {value: "", type: string}}}
channels:
  c: {path: /c, auth: true, open: {send: {user: "${user.name}"}}, receive: {send: {user: "${user.name}"}}}
"""
BOB = "Authorization: Bearer b"
WRONG = "Authorization: Bearer x"


@pytest.fixture
def service() -> AssembledInstance:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service).below("/v1")


def me(client: Client, *headers: str) -> Any:
    answer = client.get("/me", *headers)
    return answer.json["name"] if answer.status == 200 else answer.status


def zoos_of(client: Client, *headers: str) -> set[int]:
    return {row["zoo_id"] for row in client.get("/animals", *headers).json}


def test_requests_without_credentials_are_the_users(service: AssembledInstance, client: Client) -> None:
    assert client.get("/animals").status == 401
    service.sandbox.user = "ada"
    assert (me(client), zoos_of(client), client.delete("/animals/1").status) == ("ada", {1}, 204)
    service.sandbox.user = "bob"
    assert (me(client), zoos_of(client), client.delete("/animals/2").status) == ("bob", {2}, 403)
    service.sandbox.user = ""
    assert (me(client), client.get("/animals").status) == (401, 401)


def test_credentials_are_believed_right_or_wrong(service: AssembledInstance, client: Client) -> None:
    service.sandbox.user = "ada"
    assert (me(client, BOB), zoos_of(client, BOB)) == ("bob", {2})
    assert me(client, WRONG) == 401
    assert client.get("/animals?access_token=x").status == 401
    assert client.get("/zoos", WRONG).status == 200


def test_a_login_is_another_users(service: AssembledInstance, client: Client) -> None:
    service.sandbox.user = "bob"
    token = client.post("/login", {"username": "ada", "password": "lovelace"}).json["token"]
    assert me(client, f"Authorization: Bearer {token}") == "ada"
    assert client.post("/logout", {}, f"Authorization: Bearer {token}").status == 204
    assert me(client, f"Authorization: Bearer {token}") == 401
    assert client.post("/logout", {}).status == 204
    assert me(client) == "bob"


@pytest.mark.parametrize("scheme", ["bearer", "basic", "jwt", "cookie", "header"])
def test_every_scheme_can_be_without_credentials(scheme: str) -> None:
    text = f"mock: 1\nauth: {{scheme: {scheme}, users: {{ada: {{password: x}}}}}}\nresources: {{a: {{count: 1}}}}\n"
    service = assemble(text)
    assert direct(service).get("/a").status == 401
    service.sandbox.user = "ada"
    assert direct(service).get("/a").status == 200


def test_a_user_that_there_is_not_is_nobody(service: AssembledInstance, client: Client) -> None:
    service.sandbox.user = "eve"
    assert client.get("/animals").status == 401


def test_faults_can_ask_who_it_is(service: AssembledInstance) -> None:
    request = Request("GET", "/v1/animals", (), {"host": "mock.test"})
    service.sandbox.user = "ada"
    assert service.occasion(request, "request", "http").user() == "ada"


def test_who_listens_becomes_another_with_the_user(service: AssembledInstance, client: Client) -> None:
    service.sandbox.user = "ada"
    listeners = [connected(service, "/v1/events/ws"), streaming(service, "/v1/events/sse")]
    as_bob = connected(service, "/v1/events/ws", BOB)

    def rename(key: int, name: str) -> None:
        assert client.patch(f"/animals/{key}", {"name": name}, "Authorization: Bearer a").status in {201, 404}

    one = client.get("/animals", "Authorization: Bearer a").json[0]["id"]
    other = client.get("/animals", BOB).json[0]["id"]
    rename(one, "x")
    assert [len(listener.catch_up()) for listener in (*listeners, as_bob)] == [1, 1, 0]
    service.sandbox.user = "bob"
    client.patch(f"/animals/{other}", {"name": "y"}, BOB)
    assert [len(listener.catch_up()) for listener in (*listeners, as_bob)] == [2, 2, 1]
    assert [listener.session.user for listener in listeners] == ["bob", "bob"]
    service.sandbox.user = ""
    client.patch(f"/animals/{other}", {"name": "z"}, BOB)
    deliver(service)
    assert [listener.heard.closed is not None for listener in (*listeners, as_bob)] == [True, True, False]


def test_commands_are_the_users(service: AssembledInstance) -> None:
    service.sandbox.user = "ada"
    listener = connected(service, "/v1/events/ws")
    assert listener.say("GET /v1/me")["data"]["name"] == "ada"
    service.sandbox.user = "bob"
    assert listener.say("GET /v1/me")["data"]["name"] == "bob"


def test_channels_are_the_users(service: AssembledInstance) -> None:
    service.sandbox.user = "ada"
    guest = Guest(service.connect(asking("/c")))
    guest.opening.session.open(guest.wire)
    service.sandbox.user = "bob"
    assert guest.say({}) == [{"user": "ada"}, {"user": "bob"}]
    service.sandbox.user = ""
    assert guest.say({}) == [("close", 4401, "You are not logged in.")]
