"""Who comes in: paths and prefixes, refusals before the handshake, logins and roles, terms, and reloads."""

from pathlib import Path
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import Forbidden, Problem, Unauthenticated, UnknownPath
from mockserver.server.assemble import prepare
from tests.realtime.channel.party import HEAD, Party, gather

ECHO = "receive: [{text: '${raw}'}]"


def refused(party: Party, path: str, *headers: str) -> Problem:
    with pytest.raises(Problem) as raised:
        party.come(path, *headers)
    return raised.value


@pytest.mark.parametrize("path", ["/ws/chat", "/v1/ws/chat", "/ws/chat/", "/ws/%63hat", "/ws/chat?x=1"])
def test_a_channel_stands_at_its_path_and_below_the_prefix(path: str) -> None:
    assert gather(f"c: {{path: /ws/chat, {ECHO}}}").come(path).say("hi") == ["hi"]


@pytest.mark.parametrize("path", ["/", "/ws", "/ws/chat/x", "/v2/ws/chat", "/ws//chat", "/v1/zoos"])
def test_elsewhere_there_is_none(path: str) -> None:
    assert isinstance(refused(gather(f"c: {{path: /ws/chat, {ECHO}}}"), path), UnknownPath)


def test_a_path_that_cannot_be_read_is_a_bad_request() -> None:
    party = gather(f'c: {{path: "/:x", {ECHO}}}')
    assert refused(party, "/%ff").status == 400
    assert refused(party, "/%00").status == 400


def test_the_closest_path_wins() -> None:
    party = gather('a: {path: "/c/:x", open: [{text: any}]}\nb: {path: /c/one, open: [{text: one}]}')
    assert party.come("/c/one").take() == ["one"]
    assert party.come("/c/two").take() == ["any"]


def test_a_socket_wins_over_those_of_the_convention() -> None:
    head = HEAD.replace("{version: v1}", "{convention: linkis, version: v1, application: zoo}")
    party = gather("c: {path: /ws/api/entrance/connect, open: [{text: mine}]}", head)
    assert party.come("/ws/api/entrance/connect").take() == ["mine"]
    assert party.come("/ws/api/other/connect").take() != ["mine"]
    assert party.come("/api/rest_s/v1/zoo/ws/api/entrance/connect").take() == ["mine"]


REFUSING = """
c:
  path: /c
  key: "${query.client}"
  refuse:
    - when: "${query.room == 'full'}"
      status: 503
      retry_after: 2
      message: "Full, ${query.client}."
      headers: {X-A: "${attempt}"}
    - {when: "${query.status}", status: "${query.status|int}"}
    - {when: "${attempt <= 2}", status: 429}
"""


def test_the_first_refusal_that_holds_is_the_answer_before_the_handshake() -> None:
    party = gather(REFUSING)
    full = refused(party, "/c?room=full&status=500&client=a")
    assert (full.status, full.detail, full.headers) == (503, "Full, a.", {"X-A": "1", "Retry-After": "2"})
    assert refused(party, "/c?client=a").status == 429
    assert party.come("/c?client=a").say("x") == []
    assert refused(party, "/c?client=b").slug == "too_many"
    assert refused(party, "/c?status=418&client=a").status == 418
    wrong = refused(party, "/c?status=200&client=a")
    assert (wrong.status, "none from 300 to 599" in wrong.detail) == (500, True)


def test_a_refusal_is_written_by_the_convention() -> None:
    party = gather(REFUSING)
    problem = refused(party, "/c?room=full")
    reply = party.service.refuse(party.request("/c"), problem)
    assert (reply.status, reply.header("Retry-After")) == (503, "2")


def test_a_refusal_may_lead_elsewhere_and_have_any_status() -> None:
    party = gather(
        """
        c:
          path: /c
          refuse: {status: "${query.status|int}", when: "${query.status}", headers: {Location: "/d?was=${attempt}"}}
          open: {text: in}
        d: {path: /d, kind: sse, refuse: {status: 307, headers: {location: /c}}}
        """
    )
    for status in (300, 302, 308, 418, 599):
        problem = refused(party, f"/c?status={status}")
        reply = party.service.refuse(party.request("/c"), problem)
        assert (problem.status, reply.status) == (status, status)
        assert (reply.header("Location") or "").startswith("/d?was=")
    assert party.come("/c").take() == ["in"]
    reply = party.service.handle(party.request("/d"))
    assert (reply.status, reply.header("Location")) == (307, "/c")


def test_one_rule_needs_no_list_around_it() -> None:
    party = gather(
        """
        c:
          path: /c
          refuse: {when: "${query.no}"}
          open: {text: hello}
          push: {change: animals, text: changed}
          receive: {text: heard}
        """
    )
    guest = party.come("/c")
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    assert guest.say("x") == ["hello", "changed", "heard"]
    assert refused(party, "/c?no=1").status == 503


USERS = HEAD + "auth: {users: {ada: {token: a, roles: [keeper]}, bob: {token: b}}, public: [GET *]}\n"


@pytest.mark.parametrize(
    ("auth", "path", "kind"),
    [
        ("true", "/c", Unauthenticated),
        ("true", "/c?access_token=wrong", Unauthenticated),
        ("true", "/c?access_token=b", None),
        ("[keeper]", "/c?access_token=b", Forbidden),
        ("[keeper]", "/c", Unauthenticated),
        ("[keeper]", "/c?access_token=a", None),
        ("{roles: keeper}", "/c?access_token=b", Forbidden),
        ("{roles: [keeper]}", "/c?access_token=a", None),
        ("false", "/c", None),
        ("false", "/c?access_token=wrong", None),
    ],
)
def test_a_login_may_be_needed(auth: str, path: str, kind: type[Problem] | None) -> None:
    party = gather(f"c: {{path: /c, auth: {auth}, {ECHO}}}", USERS)
    if kind is None:
        assert party.come(path).say("x") == ["x"]
    else:
        problem = refused(party, path)
        assert type(problem) is kind
        assert kind is Forbidden or "WWW-Authenticate" in problem.headers
    stream = gather(f"c: {{path: /c, kind: sse, auth: {auth}, open: [{{text: x}}]}}", USERS)
    reply = stream.service.handle(stream.request(path))
    assert reply.status == (200 if kind is None else kind.status)


def test_the_terms_of_a_connection_are_the_definition_s() -> None:
    party = gather(
        f"""
        a: {{path: /a, {ECHO}}}
        b:
          path: /b
          heartbeat: 250ms
          subprotocols: [v12.stomp, v11.stomp]
          deflate: true
          max_message: 64KiB
        c: {{path: /c, heartbeat: 0s}}
        d: {{path: /d, heartbeat: {{every: 5s, text: "beat ${{n}}"}}}}
        """
    )
    plain, rich, silent, talking = (party.come(path) for path in ("/a", "/b", "/c", "/d"))
    assert (plain.opening.beat_s, plain.opening.max_message_bytes, plain.opening.deflate) == (10, 1048576, False)
    assert rich.opening.subprotocols == ("v12.stomp", "v11.stomp")
    assert (rich.opening.beat_s, rich.opening.max_message_bytes, rich.opening.deflate) == (0.25, 65536, True)
    assert silent.opening.beat_s == 0
    plain.opening.session.beat()
    talking.opening.session.beat()
    assert (plain.take(), talking.take()) == ([], ["beat 0"])


def test_a_session_says_who_and_what_it_is() -> None:
    party = gather("c: {path: /c, open: [{join: [x, y]}]}", USERS)
    session = party.come("/c?access_token=a").opening.session
    assert (session.name, session.user, list(session.rooms)) == ("channel c", "ada", ["x", "y"])
    assert party.come("/c").opening.session.user == ""


def test_many_keys_are_counted_within_bounds() -> None:
    party = gather('c: {path: /c, key: "${query.k}", open: [{send: "${attempt}"}]}')
    party.come("/c?k=first")
    for number in range(10_000):
        party.service.connect(party.request(f"/c?k={number}"))
    assert party.come("/c?k=9999").take() == [2]
    assert party.come("/c?k=first").take() == [1]


def reload(party: Party, channels: str) -> None:
    staged = party.service.stage(prepare(parse_source(HEAD + channels, "test.yaml")))
    party.service.replace(staged)


def test_changed_rules_hold_at_once_for_those_who_are_connected() -> None:
    party = gather("c: {path: /c, receive: [{set: {x: 1}, text: old}], push: [{every: 10s, text: old}]}")
    guest = party.come("/c")
    assert guest.say("go") == ["old"]
    party.wait(6)
    reload(party, "channels: {c: {path: /d, receive: [{text: 'new ${state.x}'}], push: [{every: 5s, text: new}]}}\n")
    assert guest.say("go") == ["new 1"]
    party.wait(4)
    assert guest.take() == []
    party.wait(1)
    assert guest.take() == ["new"]
    assert isinstance(refused(party, "/c"), UnknownPath)
    party.ask("PATCH", "/v1/zoos/1", {"name": "x"})


def test_timers_go_on_where_a_channel_stays_as_it_is() -> None:
    party = gather("c: {path: /c, push: [{every: 10s, text: tick}]}")
    guest = party.come("/c")
    party.wait(6)
    reload(party, "channels: {c: {path: /c, push: [{every: 10s, text: tick}]}, d: {path: /d}}\n")
    party.wait(4)
    assert guest.take() == ["tick"]


@pytest.mark.parametrize("channels", ["", "channels: {d: {path: /c}}\n", "channels: {c: {path: /c, kind: sse}}\n"])
def test_clients_of_a_channel_that_is_gone_are_sent_away_to_come_back(channels: str) -> None:
    party = gather(f"c: {{path: /c, {ECHO}}}")
    guest, late = party.come("/c"), party.service.connect(party.request("/c"))
    reload(party, channels)
    assert guest.take() == [("close", 1012, "There is no such channel any more.")]
    assert guest.say("x") == []
    if "c: {" not in channels:
        late.session.open(guest.wire)
        late.session.receive("x")
    late.session.end()


def test_data_that_is_put_back_leaves_connections_alone() -> None:
    party = gather('c: {path: /c, push: [{change: zoos, send: "${row.name}"}]}')
    guest = party.come("/c")
    party.ask("PATCH", "/v1/zoos/1", {"name": "South"})
    party.service.reset(())
    party.deliver()
    party.ask("PATCH", "/v1/zoos/1", {"name": "East"})
    assert guest.take() == ["South", "East"]


def test_more_changes_at_once_than_the_feed_holds_are_said_to_be_lost() -> None:
    party = gather("c: {path: /c, push: [{change: animals, text: x}]}")
    guest = party.come("/c")
    party.ask("POST", "/v1/animals", [{"name": "x", "zoo_id": 1} for _ in range(1001)])
    assert guest.take() == []
    status: Any = party.service.status()
    assert status["channels"]["failures"] == ["Channels could not be told of all changes: there were too many at once."]
    party.ask("DELETE", "/v1/animals/1")
    assert guest.take() == ["x"]


def test_a_definition_without_channels_serves_none(tmp_path: Path) -> None:
    del tmp_path
    party = gather("c: {path: /c}")
    reload(party, "")
    assert party.service.sandbox.channels.find(party.request("/c")) is None
