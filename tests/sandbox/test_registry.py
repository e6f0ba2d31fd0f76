"""Sandboxes by name: begun when first used, ended when idle for long, and never more than there may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest, Conflict, NotFound
from mockserver.sandbox.registry import LIMIT, Sandboxes


class Made:
    """One that knows its name, and how it fares."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_busy = False


class Household:
    """A registry with a clock that is moved by hand."""

    def __init__(self, limit: int = 3, idle_s: float = 60.0) -> None:
        self.now = 0.0
        self.made: list[str] = []
        self.ended: list[str] = []
        self.sandboxes: Sandboxes[Made] = Sandboxes(
            self._make,
            is_busy=lambda one: one.is_busy,
            on_end=lambda one: self.ended.append(one.name),
            limit=limit,
            idle_s=idle_s,
            now=lambda: self.now,
        )

    def _make(self, name: str) -> Made:
        if name == "broken":
            raise Conflict("It can't be made.")
        self.made.append(name)
        return Made(name)

    def enter(self, *names: str) -> None:
        """Use them, a second apart."""
        for name in names:
            self.now += 1
            self.sandboxes.enter(name)


def test_the_first_use_makes_one_and_the_next_finds_it() -> None:
    house = Household()
    assert house.sandboxes.look("w1") is None
    made = house.sandboxes.enter("w1")
    assert house.sandboxes.enter("w1") is made is house.sandboxes.look("w1")
    assert house.made == ["default", "w1"]
    assert house.sandboxes.names() == ["default", "w1"]
    assert [one.name for one in house.sandboxes] == ["default", "w1"]


def test_the_default_one_is_always_there() -> None:
    house = Household(limit=1)
    assert house.sandboxes.enter("default") is house.sandboxes.default is house.sandboxes.look("default")
    house.enter("w1", "w2")
    house.now += 1000
    house.sandboxes.sweep()
    assert house.sandboxes.names() == ["default"]
    assert house.sandboxes.idle_s("default") == 0
    with pytest.raises(Conflict, match="can be reset"):
        house.sandboxes.end("default")


def test_the_longest_idle_makes_room() -> None:
    house = Household()
    house.enter("w1", "w2", "w3", "w1", "w4")
    assert house.ended == ["w2"]
    house.sandboxes.look("w3")
    house.enter("w5")
    assert house.ended == ["w2", "w3"], "looking at one is no use of it"
    assert house.sandboxes.names() == ["default", "w1", "w4", "w5"]


def test_a_busy_one_is_passed_over_for_as_long_as_there_is_another() -> None:
    house = Household()
    house.enter("w1", "w2", "w3")
    for name in ("w1", "w2", "w3"):
        house.sandboxes.enter(name).is_busy = name != "w2"
    house.enter("w4")
    assert house.ended == ["w2"]
    house.sandboxes.enter("w4").is_busy = True
    house.enter("w5")
    assert house.ended == ["w2", "w1"]


def test_idle_ones_end_and_busy_ones_are_not_idle() -> None:
    house = Household()
    house.enter("w1", "w2", "w3")
    house.sandboxes.enter("w1").is_busy = True
    house.now = 61.5
    assert house.sandboxes.sweep() == []
    assert house.sandboxes.idle_s("w2") == 59.5
    house.now = 62.0
    assert house.sandboxes.sweep() == ["w2"]
    house.now = 63.0
    assert house.sandboxes.sweep() == ["w3"], "w1 is busy"
    house.sandboxes.enter("w1").is_busy = False
    house.now += 59.0
    assert house.sandboxes.sweep() == []
    house.now += 1.0
    assert house.sandboxes.sweep() == ["w1"]
    assert house.ended == ["w2", "w3", "w1"]


def test_one_that_is_ended_begins_anew() -> None:
    house = Household()
    first = house.sandboxes.enter("w1")
    house.sandboxes.end("w1")
    assert house.ended == ["w1"]
    assert house.sandboxes.look("w1") is None
    assert house.sandboxes.enter("w1") is not first
    with pytest.raises(NotFound, match="There is no sandbox 'w2': known here: default, w1"):
        house.sandboxes.end("w2")
    with pytest.raises(NotFound):
        house.sandboxes.idle_s("w2")


def test_one_that_can_not_be_made_ends_none() -> None:
    house = Household(limit=1)
    house.enter("w1")
    with pytest.raises(Conflict):
        house.sandboxes.enter("broken")
    assert house.sandboxes.names() == ["default", "w1"]
    assert house.ended == []


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "ä", "a b", "x" * 65, "a\n", "~w1", "%41", "a\0"])
def test_what_can_be_no_name_is_refused(name: str) -> None:
    house = Household()
    for use in (house.sandboxes.enter, house.sandboxes.look, house.sandboxes.end):
        with pytest.raises(BadRequest, match="1 to 64 letters, digits"):
            use(name)
    assert len(house.sandboxes) == 1


@pytest.mark.parametrize("name", ["w3", "A.b_c-1", "...", ".a", "x" * 64, "-"])
def test_what_can_be_one_is_taken(name: str) -> None:
    assert Household().sandboxes.enter(name).name == name


@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=40))
def test_there_are_never_more_than_may_be_and_all_that_end_are_told_of(uses: list[tuple[int, bool]]) -> None:
    house = Household()
    for number, is_busy in uses:
        house.now += 1
        house.sandboxes.enter(f"w{number}").is_busy = is_busy
        assert len(house.sandboxes) <= 4
    there = [name for name in house.sandboxes.names() if name != "default"]
    assert sorted([*there, *house.ended]) == sorted(house.made[1:])


def test_there_may_be_256() -> None:
    assert LIMIT == 256
    house = Household(limit=LIMIT)
    house.enter(*(f"w{number}" for number in range(300)))
    assert len(house.sandboxes) == 257
    assert house.ended == [f"w{number}" for number in range(44)]
