"""Commands: what frames mean, and what they are answered with, in every convention."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.conventions.socket import PLAIN
from mockserver.definitions.source import parse_source
from mockserver.messages import Reply, Request
from mockserver.realtime.command import CommandDesk, CommandLine
from mockserver.server.assemble import AssembledInstance, prepare

DEFINITION = """
api: {{convention: {convention}, version: v1{more}}}
{auth}
resources:
  zoos:
    count: 3
    fields: {{id: {{seq: 1}}, name: {{faker: city, required: true}}}}
"""
USERS = """
auth:
  users: {ada: {token: t-ada, password: pw}, bob: {token: t-bob, roles: [admin]}}
  rules: [{route: DELETE *, roles: [admin]}]
"""


def line(
    convention: str = "rest",
    more: str = "",
    auth: str = "",
    headers: dict[str, str] | None = None,
    query: tuple[tuple[str, str], ...] = (),
    *,
    base: str = "",
) -> CommandLine:
    text = DEFINITION.format(convention=convention, more=more, auth=auth)
    service = AssembledInstance(prepare(parse_source(text, "zoo.yaml")))
    desk = CommandDesk(service.handle, service.refuse, service.api.convention.socket)
    sent = {"host": "localhost", "upgrade": "websocket", **(headers or {})}
    handshake = Request("GET", "/ws", query, sent, base=base)
    return CommandLine(desk, handshake)


def say(to: CommandLine, message: Any, **words: Any) -> dict[str, Any]:
    text = message if isinstance(message, str | bytes) else orjson.dumps(message).decode()
    answer = to.answer(text, words)
    assert answer.frame is not None
    body: dict[str, Any] = orjson.loads(answer.frame.data)
    assert body == answer.body
    return body


def test_a_method_without_a_verb_reads_without_data_and_creates_with() -> None:
    rest = line()
    listed = say(rest, {"method": "/v1/zoos", "websocketTag": "a"})
    assert (listed["method"], listed["status"], listed["message"]) == ("/v1/zoos", 0, "OK")
    assert [zoo["id"] for zoo in listed["data"]] == [1, 2, 3]
    created = say(rest, {"method": "/v1/zoos", "websocketTag": "b", "data": {"name": "Nord"}})
    assert created["data"] == {"id": 4, "name": "Nord"}
    assert created["websocketTag"] == "b"


def test_any_verb_reaches_its_action() -> None:
    rest = line()
    for method, data, expected in (
        ("PATCH /v1/zoos/1", {"name": "New"}, {"id": 1, "name": "New"}),
        ("PUT /v1/zoos/1", {"name": "Newer"}, {"id": 1, "name": "Newer"}),
        ("get /v1/zoos/1", None, {"id": 1, "name": "Newer"}),
        ("DELETE /v1/zoos/1", None, None),
    ):
        reply = say(rest, {"method": method, "websocketTag": 7, "data": data})
        assert (reply["method"], reply["status"], reply["data"], reply["websocketTag"]) == (method, 0, expected, 7)
    assert say(rest, {"method": "/v1/zoos/1", "websocketTag": 8})["status"] == 1


def test_parameters_stand_in_the_method_or_in_the_data_of_a_get() -> None:
    rest = line()
    assert len(say(rest, {"method": "/v1/zoos?limit=2", "websocketTag": "a"})["data"]) == 2
    reply = say(rest, {"method": "GET /v1/zoos", "websocketTag": "a", "data": {"id": [1, 3], "limit": 5}})
    assert [zoo["id"] for zoo in reply["data"]] == [1, 3]


@pytest.mark.parametrize("spelling", ["websocketTag", "WebsocketTag", "WebSocketTag"])
def test_the_tag_comes_back_under_the_name_it_came_by(spelling: str) -> None:
    reply = say(line(), {"method": "/v1/zoos/1", spelling: "37fc"})
    assert reply[spelling] == reply["websocketTag"] == "37fc"


def test_a_tag_inside_the_data_is_taken_and_is_no_field() -> None:
    reply = say(line(), {"method": "/v1/zoos", "data": {"name": "Nord", "websocketTag": "x"}})
    assert (reply["status"], reply["websocketTag"]) == (0, "x")


def test_data_that_is_but_a_tag_is_none() -> None:
    reply = say(line(), {"method": "/v1/zoos/1", "data": {"websocketTag": "x"}})
    assert (reply["status"], reply["data"]["id"]) == (0, 1)


@pytest.mark.parametrize(
    ("message", "code", "said"),
    [
        ("", 1, "empty"),
        (" \n ", 1, "empty"),
        ("{", 1, "not JSON"),
        (b"\xff\xfe", 1, "not JSON"),
        ("[" * 100_000, 1, "not JSON"),
        ("[]", 1, "must be a JSON object"),
        ('"x"', 1, "must be a JSON object"),
        ("{}", 1, "no 'method'"),
        ('{"method": null, "websocketTag": "a"}', 1, "no 'method'"),
        ('{"method": 7, "websocketTag": "a"}', 1, "no 'method'"),
        ('{"method": "/v1/zoos"}', 2, "is required"),
        ('{"method": "/v1/zoos", "websocketTag": null}', 2, "is required"),
        ('{"method": "/v1/zoos", "websocketTag": {}}', 2, "text or a number"),
        ('{"method": "/v1/zoos", "websocketTag": true}', 2, "text or a number"),
        ('{"method": "zoos", "websocketTag": "a"}', 1, "no method 'zoos'"),
        ('{"method": "", "websocketTag": "a"}', 1, "no method ''"),
        ('{"method": "GET  ", "websocketTag": "a"}', 1, "no method"),
        ('{"method": "http://localhost/v1/zoos", "websocketTag": "a"}', 1, "no method"),
        ('{"method": "/v1/nothing", "websocketTag": "a"}', 1, "/v1/nothing"),
        ('{"method": "FLY /v1/zoos", "websocketTag": "a"}', 1, "FLY"),
        ('{"method": "/v1/zoos?a=%ff", "websocketTag": "a"}', 1, "UTF-8"),
        ('{"method": "/v1/zoos/\\u0000", "websocketTag": "a"}', 1, ""),
        ('{"method": "/v1/zoos", "websocketTag": "a", "data": {"nome": "x"}}', 2, ""),
        ('{"method": "/v1/zoos", "websocketTag": "a", "data": "text"}', 2, ""),
        ('{"method": "GET /v1/zoos", "websocketTag": "a", "data": [1]}', 1, "must be an object"),
        ('{"method": "GET /v1/zoos", "websocketTag": "a", "data": {"id": {}}}', 1, "must be a text"),
        ('{"method": "/v1/zoos", "websocketTag": "a", "headers": []}', 1, "must be an object"),
        ('{"method": "/v1/zoos", "websocketTag": "a", "headers": {"a b": "c"}}', 1, "header's name"),
        ('{"method": "/v1/zoos", "websocketTag": "a", "headers": {"a": "c\\r\\nd: e"}}', 1, "header's name"),
        ('{"method": "/sys/unknown"}', 1, "no method '/sys/unknown'"),
    ],
)
def test_what_is_no_command_is_told_so(message: str | bytes, code: int, said: str) -> None:
    reply = say(line(), message)
    assert reply["status"] == code
    assert said in reply["message"]
    assert set(reply) == {"method", "status", "message", "data", "websocketTag"}
    assert reply["data"]["status"] >= 400  # the convention's own problem


LINES: dict[str, CommandLine] = {}
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["method", "data", "websocketTag", "headers", "x"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("convention", ["rest", "abp", "linkis", "json-server", "simple-rest"])
@given(message=st.text() | st.binary() | VALUES.map(json.dumps))
def test_whatever_comes_has_an_answer_or_none(convention: str, message: str | bytes) -> None:
    if convention not in LINES:
        LINES[convention] = line(convention)
    answer = LINES[convention].answer(message, {})
    if answer.frame is not None:
        assert {"method", "status", "message", "data", "websocketTag"} <= set(orjson.loads(answer.frame.data))


def test_the_envelope_of_linkis_is_the_frame() -> None:
    linkis = line("linkis")
    frame = {"method": "/api/rest_j/v1/zoos/1", "websocketTag": "37fc"}
    reply = say(linkis, frame)
    assert list(reply) == ["method", "status", "message", "data", "websocketTag"]
    assert (reply["status"], reply["message"], reply["data"]["websocketTag"]) == (0, "OK", "37fc")
    unknown = say(linkis, {**frame, "method": "/api/rest_j/v1/zoos/9"})
    assert (unknown["status"], unknown["data"]) == (1, {"websocketTag": "37fc"})


def test_linkis_says_nothing_to_an_empty_method() -> None:
    linkis = line("linkis")
    for method in ("", "  "):
        assert linkis.answer(orjson.dumps({"method": method}), {}).frame is None


@pytest.mark.parametrize(
    ("convention", "is_success"), [("rest", lambda data: isinstance(data, list)), ("abp", lambda data: data["success"])]
)
def test_the_data_is_the_conventions_own_body(convention: str, is_success: Any) -> None:
    prefix = "/api/v1" if convention == "abp" else "/v1"
    reply = say(line(convention), {"method": f"{prefix}/zoos", "websocketTag": "a"})
    assert reply["status"] == 0
    assert is_success(reply["data"])
    # abp says 400 for what is invalid, and frames tell it apart all the same.
    assert say(line(convention), {"method": f"{prefix}/zoos", "websocketTag": "a", "data": {}})["status"] == 2


def test_who_speaks_is_known_by_the_handshake() -> None:
    frame = {"method": "/v1/zoos", "websocketTag": "a"}
    assert say(line(auth=USERS), frame)["status"] == -1
    ada = line(auth=USERS, headers={"authorization": "Bearer t-ada"})
    assert say(ada, frame)["status"] == 0
    assert say(ada, {"method": "DELETE /v1/zoos/1", "websocketTag": "a"})["status"] == 3
    assert say(ada, {**frame, "headers": {"Authorization": "Bearer nobody"}})["status"] == -1


def test_a_login_by_command_holds_for_those_after_it() -> None:
    linkis = line("linkis", auth=USERS)
    zoos, tag = "/api/rest_j/v1/zoos", {"websocketTag": "a"}
    assert say(linkis, {"method": zoos, **tag})["status"] == -1
    login = {"method": "/api/rest_j/v1/user/login", "data": {"userName": "ada", "password": "pw"}, **tag}
    assert say(linkis, {**login, "data": {"userName": "ada", "password": "no"}})["status"] == 1
    assert say(linkis, login)["status"] == 0
    assert say(linkis, {"method": zoos, **tag})["status"] == 0
    assert say(linkis, {"method": "POST /api/rest_j/v1/user/logout", **tag})["status"] == 0
    assert say(linkis, {"method": zoos, **tag})["status"] == -1


def test_preconditions_go_along_as_headers() -> None:
    strict = line(more=", etag: required")
    change = {"method": "PATCH /v1/zoos/1", "websocketTag": "a", "data": {"name": "New"}}
    assert say(strict, change)["status"] == 2
    assert say(strict, {**change, "headers": {"If-Match": "*"}})["status"] == 0


def test_words_of_the_system_are_answered_by_those_who_have_them() -> None:
    spoken = line()
    reply = say(spoken, {"method": "/sys/ping", "data": {"x": 1}}, **{"/sys/ping": lambda data: {"got": data}})
    assert reply == {
        "method": "/sys/ping",
        "status": 0,
        "message": "OK",
        "data": {"got": {"x": 1}},
        "websocketTag": None,
    }


def test_a_token_in_the_address_speaks_for_the_commands_too() -> None:
    spoken = line(auth=USERS, query=(("access_token", "t-ada"), ("topics", "zoos")))
    frame = {"method": "/v1/zoos", "websocketTag": "a"}
    assert say(spoken, frame)["status"] == 0
    assert say(spoken, {**frame, "data": {"name": "Nord"}})["status"] == 0
    assert say(spoken, {**frame, "headers": {"Authorization": "Bearer nobody"}})["status"] == -1
    assert say(line(query=(("access_token", "whatever"),)), frame)["status"] == 0


@pytest.mark.parametrize("gone", ["Max-Age=0", "Max-Age=-1", "Expires=Thu, 01 Jan 1970 00:00:00 GMT"])
def test_cookies_are_kept_and_forgotten_as_a_browser_would(gone: str) -> None:
    answers = iter([("a=1; Path=/", "b=x=y"), ("c=2",), (f"b=; {gone}; Path=/",), ()])
    sent: list[str | None] = []

    def handle(request: Request) -> Reply:
        sent.append(request.headers.get("cookie"))
        return Reply(204, tuple(("Set-Cookie", value) for value in next(answers)))

    desk = CommandDesk(handle, lambda _request, _problem: Reply(500), PLAIN)
    spoken = CommandLine(desk, Request("GET", "/ws", headers={"cookie": 'prefs={"a":1, "b":2}; mock_sandbox=w1'}))
    for _ in range(4):
        say(spoken, {"method": "/x", "websocketTag": "t"})
    held = 'prefs={"a":1, "b":2}; mock_sandbox=w1'
    assert sent == [held, f"{held}; a=1; b=x=y", f"{held}; a=1; b=x=y; c=2", f"{held}; a=1; c=2"]
    assert spoken.changes == 3


@pytest.mark.parametrize("prefix", ["", "/~w3", "/%7Ew3"])
def test_a_method_may_begin_with_the_prefix_of_its_own_sandbox(prefix: str) -> None:
    rest = line(base="/%7Ew3")
    listed = say(rest, {"method": f"{prefix}/v1/zoos?limit=1", "websocketTag": "a"})
    assert (listed["method"], listed["status"], len(listed["data"])) == (f"{prefix}/v1/zoos?limit=1", 0, 1)
    changed = say(rest, {"method": f"PATCH {prefix}/v1/zoos/1", "websocketTag": "b", "data": {"name": "New"}})
    assert changed["data"] == {"id": 1, "name": "New"}
    told = say(rest, {"method": f"{prefix}/sys/ping"}, **{"/sys/ping": lambda data: {"said": data}})
    assert (told["status"], told["data"]) == (0, {"said": {}})


@pytest.mark.parametrize("method", ["/~w4/v1/zoos", "/~w3v1/zoos", "/~w3/~w3/v1/zoos", "/v1/~w3/zoos"])
def test_no_other_prefix_is_one(method: str) -> None:
    assert say(line(base="/~w3"), {"method": method, "websocketTag": "a"})["status"] == 1


def test_what_a_command_came_to_is_addressed_in_its_sandbox() -> None:
    replies: list[Reply] = []
    text = DEFINITION.format(convention="rest", more="", auth="")
    service = AssembledInstance(prepare(parse_source(text, "zoo.yaml")))

    def handle(request: Request) -> Reply:
        replies.append(service.handle(request))
        return replies[-1]

    desk = CommandDesk(handle, service.refuse, PLAIN)
    say(
        CommandLine(desk, Request("GET", "/ws", headers={"host": "localhost"}, base="/~w3")),
        {"method": "/v1/zoos", "websocketTag": "a", "data": {"name": "Nord"}},
    )
    assert replies[0].header("location") == "http://localhost/~w3/v1/zoos/4"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ({"method": "/v1/zoos?" + "a" * 8192}, "A method has at most 8192 characters."),
        ({"method": "GET /v1/zoos", "data": {"name": "a" * 8192}}, "The data of a GET has at most 8192 characters."),
        ({"method": "/v1/zoos", "headers": {"x-a": "a" * 32_768}}, "'headers' has more than 32768 characters."),
    ],
    ids=["method", "data", "headers"],
)
def test_a_command_is_no_longer_than_a_request_may_be(command: dict[str, Any], said: str) -> None:
    """What queries mean is remembered: a mebibyte of one would be, and each document is asked about all of it."""
    answer = say(line(), {**command, "websocketTag": "a"})
    assert (answer["message"], answer["websocketTag"]) == (said, "a")
    assert answer["status"] != 0
