"""Which matches of a rule act, and when: the arithmetic, told a second time in another way."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults.schedule import Schedule
from tests.faults.box import SEED, Box, request

MATCHES = 60


def picked(schedule: Schedule) -> list[int]:
    """The matches that act, by number."""
    found: list[int] = []
    for n in range(1, MATCHES + 1):
        if schedule.picks(n, len(found)):
            found.append(n)
    return found


@pytest.mark.parametrize(
    ("keys", "fires"),
    [
        ("skip: 2", "SSFFFFFFF"),
        ("every: 3", "SSFSSFSSF"),
        ("skip: 2, every: 3", "SSSSFSSFS"),
        ("times: 2", "FFSSSSSSS"),
        ("every: 2, times: 2", "SFSFSSSSS"),
        ("pattern: FFS", "FFSFFSFFS"),
        ("skip: 1, pattern: FS", "SFSFSFSFS"),
        ("pattern: S", "SSSSSSSSS"),
        ("every: 2, pattern: FFFS", "SFSSSFSSS"),
        ("skip: 1, every: 2, times: 1", "SSFSSSSSS"),
        ("probability: 0", "SSSSSSSSS"),
        ("probability: 1", "FFFFFFFFF"),
    ],
)
def test_matches_act_as_the_keys_say(keys: str, fires: str) -> None:
    assert Box(f"x: {{{keys}, status: 503}}").fires(9) == fires


@given(
    skip=st.integers(0, 10),
    every=st.integers(1, 6),
    times=st.none() | st.integers(1, 10),
    pattern=st.text("FS", max_size=6),
)
def test_the_keys_agree_with_each_other(skip: int, every: int, times: int | None, pattern: str) -> None:
    rest = list(range(skip + 1, MATCHES + 1))
    every_mth = rest[every - 1 :: every]
    letters = dict(zip(rest, (pattern or "F") * MATCHES, strict=False))
    expected = [n for n in every_mth if letters[n] == "F"][:times]
    assert picked(Schedule(skip, times, every, 1.0, pattern)) == expected


@pytest.mark.parametrize(
    ("keys", "on"),
    [
        ("after: 2s", "00111111"),
        ("for: 2s", "11000000"),
        ("after: 1s, for: 2s", "01100000"),
        ("for: 1s, repeat: 3s", "10010010"),
        ("after: 2s, for: 1s, repeat: 2s", "00101010"),
    ],
)
def test_windows_open_and_close_by_the_clock(keys: str, on: str) -> None:
    box = Box(f"x: {{{keys}, status: 503}}")
    found = ""
    for _ in on:
        found += "01"[box.fires(1) == "F"]
        box.pass_time(1)
    assert found == on
    assert box.counted() == (len(on), on.count("1"), on.count("0"))


EIGHTHS = st.integers(1, 40).map(lambda number: number / 8)


@given(after=EIGHTHS, lasts=st.none() | EIGHTHS, gap=EIGHTHS, at=st.integers(0, 240).map(lambda number: number / 8))
def test_a_window_is_open_from_one_edge_to_the_next(after: float, lasts: float | None, gap: float, at: float) -> None:
    schedule = Schedule(lasts_s=lasts, repeat_s=None if lasts is None else lasts + gap)
    since = at - after
    edge = schedule.next_edge_s(since)
    if edge is None:
        assert schedule.is_open(since)
        return
    assert edge > 0
    assert schedule.is_open(since) == schedule.is_open(since + edge * 0.99)
    assert schedule.is_open(since) != schedule.is_open(since + edge + 1e-6)


def test_windows_are_the_sandboxs_clock_alone() -> None:
    box = Box("x: {after: 2s, status: 503}")
    box.real_s += 100
    assert box.fires(1) == "S"
    box.clock_s += 2
    assert box.fires(1) == "F"


def test_a_window_that_is_left_to_chance_begins_at_the_same_time_everywhere() -> None:
    found = []
    for _ in range(2):
        box = Box("x: {after: [2s, 8s], status: 503}")
        for tenth in range(100):
            if box.fires(1) == "F":
                found.append(tenth)
                break
            box.pass_time(0.1)
    assert found[0] == found[1]
    assert 20 <= found[0] <= 80


def test_a_ramp_grows_from_nothing_to_the_whole() -> None:
    box = Box("x: {ramp: 100s, probability: 0.5, status: 503}")
    shares = []
    for _ in range(4):
        shares.append(box.fires(1000).count("F") / 1000)
        box.pass_time(50)
    assert shares[0] == 0
    assert shares[1] == pytest.approx(0.25, abs=0.05)
    assert shares[2] == pytest.approx(0.5, abs=0.05)
    assert shares[3] == pytest.approx(0.5, abs=0.05)


@given(probability=st.floats(0, 1))
def test_a_probability_is_kept_to_and_the_same_in_every_sandbox(probability: float) -> None:
    text = f"x: {{probability: {probability:.6f}, status: 503}}"
    one, other = Box(text), Box(text)
    found = one.fires(400)
    assert found == other.fires(400)
    assert found.count("F") / 400 == pytest.approx(probability, abs=0.12)


def test_another_seed_or_name_is_another_sequence() -> None:
    text = "{probability: 0.5, status: 503}"
    found = {Box(f"{name}: {text}", seed).fires(64) for name in ("x", "y") for seed in (SEED, SEED + 1)}
    assert len(found) == 4


def test_matches_are_counted_whether_they_act_or_not() -> None:
    box = Box("x: {every: 2, match: GET *, status: 503}")
    box.fires(4)
    box.fires(3, request(method="POST"))
    assert box.counted() == (4, 2, 2)
