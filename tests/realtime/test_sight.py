"""Rules hold for events as they do for rows: what may not be seen is as if it were not there, and comes and goes."""

from typing import Any

import pytest

from mockserver.server.assemble import AssembledService
from tests.client import Client, assemble, direct
from tests.realtime.heard import Listening, Waiting, connected, deliver, streaming

DEFINITION = """
mock: 1
resources:
  orders:
    count: 0
    delete: soft
    fields: {id: {seq: 1}, owner: {value: null, type: string}, note: {value: null, type: string}}
  salaries: {count: 1, fields: {id: {seq: 1}, amount: {int: [1, 9]}}}
auth:
  users:
    ada: {token: t-ada, roles: [boss]}
    bob: {token: t-bob, password: builder}
    eve: {token: t-eve}
  rules:
    - {route: [GET /salaries, GET /salaries/*], roles: boss}
    - {route: [GET /orders, GET /orders/*], roles: boss}
    - {route: [GET /orders, GET /orders/*], where: row.owner == user.name}
"""
BOSS = "Authorization: Bearer t-ada"


def bearing(name: str) -> str:
    return f"Authorization: Bearer t-{name}"


@pytest.fixture
def service() -> AssembledService:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledService) -> Client:
    return direct(service)


def write(client: Client, *steps: tuple[str, str, Any]) -> None:
    for method, path, body in steps:
        answer = client.ask(method, path, BOSS, **({} if body is None else {"body": body}))
        assert answer.status < 300, answer.body


def brief(events: list[dict[str, Any]]) -> list[tuple[str, Any, Any]]:
    return [(one["action"], one["key"], one["data"].get("owner", one["data"].get("amount"))) for one in events]


TRANSITIONS = [
    ([("POST", "/orders", {"owner": "bob"})], [("created", 1, "bob")]),
    ([("POST", "/orders", {"owner": "eve"})], []),
    ([("POST", "/orders", {"owner": "eve"}), ("PATCH", "/orders/1", {"note": "x"})], []),
    (
        [("POST", "/orders", {"owner": "bob"}), ("PATCH", "/orders/1", {"note": "x"})],
        [("created", 1, "bob"), ("updated", 1, "bob")],
    ),
    (
        [("POST", "/orders", {"owner": "bob"}), ("PATCH", "/orders/1", {"owner": "eve"})],
        [("created", 1, "bob"), ("deleted", 1, "bob")],
    ),
    ([("POST", "/orders", {"owner": "eve"}), ("PATCH", "/orders/1", {"owner": "bob"})], [("created", 1, "bob")]),
    (
        [("POST", "/orders", {"owner": "bob"}), ("DELETE", "/orders/1", None)],
        [("created", 1, "bob"), ("deleted", 1, "bob")],
    ),
    ([("POST", "/orders", {"owner": "eve"}), ("DELETE", "/orders/1", None)], []),
    (
        [("POST", "/orders", {"owner": "bob"}), ("DELETE", "/orders/1", None), ("POST", "/orders/1/restore", {})],
        [("created", 1, "bob"), ("deleted", 1, "bob"), ("created", 1, "bob")],
    ),
    ([("PATCH", "/salaries/1", {"amount": 5})], []),
]


@pytest.mark.parametrize(("steps", "told"), TRANSITIONS)
def test_what_comes_into_sight_is_created_and_what_leaves_it_is_deleted(
    service: AssembledService, client: Client, steps: list[tuple[str, str, Any]], told: list[Any]
) -> None:
    windows = [connected(service, "/events/ws", bearing("bob")), streaming(service, "/events/sse", bearing("bob"))]
    waiting = Waiting(service, "/events?wait=9", bearing("bob"))
    write(client, *steps)
    for window in windows:
        assert brief(window.catch_up()) == told
    held = waiting.look()
    assert brief(held["events"] if held else []) == told
    assert brief(client.get("/events?since=start", bearing("bob")).json["events"]) == told


def test_who_may_see_everything_is_told_what_happened(service: AssembledService, client: Client) -> None:
    boss = connected(service, "/events/ws", BOSS)
    write(client, ("POST", "/orders", {"owner": "eve"}), ("PATCH", "/orders/1", {"owner": "bob"}))
    write(client, ("PATCH", "/salaries/1", {"amount": 5}))
    assert brief(boss.catch_up()) == [("created", 1, "eve"), ("updated", 1, "bob"), ("updated", 1, 5)]


def test_a_replay_is_for_those_eyes_too(service: AssembledService, client: Client) -> None:
    at = client.get("/events", BOSS).json["at"]
    write(client, ("POST", "/orders", {"owner": "eve"}), ("PATCH", "/orders/1", {"owner": "bob"}))
    bob = connected(service, f"/events/ws?since={at}", bearing("bob"))
    assert brief(bob.heard.events) == [("created", 1, "bob")]
    assert bob.heard.data("/sys/hello")["replayed"] == 1


def test_a_filter_sees_no_more_than_its_owner(service: AssembledService, client: Client) -> None:
    bob = connected(service, "/events/ws?topics=orders&note=secret", bearing("bob"))
    write(client, ("POST", "/orders", {"owner": "eve", "note": "secret"}))
    write(client, ("PATCH", "/orders/1", {"owner": "bob", "note": "plain"}))
    assert bob.catch_up() == [], "it matched when it could not be seen"


@pytest.mark.parametrize("path", ["/events", "/events?wait=5", "/events/sse", "/events/ws"])
@pytest.mark.parametrize("headers", [(), ("Authorization: Bearer lost",)])
def test_nobody_listens_who_is_not_logged_in(client: Client, path: str, headers: tuple[str, ...]) -> None:
    assert client.get(path, *headers).status == 401


def test_what_is_published_is_for_everybody_who_may_listen(service: AssembledService) -> None:
    bob = connected(service, "/events/ws", bearing("bob"))
    service.sandbox.feed.publish("news", "", 1, service.sandbox.clock.now())
    assert [one["data"] for one in bob.catch_up()] == [1]


# A login that ends


@pytest.fixture(params=[connected, streaming])
def listening(request: pytest.FixtureRequest) -> tuple[AssembledService, Client, Listening, str]:
    text = DEFINITION.replace("  rules:", "  login: {route: POST /login, logout: POST /logout, ttl: 60s}\n  rules:")
    service = assemble(text.replace("mock: 1", "mock: 1\nfreeze: true"))
    client = direct(service)
    token = client.post("/login", {"username": "bob", "password": "builder"}).json["access_token"]
    path = "/events/ws" if request.param is connected else "/events/sse"
    return service, client, request.param(service, path, f"Authorization: Bearer {token}"), token


def test_a_heartbeat_finds_that_a_login_is_over(listening: tuple[AssembledService, Client, Listening, str]) -> None:
    service, _, listener, _ = listening
    assert (listener.session.user, listener.heard.closed) == ("bob", None)
    listener.session.beat()
    service.sandbox.clock.advance(61)
    listener.session.beat()
    assert listener.heard.methods == ["/sys/hello", "/sys/ping", "/sys/bye"]
    assert listener.heard.data("/sys/bye")["reconnect"] is False
    assert listener.heard.closed == (4401, "Unauthorized")
    assert len(service.sandbox.audience) == 0


def test_whoever_was_sent_away_is_told_nothing_more(
    listening: tuple[AssembledService, Client, Listening, str],
) -> None:
    service, client, listener, token = listening
    assert client.ask("POST", "/logout", f"Authorization: Bearer {token}").status == 204
    listener.session.beat()
    write(client, ("POST", "/orders", {"owner": "bob"}))
    deliver(service)
    listener.session.beat()
    listener.session.end()
    assert listener.heard.methods == ["/sys/hello", "/sys/bye"]


def test_rules_of_another_definition_hold_at_once() -> None:
    from mockserver.definitions.source import parse_source  # noqa: PLC0415 - for the one test that loads another
    from mockserver.server.assemble import prepare  # noqa: PLC0415

    service = assemble(DEFINITION)
    bob, boss = (connected(service, "/events/ws", bearing(name)) for name in ("bob", "ada"))
    closed = DEFINITION + "    - {route: GET /events/ws, roles: boss}\n"
    service.replace(service.stage(prepare(parse_source(closed, "test.yaml"))))
    write(direct(service), ("POST", "/orders", {"owner": "bob"}))
    assert brief(boss.catch_up()) == [("created", 1, "bob")]
    assert bob.catch_up() == []
    assert bob.heard.closed == (4403, "Forbidden")


def test_a_rule_that_has_no_value_ends_the_socket_and_not_the_server() -> None:
    text = DEFINITION.replace("row.owner == user.name", "row.note / 2 == 1")
    service = assemble(text)
    client = direct(service)
    bob, boss = (connected(service, "/events/ws", bearing(name)) for name in ("bob", "ada"))
    write(client, ("POST", "/orders", {"owner": "bob", "note": "x"}))
    assert len(boss.catch_up()) == 1
    assert bob.heard.closed == (1011, "Internal Server Error")
    assert client.get("/events?since=start", bearing("bob")).status == 500
    late = connected(service, "/events/ws?since=start", bearing("bob"))
    assert late.heard.methods == ["/sys/hello", "/sys/bye"]
    assert late.heard.closed == (1011, "Internal Server Error")
