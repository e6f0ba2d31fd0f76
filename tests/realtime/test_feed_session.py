"""What a listener hears: hello first, what was missed or a gap, then everything once and in order."""

import json
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.realtime.frame import Frame
from mockserver.realtime.session import Message
from mockserver.realtime.subscription import NOTHING, all_of
from mockserver.server.assemble import AssembledInstance, prepare
from mockserver.store.feed import Missed
from tests.client import Client, assemble, direct
from tests.realtime.channel.party import Recorder
from tests.realtime.heard import Heard, Listening, asking, connected, deliver, streaming

DEFINITION = """
mock: 1
freeze: true
api: {version: v1, feed: {heartbeat: 250ms}}
resources:
  zoos: {count: 3, fields: {id: {seq: 1}, name: {value: null, type: string}}}
  pets: {count: 3, fields: {id: {seq: 1}, name: {value: null, type: string}}}
"""
WS, SSE = "/v1/events/ws", "/v1/events/sse"


@pytest.fixture
def service() -> AssembledInstance:
    return assemble(DEFINITION)


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return direct(service).below("/v1")


def name(client: Client, path: str, text: str = "x") -> None:
    assert client.patch(path, {"name": text}).status == 201


def keys(events: list[dict[str, Any]]) -> list[str]:
    return [f"{one['topic']} {one['key']}" for one in events]


def test_hello_says_where_it_goes_on_from_and_how_it_lives(service: AssembledInstance, client: Client) -> None:
    name(client, "/zoos/1")
    listener = connected(service, WS)
    assert listener.heard.frames == [
        {
            "method": "/sys/hello",
            "status": 0,
            "message": "OK",
            "data": {
                "at": service.sandbox.feed.at,
                "resumed": False,
                "replayed": 0,
                "sandbox": "default",
                "heartbeat_ms": 250,
                "dead_after_ms": 450,
                "retry_ms": 1000,
                "transports": ["ws", "sse", "longpoll", "poll"],
                "topics": None,
            },
        }
    ]
    assert connected(service, f"{WS}?topics=zoos,news").heard.data("/sys/hello")["topics"] == ["news", "zoos"]


def test_what_was_missed_comes_behind_hello_which_is_not_ahead_of_it(
    service: AssembledInstance, client: Client
) -> None:
    at = service.sandbox.feed.at
    name(client, "/zoos/1")
    name(client, "/pets/2")
    name(client, "/zoos/3")
    listener = connected(service, f"{WS}?since={at}&topics=zoos")
    assert keys(listener.heard.events) == ["zoos 1", "zoos 3"]
    hello = listener.heard.data("/sys/hello")
    assert (hello["at"], hello["resumed"], hello["replayed"]) == (at, True, 2)
    assert listener.heard.cursors == [at, *(one["id"] for one in listener.heard.events)]
    name(client, "/zoos/2")
    assert keys(listener.catch_up()) == ["zoos 1", "zoos 3", "zoos 2"]


def test_what_happens_while_a_client_is_still_reading_comes_behind(service: AssembledInstance, client: Client) -> None:
    name(client, "/zoos/1")
    listener = connected(service, f"{WS}?since=start", slow=True)
    name(client, "/zoos/2")
    deliver(service)
    listener.session.beat()
    assert listener.heard.frames == []
    listener.heard.take()
    assert listener.heard.methods == ["/sys/hello", "/v1/zoos/1", "/v1/zoos/2", "/sys/ping"]


def test_a_gap_comes_second_and_nothing_is_told_in_part(service: AssembledInstance, client: Client) -> None:
    name(client, "/zoos/1")
    listener = connected(service, f"{WS}?since=gone.7&topics=zoos")
    assert listener.heard.methods == ["/sys/hello", "/sys/gap"]
    at = service.sandbox.feed.at
    assert listener.heard.frames[1] == {
        "method": "/sys/gap",
        "status": 1,
        "message": "history lost",
        "data": {"reason": "epoch", "asked": "gone.7", "at": at, "refetch": ["/v1/zoos"]},
    }
    assert listener.heard.data("/sys/hello")["resumed"] is False
    assert listener.heard.cursors == ["", at], "a client that is cut off in between has not been told"
    name(client, "/zoos/2")
    assert keys(listener.catch_up()) == ["zoos 2"]


@pytest.mark.parametrize("last", ["gone.7", "what is this", "é"])
def test_the_last_id_of_a_stream_wins_over_its_address(service: AssembledInstance, client: Client, last: str) -> None:
    name(client, "/zoos/1")
    first = service.sandbox.feed.at
    name(client, "/zoos/2")
    resumed = streaming(service, f"{SSE}?since=start", f"Last-Event-ID: {first}")
    assert keys(resumed.heard.events) == ["zoos 2"]
    lost = streaming(service, f"{SSE}?since=start", f"Last-Event-ID: {last}")
    assert lost.heard.data("/sys/gap")["asked"] == last
    plain = streaming(service, f"{SSE}?since=start", "Last-Event-ID: ")
    assert keys(plain.heard.events) == ["zoos 1", "zoos 2"]


def test_a_sign_of_life_says_how_far_it_has_come(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, f"{WS}?topics=pets")
    before = service.sandbox.feed.at
    name(client, "/zoos/1")
    listener.session.beat()
    deliver(service)
    listener.session.beat()
    pings = [frame for frame in listener.heard.frames if frame["method"] == "/sys/ping"]
    assert [one["data"]["at"] for one in pings] == [before, service.sandbox.feed.at]
    assert listener.heard.cursors[1:] == [before, service.sandbox.feed.at]


def test_another_life_of_the_feed_is_a_gap_for_whoever_listens(service: AssembledInstance, client: Client) -> None:
    listeners = [connected(service, f"{WS}{query}") for query in ("", "?topics=zoos", "?topics=news")]
    name(client, "/zoos/1")
    deliver(service)
    asked = service.sandbox.feed.at
    name(client, "/zoos/2")
    service.reset([])
    name(client, "/zoos/3")
    deliver(service)
    name(client, "/pets/1")
    for listener, refetch in zip(listeners, (["/v1/zoos", "/v1/pets"], ["/v1/zoos"], []), strict=True):
        gap = listener.heard.data("/sys/gap")
        assert (gap["reason"], gap["asked"], gap["refetch"]) == ("epoch", asked, refetch)
        listener.catch_up()
    assert keys(listeners[0].heard.events) == ["zoos 1", "pets 1"], "what the gap's place holds is read anew"


def test_whoever_cannot_be_told_in_time_gets_a_gap(service: AssembledInstance, client: Client) -> None:
    late, other = connected(service, f"{WS}?topics=zoos"), connected(service, f"{WS}?topics=pets")
    assert client.post("/zoos", [{"name": "x"}] * 1001).status == 201
    name(client, "/pets/1")
    assert late.catch_up() == []
    assert late.heard.data("/sys/gap")["reason"] == "trimmed"
    assert keys(other.catch_up()) == ["pets 1"]
    name(client, "/zoos/1")
    assert keys(late.catch_up()) == ["zoos 1"]


def test_whoever_has_gone_is_told_nothing(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, WS)
    listener.session.end()
    name(client, "/zoos/1")
    deliver(service)
    listener.session.beat()
    listener.session.farewell()
    assert listener.heard.methods == ["/sys/hello"]
    assert len(service.sandbox.audience) == 0
    listener.session.end()


def test_a_session_that_never_opened_can_end(service: AssembledInstance) -> None:
    from tests.realtime.heard import asking  # noqa: PLC0415 - for the one test that opens nothing

    session = service.connect(asking(WS)).session
    session.beat()
    session.end()
    assert len(service.sandbox.audience) == 0


def test_a_planned_end_is_announced(service: AssembledInstance) -> None:
    listener = connected(service, WS)
    listener.session.farewell()
    assert listener.heard.frames[-1] == {
        "method": "/sys/bye", "status": 0, "message": "OK", "data": {"reconnect": True, "retry_ms": 1000},
    }  # fmt: skip


# Words of the client


def test_a_ping_is_answered_with_how_far_it_has_come(service: AssembledInstance) -> None:
    answer = connected(service, WS).say("/sys/ping")
    assert (answer["method"], answer["status"], answer["websocketTag"]) == ("/sys/ping", 0, "t")
    assert answer["data"]["at"] == service.sandbox.feed.at


def test_topics_are_added_and_taken_away(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, f"{WS}?topics=zoos")
    assert listener.say("/sys/subscribe", {"topics": ["pets"]})["data"]["topics"] == ["pets", "zoos"]
    name(client, "/zoos/1")
    name(client, "/pets/1")
    assert listener.say("/sys/unsubscribe", {"topics": ["zoos"]})["data"]["topics"] == ["pets"]
    name(client, "/zoos/2")
    name(client, "/pets/2")
    assert listener.say("/sys/unsubscribe", {})["data"]["topics"] == []
    name(client, "/pets/3")
    assert keys(listener.catch_up()) == ["zoos 1", "pets 1", "pets 2"]
    assert listener.session.rooms == []


def test_who_hears_everything_and_names_topics_hears_those_alone(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, WS)
    assert listener.say("/sys/unsubscribe", {"topics": ["pets"]})["data"]["topics"] is None
    name(client, "/pets/1")
    name(client, "/zoos/1")
    assert listener.say("/sys/subscribe", {"topics": "pets"})["data"]["topics"] == ["pets"]
    name(client, "/zoos/2")
    name(client, "/pets/2")
    assert listener.say("/sys/subscribe")["data"]["topics"] is None
    name(client, "/zoos/3")
    assert keys(listener.catch_up()) == ["zoos 1", "pets 2", "zoos 3"]


def test_a_subscription_can_go_back(service: AssembledInstance, client: Client) -> None:
    at = service.sandbox.feed.at
    name(client, "/zoos/1")
    name(client, "/pets/1")
    listener = connected(service, f"{WS}?topics=news")
    answer = listener.say("/sys/subscribe", {"topics": ["pets"], "since": at})
    assert answer["data"] == {"at": at, "resumed": True, "replayed": 1, "topics": ["news", "pets"]}
    assert listener.heard.methods == ["/sys/hello", "/sys/subscribe", "/v1/pets/1"]
    name(client, "/pets/2")
    assert keys(listener.catch_up()) == ["pets 1", "pets 2"]


def test_a_subscription_that_can_not_go_back_says_so_behind_its_answer(service: AssembledInstance) -> None:
    listener = connected(service, f"{WS}?topics=news")
    answer = listener.say("/sys/subscribe", {"topics": ["pets"], "since": "gone.7"})
    assert (answer["data"]["resumed"], answer["data"]["at"]) == (False, service.sandbox.feed.at)
    assert listener.heard.methods == ["/sys/hello", "/sys/subscribe", "/sys/gap"]
    assert listener.heard.data("/sys/gap")["asked"] == "gone.7"


def test_what_happened_before_is_told_as_it_was_wanted_then(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, f"{WS}?topics=zoos")
    name(client, "/zoos/1")
    name(client, "/pets/1")
    listener.say("/sys/subscribe", {"topics": ["pets"]})
    assert listener.heard.methods == ["/sys/hello", "/v1/zoos/1", "/sys/subscribe"]
    assert keys(listener.catch_up()) == ["zoos 1"]


def test_a_filter_is_replaced_by_the_next_for_its_topic(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, f"{WS}?topics=zoos&name=a")
    listener.say("/sys/subscribe", {"topics": ["zoos"], "where": {"name": "b"}})
    for text in ("a", "b", "c", "d"):
        name(client, "/zoos/1", text)
    told = [one["data"]["name"] for one in listener.catch_up()]
    assert told == ["b", "c"], "as it is now, or as it was before"


def test_what_was_not_wanted_is_not_remembered() -> None:
    pets = all_of(["pets"])
    assert pets.minus(["news", "zoos"]) == pets
    assert pets.minus(["pets"]) == pets.plus(all_of(["zoos"])).minus(["zoos", "pets"]) == NOTHING


def test_a_subscription_has_a_thousand_topics_at_most(service: AssembledInstance, client: Client) -> None:
    listener, other = connected(service, f"{WS}?topics=pets"), connected(service, WS)
    many = [f"x{one}" for one in range(1000)]
    other.say("/sys/unsubscribe", {"topics": [*many[1:], "zoos"]})
    for one, method, topics in ((listener, "/sys/subscribe", many), (other, "/sys/unsubscribe", ["y"])):
        refused = one.say(method, {"topics": topics})
        assert (refused["status"], refused["message"]) == (1, "One subscription can name 1,000 topics at most.")
    assert len(listener.say("/sys/subscribe", {"topics": many[1:]})["data"]["topics"]) == 1000
    for path in ("/zoos/1", "/pets/1"):
        name(client, path)
    assert keys(listener.catch_up()) == keys(other.catch_up()) == ["pets 1"]


@pytest.mark.parametrize(
    "message",
    ["", "{", "[]", "7", '{"method": "/sys/nothing", "websocketTag": "t"}', '{"method": "/sys/subscribe", "data": 7}'],
)
def test_nothing_a_client_says_ends_it(service: AssembledInstance, client: Client, message: str) -> None:
    listener = connected(service, WS)
    listener.session.receive(message)
    assert listener.heard.closed is None
    name(client, "/zoos/1")
    assert keys(listener.catch_up()) == ["zoos 1"]


def test_a_command_and_its_event_come_in_that_order(service: AssembledInstance) -> None:
    listener = connected(service, WS)
    answer = listener.say("PATCH /v1/zoos/1", {"name": "new"})
    assert answer["status"] == 0
    assert [one["data"]["name"] for one in listener.catch_up()] == ["new"]
    assert listener.heard.methods == ["/sys/hello", "PATCH /v1/zoos/1", "/v1/zoos/1"]


# Another definition


def test_whoever_listens_is_told_by_the_definition_that_is_served(service: AssembledInstance, client: Client) -> None:
    listeners = [connected(service, WS), streaming(service, SSE)]
    text = DEFINITION.replace("version: v1", "version: v2, case: camel")
    service.replace(service.stage(prepare(parse_source(text, "test.yaml"))))
    name(client.below("/v2"), "/zoos/1", "moved")
    for listener in listeners:
        (event,) = listener.catch_up()
        assert event["method"] == "/v2/zoos/1"
        assert "/sys/gap" not in listener.heard.methods, "its data is the same"


def test_other_data_is_a_gap_for_whoever_listens(service: AssembledInstance) -> None:
    listener: Listening = connected(service, WS)
    text = DEFINITION.replace("pets: {count: 3", "pets: {count: 4")
    service.replace(service.stage(prepare(parse_source(text, "test.yaml"))))
    deliver(service)
    assert listener.heard.data("/sys/gap")["reason"] == "epoch"


class Torn(Heard):
    """A connection with a bug: it can't send events."""

    def send(self, message: Message) -> None:
        assert isinstance(message, Frame)
        if message.is_system:
            super().send(message)
        else:
            raise ZeroDivisionError


def test_whoever_cannot_be_told_is_sent_away_and_all_others_are_told() -> None:
    pushing = "channels: {news: {path: /news, push: [{change: zoos, send: {id: '${row.id}'}}]}}"
    service = assemble(DEFINITION + pushing)
    torn, other, pushed = Torn(), connected(service, WS), Recorder()
    service.connect(asking(WS)).session.open(torn)
    service.connect(asking("/v1/news")).session.open(pushed)
    name(direct(service).below("/v1"), "/zoos/1")
    with pytest.raises(ExceptionGroup):
        deliver(service)
    assert torn.methods == ["/sys/hello", "/sys/bye"]
    assert torn.data("/sys/bye")["reconnect"] is True
    assert torn.closed == (1011, "Internal Server Error")
    assert keys(other.heard.events) == ["zoos 1"]
    assert pushed.heard == ['{"id":1}']


def test_a_frame_is_json_of_one_line(service: AssembledInstance, client: Client) -> None:
    listener = connected(service, WS)
    name(client, "/zoos/1", "a\nb\r\n\u2028 \x85 data: x")
    (event,) = listener.catch_up()
    assert event["data"]["name"] == "a\nb\r\n\u2028 \x85 data: x"
    found = service.sandbox.feed.since(service.sandbox.feed.start, None)
    assert isinstance(found, Missed)
    stream = service.feed.writer.frame(found.events[0], "updated").event_stream
    lines = stream.split(b"\n")
    assert [line.partition(b":")[0] for line in lines] == [b"id", b"data", b"", b""]
    assert json.loads(lines[1].removeprefix(b"data: ")) == event
