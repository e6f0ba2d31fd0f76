"""Everybody hears everything once, whatever happens while they are told; whoever does not care costs nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.realtime.audience import Audience
from mockserver.server.assemble import AssembledInstance
from mockserver.store.change import Change
from mockserver.store.feed import Feed, Gap, Missed, Place, backends, read_cursor
from tests.client import assemble, direct
from tests.realtime.heard import Listening, Waiting, connected, deliver, streaming

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Ear:
    """A listener that keeps the numbers of what it is told."""

    def __init__(self, feed: Feed, *topics: str) -> None:
        self.topics = frozenset(topics) or None
        self.place = feed.place
        self.heard: list[int | str] = []

    def tell(self, found: Missed | Gap) -> None:
        assert found.place != self.place, "there is nothing to tell"
        self.place = found.place
        if isinstance(found, Gap):
            self.heard.append(found.reason)
        else:
            self.heard += [event.offset for event in found.events]

    def fail(self) -> None:
        self.heard.append("failed")


class Broken(Ear):
    """A listener with a bug, that is for one who is told; and then with another."""

    def tell(self, found: Missed | Gap) -> None:
        raise ZeroDivisionError(str(found.place))

    def fail(self) -> None:
        super().fail()
        raise KeyError("fail")


def new_audience() -> tuple[Feed, Audience]:
    feed = Feed(backends.get("memory")(), lambda: 0.0)
    return feed, Audience(feed)


def happen(feed: Feed, *topics: str) -> None:
    feed.append([Change(topic, 1, {"id": 1}, None) for topic in topics], NOON)


def finish(audience: Audience) -> int:
    """Delivers everything; how often others had their turn."""
    return sum(1 for _ in audience.deliver())


def test_each_is_told_of_its_topics() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed), Ear(feed, "a"), Ear(feed, "a", "b"), Ear(feed, "c")]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a", "b", "d")
    happen(feed, "a")
    assert finish(audience) == 0
    assert [ear.heard for ear in ears] == [[1, 2, 3, 4], [1, 4], [1, 2, 4], []]
    assert {audience.place_of(ear) for ear in ears} == {feed.place}


def test_whoever_joins_is_told_of_what_comes_after_its_place() -> None:
    feed, audience = new_audience()
    early, late = Ear(feed, "a"), Ear(feed, "a")
    audience.join(early)
    happen(feed, "a")
    late.place = feed.place
    audience.join(late)
    happen(feed, "a")
    finish(audience)
    assert (early.heard, late.heard) == ([1, 2], [2])


def test_whoever_leaves_is_told_no_more() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed, "a"), Ear(feed, "a")]
    for ear in ears:
        audience.join(ear)
    audience.leave(ears[0])
    audience.leave(ears[0])
    happen(feed, "a")
    finish(audience)
    assert [ear.heard for ear in ears] == [[], [1]]
    audience.leave(ears[1])
    assert len(audience) == 0


def test_others_have_their_turn_now_and_then_and_miss_nothing() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed, "a") for _ in range(350)]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a")
    turns = 0
    for _ in audience.deliver():
        turns += 1
        if turns <= 3:
            happen(feed, "a")
            audience.leave(ears[-turns])
            ears.append(Ear(feed, "a"))
            audience.join(ears[-1])
    assert turns >= 6
    assert all(ear.heard == [1, 2, 3, 4] for ear in ears[:347])
    assert [ear.heard for ear in ears[350:]] == [[3, 4], [4], []]


def test_whoever_turns_away_from_what_is_being_told_is_not_told_of_it() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed, "a") for _ in range(101)]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a")
    delivery = audience.deliver()
    next(delivery)
    ears[100].topics, ears[100].place = frozenset({"b"}), feed.place
    audience.join(ears[100])
    happen(feed, "a")
    for _ in delivery:
        pass
    assert ears[99].heard == [1, 2]
    assert ears[100].heard == []


def test_many_events_for_few_are_as_long_as_one_for_many() -> None:
    feed, audience = new_audience()
    for topics in ("a",), ("a", "b"), ("a", "c"), ():
        for _ in range(5):
            audience.join(Ear(feed, *topics))
    happen(feed, *["a"] * 900)
    assert finish(audience) == 20
    for number in range(200):
        audience.join(Ear(feed, "a", str(number)))
    happen(feed, "a")
    assert finish(audience) == 2, "also where everybody wants something else"


def test_one_who_cannot_be_told_is_let_go_and_keeps_nobody_from_hearing() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed, "a"), Broken(feed, "a"), Ear(feed, "a"), Broken(feed, "b"), Ear(feed)]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a", "b")
    with pytest.raises(ExceptionGroup) as raised:
        finish(audience)
    assert [type(error) for error in raised.value.exceptions] == [ZeroDivisionError, KeyError] * 2
    assert [ear.heard for ear in ears] == [[1], ["failed"], [1], ["failed"], [1, 2]]
    assert len(audience) == 3
    happen(feed, "a", "b")
    finish(audience)
    assert [ear.heard for ear in ears] == [[1, 3], ["failed"], [1, 3], ["failed"], [1, 2, 3, 4]]


def test_one_delivery_is_under_way_at_a_time() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed, "a") for _ in range(101)]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a")
    first = audience.deliver()
    next(first)
    happen(feed, "a")
    assert finish(audience) == 0
    assert ears[0].heard == [1]
    for _ in first:
        pass
    assert all(ear.heard == [1, 2] for ear in ears)


def test_a_delivery_that_is_given_up_can_be_taken_up_again() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed, "a") for _ in range(101)]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a")
    first = audience.deliver()
    next(first)
    del first
    finish(audience)
    assert all(ear.heard == [1] for ear in ears)


def test_a_place_follows_also_where_there_was_nothing_to_tell() -> None:
    feed, audience = new_audience()
    ear = Ear(feed, "a")
    audience.join(ear)
    for _ in range(1001):
        happen(feed, "b")
        finish(audience)
    assert audience.place_of(ear) == feed.place
    happen(feed, "a")
    finish(audience)
    assert ear.heard == [1002]


def test_another_life_is_a_gap_for_each() -> None:
    feed, audience = new_audience()
    ears = [Ear(feed), Ear(feed, "a"), Ear(feed, "b")]
    for ear in ears:
        audience.join(ear)
    happen(feed, "a")
    feed.begin()
    happen(feed, "a")
    finish(audience)
    happen(feed, "b")
    finish(audience)
    assert [ear.heard for ear in ears] == [["epoch", 2], ["epoch"], ["epoch", 2]]


def test_whoever_turns_to_other_topics_while_others_are_told_misses_nothing() -> None:
    feed, audience = new_audience()
    others, ear = [Ear(feed, "a") for _ in range(150)], Ear(feed, "b")
    for one in (*others, ear):
        audience.join(one)
    happen(feed, "a", "b")
    delivery = audience.deliver()
    next(delivery)
    audience.catch_up(ear)
    ear.topics = frozenset({"a"})
    audience.join(ear)
    happen(feed, "a", "b")
    for _ in delivery:
        pass
    assert ear.heard == [2, 3]
    assert all(one.heard == [1, 3] for one in others)


# The law: whoever follows the protocol hears all of it, once and in order, or that something is lost.

DEFINITION = """
mock: 1
freeze: true
resources: {a: {count: 0, fields: {id: {seq: 1}}}, b: {count: 0, fields: {id: {seq: 1}}}}
"""
TOPICS = ("a", "b", "news")


class Reader:
    """A client that keeps its place, and judges everything it is told by what really happened."""

    def __init__(self, law: "Law", topics: frozenset[str] | None) -> None:
        self.law = law
        self.topics = topics
        self.place = law.feed.place
        self.query = "" if topics is None else f"&topics={','.join(sorted(topics))}"

    def unheard(self) -> list[Place]:
        return [
            place for place, topic in self.law.happened
            if place.epoch == self.place.epoch and place.offset > self.place.offset
            and (self.topics is None or topic in self.topics)
        ]  # fmt: skip

    def hear(self, event: dict[str, Any]) -> None:
        due = self.unheard()[0]
        assert event["id"] == str(due), "each once, in order, none left out"
        self.place = due

    def reach(self, at: str) -> None:
        """A place up to which nothing was left out."""
        place = read_cursor(at)
        assert place is not None
        assert place.epoch == self.place.epoch
        assert [one for one in self.unheard() if one.offset <= place.offset] == []
        self.place = max(self.place, place)

    def lose(self, gap: dict[str, Any], at: str) -> None:
        reason, place = gap["reason"], read_cursor(at)
        assert place is not None
        assert reason in ("epoch", "trimmed", "limit")
        assert (reason == "epoch") == (self.place.epoch != place.epoch)
        assert self.unheard() or reason == "epoch"
        self.place = place

    def read(self) -> None:
        raise NotImplementedError


class Poller(Reader):
    """Polls, or waits for an answer."""

    wait = ""

    def read(self) -> None:
        waiting = Waiting(self.law.service, f"/events?since={self.place}{self.query}{self.wait}")
        answer = waiting.look()
        if answer is None:
            self.law.flood("a", 1)
            answer = waiting.look() or waiting.last()
        for event in answer["events"]:
            self.hear(event)
        if answer["gap"] is not None:
            assert answer["events"] == []
            self.lose(answer["gap"], answer["at"])
        self.reach(answer["at"])


class LongPoller(Poller):
    """Waits for an answer; something happens while it does."""

    wait = "&wait=9"


class Stayer(Reader):
    """Stays connected, over a WebSocket or an event stream, and comes back at its place."""

    path = "/events/ws"
    link: Listening | None = None
    taken = 0

    def open(self) -> None:
        window = connected if self.path.endswith("ws") else streaming
        self.link = window(self.law.service, f"{self.path}?since={self.place}{self.query}")
        self.taken = 0

    def read(self) -> None:
        if self.link is None:
            self.open()
        assert self.link is not None
        self.link.session.beat()
        for frame in self.link.heard.frames[self.taken :]:
            data = frame["data"]
            if frame["method"] == "/sys/gap":
                self.lose(data, data["at"])
            elif frame["method"] == "/sys/ping" or (frame["method"] == "/sys/hello" and data["resumed"]):
                self.reach(data["at"])
            elif frame["method"] != "/sys/hello":
                self.hear(frame)
        self.taken = len(self.link.heard.frames)

    def cut(self) -> None:
        if self.link is not None:
            self.link.session.end()
            self.link = None


class Streamer(Stayer):
    """The same by server-sent events."""

    path = "/events/sse"


class Law:
    """A service, what happened in it, and four readers."""

    def __init__(self, wanted: list[frozenset[str] | None]) -> None:
        self.service: AssembledInstance = assemble(DEFINITION)
        self.feed = self.service.sandbox.feed
        self.happened: list[tuple[Place, str]] = []
        kinds = (Poller, LongPoller, Stayer, Streamer)
        self.readers = [kind(self, topics) for kind, topics in zip(kinds, wanted, strict=True)]

    def flood(self, topic: str, count: int) -> None:
        begun = self.feed.place
        if topic == "news":
            for number in range(count):
                self.feed.publish(topic, "", number, NOON)
        else:
            self.feed.append([Change(topic, number, {"id": number}, None) for number in range(count)], NOON)
        self.happened += [(Place(begun.epoch, begun.offset + number + 1), topic) for number in range(count)]

    def wait(self, seconds: float) -> None:
        self.service.sandbox.clock.advance(seconds)

    def begin(self) -> None:
        self.feed.begin()

    def deliver(self) -> None:
        deliver(self.service)

    def read(self, number: int) -> None:
        self.readers[number].read()

    def cut(self, number: int) -> None:
        reader = self.readers[number]
        if isinstance(reader, Stayer):
            reader.read()
            reader.cut()

    def conclude(self) -> None:
        for reader in self.readers:
            reader.read()
        self.deliver()
        for reader in self.readers:
            reader.read()
            assert reader.place.epoch == self.feed.place.epoch
            if isinstance(reader, Stayer):
                reader.cut()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("flood"), st.sampled_from(TOPICS), st.sampled_from([1, 2, 600, 1001])),
        st.tuples(st.just("wait"), st.sampled_from([1.0, 301.0, 601.0])),
        st.tuples(st.just("begin")),
        st.tuples(st.just("deliver")),
        st.tuples(st.just("read"), st.integers(0, 3)),
        st.tuples(st.just("cut"), st.integers(2, 3)),
    ),
    max_size=20,
)
interests = st.lists(
    st.none() | st.frozensets(st.sampled_from(TOPICS), min_size=1), min_size=4, max_size=4
)  # fmt: skip


@settings(max_examples=60)
@given(steps, interests)
def test_whoever_follows_hears_all_of_it_or_that_it_is_lost(
    plan: list[tuple[Any, ...]], wanted: list[frozenset[str] | None]
) -> None:
    law = Law(wanted)
    for step, *details in plan:
        getattr(law, step)(*details)
    law.conclude()


@settings(max_examples=25)
@given(st.lists(st.sampled_from(("a", "b")), max_size=12))
def test_the_windows_tell_the_same(writes: list[str]) -> None:
    service = assemble(DEFINITION)
    client = direct(service)
    at, listeners = service.sandbox.feed.at, [connected(service, "/events/ws"), streaming(service, "/events/sse")]
    for topic in writes:
        assert client.post(f"/{topic}", {}).status == 201
    polled = client.get(f"/events?since={at}").json["events"]
    late = connected(service, f"/events/ws?since={at}")
    assert [listener.catch_up() for listener in (*listeners, late)] == [polled] * 3
    assert [one["topic"] for one in polled] == writes
