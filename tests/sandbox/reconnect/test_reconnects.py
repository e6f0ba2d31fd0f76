"""What is known of clients that come back: who they are, how they tried, what they missed and what they got twice."""

import pytest

from mockserver.realtime.witness import Resumption
from mockserver.sandbox.reconnect.link import End
from mockserver.sandbox.reconnect.visitor import Visitor
from mockserver.store.feed import Gap, Place
from tests.sandbox.reconnect.arrivals import DROPPED, Tab, Town, all_of, frame


@pytest.fixture
def town() -> Town:
    return Town()


def test_who_has_just_come_has_lost_and_tried_nothing(town: Town) -> None:
    Tab(town).hand(*town.publish("zoos", "zoos"))
    record = town.record
    assert (record["client"], record["connected"], record["window"], record["delivered"]) == ("tab", True, "ws", 2)
    assert (record["attempts"], record["losses"], record["delays_s"], record["jitter"]) == ([], [], [], 0)


def test_every_attempt_is_told_with_the_time_since_the_one_before(town: Town) -> None:
    Tab(town).end()
    for pause, status in ((1.0, 503), (2.0, 503), (4.0, 0)):
        town.now += pause
        town.refuse("tab", status=status)
    town.now += 8
    Tab(town)
    record = town.record
    assert record["delays_s"] == [1, 2, 4, 8]
    assert [(one["outcome"], one["status"]) for one in record["attempts"]] == [
        ("refused", 503), ("refused", 503), ("refused", 0), ("open", 101),
    ]  # fmt: skip
    assert record["losses"] == [
        {"at": 1000, "window": "ws", "how": "close", "by": "server", "code": 1012, "down_s": 15}
    ]
    assert record["jitter"] == 0


def test_where_it_goes_on_from_what_it_had_nothing_is_missed_and_nothing_comes_twice(town: Town) -> None:
    tab = Tab(town)
    tab.hand(*town.publish("zoos"))
    at = town.feed.place
    tab.end()
    town.publish("zoos", "zoos")
    Tab(town, since=at)
    assert [town.record[name] for name in ("delivered", "missed", "doubled")] == [3, 0, 0]


def test_who_goes_on_from_now_has_missed_what_was_between(town: Town) -> None:
    Tab(town).end()
    missed = town.publish("zoos", "animals")
    Tab(town)
    assert (town.record["missed"], town.record["missed_ids"]) == (2, missed)


def test_of_topics_that_it_did_not_listen_to_nothing_is_missed(town: Town) -> None:
    Tab(town, topics=frozenset({"zoos"})).end()
    town.publish("animals", "zoos", "animals")
    Tab(town, topics=frozenset({"zoos", "animals"}))
    assert town.record["missed"] == 1
    assert town.record["topics"] == {"before": ["zoos"], "after": ["animals", "zoos"]}


def test_what_is_asked_for_again_though_it_had_come_is_doubled(town: Town) -> None:
    start = town.feed.place
    tab = Tab(town, since=start)
    tab.hand(*town.publish("zoos", "zoos"))
    tab.end()
    Tab(town, since=start)
    assert town.record["doubled"] == 2


def test_what_may_have_been_lost_on_its_way_is_not(town: Town) -> None:
    tab = Tab(town)
    first, *_ = town.publish("zoos", "zoos", "zoos")
    tab.hand(first)
    at = town.feed.place
    tab.hand(f"{at.epoch}.2", f"{at.epoch}.3")
    town.now += 60
    tab.end(DROPPED)
    Tab(town, since=Place(at.epoch, 1))
    assert town.record["doubled"] == 0


def test_who_never_moves_on_has_it_twice_however_it_was_lost(town: Town) -> None:
    start = town.feed.place
    tab = Tab(town, since=start)
    tab.hand(*town.publish("zoos", "zoos"))
    town.now += 60
    tab.end(DROPPED)
    Tab(town, since=start)
    assert town.record["doubled"] == 2


def test_an_event_lost_on_an_open_connection_is_missed_until_it_comes(town: Town) -> None:
    tab = Tab(town)
    lost, kept = town.publish("zoos", "zoos")
    for cursor in (lost, kept):
        tab.flow.say(frame(cursor))
    tab.flow.hand_passed(frame(kept))
    assert (town.record["missed"], town.record["missed_ids"]) == (1, [lost])
    tab.end()
    Tab(town, since=Place(town.feed.place.epoch, 0))
    assert town.record["missed"] == 0


def test_what_comes_back_of_one_topic_is_still_missed_of_another(town: Town) -> None:
    Tab(town).end()
    start = town.feed.place
    _, lost = town.publish("zoos", "animals")
    tab = Tab(town)
    tab.member.resume(Resumption(frozenset({"zoos"}), start, all_of))
    assert town.record["missed_ids"] == [lost]


def test_of_very_many_that_are_lost_all_are_counted_and_what_still_comes_comes_once(town: Town) -> None:
    tab = Tab(town)
    for cursor in town.publish(*["zoos"] * 2500):
        tab.flow.say(frame(cursor))
    for cursor in town.publish(*["zoos"] * 10):
        tab.flow.say(frame(cursor))
        tab.flow.hand_passed(frame(cursor))
    assert [town.record[name] for name in ("delivered", "missed", "doubled")] == [10, 2500, 0]
    tab.end()
    assert town.record["missed"] == 2500


def test_what_was_on_its_way_as_a_fault_begins_or_ends_comes_once(town: Town) -> None:
    tab = Tab(town)
    first, second, third = (frame(one) for one in town.publish("zoos", "zoos", "zoos"))
    tab.flow.hand_passed(first)
    tab.flow.say(second)
    tab.flow.hand(third)
    assert town.record["missed_ids"] == [second.cursor]
    tab.flow.hand(second)
    assert [town.record[name] for name in ("delivered", "missed", "doubled")] == [3, 0, 0]


def test_what_comes_late_is_not_missed_and_what_comes_again_is_doubled(town: Town) -> None:
    tab = Tab(town)
    first, second = (frame(one) for one in town.publish("zoos", "zoos"))
    tab.flow.say(first)
    tab.flow.say(second)
    for one in (second, first, first):
        tab.flow.hand_passed(one)
    assert [town.record[name] for name in ("delivered", "missed", "doubled")] == [2, 0, 1]


def test_what_was_spoiled_has_not_come(town: Town) -> None:
    tab = Tab(town)
    first, second = (frame(one) for one in town.publish("zoos", "zoos"))
    for one in (first, second):
        tab.flow.say(one)
    tab.flow.hand_passed(first.spoiled(lambda payload: payload[:3]))
    tab.flow.hand_passed(second)
    assert town.record["missed_ids"] == [first.cursor]


def test_what_is_in_a_gap_is_missed_until_its_paths_are_read(town: Town) -> None:
    tab = Tab(town)
    tab.end()
    town.publish(*["zoos"] * 3, *["animals"] * 1200)
    tab = Tab(town, since=Place(town.feed.place.epoch, 0))
    record = town.record
    assert (record["gaps"], record["refetched"], record["missed"]) == (1, False, 1003)
    town.read("/zoos", status=500)
    assert town.record["missed"] == 1003
    town.read("/zoos")
    assert (town.record["refetched"], town.record["missed"]) == (False, 1000)
    town.read("/animals")
    assert (town.record["refetched"], town.record["missed"]) == (True, 0)
    tab.end()
    Tab(town, since=town.feed.place)
    assert town.record["missed"] == 0


def test_another_life_of_the_feed_is_a_gap_of_everything(town: Town) -> None:
    tab = Tab(town)
    town.feed.begin()
    tab.lose(Gap("epoch", "gone.1", town.feed.place))
    assert [town.record[name] for name in ("gaps", "missed", "refetched")] == [1, 2, False]
    town.read("/zoos")
    town.read("/animals")
    assert [town.record[name] for name in ("gaps", "missed", "refetched")] == [1, 0, True]


def test_a_better_window_beside_the_one_that_stands_is_the_same_client_moving(town: Town) -> None:
    stream = Tab(town, window="sse")
    town.refuse("tab", "ws")
    socket = Tab(town, since=town.feed.place)
    stream.end(DROPPED)
    record = town.record
    assert (record["window"], record["losses"], record["delays_s"]) == ("ws", [], [])
    assert [one["outcome"] for one in record["attempts"]] == ["refused", "open"]
    socket.end()
    assert len(town.record["losses"]) == 1


def test_two_at_once_at_one_window_are_two(town: Town) -> None:
    first, second = Tab(town), Tab(town)
    assert [one["client"] for one in town.records] == ["tab", "tab#2"]
    first.hand(*town.publish("zoos"))
    second.end()
    Tab(town)
    assert [len(one["losses"]) for one in town.records] == [0, 1]


def test_of_two_that_are_away_the_one_with_these_topics_has_come(town: Town) -> None:
    tabs = [Tab(town, topics=frozenset({topic})) for topic in ("zoos", "animals")]
    for tab in tabs:
        tab.end()
    Tab(town, topics=frozenset({"animals"}))
    assert [one["connected"] for one in town.records] == [False, True]


def test_a_stalled_connection_is_lost_when_it_stalls_and_left_by_who_comes_back(town: Town) -> None:
    tab = Tab(town)
    town.now += 5
    tab.flow.stalled_at = town.now
    town.now += 7
    assert town.record["connected"] is False
    Tab(town)
    tab.end(DROPPED)
    (loss,) = town.record["losses"]
    assert (loss["how"], loss["by"], loss["at"], loss["down_s"]) == ("stall", "server", 1005, 7)
    assert town.record["connected"] is True


def test_what_waits_as_an_end_begins_is_handed_before_it_is_over(town: Town) -> None:
    tab = Tab(town)
    cursors = town.publish("zoos", "zoos")
    tab.member.part(End("close", "server", 1001, is_whole=True), town.now)
    tab.hand(*cursors)
    tab.end()
    Tab(town, since=town.feed.place)
    assert [town.record[name] for name in ("delivered", "missed", "doubled")] == [2, 0, 0]
    assert [loss["code"] for loss in town.record["losses"]] == [1001]


def test_polls_are_one_client(town: Town) -> None:
    at = town.feed.place
    for _ in range(3):
        town.now += 2
        town.publish("zoos")
        at = town.poll("tab", at)
    record = town.record
    assert (record["connected"], record["window"], record["attempts"], record["delivered"]) == (True, "poll", [], 3)
    assert (record["missed"], record["doubled"]) == (0, 0)


def test_a_poll_that_fails_is_a_loss_and_those_behind_it_are_attempts(town: Town) -> None:
    at = town.poll("tab", town.feed.place)
    for _ in range(3):
        town.now += 2
        town.refuse("tab", "poll", 500)
    town.now += 2
    town.poll("tab", at)
    record = town.record
    assert [(one["how"], one["code"], one["down_s"]) for one in record["losses"]] == [("status", 500, 6)]
    assert [one["outcome"] for one in record["attempts"]] == ["refused", "refused", "open"]
    assert record["delays_s"] == [2, 2, 2]


@pytest.mark.parametrize(("wait_s", "allowed_s"), [(0, 6), (20, 21)])
def test_a_poll_that_does_not_come_is_a_loss(town: Town, wait_s: float, allowed_s: float) -> None:
    town.poll("tab", town.feed.place, wait_s=wait_s)
    town.now += allowed_s
    assert town.record["connected"] is True
    town.now += 1
    (loss,) = town.record["losses"]
    assert (loss["how"], loss["by"], loss["at"]) == ("late", "client", 1000 + allowed_s)


def test_a_poll_beside_a_connection_that_stands_is_no_loss_when_it_was_the_last(town: Town) -> None:
    Tab(town)
    town.now += 5
    town.poll("tab", town.feed.place)
    town.now += 60
    assert [town.record[name] for name in ("connected", "window", "losses")] == [True, "ws", []]


def test_from_polls_to_a_socket_is_a_move(town: Town) -> None:
    at = town.poll("tab", town.feed.place, wait_s=20)
    Tab(town, since=at)
    assert (town.record["losses"], town.record["window"]) == ([], "ws")


def test_the_answer_to_a_poll_of_before_changes_nothing_but_the_count(town: Town) -> None:
    at = town.poll("tab", town.feed.place, wait_s=20)
    asked_at, town.now = town.now, town.now + 1
    Tab(town, since=at)
    town.publish("zoos")
    town.poll("tab", at, wait_s=20, asked_at=asked_at)
    assert [town.record[name] for name in ("window", "delivered", "missed", "losses")] == ["ws", 1, 0, []]


def test_the_same_poll_once_more_is_doubled_unless_its_answer_may_not_have_come(town: Town) -> None:
    at = town.feed.place
    town.publish("zoos")
    town.poll("tab", at, is_sure=False)
    town.poll("tab", at)
    assert town.record["doubled"] == 0
    town.poll("tab", at)
    assert town.record["doubled"] == 1


def test_of_too_many_the_longest_idle_is_forgotten_and_who_is_connected_last() -> None:
    town = Town(limit=3)
    Tab(town, "stays")
    for name in ("a", "b", "c"):
        town.now += 1
        Tab(town, name).end()
    assert [one["client"] for one in town.records] == ["stays", "b", "c"]


def test_attempts_and_losses_are_bounded(town: Town) -> None:
    for _ in range(250):
        town.now += 1
        Tab(town).end()
        town.refuse("tab")
    record = town.record
    assert (len(record["attempts"]), len(record["losses"])) == (100, 100)


def test_forgetting_leaves_who_is_connected_as_if_just_come(town: Town) -> None:
    Tab(town, "gone").end()
    tab = Tab(town)
    tab.hand(*town.publish("zoos"))
    town.reconnects.clear()
    assert (town.record["client"], town.record["delivered"], town.record["connected"]) == ("tab", 0, True)
    tab.hand(*town.publish("zoos"))
    tab.end()
    Tab(town, since=town.feed.place)
    assert [town.record[name] for name in ("delivered", "missed", "doubled")] == [1, 0, 0]
    assert len(town.record["losses"]) == 1


def test_the_journal_is_looked_at_only_while_something_is_to_be_read(town: Town) -> None:
    Tab(town)
    town.read("/zoos")
    assert town.reconnects._stop_reading is None


def test_refusals_of_somebody_never_seen_are_attempts_too(town: Town) -> None:
    town.refuse("tab")
    town.now += 3
    Tab(town)
    assert [(one["after_s"], one["outcome"]) for one in town.record["attempts"]] == [(None, "refused"), (3, "open")]
    assert Visitor("tab").label == town.record["client"]
