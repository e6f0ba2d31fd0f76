"""Where the feed is: in every convention, under another name, and that nothing else may be there."""

import json
from pathlib import Path

import pytest

from mockserver.conventions.base import conventions
from mockserver.definitions.source import parse_source
from mockserver.errors import DefinitionError, DefinitionProblem
from mockserver.server.assemble import AssembledInstance, load_prepared, prepare
from tests.client import direct, serving

ZOOS = "resources: {zoos: {count: 1, fields: {name: city}}}\n"


def problems(text: str, convention: str | None = None) -> list[DefinitionProblem]:
    changes = {} if convention is None else {"api": {"convention": convention}}
    with pytest.raises(DefinitionError) as raised:
        prepare(parse_source(text, "test.yaml"), changes)
    return list(raised.value.problems)


@pytest.mark.parametrize("convention", conventions.names())
def test_the_windows_stand_below_every_prefix(convention: str) -> None:
    client = serving(f"mock: 1\napi: {{version: v1, application: shop}}\n{ZOOS}", convention)
    for prefix in conventions.get(convention)().prefixes("v1", "shop"):
        assert client.get(f"{prefix}/events").json["events"] == []
        assert client.get(f"{prefix}/events/sse").headers["content-type"] == "text/event-stream"
        answer = client.get(f"{prefix}/events/ws")
        assert (answer.status, answer.headers["upgrade"]) == (426, "websocket")


def test_the_feed_can_have_another_path() -> None:
    client = serving(f"mock: 1\napi: {{feed: {{path: /live/changes}}}}\n{ZOOS}")
    assert client.get("/live/changes?since=start").json["gap"] is None
    assert client.get("/live/changes/sse").status == 200
    assert client.get("/events").status == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nothing_is_written_to_the_feed(method: str) -> None:
    answer = serving(f"mock: 1\n{ZOOS}").ask(method, "/events")
    assert answer.status == 405
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"


CLASHES = [
    ("resources: {events: {}}\n", "2:13", "the resource 'events'"),
    ("api: {version: v2}\nresources: {zoos: {}, events: {singleton: true}}\n", "3:23", "the resource 'events'"),
    ("api: {feed: {path: /zoos}}\nresources: {zoos: {}}\n", "2:20", "the resource 'zoos'"),
    ("api: {feed: {path: /zoos/live}}\nresources: {zoos: {}}\n", "2:20", "the resource 'zoos'"),
    ("api: {feed: {path: /zoo}}\nresources: {zoos: {}}\n", "2:20", "the resource 'zoos'"),
    ("api: {feed: {path: /Zoo}}\nresources: {zoos: {}}\n", "2:20", "the resource 'zoos'"),
    (f"{ZOOS}actions:\n  told: {{route: GET /events}}\n", "4:10", "the action 'told'"),
    (f"{ZOOS}actions:\n  told: {{route: [POST /told, ANY /events/sse]}}\n", "4:10", "the action 'told'"),
    (f"{ZOOS}actions: {{told: {{route: GET /events/ws}}}}\n", "3:18", "the action 'told'"),
    (
        f"{ZOOS}auth:\n  users: {{ada: {{token: t, password: p}}}}\n  login: {{me: GET /events}}\n",
        "5:11", "'me' of the login",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "place", "what"), CLASHES)
def test_what_stands_where_the_feed_is_is_an_error_in_its_place(text: str, place: str, what: str) -> None:
    (found,) = problems(f"mock: 1\n{text}")
    assert str(found.position) == f"test.yaml:{place}"
    assert found.problem.startswith(f"{what} stands where the feed of changes is (api.feed.path: /")
    assert "api: {feed: {path: /changes}}" in found.hint


@pytest.mark.parametrize(
    "text",
    [
        f"{ZOOS}actions: {{told: {{route: POST /events}}}}\n",
        f"{ZOOS}actions: {{told: {{route: GET /:name}}, more: {{route: GET /events/other}}}}\n",
        "api: {feed: {path: /changes}}\nresources: {events: {count: 2, fields: {name: city}}}\n",
        "resources: {event_types: {}, zoos: {}}\n",
    ],
)
def test_what_stands_beside_it_is_none(text: str) -> None:
    assert serving(f"mock: 1\n{text}").get("/changes" if "changes" in text else "/events").json["events"] == []


def test_prefixes_of_their_own_keep_resources_apart() -> None:
    text = "mock: 1\napi: {convention: linkis, application: a}\nresources: {events: {application: b}}\n"
    client = serving(text)
    assert client.get("/api/rest_j/v1/a/events").json["events"] == []
    assert len(client.get("/api/rest_j/v1/b/events").json["data"]["events"]) == 10


@pytest.mark.parametrize(
    ("section", "place", "said"),
    [
        ("{path: events}", "2:20", "should be a path like /events"),
        ("{path: /}", "2:20", "should be a path like /events"),
        ("{path: /a//b}", "2:20", "should be a path like /events"),
        ("{path: '/~w/x'}", "2:20", "should be a path like /events"),
        ("{heartbeat: 49ms}", "2:25", "should be between 50ms and 1h"),
        ("{heartbeat: 2h}", "2:25", "should be between 50ms and 1h"),
        ("{heartbeat: -1s}", "2:25", "should be between 50ms and 1h"),
        ("{heartbeat: 5}", "2:25", "should be a duration like"),
        ("{beat: 5s}", "2:14", "there is no key 'beat' here"),
        ("/events", "2:13", "should be a mapping"),
    ],
)
def test_a_section_that_makes_no_sense_is_refused(section: str, place: str, said: str) -> None:
    (found,) = problems(f"mock: 1\napi: {{feed: {section}}}\n{ZOOS}")
    assert str(found.position) == f"test.yaml:{place}"
    assert found.problem.startswith(said)


@pytest.mark.parametrize(
    ("collections", "path"),
    [(["posts"], "/events"), (["posts", "events"], "/__events"), (["events", "__events"], "/____events")],
)
def test_a_plain_database_has_the_feed_where_it_has_no_collection(
    tmp_path: Path, collections: list[str], path: str
) -> None:
    file = tmp_path / "db.json"
    file.write_text(json.dumps({name: [{"id": 1, "n": 0}] for name in collections}), encoding="utf-8")
    for convention in (None, "rest", "linkis"):
        client = direct(AssembledInstance(load_prepared([file], convention=convention)))
        client = client.below("/api/rest_j/v1" if convention == "linkis" else "")
        assert client.get(path).json["gap"] is None
        for name in collections:
            assert client.get(f"/{name}/1").status == 200
        client.ask("PATCH", f"/{collections[0]}/1", body={"n": 1})
        assert [one["data"] for one in client.get(f"{path}?since=start").json["events"]] == [{"id": 1, "n": 1}]


def test_rules_may_speak_of_the_feed() -> None:
    text = f"""mock: 1
{ZOOS}auth:
  users: {{ada: {{token: t-ada, roles: [boss]}}, bob: {{token: t-bob}}}}
  public: GET /events
  rules: [{{route: [GET /events/sse, GET /events/ws], roles: boss}}]
"""
    client = serving(text)
    assert client.get("/events").status == 200
    assert client.get("/events/sse").status == 401
    assert client.get("/events/sse", "Authorization: Bearer t-bob").status == 403
    assert client.get("/events/sse", "Authorization: Bearer t-ada").status == 200
