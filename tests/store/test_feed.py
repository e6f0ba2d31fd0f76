"""The feed: order, what is held of each topic and for how long, and what somebody who comes back is told."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.store.backends.memory import MemoryBackend
from mockserver.store.change import Change
from mockserver.store.event import Event, Publication
from mockserver.store.feed import (
    MOST_TOPICS,
    Feed,
    Gap,
    Missed,
    Place,
    backends,
    is_topic,
    read_cursor,
)
from mockserver.store.ring import KEPT, KEPT_BYTES, KEPT_S, Span

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.at_s = 0.0

    def __call__(self) -> float:
        return self.at_s


def new_feed(clock: Hand | None = None) -> Feed:
    return Feed(backends.get("memory")(), clock or Hand())


def made(topic: str, count: int = 1) -> list[Change]:
    return [Change(topic, number, {"id": number}, None) for number in range(count)]


def missed(found: Missed | Gap) -> list[str]:
    assert isinstance(found, Missed), found
    return [f"{event.topic} {event.offset}" for event in found.events]


def lost(found: Missed | Gap) -> str:
    assert isinstance(found, Gap), found
    return found.reason


def test_events_are_numbered_in_the_order_they_come() -> None:
    feed = new_feed()
    feed.append([*made("a"), *made("b")], NOON)
    said = feed.publish("news", "", {"x": 1}, NOON)
    feed.append(made("a"), NOON)
    assert missed(feed.since(feed.start, None)) == ["a 1", "b 2", "news 3", "a 4"]
    assert said.content == Publication("", {"x": 1})
    assert (feed.at, str(feed.place)) == (f"{feed.start.epoch}.4", feed.at)
    assert said.cursor == f"{feed.start.epoch}.3"


def test_only_the_topics_asked_for_are_told() -> None:
    feed = new_feed()
    feed.append([*made("a"), *made("b"), *made("a"), *made("c")], NOON)
    assert missed(feed.since(feed.start, {"a", "c", "never"})) == ["a 1", "a 3", "c 4"]
    assert missed(feed.since(Place(feed.start.epoch, 1), {"a"})) == ["a 3"]
    assert missed(feed.since(feed.start, ())) == []
    assert feed.since(feed.start, ()).place == feed.place
    assert (feed.last({"a"}), feed.last({"never"}), feed.last(()), feed.last(None)) == (3, 0, 0, 4)


@pytest.mark.parametrize("place", [Place("", 0), Place("0000", 0), Place("0000", 7)])
def test_a_place_of_another_life_is_a_gap(place: Place) -> None:
    feed = new_feed()
    feed.append(made("a"), NOON)
    assert feed.since(place, None) == Gap("epoch", str(place), feed.place)
    assert lost(feed.since(place, ())) == "epoch"


def test_a_place_ahead_of_the_feed_is_of_another_life() -> None:
    feed = new_feed()
    feed.append(made("a"), NOON)
    assert missed(feed.since(feed.place, None)) == []
    assert lost(feed.since(Place(feed.place.epoch, 2), None)) == "epoch"


def test_a_new_epoch_forgets_and_has_another_name() -> None:
    feed = new_feed()
    before = feed.place
    feed.append(made("a", 3), NOON)
    feed.begin()
    assert feed.place.offset == 0
    assert feed.place.epoch != before.epoch
    assert missed(feed.since(feed.start, None)) == []
    assert lost(feed.since(before, None)) == "epoch"
    assert not feed.topics


def test_each_topic_holds_its_latest_events() -> None:
    feed = new_feed()
    feed.append(made("rare"), NOON)
    feed.append(made("a", KEPT + 1), NOON)
    assert missed(feed.since(feed.start, {"rare"})) == ["rare 1"]
    assert lost(feed.since(feed.start, {"rare", "a"})) == "trimmed"
    assert lost(feed.since(feed.start, None)) == "trimmed"
    assert lost(feed.since(Place(feed.start.epoch, 1), {"a"})) == "trimmed"
    assert len(missed(feed.since(Place(feed.start.epoch, 2), {"a"}))) == KEPT


def test_a_topic_holds_so_many_bytes_and_its_latest_event_however_long_it_is() -> None:
    feed = new_feed()
    for _ in range(20):
        feed.publish("a", "", "x" * (KEPT_BYTES // 16 - 2), NOON)
    feed.publish("b", "", "x", NOON)
    assert lost(feed.since(Place(feed.start.epoch, 3), {"a"})) == "trimmed"
    assert len(missed(feed.since(Place(feed.start.epoch, 4), {"a"}))) == 16
    assert missed(feed.since(feed.start, {"b"})) == ["b 21"]
    feed.publish("a", "", "x" * (KEPT_BYTES + 1), NOON)
    assert missed(feed.since(Place(feed.start.epoch, 20), {"a"})) == ["a 22"]
    feed.publish("a", "", "x", NOON)
    feed.publish("a", "", 10**30, NOON)
    assert missed(feed.since(Place(feed.start.epoch, 22), {"a"})) == ["a 23", "a 24"]


def test_what_is_let_go_of_for_its_age_makes_room() -> None:
    clock = Hand()
    feed = Feed(backends.get("memory")(), clock, Span(size_bytes=100))
    feed.publish("a", "", "x" * 90, NOON)
    clock.at_s = KEPT_S
    for number in range(2, 5):
        feed.publish("a", "", "x" * 30, NOON)
        assert len(missed(feed.since(Place(feed.start.epoch, 1), {"a"}))) == number - 1


def test_how_much_is_held_is_as_it_is_told() -> None:
    clock = Hand()
    feed = Feed(backends.get("memory")(), clock, Span(events=2, seconds=60.0))
    for _ in range(3):
        feed.publish("a", "", None, NOON)
    assert lost(feed.since(feed.start, {"a"})) == "trimmed"
    assert missed(feed.since(Place(feed.start.epoch, 1), {"a"})) == ["a 2", "a 3"]
    clock.at_s = 60.0
    assert lost(feed.since(Place(feed.start.epoch, 2), {"a"})) == "trimmed"


def test_more_than_is_given_at_once_is_not_given_in_part() -> None:
    feed = new_feed()
    feed.append([*made("a", KEPT // 2), *made("b", KEPT // 2)], NOON)
    assert len(missed(feed.since(feed.start, None))) == KEPT
    feed.append(made("c"), NOON)
    assert lost(feed.since(feed.start, None)) == "limit"
    assert len(missed(feed.since(feed.start, {"a", "b"}))) == KEPT
    assert len(missed(feed.since(Place(feed.start.epoch, 1), None))) == KEPT


def test_events_are_held_for_a_time() -> None:
    clock = Hand()
    feed = new_feed(clock)
    feed.append(made("a"), NOON)
    clock.at_s = KEPT_S / 2
    feed.append(made("a"), NOON)
    clock.at_s = KEPT_S - 0.001
    assert missed(feed.since(feed.start, {"a"})) == ["a 1", "a 2"]
    clock.at_s = KEPT_S
    assert lost(feed.since(feed.start, {"a"})) == "trimmed"
    assert missed(feed.since(Place(feed.start.epoch, 1), {"a"})) == ["a 2"]
    assert missed(feed.since(feed.start, {"b"})) == []


def test_a_clock_that_goes_back_expires_nothing_and_goes_on_from_there() -> None:
    clock = Hand()
    clock.at_s = 5000.0
    feed = new_feed(clock)
    feed.append(made("a"), NOON)
    clock.at_s = 0.0
    feed.append(made("a"), NOON)
    clock.at_s = KEPT_S - 1
    assert missed(feed.since(feed.start, None)) == ["a 1", "a 2"]
    clock.at_s = KEPT_S
    assert lost(feed.since(feed.start, None)) == "trimmed", "both are as old as the time that ran"


def test_topics_nobody_speaks_under_any_more_are_forgotten_but_not_that_they_were() -> None:
    feed = new_feed()
    for number in range(MOST_TOPICS + 1):
        feed.publish(f"t{number}", "", None, NOON)
    assert len(feed.topics) == MOST_TOPICS
    assert lost(feed.since(feed.start, {"t0"})) == "trimmed"
    assert lost(feed.since(feed.start, None)) == "trimmed"
    assert missed(feed.since(Place(feed.start.epoch, 1), {"t0"})) == []
    assert missed(feed.since(feed.start, {"t7"})) == ["t7 8"]
    feed.publish("t0", "", None, NOON)
    assert lost(feed.since(feed.start, {"t0"})) == "trimmed"
    assert missed(feed.since(Place(feed.start.epoch, 2), {"t0"})) == [f"t0 {MOST_TOPICS + 2}"]


def test_watchers_are_told_that_something_happened_until_they_stop() -> None:
    feed, seen = new_feed(), list[str]()
    stops = [feed.watch(lambda name=name: seen.append(name)) for name in "xy"]  # type: ignore[misc]
    feed.append(made("a", 5), NOON)
    feed.publish("n", "", None, NOON)
    stops[0]()
    feed.begin()
    stops[0]()
    stops[1]()
    feed.append(made("a"), NOON)
    assert "".join(seen) == "xyxyy"


def test_a_watcher_may_stop_while_it_is_told() -> None:
    feed, seen = new_feed(), list[int]()

    def once() -> None:
        seen.append(feed.place.offset)
        stop()

    stop = feed.watch(once)
    feed.append(made("a"), NOON)
    feed.append(made("a"), NOON)
    assert seen == [1]


def test_a_batch_is_one_step() -> None:
    feed = new_feed()
    feed.append(made("a", 2), NOON)
    feed.append([*made("a"), *made("b")], NOON)
    news = feed.publish("a", "", 1, NOON)
    found = feed.since(feed.start, None)
    assert isinstance(found, Missed)
    assert [(one.first, one.last) for one in found.events] == [(1, 2), (1, 2), (3, 4), (3, 4), (5, 5)]
    assert found.events[-1] is news


def test_what_a_document_was_at_a_place_is_said_by_its_next_change() -> None:
    feed = new_feed()
    keys: list[int | str] = [1, 2, 1, "x", 1]
    for key in keys:
        feed.append([Change("a", key, {"id": key}, None)], NOON)
        feed.publish("a", "", {"id": 1}, NOON)
    next_of_1 = [feed.next_change("a", 1, offset) for offset in range(11)]
    assert [one and one.offset for one in next_of_1] == [1, 5, 5, 5, 5, 9, 9, 9, 9, None, None]
    assert feed.next_change("a", "1", 0) is next_of_1[0], "it is the same id"
    assert feed.next_change("a", 3, 0) is feed.next_change("b", 1, 0) is None
    feed.append([Change("a", 1, None, {"id": 1})], NOON)
    latest = feed.next_change("a", 1, 9)
    assert latest is not None
    assert latest.offset == 11
    feed.append(made("a", 999), NOON)
    oldest = feed.next_change("a", 1, 0)
    assert oldest is not None
    assert oldest.offset >= 11, "as far as it is held"


def test_a_batch_that_cannot_be_kept_is_not_numbered() -> None:
    class Full(MemoryBackend):
        """A disk with no space left."""

        def append(self, changes: Sequence[Change], moment: datetime) -> None:
            raise OSError(28, "No space left on device")

    feed, seen = Feed(Full(), Hand()), list[int]()
    feed.watch(lambda: seen.append(1))
    with pytest.raises(OSError, match="No space"):
        feed.append(made("a"), NOON)
    assert (feed.place.offset, seen) == (0, [])


@pytest.mark.parametrize("name", ["", "a b", "é", "a/b", "x" * 65, "a\n"])
def test_what_can_be_no_topic_is_not_published(name: str) -> None:
    assert not is_topic(name)
    with pytest.raises(ValueError, match="can't be a topic"):
        new_feed().publish(name, "", None, NOON)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a1.0", Place("a1", 0)), ("00ff.17", Place("00ff", 17)), ("x.9999999999999999", Place("x", 9999999999999999)),
        ("", None), ("a1", None), ("a1.", None), (".1", None), ("a1.01", None), ("a1.-1", None), ("a1.1 ", None),
        ("A1.1", None), ("a1.1.1", None), ("a1.१", None), ("a1.99999999999999999", None), ("now", None),
    ],
)  # fmt: skip
def test_a_cursor_has_one_spelling(text: str, place: Place | None) -> None:
    assert read_cursor(text) == place
    assert place is None or str(place) == text


# Laws

TOPICS = ("a", "b", "c")
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.lists(st.sampled_from(TOPICS), min_size=1, max_size=4)),
        st.tuples(st.just("flood"), st.sampled_from(TOPICS), st.sampled_from([1, 400, 999, 1000, 1001])),
        st.tuples(st.just("wait"), st.sampled_from([-900.0, 0.5, 250.0, 599.0, 601.0])),
        st.tuples(st.just("begin")),
        st.tuples(st.just("read"), st.integers(0, 3)),
    ),
    max_size=25,
)
interests = st.lists(st.none() | st.frozensets(st.sampled_from((*TOPICS, "never"))), min_size=4, max_size=4)


class Model:
    """Everything that ever happened, with the age of the feed then."""

    def __init__(self) -> None:
        self.happened: list[tuple[Place, str, float]] = []
        self.age_s = 0.0

    def after(self, place: Place, topics: frozenset[str] | None) -> list[tuple[Place, str, float]]:
        return [
            one for one in self.happened
            if one[0].epoch == place.epoch and one[0].offset > place.offset and (topics is None or one[1] in topics)
        ]  # fmt: skip

    def is_gone(self, event: tuple[Place, str, float]) -> bool:
        place, topic, age_s = event
        later = self.after(place, frozenset({topic}))
        return len(later) >= KEPT or self.age_s - age_s >= KEPT_S

    def reason(self, feed: Feed, place: Place, topics: frozenset[str] | None) -> str:
        if place.epoch != feed.place.epoch:
            return "epoch"
        behind = self.after(place, topics)
        if any(self.is_gone(one) for one in behind):
            return "trimmed"
        return "limit" if len(behind) > KEPT else ""


class Play:
    """One plan being followed, on a feed and on the model of it."""

    def __init__(self, wanted: list[frozenset[str] | None]) -> None:
        self.clock, self.model = Hand(), Model()
        self.feed = new_feed(self.clock)
        self.wanted = wanted
        self.places = [self.feed.place] * len(wanted)

    def append(self, topics: list[str]) -> None:
        for topic in topics:
            place = Place(self.feed.place.epoch, self.feed.place.offset + 1)
            self.model.happened.append((place, topic, self.model.age_s))
            self.feed.append(made(topic), NOON)

    def flood(self, topic: str, count: int) -> None:
        self.append([topic] * count)

    def wait(self, seconds: float) -> None:
        self.clock.at_s += seconds
        self.model.age_s += max(0.0, seconds)
        self.feed.since(Place(self.feed.place.epoch, -1), None)

    def begin(self) -> None:
        self.feed.begin()

    def read(self, number: int) -> None:
        topics, before = self.wanted[number], self.places[number]
        found = self.feed.since(before, topics)
        expected, behind = self.model.reason(self.feed, before, topics), self.model.after(before, topics)
        if isinstance(found, Gap):
            assert (found.reason, found.asked) == (expected, str(before))
        else:
            assert expected == ""
            assert [(Place(one.epoch, one.offset), one.topic) for one in found.events] == [one[:2] for one in behind]
        assert found.place == self.feed.place
        self.places[number] = found.place


@settings(max_examples=60)
@given(steps, interests)
def test_whoever_comes_back_is_told_everything_once_and_in_order_or_why_not(
    plan: list[tuple[Any, ...]], wanted: list[frozenset[str] | None]
) -> None:
    play = Play(wanted)
    for kind, *details in plan:
        getattr(play, kind)(*details)
    for number in range(len(wanted)):
        play.read(number)


@given(st.lists(st.sampled_from(TOPICS), max_size=40), st.data())
def test_what_is_told_in_two_parts_is_what_is_told_at_once(topics: list[str], data: st.DataObject) -> None:
    feed = new_feed()
    for topic in topics:
        feed.append(made(topic), NOON)
    wanted = data.draw(st.none() | st.frozensets(st.sampled_from(TOPICS)))
    middle = Place(feed.start.epoch, data.draw(st.integers(0, len(topics))))
    whole, rest = feed.since(feed.start, wanted), feed.since(middle, wanted)
    assert isinstance(whole, Missed)
    assert isinstance(rest, Missed)
    early: list[Event] = [event for event in whole.events if event.offset <= middle.offset]
    assert [*early, *rest.events] == list(whole.events)
