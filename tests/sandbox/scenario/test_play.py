"""A scenario is a whole state of one sandbox: switched to, played, kept through a reload, and gone without a trace."""

from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import Conflict
from mockserver.messages import Request
from mockserver.sandbox.sandbox import PARTS
from mockserver.sandbox.scenario.player import Said
from mockserver.server.assemble import AssembledInstance, prepare
from tests.client import Client, assemble, direct
from tests.realtime.heard import connected

DEFINITION = """
mock: 1
freeze: true
auth: {users: {ada: {token: a, password: p}, bob: {token: b}}, public: [GET /pets, GET /pets/*, GET /toys]}
faults:
  outage: {match: ANY *, status: 503, enabled: false}
  always: {match: POST *, every: 2, status: 500}
resources:
  pets: {count: 3, fields: {id: {seq: 1}, name: {value: x, type: string}}}
  toys: {count: 2, fields: {id: {seq: 1}}}
scenarios:
  empty: {data: {pets: {count: 0}}}
  down: {user: ada, faults: [outage, offline], data: {pets: {count: 1}}}
  day:
    user: ada
    script:
      - {at: 10s, user: bob, faults: [outage], say: Good morning}
      - {at: 20s, faults: [], publish: {topic: news, data: {n: 1}}, say: Good night}
    loop: true
"""


@pytest.fixture
def service() -> AssembledInstance:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service)


def on(service: AssembledInstance) -> list[str]:
    return [one.name for one in service.faults if one.enabled]


def reload(service: AssembledInstance, definition: str) -> None:
    service.replace(service.stage(prepare(parse_source(definition, "test.yaml"))))


def counts(client: Client) -> list[int]:
    return [len(client.get(path).json) for path in ("/pets", "/toys")]


def test_switching_sets_data_user_and_faults_and_going_back_takes_them_away(
    service: AssembledInstance, client: Client
) -> None:
    assert (on(service), service.scenario) == (["always"], None)
    service.switch("down")
    assert (on(service), service.scenario, service.sandbox.user) == (["outage", "offline"], "down", "ada")
    assert counts(client) == [1, 2]
    service.switch("empty")
    assert (on(service), service.scenario, service.sandbox.user) == ([], "empty", "")
    assert counts(client) == [0, 2]
    service.switch(None)
    assert (on(service), service.scenario, service.sandbox.user) == (["always"], None, "")
    assert counts(client) == [3, 2]


def test_switching_forgets_writes_and_logins_and_begins_another_life_of_the_feed(
    service: AssembledInstance, client: Client
) -> None:
    token = client.post("/login", {"username": "ada", "password": "p"}).json["token"]
    header = f"Authorization: Bearer {token}"
    assert client.delete("/pets/1", header).status == 204
    listener, epoch = connected(service, "/events/ws?topics=pets", header), service.sandbox.feed.place.epoch
    service.switch("day")
    assert client.get("/pets/1").status == 200
    assert client.delete("/pets/1", header).status == 401
    assert service.sandbox.feed.place.epoch != epoch
    listener.catch_up()
    assert listener.heard.closed is not None


def test_a_switch_to_the_same_scenario_begins_it_anew(service: AssembledInstance, client: Client) -> None:
    service.switch("empty")
    made = client.post("/pets", {"name": "y"}, "Authorization: Bearer a")
    assert (made.status, made.json["id"]) == (201, 1)
    service.switch("empty")
    assert client.get("/pets").json == []


def test_a_reset_of_a_part_stays_in_the_scenario_and_is_to_how_that_began(
    service: AssembledInstance, client: Client
) -> None:
    service.switch("down")
    assert client.delete("/pets/1", "Authorization: Bearer a").status == 204
    service.reset(["data"])
    assert (counts(client), service.scenario) == ([1, 2], "down")
    service.faults.enable("flaky")
    service.faults.disable("outage")
    service.reset(["faults"])
    assert (on(service), service.scenario, service.sandbox.user) == (["outage", "offline"], "down", "ada")


def test_a_reset_of_the_faults_leaves_the_script_where_it_is(service: AssembledInstance) -> None:
    service.switch("day")
    service.clock.advance(10)
    service.advance()
    service.reset(["faults", "data"])
    assert (on(service), service.sandbox.user, service.advance()) == ([], "bob", 10.0)


@pytest.mark.parametrize("what", [[], [*reversed(PARTS)]])
def test_a_reset_of_all_leaves_the_scenario(service: AssembledInstance, client: Client, what: list[str]) -> None:
    service.switch("down")
    service.reset(what)
    assert (counts(client), service.scenario, service.sandbox.user, on(service)) == ([3, 2], None, "", ["always"])
    service.reset(["faults"])
    assert on(service) == ["always"]


def test_all_off_ends_the_script_and_nothing_else(service: AssembledInstance, client: Client) -> None:
    service.switch("day")
    service.clock.advance(10)
    service.advance()
    assert client.delete("/pets/1", "Authorization: Bearer a").status == 204
    assert service.off() == ["outage"]
    service.clock.advance(20)
    assert service.advance() is None
    assert (on(service), service.scenario, service.sandbox.user, counts(client)) == ([], "day", "bob", [2, 2])
    reload(service, DEFINITION)
    service.clock.advance(20)
    assert service.advance() is None
    service.switch("day")
    assert service.advance() == 10.0


@pytest.mark.parametrize(("later_s", "fired"), [(14.0, ["brief"]), (16.0, [])])
def test_what_a_script_switches_on_counts_from_its_step_however_late_that_is_played(
    later_s: float, fired: list[str]
) -> None:
    brief = "faults:\n  brief: {match: ANY *, status: 503, for: 5s, enabled: false}\n"
    service = assemble(f"{DEFINITION}  s: {{script: [{{at: 10s, faults: [brief]}}]}}\n".replace("faults:\n", brief, 1))
    occasion = service.occasion(Request("POST", "/pets", (), {}), "request", "http")
    service.switch("s")
    service.clock.advance(later_s)
    service.advance()
    course = service.faults.decide(occasion)
    assert on(service) == ["brief"]
    assert course is not None
    assert course.fired == fired


def test_a_script_is_played_by_advancing_the_clock(service: AssembledInstance, client: Client) -> None:
    heard: list[Said] = []
    stop = service.play.hear(heard.append)
    service.switch("day")
    listener = connected(service, "/events/ws?topics=news")
    assert service.advance() == 10.0
    service.clock.advance(10)
    assert client.get("/me").json["name"] == "bob"
    assert (on(service), service.play.said) == (["outage"], Said("Good morning", 1, 10.0))
    service.clock.advance(10)
    service.advance()
    assert on(service) == []
    assert [event["data"] for event in listener.catch_up()] == [{"n": 1}]
    service.clock.advance(10)
    service.advance()
    assert [one.text for one in heard] == ["Good morning", "Good night", "Good morning"]
    stop()
    service.clock.advance(10)
    service.advance()
    assert len(heard) == 3
    assert service.play.said == Said("Good night", 2, 40.0)


def test_what_faults_count_begins_anew_with_every_switch() -> None:
    service = assemble(DEFINITION + "  same: {faults: [always]}\n")
    occasion = service.occasion(Request("POST", "/pets", (), {}), "request", "http")

    def fires() -> list[bool]:
        courses = [service.faults.decide(occasion) for _ in range(3)]
        return [bool(course and course.fired) for course in courses]

    assert fires() == [False, True, False]
    service.switch("same")
    assert fires() == [False, True, False]
    service.switch("same")
    assert fires() == [False, True, False]


def test_a_reload_goes_on_with_the_scenario_it_knows(service: AssembledInstance, client: Client) -> None:
    service.switch("day")
    service.clock.advance(10)
    service.advance()
    assert client.patch("/pets/2", {"name": "z"}, "Authorization: Bearer a").status == 201
    reload(service, DEFINITION + "  more: {}\n")
    assert (service.scenario, service.sandbox.user, on(service)) == ("day", "bob", ["outage"])
    assert client.get("/pets/2").json["name"] == "z"
    service.clock.advance(10)
    service.advance()
    assert service.play.said == Said("Good night", 2, 20.0)


def test_a_reload_keeps_the_scenarios_rows_beside_new_ones(service: AssembledInstance, client: Client) -> None:
    service.switch("down")
    reload(service, DEFINITION.replace("toys: {count: 2", "toys: {count: 4"))
    assert (service.scenario, counts(client)) == ("down", [1, 4])


def test_a_reload_begins_a_changed_scenario_anew_and_leaves_one_that_is_gone(
    service: AssembledInstance, client: Client
) -> None:
    service.switch("down")
    reload(service, DEFINITION.replace("data: {pets: {count: 1}}", "data: {pets: {count: 2}}"))
    assert (service.scenario, counts(client)) == ("down", [2, 2])
    reload(service, DEFINITION.replace("  down: ", "  other: "))
    assert (service.scenario, counts(client), service.sandbox.user, on(service)) == (None, [3, 2], "", ["always"])


def test_a_scenario_whose_data_can_not_be_changes_nothing(client: Client) -> None:
    text = f"{DEFINITION}  never: {{data: {{toys: {{count: 30}}}}, user: ada}}\n".replace(
        "toys: {count: 2, fields: {id: {seq: 1}}}",
        "toys: {count: 2, fields: {id: {seq: 1}, a: {int: [1, 5], unique: true}}}",
    )
    service = AssembledInstance(prepare(parse_source(text, "test.yaml"), tried_rows=5))
    client = direct(service)
    service.switch("empty")
    with pytest.raises(Conflict, match=r"The scenario 'never' can't be: toys\.fields\.a: can't be unique"):
        service.switch("never")
    assert (service.scenario, counts(client), service.sandbox.user) == ("empty", [0, 2], "")


def test_who_looks_on_learns_of_every_switch(service: AssembledInstance) -> None:
    seen: list[str | None] = []
    stop = service.play.watch(lambda: seen.append(service.scenario))
    service.switch("day")
    service.switch(None)
    reload(service, DEFINITION)
    service.switch("down")
    reload(service, DEFINITION.replace("  down: ", "  other: "))
    stop()
    service.switch("day")
    assert seen == ["day", None, "down", None]


def test_sandboxes_are_in_scenarios_of_their_own(service: AssembledInstance) -> None:
    other = AssembledInstance(prepare(parse_source(DEFINITION, "test.yaml")), "w1")
    service.switch("empty")
    assert (counts(direct(service)), counts(direct(other)), other.scenario) == ([0, 2], [3, 2], None)


def test_two_switches_give_the_same_answers(service: AssembledInstance, client: Client) -> None:
    def story() -> list[Any]:
        service.switch("empty")
        made = client.post("/pets", {"name": "y"}, "Authorization: Bearer a")
        return [made.json, client.get("/pets").json, client.get("/toys").json]

    assert story() == story()
