"""What is wanted, and who decides whether it is reached."""

import pytest

from benchmarks.peers.figure import gather
from benchmarks.peers.goal import GOALS, Faster, LessMemory, SoonerStart, Steady, Verdict, write_ratio
from benchmarks.peers.peer import Group
from benchmarks.peers.record import Memory, Start
from tests.benchmarks.measured import round_of, whole_run

ITEM = Faster("item", Group.STORING, 1_000, 3)


def test_every_goal_can_be_met() -> None:
    judged = {goal.subject: goal.judge(gather(whole_run())) for goal in GOALS}
    assert len(judged) == len(GOALS)
    assert {subject: verdict for subject, verdict in judged.items() if not verdict.is_met} == {}


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {goal.judge(gather([])) for goal in GOALS} == {Verdict("not measured", None)}


def test_the_nearest_peer_decides() -> None:
    rounds = [round_of("mockserver", 900), round_of("mockoon", 100), round_of("json-server-1", 310)]
    verdict = ITEM.judge(gather(rounds))
    assert verdict == Verdict("2.90× json-server 1.x (by CPU 2.90×)", is_met=False)
    assert ITEM.judge(gather(rounds[:2])).is_met


def test_a_peer_that_errs_or_is_canned_decides_nothing_for_those_that_store() -> None:
    rounds = [round_of("mockserver", 900), round_of("mockoon", 100)]
    others = [round_of("json-server-1", 800, bad_statuses=1), round_of("wiremock", 800)]
    assert ITEM.judge(gather([*rounds, *others])).is_met


def test_ours_with_errors_reaches_nothing() -> None:
    rounds = [round_of("mockserver", 900, bad_statuses=1), round_of("mockoon", 100)]
    assert ITEM.judge(gather(rounds)).is_met is False


@pytest.mark.parametrize(("ours", "is_met"), [(0.29, True), (0.31, False)])
def test_a_start_is_compared_with_the_other_one(ours: float, *, is_met: bool) -> None:
    starts = [Start(peer="mockserver", rows=1_000, seconds=ours), Start(peer="json-server-1", rows=1_000, seconds=0.3)]
    assert SoonerStart("json-server-1", 1_000).judge(gather(starts)).is_met is is_met


@pytest.mark.parametrize(("ours", "is_met"), [(75, True), (76, False)])
def test_memory_is_compared_as_it_is_after_the_run(ours: int, *, is_met: bool) -> None:
    memories = [
        Memory(peer="mockserver", rows=1_000, before_bytes=10**9, after_bytes=ours),
        Memory(peer="json-server-1", rows=1_000, before_bytes=1, after_bytes=100),
    ]
    assert LessMemory("json-server-1", 1_000, 0.75).judge(gather(memories)).is_met is is_met


@pytest.mark.parametrize(("many", "is_met"), [(201, True), (199, False)])
def test_more_rows_may_slow_down_only_so_much(many: int, *, is_met: bool) -> None:
    rounds = [round_of("mockserver", 300), round_of("mockserver", many, rows=100_000)]
    assert Steady("item", 1_000, 100_000, 1.5).judge(gather(rounds)).is_met is is_met


def test_a_ratio_is_written_with_what_counts_of_it() -> None:
    assert [write_ratio(ratio) for ratio in (0.5, 1.234, 9.998, 12.3, 5_600.7)] == [
        "0.50×",
        "1.23×",
        "10×",
        "12×",
        "5,601×",
    ]
