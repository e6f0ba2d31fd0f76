"""What nobody asked for: changes as their rows are seen, timers on the sandbox's clock, and what is told again."""

import json

import pytest

from mockserver.messages import Request
from tests.realtime.channel.party import HEAD, gather

CHANGES = 'c: {path: /c, push: [{change: animals, send: {is: "${event.action}", id: "${row.id}", was: "${old.name}"}}]}'


def test_every_change_is_pushed_whoever_made_it() -> None:
    party = gather(CHANGES)
    guest = party.come("/c")
    party.ask("POST", "/v1/animals", {"name": "zed", "zoo_id": 1})
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    party.ask("PATCH", "/v1/zoos/1", {"name": "South"})
    party.ask("DELETE", "/v1/animals/2")
    assert guest.take() == [
        {"is": "created", "id": 3, "was": None},
        {"is": "updated", "id": 1, "was": "leo"},
        {"is": "deleted", "id": 2, "was": "mia"},
    ]
    guest.leave()
    party.ask("DELETE", "/v1/animals/1")
    assert guest.take() == []


def test_what_was_before_a_client_came_is_not_pushed() -> None:
    party = gather(CHANGES)
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    guest = party.come("/c")
    party.deliver()
    assert guest.take() == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("animals", ["animals created", "animals updated", "animals deleted"]),
        ("[animals]", ["animals created", "animals updated", "animals deleted"]),
        ("[zoos, animals]", ["animals created", "animals updated", "zoos updated", "animals deleted"]),
        ("{resource: animals}", ["animals created", "animals updated", "animals deleted"]),
        ("{resource: [animals, zoos], action: updated}", ["animals updated", "zoos updated"]),
        ("{resource: animals, action: [created, deleted]}", ["animals created", "animals deleted"]),
    ],
)
def test_a_push_is_about_resources_and_actions(change: str, told: list[str]) -> None:
    party = gather(f'c: {{path: /c, push: [{{change: {change}, text: "${{event.resource}} ${{event.action}}"}}]}}')
    guest = party.come("/c")
    party.ask("POST", "/v1/animals", {"name": "zed", "zoo_id": 1})
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    party.ask("PATCH", "/v1/zoos/1", {"name": "South"})
    party.ask("DELETE", "/v1/animals/2")
    assert guest.take() == told


def test_a_row_is_as_rest_shows_it_and_its_fields_are_all_there() -> None:
    head = HEAD.replace("api: {version: v1}", "api: {version: v1, case: camel}")
    rule = '{change: animals, send: {row: "${row}", s: "${row.secret}", zoo: "${row.zoo.name}"}}'
    party = gather(f"c: {{path: /c, push: [{rule}]}}", head)
    guest = party.come("/c")
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    [told] = guest.take()
    assert told == {"row": {"id": 1, "name": "lea", "state": "open", "zooId": 1}, "s": "s3", "zoo": "North"}


def test_an_event_has_the_feed_s_own_place() -> None:
    party = gather('c: {path: /c, push: [{change: animals, send: "${event}"}]}')
    guest = party.come("/c")
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    at = party.service.sandbox.feed.at
    assert guest.take() == [{"action": "updated", "resource": "animals", "key": 1, "id": at, "topic": "animals"}]


def test_a_push_is_a_rule_as_any_other() -> None:
    party = gather(
        """
        c:
          path: /c
          push:
            - {change: animals, when: "${row.state == 'open'}", send: "${row.name}", set: {last: "${row.name}"}}
            - {change: animals, when: "${event.action == 'deleted'}", close: 4001, reason: "${state.last}"}
        """
    )
    guest = party.come("/c")
    party.ask("PATCH", "/v1/animals/2", {"name": "mim"})
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    assert guest.take() == ["lea"]
    party.ask("DELETE", "/v1/animals/2")
    assert guest.take() == [("close", 4001, "lea")]


SIGHT = """\
auth:
  users: {ada: {token: a, roles: [keeper]}, bob: {token: b}}
  public: [GET /zoos]
  rules:
    - {route: ANY /animals/*, roles: keeper}
    - {route: ANY /animals, roles: keeper}
    - {route: ANY /animals/*, where: "row.state == 'open'"}
    - {route: ANY /animals, where: "row.state == 'open'"}
"""


def test_nobody_is_told_of_rows_that_they_may_not_see() -> None:
    party = gather(CHANGES, HEAD + SIGHT)
    ada, bob, nobody = party.come("/c", "Authorization: Bearer a"), party.come("/c?access_token=b"), party.come("/c")
    as_ada = "Authorization: Bearer a"
    party.ask("PATCH", "/v1/animals/2", {"name": "x"}, as_ada)
    party.ask("PATCH", "/v1/animals/2", {"state": "open"}, as_ada)
    party.ask("PATCH", "/v1/animals/1", {"state": "closed"}, as_ada)
    assert [one["is"] for one in ada.take()] == ["updated"] * 3
    assert bob.take() == [{"is": "created", "id": 2, "was": None}, {"is": "deleted", "id": 1, "was": "leo"}]
    assert nobody.take() == []


def test_a_timer_ticks_by_the_sandbox_s_clock_from_when_the_connection_stands() -> None:
    party = gather(
        """
        c:
          path: /c
          push:
            - {every: 1s, after: 500ms, times: 3, send: "${tick} ${now}"}
            - {every: 2s, text: "two ${tick}"}
        """
    )
    party.wait(10)
    guest = party.come("/c")
    assert party.service.advance() == 0.5
    party.wait(0.5)
    assert guest.take() == ["1 2026-01-15T09:00:10.500Z"]
    party.wait(4.5)
    assert guest.take() == ["2 2026-01-15T09:00:11.500Z", "two 1", "3 2026-01-15T09:00:12.500Z", "two 2"]
    guest.leave()
    assert party.service.advance() is None


def test_drawn_intervals_are_within_their_bounds_and_the_same_in_every_run() -> None:
    def run() -> list[str]:
        party = gather('c: {path: /c, push: [{every: [1s, 3s], send: "${now} ${randint(1, 99)}"}]}')
        guest = party.come("/c")
        party.wait(30)
        return guest.take()

    ticks = run()
    assert ticks == run()
    assert 10 <= len(ticks) <= 30
    assert len(set(ticks)) == len(ticks)


def test_when_the_clock_jumps_at_most_a_hundred_ticks_are_made_up_for() -> None:
    party = gather('c: {path: /c, push: [{every: 1s, text: "${tick}"}]}')
    guest = party.come("/c")
    party.wait(5)
    assert len(guest.take()) == 5
    party.wait(86_400)
    assert len(guest.take()) == 100
    party.wait(1)
    assert guest.take() == [106]


def test_a_clock_that_is_put_back_stops_no_timer() -> None:
    party = gather('c: {path: /c, push: [{every: 10s, text: "${tick}"}]}')
    party.wait(100)
    guest = party.come("/c")
    party.wait(6)
    party.service.reset(["clock"])
    party.wait(3)
    assert guest.take() == []
    party.wait(1)
    assert guest.take() == [1]


def test_a_tick_that_fails_is_told_and_the_next_comes() -> None:
    party = gather('c: {path: /c, push: [{every: 1s, send: "${10 / (tick - 1)}"}]}')
    guest = party.come("/c")
    party.wait(2)
    heard = guest.take()
    assert "division by zero" in heard[0]["error"]
    assert heard[1:] == [10.0]


def test_a_push_that_asks_the_api_in_every_tick_does_not_pile_up() -> None:
    party = gather("c: {path: /c, push: [{every: 1s, call: GET /zoos/1, send: '${reply.status}'}]}")
    guests = [party.come("/c") for _ in range(50)]
    party.wait(60)
    assert [guest.take() for guest in guests] == [[200] * 60] * 50


TOLD = """
c:
  path: /c
  replay: 2
  push: [{change: animals, when: "${row.state == 'open'}", send: {pushed: "${row.name}"}}]
  receive:
    - {when: "${msg.join}", join: "${msg.join}"}
    - {when: "${msg.say}", broadcast: "${msg.say}"}
"""


def test_who_comes_later_is_told_the_latest_first() -> None:
    party = gather(TOLD.replace("receive:", "open: [{send: hello}]\n  receive:"))
    one = party.come("/c")
    one.say({"say": 1}, {"say": 2})
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    for name in ("a", "b", "c"):
        party.ask("PATCH", "/v1/animals/2", {"name": name})
    assert one.take() == [{"pushed": "lea"}]
    assert party.come("/c").take() == [2, {"pushed": "lea"}, "hello"]


def test_who_joins_a_room_is_told_what_was_said_there() -> None:
    party = gather(TOLD)
    one, other = party.come("/c"), party.come("/c")
    one.say({"join": "x"}, {"say": 1}, {"say": 2}, {"say": 3})
    assert other.take() == []
    assert other.say({"join": ["y", "x"]}) == [2, 3]
    assert other.say({"join": "x"}) == []
    one.leave()
    other.leave()
    assert party.come("/c").say({"join": "x"}) == [2, 3]
    party.service.reset(["data"])
    assert party.come("/c").say({"join": "x"}) == []


def test_what_is_told_again_is_what_the_new_one_may_see() -> None:
    party = gather(TOLD.replace("row.state == 'open'", "true"), HEAD + SIGHT)
    as_ada = "Authorization: Bearer a"
    party.ask("PATCH", "/v1/animals/2", {"name": "x"}, as_ada)
    party.ask("PATCH", "/v1/animals/1", {"name": "y"}, as_ada)
    assert party.come("/c", as_ada).take() == [{"pushed": "x"}, {"pushed": "y"}]
    assert party.come("/c?access_token=b").take() == [{"pushed": "y"}]
    assert party.come("/c").take() == []


def test_nothing_is_kept_where_nothing_is_told_again() -> None:
    party = gather(TOLD.replace("replay: 2", "replay: false"))
    party.come("/c").say({"say": 1})
    assert party.come("/c").take() == []
    many = gather(TOLD.replace("replay: 2", "replay: true"))
    many.come("/c").say(*({"say": n} for n in range(1, 120)))
    assert many.come("/c").take() == list(range(20, 120))


STREAM = """
c:
  path: /c/:x
  kind: sse
  replay: 3
  open: [{event: hello, send: {x: "${x}"}}]
  push:
    - {change: animals, event: "animal-${event.action}", send: "${row.name}"}
    - {every: 5s, times: 1, text: "two\\nlines"}
"""


def test_an_event_stream_says_events_with_names_ids_and_lines() -> None:
    party = gather(STREAM)
    guest = party.listen("/v1/c/7")
    assert guest.events() == ['event: hello\ndata: {"x":"7"}\n\n']
    party.ask("PATCH", "/v1/animals/1", {"name": "lea"})
    [event] = guest.events()
    name, place, data, *_ = event.split("\n")
    assert (name, data) == ("event: animal-updated", 'data: "lea"')
    assert place.startswith("id: ")
    party.wait(5)
    assert guest.events() == ["data: two\ndata: lines\n\n"]
    guest.opening.session.beat()
    assert guest.events() == [":\n\n"]


def test_a_name_of_an_event_stays_in_its_line() -> None:
    party = gather('c: {path: /c, kind: sse, open: [{event: "${query.e}", text: "a\\rb\\r\\nc"}]}')
    assert party.listen("/c?e=x%0Adata:%20y").events() == ["event: x data: y\ndata: a\ndata: b\ndata: c\n\n"]


def test_event_streams_are_described_with_the_rest() -> None:
    party = gather(STREAM)
    described = json.dumps(party.service.openapi("http://mock.test"))
    assert '"/v1/c/{x}"' in described
    assert "/c" in party.service.greeting("http://mock.test", "http://c")


def test_an_event_stream_goes_on_where_it_broke_off() -> None:
    party = gather(STREAM)
    guest = party.listen("/c/7")
    guest.events()
    for name in "abcde":
        party.ask("PATCH", "/v1/animals/1", {"name": name})
    ids = [event.split("\n")[1].removeprefix("id: ") for event in guest.events()]
    assert len(set(ids)) == 5

    def told(*headers: str) -> list[str]:
        events = party.listen("/c/7", *headers).events()
        return [event.split("data: ")[1].strip()[1:-1] for event in events if event.startswith("event: animal")]

    assert told() == ["c", "d", "e"]
    assert told(f"Last-Event-ID: {ids[0]}") == ["b", "c", "d", "e"]
    assert told(f"Last-Event-ID: {ids[-1]}") == []
    for strange in ("5", "x.1", ids[0] + "x", ".", "", "9" * 40, f"{ids[0].split('.')[0]}.{'9' * 40}"):
        assert told(f"Last-Event-ID: {strange}") == ["c", "d", "e"]


def test_an_event_stream_is_asked_for_by_get_alone() -> None:
    party = gather(STREAM)
    methods = ("HEAD", "POST", "DELETE", "OPTIONS")
    answers = {method: party.service.handle(Request(method, "/c/1")).status for method in methods}
    assert answers == {"HEAD": 200, "POST": 405, "DELETE": 405, "OPTIONS": 204}
    assert (
        party.service.handle(party.request("/c/1", "Accept: text/event-stream")).header("Cache-Control") == "no-store"
    )
