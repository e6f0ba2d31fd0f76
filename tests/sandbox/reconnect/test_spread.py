"""How much chance a client puts into its pauses, told from the pauses alone."""

from random import Random

import pytest

from mockserver.sandbox.reconnect.spread import spread_of


def test_the_same_pause_each_time_has_none() -> None:
    assert spread_of([(0, 2.0), (0, 2.0), (1, 2.0), (2, 2.0)]) == 0


def test_neither_has_a_smooth_backoff() -> None:
    assert spread_of([(number, 0.5 * 2**number) for number in range(8)]) == 0


@pytest.mark.parametrize("width", [0.1, 0.3, 0.5])
def test_it_is_as_wide_as_the_range_that_is_drawn_from(width: float) -> None:
    draw = Random(7).uniform
    pauses = [(number, 2**number * draw(1 - width, 1 + width)) for _ in range(40) for number in range(4)]
    assert spread_of(pauses) == pytest.approx(width, abs=0.06)


def test_any_part_of_what_is_due_is_all_there_can_be() -> None:
    draw = Random(7).random
    assert spread_of([(0, 10 * draw()) for _ in range(50)]) == 1


@pytest.mark.parametrize("pauses", [[], [(0, 1.0)], [(0, 1.0), (1, 9.0)], [(0, 0.0)] * 5])
def test_too_few_pauses_and_none_at_all_say_nothing(pauses: list[tuple[int, float]]) -> None:
    assert spread_of(pauses) in (0, 1)
    assert len(pauses) >= 3 or spread_of(pauses) == 0
