"""Rules hold for events as they do for rows: what may not be seen is as if it were not there, and comes and goes."""

from collections.abc import Callable
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import Unauthenticated
from mockserver.server.assemble import AssembledInstance, prepare
from tests.client import Client, assemble, direct
from tests.realtime.heard import Heard, Listening, Waiting, asking, connected, deliver, streaming

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
def service() -> AssembledInstance:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
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
    service: AssembledInstance, client: Client, steps: list[tuple[str, str, Any]], told: list[Any]
) -> None:
    windows = [connected(service, "/events/ws", bearing("bob")), streaming(service, "/events/sse", bearing("bob"))]
    waiting = Waiting(service, "/events?wait=9", bearing("bob"))
    write(client, *steps)
    for window in windows:
        assert brief(window.catch_up()) == told
    held = waiting.look()
    assert brief(held["events"] if held else []) == told
    assert brief(client.get("/events?since=start", bearing("bob")).json["events"]) == told


def test_who_may_see_everything_is_told_what_happened(service: AssembledInstance, client: Client) -> None:
    boss = connected(service, "/events/ws", BOSS)
    write(client, ("POST", "/orders", {"owner": "eve"}), ("PATCH", "/orders/1", {"owner": "bob"}))
    write(client, ("PATCH", "/salaries/1", {"amount": 5}))
    assert brief(boss.catch_up()) == [("created", 1, "eve"), ("updated", 1, "bob"), ("updated", 1, 5)]


def test_a_replay_is_for_those_eyes_too(service: AssembledInstance, client: Client) -> None:
    at = client.get("/events", BOSS).json["at"]
    write(client, ("POST", "/orders", {"owner": "eve"}), ("PATCH", "/orders/1", {"owner": "bob"}))
    bob = connected(service, f"/events/ws?since={at}", bearing("bob"))
    assert brief(bob.heard.events) == [("created", 1, "bob")]
    assert bob.heard.data("/sys/hello")["replayed"] == 1


def test_a_filter_sees_no_more_than_its_owner(service: AssembledInstance, client: Client) -> None:
    bob = connected(service, "/events/ws?topics=orders&note=secret", bearing("bob"))
    write(client, ("POST", "/orders", {"owner": "eve", "note": "secret"}))
    write(client, ("PATCH", "/orders/1", {"owner": "bob", "note": "plain"}))
    assert bob.catch_up() == [], "it matched when it could not be seen"


@pytest.mark.parametrize("path", ["/events", "/events?wait=5", "/events/sse", "/events/ws"])
@pytest.mark.parametrize("headers", [(), ("Authorization: Bearer lost",)])
def test_nobody_listens_who_is_not_logged_in(client: Client, path: str, headers: tuple[str, ...]) -> None:
    assert client.get(path, *headers).status == 401


def test_what_is_published_is_for_everybody_who_may_listen(service: AssembledInstance) -> None:
    bob = connected(service, "/events/ws", bearing("bob"))
    service.sandbox.feed.publish("news", "", 1, service.sandbox.clock.now())
    assert [one["data"] for one in bob.catch_up()] == [1]


# A login that ends


@pytest.fixture(params=[connected, streaming])
def listening(request: pytest.FixtureRequest) -> tuple[AssembledInstance, Client, Listening, str]:
    text = DEFINITION.replace("  rules:", "  login: {route: POST /login, logout: POST /logout, ttl: 60s}\n  rules:")
    service = assemble(text.replace("mock: 1", "mock: 1\nfreeze: true"))
    client = direct(service)
    token = client.post("/login", {"username": "bob", "password": "builder"}).json["access_token"]
    path = "/events/ws" if request.param is connected else "/events/sse"
    return service, client, request.param(service, path, f"Authorization: Bearer {token}"), token


def test_a_heartbeat_finds_that_a_login_is_over(listening: tuple[AssembledInstance, Client, Listening, str]) -> None:
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
    listening: tuple[AssembledInstance, Client, Listening, str],
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
    service = assemble(DEFINITION)
    bob, boss = (connected(service, "/events/ws", bearing(name)) for name in ("bob", "ada"))
    closed = DEFINITION + "    - {route: GET /events/ws, roles: boss}\n"
    service.replace(service.stage(prepare(parse_source(closed, "test.yaml"))))
    write(direct(service), ("POST", "/orders", {"owner": "bob"}))
    assert brief(boss.catch_up()) == [("created", 1, "bob")]
    assert bob.catch_up() == []
    assert bob.heard.closed == (4403, "Forbidden")


# A rule that has no value


def test_what_a_rule_has_no_value_for_is_not_seen_and_nobody_is_sent_away() -> None:
    text = DEFINITION.replace("note: {value: null, type: string}", "note: {value: 1, type: integer}")
    service = assemble(text.replace("row.owner == user.name", "4 / row.note > 1"))
    client = direct(service)
    windows = [connected(service, "/events/ws", bearing("bob")), streaming(service, "/events/sse", bearing("bob"))]
    waiting = Waiting(service, "/events?wait=9", bearing("bob"))
    write(client, ("POST", "/orders", {"owner": "lost", "note": 0}))
    assert client.get("/orders", bearing("bob")).status == 500, "and here it is an error as ever"
    assert waiting.look() is None
    write(client, *[("PATCH", "/orders/1", {"note": note}) for note in (1, 0, 9, 2, 3)])
    told = [("created", 1, "lost"), ("deleted", 1, "lost"), ("created", 1, "lost"), ("updated", 1, "lost")]
    for window in windows:
        assert brief(window.catch_up()) == told
        assert window.heard.closed is None
    assert brief(waiting.look()["events"]) == told
    assert brief(client.get("/events?since=start", bearing("bob")).json["events"]) == told
    assert brief(connected(service, "/events/ws?since=start", bearing("bob")).heard.events) == told


# Rules that look at another document

ZOOS = """
mock: 1
resources:
  zoos: {count: 0, fields: {id: {seq: 1}, owner: {value: null, type: string}}}
  animals:
    count: 0
    fields: {id: {seq: 1}, zoo_id: {ref: zoos, on_delete: cascade, nullable: 0}, owner: {value: null, type: string}}
  toys: {count: 0, fields: {id: {seq: 1}, animal_id: {ref: animals, on_delete: cascade, nullable: 0}}}
auth:
  users:
    ada: {token: t-ada, roles: [boss]}
    bob: {token: t-bob}
  rules:
    - {route: ["GET /animals", "GET /animals/*"], roles: boss}
    - {route: ["GET /animals", "GET /animals/*"], where: row.zoo.owner == user.name}
    - {route: ["GET /toys", "GET /toys/*"], roles: boss}
    - {route: ["GET /toys", "GET /toys/*"], where: row.animal.zoo.owner == user.name}
actions:
  give:
    route: POST /give
    body: {to: {value: eve, type: string}}
    do:
      - {update: zoos, id: 1, set: {owner: "${body.to}"}}
      - {update: animals, id: 1, set: {owner: "${body.to}"}}
      - {update: animals, id: 1, set: {owner: null}}
  take:
    route: POST /take
    do:
      - {update: animals, id: 1, set: {owner: eve}}
      - {update: zoos, id: 1, set: {owner: eve}}
"""
OF_BOB = [("POST", "/zoos", {"owner": "bob"}), ("POST", "/zoos", {"owner": "eve"})]


def deliver_later(service: AssembledInstance) -> None:
    del service


@pytest.mark.parametrize("between", [deliver, deliver_later])
@pytest.mark.parametrize(
    ("topics", "steps", "told"),
    [
        ("animals", [("POST", "/animals", {"zoo_id": 1})], ["created animals 2"]),
        ("animals", [("POST", "/animals", {"zoo_id": 2})], []),
        ("animals", [("DELETE", "/zoos/1", None)], ["deleted animals 1"]),
        ("animals,toys", [("DELETE", "/zoos/1", None)], ["deleted toys 1", "deleted animals 1"]),
        ("toys", [("DELETE", "/animals/1", None), ("DELETE", "/zoos/1", None)], ["deleted toys 1"]),
        ("animals,toys", [("DELETE", "/zoos/2", None)], []),
        (
            "animals",
            [("POST", "/animals", {"zoo_id": 1}), ("PATCH", "/animals/2", {"zoo_id": 2}), ("DELETE", "/zoos/1", None)],
            ["created animals 2", "deleted animals 2", "deleted animals 1"],
        ),
        (
            "animals",
            [
                ("PATCH", "/animals/1", {"owner": "x"}),
                ("PATCH", "/zoos/1", {"owner": "eve"}),
                ("DELETE", "/zoos/1", None),
            ],
            ["updated animals 1"],
        ),
        (
            "animals",
            [
                ("PATCH", "/zoos/1", {"owner": "eve"}),
                ("PATCH", "/zoos/1", {"owner": "bob"}),
                ("DELETE", "/zoos/1", None),
            ],
            ["deleted animals 1"],
        ),
        ("animals", [("POST", "/give", {"to": "eve"})], ["deleted animals 1"]),
        ("animals", [("POST", "/take", {})], ["deleted animals 1"]),
        (
            "animals",
            [("POST", "/give", {"to": "eve"}), ("POST", "/give", {"to": "bob"})],
            ["deleted animals 1", "created animals 1", "updated animals 1"],
        ),
    ],
)
def test_a_rule_is_judged_as_things_stood_then(
    topics: str, steps: list[tuple[str, str, Any]], told: list[str], between: Callable[[AssembledInstance], None]
) -> None:
    service = assemble(ZOOS)
    write(direct(service), *OF_BOB, ("POST", "/animals", {"zoo_id": 1}), ("POST", "/toys", {"animal_id": 1}))
    at = service.sandbox.feed.at
    bob = connected(service, f"/events/ws?topics={topics}", bearing("bob"))
    waiting = Waiting(service, f"/events?wait=9&topics={topics}", bearing("bob"))
    for step in steps:
        write(direct(service), step)
        between(service)
    back = connected(service, f"/events/ws?topics={topics}&since={at}", bearing("bob"))
    held = waiting.look()
    for events in bob.catch_up(), back.heard.events, held["events"] if held else []:
        assert [f"{one['action']} {one['topic']} {one['key']}" for one in events] == told


# Somebody else at the same connection

LINKIS = """
mock: 1
api: {convention: linkis, version: v1}
resources:
  orders: {count: 0, fields: {id: {seq: 1}, owner: {value: null, type: string}}}
auth:
  users:
    ada: {token: t-ada, roles: [boss]}
    bob: {password: builder}
  rules:
    - {route: ["GET /orders", "GET /orders/*"], roles: boss}
    - {route: ["GET /orders", "GET /orders/*"], where: row.owner == user.name}
"""
BASE = "/api/rest_j/v1"
LOGIN, LOGOUT = f"{BASE}/user/login", f"POST {BASE}/user/logout"
AS_BOB = {"userName": "bob", "password": "builder"}


def order(service: AssembledInstance, owner: str = "bob") -> None:
    answer = direct(service).post(f"{BASE}/orders", {"owner": owner}, "Token-Code: t-ada", "Token-User: ada")
    assert answer.status == 200, answer.body


def orders(listener: Listening) -> list[int]:
    return [event["key"] for event in listener.catch_up()]


def at(listener: Listening) -> str:
    said: str = listener.say("/sys/ping")["data"]["at"]
    return said


def test_whoever_logs_in_by_a_command_is_told_what_they_see_from_then_on() -> None:
    service = assemble(LINKIS)
    listener = connected(service, f"{BASE}/events/ws")
    order(service)
    assert orders(listener) == []
    assert listener.session.user == ""
    assert listener.say(LOGIN, AS_BOB)["status"] == 0
    assert listener.session.user == "bob"
    assert listener.say("/sys/subscribe", {"topics": ["orders"]})["status"] == 0
    order(service)
    assert orders(listener) == [2]
    assert at(listener) == service.sandbox.feed.at


def test_what_is_subscribed_to_again_after_a_login_is_what_that_sees() -> None:
    service = assemble(LINKIS)
    listener = connected(service, f"{BASE}/events/ws")
    order(service)
    assert orders(listener) == []
    listener.say(LOGIN, AS_BOB)
    assert listener.say("/sys/subscribe", {"topics": ["orders"], "since": "start"})["data"]["replayed"] == 1
    assert [event["key"] for event in listener.heard.events] == [1]


def test_whoever_logs_out_by_a_command_is_told_nothing_more() -> None:
    service = assemble(LINKIS)
    listener = connected(service, f"{BASE}/events/ws")
    listener.say(LOGIN, AS_BOB)
    order(service)
    assert orders(listener) == [1]
    assert listener.say(LOGOUT)["status"] == 0
    order(service)
    assert orders(listener) == [1]
    assert (listener.session.user, listener.heard.closed) == ("", None), "visitors may stay"


def test_whoever_is_given_another_cookie_by_a_command_is_somebody_else() -> None:
    text = DEFINITION.replace("  users:", "  scheme: cookie\n  users:")
    given = 'reply: {headers: {Set-Cookie: "session=t-bob; Path=/"}}'
    service = assemble(f"{text}actions: {{become: {{route: POST /become, {given}}}}}")
    listener = connected(service, "/events/ws", "Cookie: session=t-ada")
    assert listener.session.user == "ada"
    assert listener.say("POST /become")["status"] == 0
    assert listener.session.user == "bob"


def test_nobody_is_told_between_a_logout_elsewhere_and_the_next_heartbeat(
    listening: tuple[AssembledInstance, Client, Listening, str],
) -> None:
    service, client, listener, token = listening
    write(client, ("POST", "/orders", {"owner": "bob"}))
    deliver(service)
    write(client, ("POST", "/orders", {"owner": "bob"}))
    assert client.ask("POST", "/logout", f"Authorization: Bearer {token}").status == 204
    deliver(service)
    assert listener.heard.methods == ["/sys/hello", "/orders/1", "/sys/bye"]
    assert listener.heard.closed == (4401, "Unauthorized")


@pytest.mark.parametrize("method", ["/sys/subscribe", "/sys/unsubscribe"])
def test_a_login_that_is_over_subscribes_to_nothing(method: str) -> None:
    service = assemble(DEFINITION.replace("  rules:", "  login: {route: POST /login, logout: POST /logout}\n  rules:"))
    client = direct(service)
    token = client.post("/login", {"username": "bob", "password": "builder"}).json["access_token"]
    listener = connected(service, "/events/ws", f"Authorization: Bearer {token}")
    client.ask("POST", "/logout", f"Authorization: Bearer {token}")
    assert listener.say(method, {"topics": ["orders"]})["status"] == -1
    assert listener.heard.methods == ["/sys/hello", method, "/sys/bye"]
    assert listener.heard.closed == (4401, "Unauthorized")


def test_a_login_that_is_over_before_the_connection_stands_is_told_nothing() -> None:
    service = assemble(DEFINITION.replace("  rules:", "  login: {route: POST /login, logout: POST /logout}\n  rules:"))
    client = direct(service)
    token = client.post("/login", {"username": "bob", "password": "builder"}).json["access_token"]
    opening = service.connect(asking("/events/ws?since=start", f"Authorization: Bearer {token}"))
    write(client, ("POST", "/orders", {"owner": "bob"}))
    client.ask("POST", "/logout", f"Authorization: Bearer {token}")
    assert Listening(opening.session, service, Heard()).heard.methods == ["/sys/bye"]


def test_a_held_answer_is_for_nobody_once_its_login_is_over() -> None:
    service = assemble(DEFINITION.replace("  rules:", "  login: {route: POST /login, logout: POST /logout}\n  rules:"))
    client = direct(service)
    token = client.post("/login", {"username": "bob", "password": "builder"}).json["access_token"]
    waiting = Waiting(service, "/events?wait=9", f"Authorization: Bearer {token}")
    client.post("/login", {"username": "bob", "password": "builder"})
    assert waiting.look() is None, "another login is none of its business"
    client.ask("POST", "/logout", f"Authorization: Bearer {token}")
    write(client, ("POST", "/orders", {"owner": "bob"}))
    with pytest.raises(Unauthenticated):
        waiting.look()


def test_a_held_answer_goes_by_the_rules_of_another_definition() -> None:
    service = assemble(DEFINITION)
    waiting = Waiting(service, "/events?wait=9", bearing("bob"))
    service.replace(
        service.stage(prepare(parse_source(DEFINITION.replace("row.owner ==", "row.note =="), "test.yaml")))
    )
    write(direct(service), ("POST", "/orders", {"owner": "bob"}), ("POST", "/orders", {"note": "bob"}))
    assert [one["key"] for one in waiting.look()["events"]] == [2]
