"""What expressions of channels see, whatever a client sends."""

import json
from typing import Any

import pytest

from tests.realtime.channel.party import HEAD, gather, meet


def value(expression: str, message: object = "x", path: str = "/c", *headers: str, rest: str = "") -> Any:
    """What an expression comes to when a message is answered."""
    rules = f"receive: [{{send: {{v: {json.dumps(f'${{{expression}}}')}}}}}]\n{rest}"
    heard = meet(rules, path, *headers).say(message)
    return heard[0].get("v", heard[0])


@pytest.mark.parametrize(
    ("expression", "message", "expected"),
    [
        ("msg", "5", 5),
        ("msg", "nothing", None),
        ("msg", "", None),
        ("msg", b'{"a": 1}', {"a": 1}),
        ("msg", b"\xff", None),
        ("msg", "[" * 60 + "]" * 60, None),
        ("msg", "[" * 50 + "]" * 50, json.loads("[" * 50 + "]" * 50)),
        ("msg", '"' + "[" * 200 + '"', "[" * 200),
        ("msg.a.b.c", {}, None),
        ("msg.a.b", {"a": "text"}, None),
        ("msg.a.b", {"a": {"b": False}}, False),
        ("msg.type", [1, 2], None),
        ("msg.type", 5, None),
        ("msg.type", "text", None),
        ("msg.type == 'join'", "null", False),
        ("msg[0].a", [{"a": 1}], 1),
        ("msg[5].a", [{"a": 1}], None),
        ("msg.items", {"items": 3}, 3),
        ("msg.keys", {}, None),
        ("msg.__class__", {}, None),
        ("'id' in msg", {"id": None}, True),
        ("msg is mapping", [], False),
        ("raw", "äb", "äb"),
        ("raw", b"\x00\xff", "AP8="),
        ("msg_is_bytes", "x", False),
        ("msg_is_bytes", b"x", True),
        ("n", "x", 1),
        ("attempt", "x", 1),
        ("query", "x", {}),
        ("user", "x", None),
        ("user.name", "x", None),
        ("now", "x", "2026-01-15T09:00:00Z"),
        ("rooms", "x", []),
        ("state", "x", {}),
        ("reply", "x", None),
        ("reply.body.a", "x", None),
        ("headers.host", "x", "mock.test:8000"),
        ("headers['X-Other']", "x", None),
        ("first_zoo.name", "x", "North"),
        ("count('animals')", "x", 2),
        ("find('animals', 1).name", "x", "leo"),
        ("find('animals', 1).zoo.name", "x", "North"),
        ("find('animals', 9).name", "x", None),
        ("msg|item('a')", {"a": 1}, 1),
        ("msg|item(msg.key, 'none')", {"key": "b"}, "none"),
        ("[1, 2]|item(msg)", 1, 2),
        ("[1, 2]|item(msg)", 7, None),
        ("msg|item('a')", "text", None),
        ("raw|header_lines", "SEND\na:1\nb: x:y \r\na:2\n\nc:3", {"a": "1", "b": "x:y"}),
        ("raw|split('\\n\\n', 1)|last", "a\n\nb\n\nc", "b\n\nc"),
    ],
)
def test_every_name_and_whatever_is_not_there_is_null(expression: str, message: object, expected: object) -> None:
    assert value(expression, message) == expected


def test_the_request_is_there_under_its_names() -> None:
    rules = 'c: {path: "/c/:room/:seat", receive: [{send: ["${room}", "${seat}", "${query}", "${headers[\'x-a\']}"]}]}'
    guest = gather(rules).come("/c/a%20b/1?x=1&y=2&x=3", "X-A: h")
    assert guest.say("go") == [["a%20b" if False else "a b", "1", {"y": "2", "x": "1"}, "h"]]


def test_the_user_is_whoever_is_recognised_and_nobody_else() -> None:
    head = HEAD + "auth: {users: {ada: {token: s3, roles: [keeper], claims: {shift: day}}}, public: [GET *]}\n"
    party = gather('c: {path: /c, receive: [{send: ["${user.name}", "${user.roles}", "${user.shift}"]}]}', head)
    assert party.come("/c", "Authorization: Bearer s3").say("") == [["ada", ["keeper"], "day"]]
    assert party.come("/c?access_token=s3").say("") == [["ada", ["keeper"], "day"]]
    assert party.come("/c", "Authorization: Bearer no").say("") == [[None, None, None]]
    assert party.come("/c").say("") == [[None, None, None]]


def test_messages_are_counted_by_connection_and_nothing_else_counts() -> None:
    party = gather(
        """
        c:
          path: /c
          heartbeat: {every: 5s, send: {beat: "${n}"}}
          open: [{send: {open: "${n}", attempt: "${attempt}"}}]
          push: [{every: 1s, times: 1, send: {tick: "${tick}", n: "${n}"}}]
          receive: [{send: "${n}"}]
        """
    )
    one, two = party.come("/c"), party.come("/c")
    assert one.take() == [{"open": 0, "attempt": 1}]
    assert two.take() == [{"open": 0, "attempt": 2}]
    assert one.say("a", b"b") == [1, 2]
    party.wait(1)
    assert (one.take(), two.take()) == ([{"tick": 1, "n": 2}], [{"tick": 1, "n": 0}])
    assert one.opening.beat_s == 5
    one.opening.session.beat()
    assert one.take() == [{"beat": 2}]
    assert two.say("c") == [1]


def test_attempts_are_counted_by_the_key_refused_ones_too_until_a_reset() -> None:
    party = gather('c: {path: /c, key: "${query.client}", open: [{send: "${attempt}"}]}')
    assert party.come("/c?client=a").take() == [1]
    assert party.come("/c?client=b").take() == [1]
    assert party.come("/c?client=a").take() == [2]
    party.service.reset(())
    assert party.come("/c?client=a").take() == [1]


def test_draws_are_the_same_in_every_run_whatever_others_do() -> None:
    rules = 'c: {path: /c, key: "${query.who}", receive: [{send: ["${randint(1, 1000)}", "${uuid()}"]}]}'

    def run(*, with_others: bool) -> list[Any]:
        party = gather(rules)
        guest = party.come("/c?who=me")
        if with_others:
            party.come("/c?who=other").say("a", "b")
        return guest.say("a", "b", "a")

    alone = run(with_others=False)
    assert alone == run(with_others=True)
    assert len({json.dumps(one) for one in alone}) == 3


def test_another_seed_draws_otherwise() -> None:
    rules = "receive: [{send: '${uuid()}'}]"
    assert meet(rules).say(1) != meet(rules, head=HEAD.replace("seed: 5", "seed: 6")).say(1)
