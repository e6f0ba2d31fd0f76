"""A script is played in its order and at its moments, however the clock gets there."""

from collections.abc import Sequence
from typing import Any, TypeAlias, cast

from hypothesis import given
from hypothesis import strategies as st

from mockserver.messages import Json
from mockserver.sandbox.scenario.player import Player, Progress, Said
from mockserver.sandbox.scenario.scenario import Scenario, Step
from mockserver.sandbox.scenario.variant import Variant

Act: TypeAlias = tuple[str, Any]


class Record:
    """A stage on which everything is written down."""

    def __init__(self) -> None:
        self.acts: list[Act] = []

    def set_faults(self, names: Sequence[str], ago_s: float = 0.0) -> None:
        self.acts.append(("faults", tuple(names)))

    def act_as(self, user: str) -> None:
        self.acts.append(("user", user))

    def publish(self, topic: str, data: Json) -> None:
        self.acts.append(("publish", (topic, data)))

    def say(self, said: Said) -> None:
        self.acts.append(("say", said.text))


def scripted(*steps: Step, period_s: float = 0.0, user: str = "", faults: tuple[str, ...] = ()) -> Scenario:
    """A scenario with these steps; no test here asks for its rows."""
    return Scenario("s", "", user, faults, steps, period_s, {}, cast("Variant", None))


def say(at_s: float, text: str) -> Step:
    return Step(at_s, say=text)


def played(scenario: Scenario, *moments: float, begun_s: float = 0.0) -> list[str]:
    """What is said at each of these moments on the sandbox's clock, the beginning first, with `|` between them."""
    stage = Record()
    player = Player(stage)
    player.begin(scenario, begun_s)
    player.advance(begun_s)
    for moment in moments:
        stage.acts.append(("say", "|"))
        player.advance(moment)
    told = [text for kind, text in stage.acts if kind == "say"]
    return "".join(told).split("|")


def test_a_scenario_sets_user_and_faults_and_plays_what_is_due_at_once() -> None:
    stage = Record()
    first = Step(0.0, faults=("b",), say="now", user="bob", publish=("news", {"n": 1}))
    player = Player(stage)
    player.begin(scripted(first, say(1, "later"), user="ada", faults=("a",)), 5.0)
    player.advance(5.0)
    assert stage.acts == [
        ("user", "ada"), ("faults", ("a",)),
        ("user", "bob"), ("faults", ("b",)), ("publish", ("news", {"n": 1})), ("say", "now"),
    ]  # fmt: skip


def test_a_step_changes_only_what_it_names_and_can_make_the_user_nobody() -> None:
    stage = Record()
    player = Player(stage)
    player.begin(scripted(Step(1.0, user=""), Step(2.0, faults=())), 0.0)
    stage.acts.clear()
    player.advance(1.0)
    assert stage.acts == [("user", "")]
    player.advance(2.0)
    assert stage.acts[1:] == [("faults", ())]


def test_steps_come_so_long_after_the_switch_and_once() -> None:
    script = scripted(say(1, "a"), say(1, "b"), say(2.5, "c"))
    assert played(script, 100.5, 101, 101, 102, 103, 500, begun_s=100) == ["", "", "ab", "", "", "c", ""]
    assert played(script, 500, begun_s=100) == ["", "abc"]


def test_ten_times_a_tenth_of_a_second_is_a_second() -> None:
    stage = Record()
    player = Player(stage)
    player.begin(scripted(say(1, "a")), 0.0)
    now_s = 0.0
    for _ in range(10):
        now_s += 0.1
        player.advance(now_s)
    assert now_s < 1.0
    assert ("say", "a") in stage.acts


def test_a_loop_begins_anew_at_its_last_step_or_after_its_period() -> None:
    ends = scripted(say(0, "a"), say(2, "b"), say(4, "c"), period_s=4)
    assert played(ends, 2, 4, 6, 8, 9) == ["a", "b", "ca", "b", "ca", ""]
    waits = scripted(say(0, "a"), say(2, "b"), period_s=5)
    assert played(waits, 4, 5, 7, 10) == ["a", "b", "a", "b", "a"]


def test_after_a_jump_of_many_rounds_only_the_last_round_is_played() -> None:
    script = scripted(say(0, "a"), say(2, "b"), say(3, "c"), period_s=4)
    assert played(script, 4 * 10**9 + 2.5, 4 * 10**9 + 3) == ["a", "cab", "c"]


def test_what_was_said_is_kept_with_its_step_and_moment() -> None:
    player = Player(Record())
    player.begin(scripted(say(1, "a"), Step(2.0, faults=()), period_s=3), 10.0)
    assert player.said is None
    player.advance(12.0)
    assert player.said == Said("a", 1, 1.0)
    player.advance(14.0)
    assert player.said == Said("a", 1, 4.0)
    player.stop()
    assert (player.said, player.scenario) == (None, None)


def test_when_the_next_step_comes_is_known() -> None:
    player = Player(Record())
    assert player.next_due_s(0.0) is None
    player.begin(scripted(say(1, "a"), say(3, "b")), 10.0)
    assert [player.next_due_s(10.0), player.next_due_s(10.5)] == [1.0, 0.5]
    player.advance(11.0)
    assert player.next_due_s(11.0) == 2.0
    assert player.next_due_s(20.0) == 0.0
    player.advance(20.0)
    assert player.next_due_s(20.0) is None
    player.begin(scripted(say(1, "a"), period_s=1), 20.0)
    player.advance(120.25)
    assert player.next_due_s(120.25) == 0.75


def test_a_clock_that_is_put_back_leaves_as_long_to_wait_as_before() -> None:
    stage = Record()
    player = Player(stage)
    player.begin(scripted(say(10, "a")), 1000.0)
    player.advance(1004.0)
    assert player.next_due_s(0.0) == 6.0
    player.advance(5.0)
    assert ("say", "a") not in stage.acts
    player.advance(6.0)
    assert ("say", "a") in stage.acts


def test_a_step_may_look_at_the_clock_itself() -> None:
    class Looking(Record):
        def set_faults(self, names: Sequence[str], ago_s: float = 0.0) -> None:
            super().set_faults(names, ago_s)
            player.advance(50.0)

    stage = Looking()
    player = Player(stage)
    player.begin(scripted(Step(0.0, faults=("a",), say="1"), say(1, "2")), 0.0)
    player.advance(50.0)
    assert [text for kind, text in stage.acts if kind == "say"] == ["1", "2"]


def test_another_definition_goes_on_where_this_one_is() -> None:
    stage = Record()
    player = Player(stage)
    player.begin(scripted(say(1, "a"), say(2, "b")), 0.0)
    player.advance(1.0)
    same = scripted(say(1, "a"), say(2, "b"))
    player.go_on(same)
    assert player.scenario is same
    player.advance(2.0)
    assert [text for kind, text in stage.acts if kind == "say"] == ["a", "b"]


tenths = st.integers(0, 60).map(lambda number: number / 10)


@st.composite
def scripts(draw: st.DrawFn) -> Scenario:
    moments = sorted(draw(st.lists(tenths, min_size=1, max_size=6)))
    steps = [say(moment, chr(97 + number)) for number, moment in enumerate(moments)]
    last_s = moments[-1]
    period_s = draw(st.sampled_from([0.0, last_s, last_s + 0.5, last_s + 7])) if last_s else 0.0
    return scripted(*steps, period_s=period_s)


def due(script: Scenario, until_s: float) -> list[tuple[float, str]]:
    """All that a script says until then, each with its moment: rounds one behind the other."""
    rounds = range(int(until_s / script.period_s) + 2 if script.period_s else 1)
    moments = [(n * script.period_s + step.at_s, step.say or "") for n in rounds for step in script.steps]
    return [(at_s, text) for at_s, text in moments if at_s <= until_s + 1e-6]


@given(scripts(), st.lists(tenths, min_size=1, max_size=12), tenths)
def test_any_steps_of_the_clock_play_what_one_continuous_play_does(
    script: Scenario, waits: list[float], begun_s: float
) -> None:
    moments = [sum(waits[: number + 1]) for number in range(len(waits))]
    heard = played(script, *(begun_s + moment for moment in moments), begun_s=begun_s)
    before_s = -1.0
    for moment, text in zip([0.0, *moments], heard, strict=True):
        # Of a jump that is longer than a round, only the last round is heard.
        since_s = max(before_s, moment - script.period_s) if script.period_s else before_s
        assert text == "".join(said for at_s, said in due(script, moment) if at_s > since_s + 1e-6)
        before_s = moment


@given(scripts(), tenths, st.integers(1, 10**6))
def test_a_jump_ends_where_continuous_play_would(script: Scenario, rest_s: float, jumps: int) -> None:
    if not script.period_s:
        return
    end_s = rest_s + 2 * script.period_s
    near, far = played(script, end_s)[-1], played(script, end_s + jumps * script.period_s)[-1]
    assert near == far


def test_how_far_a_script_has_come_is_known_at_every_moment() -> None:
    player = Player(Record())
    assert player.progress(0.0) is None
    player.begin(scripted(say(1.0, "a"), say(4.0, "b"), period_s=4.0), 10.0)
    assert player.progress(10.0) == Progress(1, 0.0, 1, 1.0, is_over=False)
    player.advance(12.0)
    assert player.progress(12.0) == Progress(1, 2.0, 2, 2.0, is_over=False)
    player.advance(14.0)
    assert player.progress(14.0) == Progress(2, 0.0, 1, 1.0, is_over=False)
    player.end_script()
    assert player.progress(15.0) == Progress(2, 1.0, 0, 0.0, is_over=True)


def test_a_script_without_a_loop_comes_to_its_end() -> None:
    player = Player(Record())
    player.begin(scripted(say(1.0, "a")), 0.0)
    player.advance(3.0)
    assert player.progress(3.0) == Progress(1, 3.0, 0, 0.0, is_over=False)
    player.begin(scripted(), 0.0)
    assert player.progress(3.0) is None
