"""Effects: each does what it says, in one order however they are written, and nothing comes after an end."""

import json
from typing import Any

import pytest

from tests.realtime.channel.party import HEAD, Party, gather, meet


def said(rule: str, *messages: object, rest: str = "") -> list[Any]:
    """What a client hears that sends messages to a channel with one rule."""
    return meet(f"receive:\n  - {rule}\n{rest}").say(*messages)


@pytest.mark.parametrize(
    ("rule", "message", "heard"),
    [
        ("{send: {a: [1, null, true, 1.5]}}", {}, {"a": [1, None, True, 1.5]}),
        ("{send: null}", {}, None),
        ('{send: "${msg}"}', {"x": [1, {"y": None}]}, {"x": [1, {"y": None}]}),
        ('{send: {echo: "${msg.x.y}"}}', {"x": {"y": "ü"}}, {"echo": "ü"}),
        ("{text: Hello}", {}, "Hello"),
        ("{text: 5}", {}, 5),
        ('{text: "${raw}!"}', "hi", "hi!"),
        ('{text: "${raw}"}', "ünï\0\n", "ünï\0\n"),
        ("{bytes: Hellö}", {}, "Hellö".encode()),
        ("{bytes: {base64: AP8=}}", {}, b"\x00\xff"),
        ('{bytes: {base64: "${raw}"}}', b"\x00\xff", b"\x00\xff"),
        ('{bytes: "${raw}"}', b"\xff", b"/w=="),
    ],
)
def test_it_says(rule: str, message: object, heard: object) -> None:
    assert said(rule, message) == [heard]


@pytest.mark.parametrize("size", [126, 65_536, 2_000_000])
def test_an_echo_gives_back_whatever_fits_into_a_message(size: int) -> None:
    guest = meet(
        """
        max_message: 16MiB
        receive:
          - {when: "${not msg_is_bytes}", text: "${raw}"}
          - {when: "${msg_is_bytes}", bytes: {base64: "${raw}"}}
        """
    )
    assert guest.opening.max_message_bytes == 16 * 1024 * 1024
    assert guest.say("ä" * size) == ["ä" * size]
    assert guest.say(b"\x00\xfe" * size) == [b"\x00\xfe" * size]


@pytest.mark.parametrize(
    ("rule", "ended"),
    [
        ("{close: 1000}", ("close", 1000, "")),
        ('{close: 4999, reason: "Bye ${user.name}"}', ("close", 4999, "Bye ")),
        ('{close: "${msg.code}", reason: "${msg.why}"}', ("close", 1013, "ä" * 61)),
        ("{drop: true}", ("drop",)),
        ("{reset: true}", ("reset",)),
        ("{stall: true}", ("stall",)),
    ],
)
def test_an_end_is_the_last_there_is(rule: str, ended: object) -> None:
    guest = meet(f"receive:\n  - {rule[:-1]}, send: last, set: {{a: 1}}}}\n  - {{send: never}}")
    assert guest.say({"code": 1013, "why": "ä" * 100}) == ["last", ended]
    assert guest.say("more") == []
    guest.opening.session.beat()
    guest.leave()
    assert guest.take() == []


def test_a_close_code_that_cannot_be_sent_is_an_error_and_the_socket_stays() -> None:
    guest = meet('receive: [{close: "${msg.code}"}]')
    for code in (1006, 1015, 999, 5000, 1004, 2999, "1000", None, True, 1e3):
        [error] = guest.say({"code": code})
        assert "test.yaml:" in error["error"]
        assert "is no close code that can be sent" in error["error"]
    assert guest.say({"code": 3000}) == [("close", 3000, "")]


def test_a_close_frame_needs_no_code() -> None:
    assert meet("receive: [{close: 1005}]").say("bye") == [("close", 1005, "")]


def test_effects_of_a_rule_happen_in_one_order_however_they_are_written() -> None:
    guest = meet(
        """
        receive:
          - close: 4000
            leave: a
            broadcast_bytes: b
            broadcast_text: a room
            broadcast: {n: "${state.n}"}
            bytes: bytes
            text: text
            send: {n: "${state.n}", rooms: "${rooms}", status: "${reply.status}"}
            join: a
            set: {n: "${reply.body.name}"}
            call: GET /zoos/1
        """
    )
    assert guest.say("go") == [
        {"n": "North", "rooms": ["a"], "status": 200}, "text", b"bytes", {"n": "North"}, "a room", b"b",
        ("close", 4000, ""),
    ]  # fmt: skip


def test_every_rule_that_holds_happens_in_order_and_sees_what_those_before_it_did() -> None:
    guest = meet(
        """
        receive:
          - {when: "${msg.a}", set: {x: "${msg.a}"}, send: 1}
          - {when: "${not msg.a}", send: 2}
          - {when: state.x == 'y', send: 3}
          - {when: false, send: 4}
          - {when: true, send: "${state.x}"}
        """
    )
    assert guest.say({"a": "y"}) == [1, 3, "y"]
    assert guest.say({"a": None}) == [2, 3, "y"]


def test_memory_is_each_connection_s_own_and_null_forgets() -> None:
    party = gather(
        """
        c:
          path: /c
          receive:
            - set: {n: "${(state.n or 0) + 1}", last: "${msg}", "${msg.key}": "${msg.value}"}
              send: "${state}"
        """
    )
    one, two = party.come("/c"), party.come("/c")
    assert one.say({"key": "a b", "value": [1]})[0]["a b"] == [1]
    assert one.say({"key": "a b", "value": None}) == [{"n": 2, "last": {"key": "a b", "value": None}}]
    assert two.say({"key": "k", "value": 0}) == [{"n": 1, "last": {"key": "k", "value": 0}, "k": 0}]


def test_memory_is_bounded() -> None:
    guest = meet('receive: [{set: {"k${n}": "${raw}"}}]')
    assert guest.say(*["x" * 60_000] * 4) == []
    [error] = guest.say("x" * 60_000)
    assert "256 KiB" in error["error"]
    small = meet('receive: [{set: {"k${n}": 1}}]')
    assert small.say(*[1] * 1000) == []
    assert "1000 values" in small.say(1)[0]["error"]


def test_what_is_remembered_nests_only_so_deep() -> None:
    guest = meet('receive: [{set: {a: ["${state.a}"]}}]')
    heard = guest.say(*[0] * 150)
    assert "nest deeper than 100 levels" in heard[0]["error"]
    assert len(heard) == 49


ROOMS = """
c:
  path: /c
  receive:
    - {when: "${msg.join}", join: "${msg.join}"}
    - {when: "${msg.leave}", leave: "${msg.leave}"}
    - {when: "${msg.say}", broadcast: "${msg.say}"}
    - {when: "${msg.others}", broadcast: "${msg.others}", others: true}
    - {when: "${msg.to}", broadcast: "${msg.text}", to: "${msg.to}"}
    - {when: "${msg.rooms}", send: "${rooms}"}
"""


def test_a_broadcast_goes_to_the_rooms_one_is_in_or_to_all() -> None:
    party = gather(ROOMS)
    a, b, c = (party.come("/c") for _ in range(3))
    assert a.say({"say": 1}) == b.take() == c.take() == [1]
    a.say({"join": "x"}), b.say({"join": ["x", "y"]})
    assert a.say({"say": 2}) == b.take() == [2]
    assert c.take() == []
    assert b.say({"others": 3}) == []
    assert a.take() == [3]
    assert c.say({"to": ["x", "y"], "text": 4}) == []
    assert (a.take(), b.take()) == ([4], [4])
    assert b.say({"leave": "x"}, {"rooms": 1}) == [["y"]]
    assert a.say({"say": 5}) == [5]
    assert b.take() == []
    b.leave()
    c.say({"to": "y", "text": 6})
    assert b.take() == []
    assert a.say({"leave": "nowhere"}, {"join": 7}, {"rooms": 1}) == [["x", "7"]]


def test_what_is_no_room_is_an_error() -> None:
    guest = gather(ROOMS).come("/c")
    for room in ({}, [None], "x" * 201, [["a"]], True, 1.5, {"a": 1}, ["a", {}]):
        heard = guest.say({"join": room})
        assert not heard or "where the name of a room is needed" in heard[0]["error"], room
    assert guest.say(*({"join": f"r{n}"} for n in range(1000))) == []
    assert "1000 rooms at most" in guest.say({"join": "more"})[-1]["error"]


def test_rooms_of_one_channel_are_not_those_of_another() -> None:
    party = gather(ROOMS + ROOMS.replace("c:\n  path: /c", "d:\n  path: /d", 1).lstrip("\n"))
    here, there = party.come("/c"), party.come("/d")
    here.say({"join": "x"}), there.say({"join": "x"})
    assert here.say({"say": 1}) == [1]
    assert there.take() == []


def test_everybody_may_be_told_something_else() -> None:
    party = gather(
        """
        c:
          path: /c/:name
          open: [{set: {name: "${name}"}}]
          receive: [{broadcast: {you: "${their.name}", me: "${state.name}", said: "${msg}"}, broadcast_text: all}]
        """
    )
    ada, bob = party.come("/c/ada"), party.come("/c/bob")
    assert ada.say("hi") == [{"you": "ada", "me": "ada", "said": None}, "all"]
    assert bob.take() == [{"you": "bob", "me": "ada", "said": None}, "all"]


def test_a_broadcast_that_fails_for_one_is_heard_by_the_others() -> None:
    party = gather('c: {path: "/c/:x", open: [{set: {n: "${x}"}}], receive: [{broadcast: "${their.n|float}"}]}')
    one, other = party.come("/c/1"), party.come("/c/x")
    heard = one.say("go")
    assert heard[0] == 1
    assert "could not convert" in heard[1]["error"]
    assert other.take() == []


CALLS = """
actions:
  greet:
    route: POST /greet/:who
    body: {word: {value: null, type: string}}
    query: {loud: {bool: 1, default: false}}
    reply: {body: {said: "${body.word} ${who}", loud: "${query.loud}", tag: "${headers['x-tag']}"}}
  hail: {route: GET /hail, reply: {body: {said: Hail}}}
"""


def call(call: str, message: object, head: str = HEAD + CALLS) -> Any:
    guest = meet(f"receive: [{{call: {call}, send: '${{reply}}'}}]", head=head)
    [heard] = guest.say(message)
    return heard


@pytest.mark.parametrize(
    ("wanted", "message", "status", "body"),
    [
        ("GET /zoos/1", 0, 200, {"id": 1, "name": "North"}),
        ("GET /v1/zoos/1", 0, 200, {"id": 1, "name": "North"}),
        ("'GET /zoos/${msg.id}'", {"id": 1}, 200, {"id": 1, "name": "North"}),
        ("'GET /${msg.what}/1'", {"what": "zoos"}, 200, {"id": 1, "name": "North"}),
        ("'${msg.line}'", {"line": "GET /zoos?fields=id"}, 200, [{"id": 1}]),
        ("'GET /zoos?name=${msg.name}&fields=id'", {"name": "North"}, 200, [{"id": 1}]),
        ("'GET /zoos?name=${msg.name}&fields=id'", {"name": "No&fields=name"}, 200, []),
        ("{route: GET /zoos, query: {fields: id, name: '${msg.name}', q: null}}", {"name": "North"}, 200, [{"id": 1}]),
        ("{route: GET /zoos, query: {id: [1, 2], fields: [id]}}", 0, 200, [{"id": 1}]),
        ("{route: POST /zoos, body: {name: '${msg.name}'}}", {"name": "South"}, 201, {"id": 2, "name": "South"}),
        ("{route: DELETE /animals/2}", 0, 204, None),
        ("hail", 0, 200, {"said": "Hail"}),
        ("{action: greet, path: {who: '${msg.who}'}, body: {word: Hi}, query: {loud: true}, headers: {X-Tag: '${n}'}}",
         {"who": "a/b?c#ü"}, 200, {"said": "Hi a/b?c#ü", "loud": True, "tag": "1"}),
        ("{action: greet, path: {who: a b}, body: {word: Hi}}", 0, 200, {"said": "Hi a b", "loud": False, "tag": None}),
    ],
)  # fmt: skip
def test_a_call_is_answered_as_a_request(wanted: str, message: object, status: int, body: object) -> None:
    reply = call(wanted, message)
    assert reply == {"status": status, "ok": True, "body": body}


def test_a_call_that_is_refused_says_so_and_nothing_breaks() -> None:
    reply = call("{route: POST /zoos, body: {nam: x}}", 0)
    assert (reply["status"], reply["ok"], reply["body"]["errors"][0]["pointer"]) == (422, False, "#/nam")
    assert call("'GET /zoos/${msg.id}'", {"id": "../animals/1"})["status"] == 404
    lines: list[object] = ["zoos", "GET", "FETCH /zoos", None, 5, {}, "GET zoos"]
    for line in lines:
        assert "error" in call("'${msg}'", line) or "error" in call("'${msg.line}'", {"line": line})


def test_a_call_is_made_as_who_the_client_is() -> None:
    head = HEAD + "auth: {users: {ada: {token: s3, roles: [keeper]}}, public: [GET *]}\n"
    party = gather("c: {path: /c, receive: [{call: DELETE /animals/1, send: '${reply.status}'}]}", head)
    assert party.come("/c").say("go") == [401]
    assert party.come("/c", "Authorization: Bearer s3", "If-Match: nothing", "Range: x").say("go") == [204]


def test_what_a_call_changes_is_told_after_its_answer() -> None:
    party = gather(
        """
        c:
          path: /c
          push: [{change: animals, send: {pushed: "${event.action}"}}]
          receive: [{call: DELETE /animals/1, send: {called: "${reply.status}"}}]
        """
    )
    guest = party.come("/c")
    assert guest.say("go") == [{"called": 204}]
    party.deliver()
    assert guest.take() == [{"pushed": "deleted"}]


def test_a_wait_holds_up_its_own_answer_and_no_other() -> None:
    party = gather(
        """
        c:
          path: /c
          receive:
            - {when: "${msg.wait}", wait: 2s, send: "late ${n} ${msg.wait} ${now}"}
            - {send: "${n} ${msg.wait}"}
        """
    )
    guest = party.come("/c")
    assert guest.say({"wait": "a"}, {}, {"wait": "b"}) == ["2 "]
    party.wait(1.5)
    assert guest.take() == []
    assert guest.say({"wait": "c"}) == []
    party.wait(0.5)
    assert guest.take() == [f"late 4 {x} 2026-01-15T09:00:02Z" if y else f"4 {x}" for x in "ab" for y in (1, 0)]
    assert party.service.advance() == 1.5
    party.wait(60)
    assert guest.take() == ["late 4 c 2026-01-15T09:00:03.500Z", "4 c"]


def test_waits_follow_one_another() -> None:
    party = gather("c: {path: /c, receive: [{wait: 1s, send: 1}, {wait: 1s, send: 2, close: 1000}, {send: 3}]}")
    guest = party.come("/c")
    guest.say("go")
    party.wait(1)
    assert guest.take() == [1]
    party.wait(1)
    assert guest.take() == [2, ("close", 1000, "")]


def test_a_drawn_wait_is_the_same_in_every_run_and_within_its_bounds() -> None:
    def run() -> list[float]:
        party = gather("c: {path: /c, receive: [{wait: [1s, 3s], send: 1}]}")
        guest, waits = party.come("/c"), []
        for _ in range(5):
            guest.say("go")
            due = party.service.advance()
            assert due is not None
            waits.append(due)
            party.wait(3)
        return waits

    waits = run()
    assert waits == run()
    assert all(1 <= one <= 3 for one in waits)
    assert len(set(waits)) == 5


def test_what_waits_is_forgotten_with_its_connection_and_bounded() -> None:
    party = gather("c: {path: /c, receive: [{wait: 1h, send: 1}]}")
    gone, guest = party.come("/c"), party.come("/c")
    gone.say(*["x"] * 100)
    gone.leave()
    heard = guest.say(*["x"] * 1001)
    assert len(heard) == 1
    assert "More than 1000 answers are waiting" in heard[0]["error"]
    party.wait(3600)
    assert guest.take() == [1] * 1000
    assert gone.take() == []
    assert party.service.advance() is None


def test_a_rule_that_fails_is_told_and_noted_and_those_after_it_happen() -> None:
    party = gather('c: {path: /c, receive: [{send: "${msg.a + 1}", text: never}, {text: next}]}')
    guest = party.come("/c")
    [error, following] = guest.say({"a": "x"})
    assert following == "next"
    assert error["error"].startswith("test.yaml:")
    assert error["error"].endswith(".")
    status: Any = party.service.status()
    assert status["channels"] == {"open": 1, "failures": [f"channel c: {error['error']}"]}
    assert guest.say({"a": 1}) == [2, "never", "next"]


def test_what_expressions_make_is_bounded() -> None:
    guest = meet('receive: [{text: "${raw}${raw}"}, {text: "${raw}"}]')
    heard = guest.say("x" * 40_000)
    assert "65536" in heard[0]["error"]
    assert heard[1] == "x" * 40_000


def test_commands_are_answered_and_the_rules_see_their_answer() -> None:
    party: Party = gather(
        """
        c:
          path: /c
          commands: true
          receive:
            - {when: reply.status == 0, set: {last: "${reply.data.name}"}}
            - {when: "${msg_is_bytes}", text: "${state.last}"}
        """
    )
    guest = party.come("/c")
    [answer] = guest.say({"method": "/v1/zoos/1", "websocketTag": "t", "data": None})
    assert (answer["status"], answer["data"], answer["websocketTag"]) == (0, {"id": 1, "name": "North"}, "t")
    assert guest.say(b"x") == ["North"]
    for nonsense in ("", "{", "[]", '{"method": 5}', json.dumps({"method": "/nowhere", "websocketTag": 1})):
        assert guest.say(nonsense)[0]["status"] != 0
