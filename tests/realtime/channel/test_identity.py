"""Who clients are while they are connected: by a login, a logout, an expiry or a reload they become somebody else."""

import json
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.messages import Request
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message
from mockserver.server.assemble import prepare
from tests.realtime.channel.party import HEAD, Guest, Party, Recorder, gather

AUTH = """\
auth:
  users:
    ada: {password: lovelace, roles: [keeper]}
    bob: {token: b, roles: [ROLE]}
  login: {route: POST /login, logout: POST /logout, ttl: 1h}
  public: [GET /zoos, GET /zoos/*]
  rules: [{route: ANY /animals/*, roles: keeper}, {route: ANY /animals, roles: keeper}]
"""
CHANNEL = """
c:
  path: /c
  AUTH
  heartbeat: BEAT
  commands: true
  push:
    - {change: animals, send: {pushed: "${row.name}", user: "${user.name}"}}
    - {change: zoos, send: {zoo: "${row.name}", user: "${user.name}"}}
  receive: {when: "${reply.status != 0}", broadcast: "${user.name or 'nobody'}"}
"""
AS_BOB = "Authorization: Bearer b"
EXPIRED = "The token has expired: log in again."
OUT = ("close", 4401, "The token is not known here: log in again.")


def meet(*, auth: str = "", beat: str = "10s") -> Party:
    return gather(CHANNEL.replace("AUTH", auth).replace("BEAT", beat), HEAD + AUTH.replace("ROLE", "keeper"))


def log_in(party: Party) -> str:
    """A header that says that ada asks."""
    token = party.ask("POST", "/v1/login", {"username": "ada", "password": "lovelace"})
    return f"Authorization: Bearer {token['token']}"


def log_out(party: Party, header: str) -> None:
    request = party.request("/v1/logout", header)
    assert party.service.handle(Request("POST", request.target, (), request.headers)).status < 300


def rename(party: Party, resource: str, name: str) -> None:
    party.ask("PATCH", f"/v1/{resource}/1", {"name": name}, AS_BOB)


def test_who_has_logged_out_sees_what_everybody_sees() -> None:
    party = meet()
    as_ada = log_in(party)
    guest, other = party.come("/c", as_ada), party.come("/c", AS_BOB)
    rename(party, "animals", "a")
    assert guest.take() == [{"pushed": "a", "user": "ada"}]
    log_out(party, as_ada)
    rename(party, "animals", "b")
    rename(party, "zoos", "North2")
    assert guest.take() == [{"zoo": "North2", "user": None}]
    assert guest.opening.session.user == ""
    assert [*map(list, other.take())] == [["pushed", "user"], ["pushed", "user"], ["zoo", "user"]]


@pytest.mark.parametrize("what", ["change", "message", "broadcast", "beat"])
def test_who_has_logged_out_is_sent_away_where_a_login_is_needed(what: str) -> None:
    party = meet(auth="auth: true")
    as_ada = log_in(party)
    guest, other = party.come("/c", as_ada), party.come("/c", AS_BOB)
    log_out(party, as_ada)
    assert guest.take() == []
    if what == "change":
        rename(party, "animals", "a")
    elif what == "message":
        guest.opening.session.receive("hello")
    elif what == "broadcast":
        assert other.say("hello")[-1] == "bob"
    else:
        guest.opening.session.beat()
    assert guest.take() == [OUT]
    other.take()
    assert other.say("still")[-1] == "bob"


@pytest.mark.parametrize(
    ("beat", "told"), [("10s", [{"zoo": "South", "user": "ada"}]), ("0s", [("close", 4401, EXPIRED)])]
)
def test_a_login_that_expires_is_noticed_with_the_heartbeat_or_sooner_where_there_is_none(
    beat: str, told: list[object]
) -> None:
    party = meet(auth="auth: true", beat=beat)
    guest = party.come("/c", log_in(party))
    party.wait(3601)
    rename(party, "zoos", "South")
    assert guest.take() == told
    guest.opening.session.beat()
    assert guest.wire.ended
    assert guest.take() == ([] if beat == "0s" else [("close", 4401, EXPIRED)])


def reload(party: Party, role: str, auth: str, more: str = "") -> None:
    channels = CHANNEL.replace("AUTH", auth).replace("BEAT", "10s").replace("\n", "\n  ")
    text = f"{HEAD}{AUTH.replace('ROLE', role)}channels:{channels}{more}\n"
    party.service.replace(party.service.stage(prepare(parse_source(text, "test.yaml"))))


def test_a_reload_that_takes_a_role_away_holds_at_once() -> None:
    party = meet()
    guest = party.come("/c", AS_BOB)
    assert guest.say("hello")[-1] == "bob"
    reload(party, "guest", "")
    as_ada = log_in(party)
    party.ask("PATCH", "/v1/animals/1", {"name": "b"}, as_ada)
    party.ask("PATCH", "/v1/zoos/1", {"name": "South"}, as_ada)
    assert guest.take() == [{"zoo": "South", "user": "bob"}]
    reload(party, "guest", "auth: [keeper]")
    assert guest.take() == [("close", 4403, "You may not come in here: it is for keeper.")]


def test_a_login_by_command_holds_for_pushes_and_a_logout_too() -> None:
    head = HEAD + AUTH.replace("ROLE", "keeper").replace("auth:\n", "auth:\n  scheme: cookie\n", 1)
    head = head.replace("token: b", "password: b")
    party = gather(CHANNEL.replace("AUTH", "").replace("BEAT", "10s"), head)
    guest = party.come("/c")

    def command(path: str, data: object) -> Any:
        [answer] = guest.say({"method": path, "websocketTag": 1, "data": data})
        assert answer["status"] == 0
        party.deliver()
        return guest.take()

    command("/v1/login", {"username": "ada", "password": "lovelace"})
    assert guest.opening.session.user == "ada"
    assert command("PATCH /v1/animals/1", {"name": "a"}) == [{"pushed": "a", "user": "ada"}]
    command("POST /v1/logout", {})
    assert guest.say("hello")[-1] == "nobody"


def test_who_logs_out_by_command_where_a_login_is_needed_is_answered_and_sent_away() -> None:
    party = meet(auth="auth: true")
    guest = party.come("/c", log_in(party))
    answer, *rest = guest.say({"method": "/v1/logout", "websocketTag": 1, "data": {}})
    assert (answer["status"], rest) == (0, [OUT])


WHERE = """\
auth:
  users: {ada: {token: a, roles: [k]}}
  rules:
    - {route: ANY /animals, where: "row.state == 'open'"}
    - {route: ANY /animals/*, where: "row.state == 'open'"}
"""
WATCHED = 'channels: {c: {path: /c, replay: 5, push: [{change: [RESOURCES], send: "${row.name}"}]}}\n'
SHOPS = "  shops: {fields: {id: {seq: 1}, name: {value: a, type: string}}, count: 1}\n"


def test_a_resource_that_a_reload_adds_is_pushed_to_those_who_were_here_before() -> None:
    watched = 'c: {path: /c, replay: 5, push: [{change: [animals, zoos], send: "${row.name}"}]}'
    party = gather(watched, HEAD + WHERE)
    as_ada = "Authorization: Bearer a"
    guest = party.come("/c", as_ada)
    text = HEAD + SHOPS + WHERE + WATCHED.replace("RESOURCES", "animals, zoos, shops")
    party.service.replace(party.service.stage(prepare(parse_source(text, "test.yaml"))))
    party.ask("PATCH", "/v1/shops/1", {"name": "b"}, as_ada)
    party.ask("PATCH", "/v1/zoos/1", {"name": "South"}, as_ada)
    assert guest.take() == ["b", "South"]
    # And what is remembered of one that is gone is for nobody.
    text = HEAD + WHERE + WATCHED.replace("RESOURCES", "animals, zoos")
    party.service.replace(party.service.stage(prepare(parse_source(text, "test.yaml"))))
    assert party.come("/c", as_ada).take() == []
    party.ask("PATCH", "/v1/zoos/1", {"name": "East"}, as_ada)
    assert guest.take() == party.come("/c", as_ada).take() == ["East"]


class Broken(Recorder):
    """A wire with a bug in it."""

    def send(self, message: Message) -> None:
        if isinstance(message, Frame) and b"animal" in message.data:
            raise KeyError("orders")
        super().send(message)


@pytest.mark.parametrize("push", ["change: animals", "every: 1s"])
def test_a_bug_that_one_client_meets_ends_that_one(push: str, capsys: pytest.CaptureFixture[str]) -> None:
    party = gather(f"c: {{path: /c, push: [{{{push}, send: animal}}, {{{push}, send: next}}], receive: {{text: hi}}}}")
    broken = Guest(party.service.connect(party.request("/c")), Broken())
    broken.opening.session.open(broken.wire)
    guest = party.come("/c")
    party.ask("PATCH", "/v1/animals/1", {"name": "a"})
    party.ask("PATCH", "/v1/animals/1", {"name": "b"})
    party.wait(2)
    assert guest.take() == ["animal", "next"] * 2
    assert broken.take() == [("close", 1011, "The mock server itself failed; its log says more.")]
    status: Any = party.service.status()
    assert status["channels"] == {"open": 1, "failures": ["channel c: KeyError: 'orders'"]}
    assert "KeyError: 'orders'" in capsys.readouterr().err
    assert json.dumps(guest.say("x")) == '["hi"]'
