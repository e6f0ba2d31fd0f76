"""Every switch of a sandbox's faults, what comes of time, and who is told."""

from collections.abc import Callable

import pytest

from mockserver.errors import BadRequest, Conflict
from mockserver.faults.course import Course
from mockserver.faults.draw import Draw
from mockserver.faults.fault import DAY_S
from mockserver.faults.occasion import Occasion
from mockserver.faults.preference import Preferences
from mockserver.faults.roster import MOST_SET, USUAL_TTL_S, UnknownFault
from tests.faults.box import SEED, Box, fault_of, faults_of, handshake, request

FILE = "up: {status: 503}\nidle: {status: 500, enabled: false}\nshort: {hang: true, ttl: 10s}\n"


def ask(box: Box) -> Course:
    course = box.ask()
    assert course is not None
    return course


def ask_for(box: Box, name: str, occasion: Occasion | None = None) -> Course | None:
    """What an occasion comes to that asks for a fault by itself."""
    return box.faults.decide(occasion or request(), Preferences(names=(name,)))


def test_a_file_says_which_are_on_and_for_how_long() -> None:
    states = {state.name: state for state in Box(FILE).faults}
    assert [(one.name, one.enabled, one.source, one.expires_in_s) for one in states.values()] == [
        ("up", True, "file", None),
        ("idle", False, "file", None),
        ("short", True, "file", 10),
    ]


def test_a_fault_of_the_file_that_had_its_time_is_off() -> None:
    box = Box(FILE)
    box.pass_time(10)
    box.faults.advance()
    assert box.on == ["up"]
    assert box.faults.get("short").expires_in_s is None


def test_a_fault_set_at_run_time_stays_for_a_quarter_of_an_hour_and_is_gone() -> None:
    box = Box()
    box.put("{status: 503}")
    assert box.faults.get("x").expires_in_s == USUAL_TTL_S
    box.pass_time(USUAL_TTL_S - 0.5)
    assert box.fires(1) == "F"
    box.pass_time(0.5)
    assert box.fires(1) == "-"
    with pytest.raises(LookupError, match="There is no fault 'x'"):
        box.faults.get("x")


@pytest.mark.parametrize("clock", ["clock_s", "real_s"])
def test_either_clock_ends_a_fault(clock: str) -> None:
    box = Box()
    box.put("{hang: true, ttl: 2s}")
    course = ask(box)
    assert box.faults.goes_on(course, "x")
    assert box.faults.next_due_s() == 2
    setattr(box, clock, getattr(box, clock) + 1.5)
    assert box.faults.next_due_s() == 0.5
    assert box.faults.is_on("x")
    setattr(box, clock, getattr(box, clock) + 0.5)
    changes = box.changes
    box.faults.advance()
    assert not box.faults.is_on("x")
    assert not box.faults.goes_on(course, "x")
    assert box.changes == changes + 1
    assert (box.faults.is_quiet, box.faults.next_due_s()) == (True, None)


def test_a_clock_that_is_set_back_neither_ends_nor_prolongs_anything() -> None:
    box = Box()
    box.pass_time(100)
    box.put("{status: 503, ttl: 10s, after: 4s}")
    box.pass_time(3)
    assert box.fires(1) == "S"
    box.clock_s = 0
    assert box.fires(1) == "S"
    box.pass_time(1)
    assert box.fires(1) == "F"
    box.pass_time(5.9)
    assert box.fires(1) == "F"
    box.pass_time(0.2)
    assert box.fires(1) == "-"


@pytest.mark.parametrize("ttl_s", [0, -1, DAY_S + 1, float("inf"), float("nan")])
def test_a_time_that_is_none_is_refused(ttl_s: float) -> None:
    box = Box("x: {status: 503, enabled: false}")
    with pytest.raises(BadRequest):
        box.put("{status: 500}", "y", ttl_s)
    with pytest.raises(BadRequest):
        box.faults.enable("x", ttl_s)
    assert box.on == []


def test_setting_the_same_again_goes_on_counting_and_lasts_anew() -> None:
    box = Box()
    box.put("{every: 3, status: 503}", ttl_s=10)
    assert box.fires(2) == "SS"
    course = ask(box)
    box.pass_time(9)
    box.put("{every: 3, status: 503, describe: the same}", ttl_s=10)
    assert box.counted() == (3, 1, 2)
    assert box.faults.get("x").expires_in_s == 10
    assert box.faults.goes_on(course, "x")
    assert box.fires(3) == "SSF"


def test_setting_another_in_its_place_counts_from_the_beginning_and_lets_go() -> None:
    box = Box()
    box.put("{every: 3, hang: true}")
    box.fires(2)
    course = ask(box)
    box.put("{every: 2, hang: true}")
    assert box.counted() == (0, 0, 0)
    assert not box.faults.goes_on(course, "x")
    assert box.fires(2) == "SF"


def test_another_content_forgets_what_a_kind_remembers() -> None:
    box = Box()
    box.put("{rate_limit: {limit: 1, window: 10s}}")
    assert box.fires(2) == "SF"
    box.put("{rate_limit: {limit: 1, window: 20s}}")
    assert box.fires(2) == "SF"


def test_switching_off_and_on_goes_on_counting_but_lets_go() -> None:
    box = Box("x: {pattern: FSS, status: 503}")
    assert box.fires(2) == "FS"
    course = ask(box)
    assert not box.faults.disable("x").enabled
    assert box.fires(5) == "-----"
    assert box.faults.enable("x").enabled
    assert box.counted() == (3, 1, 2)
    assert box.fires(1) == "F"
    assert not box.faults.goes_on(course, "x")


def test_a_window_begins_when_a_fault_comes_on() -> None:
    box = Box("x: {after: 5s, status: 503}")
    box.pass_time(9)
    assert box.fires(1) == "F"
    box.faults.disable("x")
    box.faults.enable("x")
    assert box.fires(1) == "S"
    box.pass_time(5)
    assert box.fires(1) == "F"


def test_a_fault_of_the_file_goes_back_to_what_it_was_when_its_time_is_over() -> None:
    box = Box(FILE)
    box.faults.enable("idle")
    assert box.faults.get("idle").expires_in_s == USUAL_TTL_S
    box.faults.disable("up")
    box.faults.disable("short")
    box.faults.enable("short", 5)
    assert box.on == ["idle", "short"]
    box.pass_time(USUAL_TTL_S)
    assert box.on == []


def test_switching_on_what_is_on_changes_nothing() -> None:
    box = Box(FILE)
    state = box.faults.enable("up")
    assert (state.enabled, state.expires_in_s) == (True, None)
    state = box.faults.enable("up", 5)
    assert state.expires_in_s == 5
    box.pass_time(5)
    assert "up" in box.on


def test_a_fault_of_the_file_may_be_set_anew_and_comes_back() -> None:
    box = Box("x: {status: 500}")
    box.put("{status: 501}", ttl_s=5)
    assert (ask(box).ended_by, box.faults.get("x").source) == ("x", "runtime")
    assert box.faults.get("x").fault.settings == {"status": 501}
    box.pass_time(5)
    assert (box.faults.get("x").source, box.faults.get("x").fault.settings) == ("file", {"status": 500})
    box.put("{status: 501}")
    box.faults.remove("x")
    assert (box.faults.get("x").source, box.on) == ("file", ["x"])


def test_a_fault_of_the_file_set_to_the_same_goes_on_counting() -> None:
    box = Box("x: {every: 3, status: 500}")
    box.fires(2)
    box.put("{every: 3, status: 500}", ttl_s=5)
    assert box.fires(1) == "F"
    assert box.faults.get("x").source == "runtime"
    box.pass_time(5)
    assert box.faults.get("x").source == "file"


def test_removing_undoes_what_was_set_and_switches_off_what_was_not() -> None:
    box = Box(FILE)
    box.put("{status: 501}", "y")
    box.faults.remove("y")
    box.faults.remove("up")
    assert [state.name for state in box.faults] == ["up", "idle", "short"]
    assert box.on == ["short"]
    with pytest.raises(LookupError):
        box.faults.remove("y")


def test_the_time_of_a_fault_begins_when_it_is_switched_on() -> None:
    box = Box()
    box.put("{status: 503, enabled: false, ttl: 5s}")
    box.pass_time(DAY_S)
    assert (box.on, box.faults.is_quiet, box.faults.get("x").expires_in_s) == ([], True, None)
    assert box.faults.enable("x").expires_in_s == 5
    box.pass_time(4)
    box.faults.disable("x")
    assert len(box.faults) == 1
    box.pass_time(1)
    box.faults.advance()
    assert len(box.faults) == 0


def test_settings_say_whether_it_is_on() -> None:
    box = Box("x: {status: 503, enabled: false, describe: d}\ny: {status: 503}\n")
    assert box.faults.enable("x").settings == {"status": 503, "enabled": True, "describe": "d"}
    assert box.faults.disable("y").settings == {"status": 503, "enabled": False}
    assert box.faults.disable("x").settings == {"status": 503, "enabled": False, "describe": "d"}


def test_a_preset_is_switched_on_by_its_name() -> None:
    box = Box()
    state = box.faults.enable("slow")
    assert (state.source, state.fault.preset, state.expires_in_s) == ("preset", "slow", USUAL_TTL_S)
    assert state.describe()["settings"] == {"preset": "slow"}
    assert box.fires(1) == "F"
    box.pass_time(USUAL_TTL_S)
    assert [*box.faults] == []


def test_a_fault_of_the_file_goes_before_a_preset_of_its_name() -> None:
    box = Box("slow: {status: 503, enabled: false}")
    box.faults.enable("slow")
    assert ask(box).problem is not None


def test_off_ends_everything_at_once() -> None:
    box = Box(FILE)
    box.put("{hang: true, priority: 1}")
    box.faults.enable("ws-drop")
    course = ask(box)
    once = ask_for(box, "timeout")
    assert once is not None
    assert box.faults.goes_on(once, "timeout")
    assert box.faults.off() == ["up", "short", "x", "ws-drop"]
    assert (box.on, box.faults.is_quiet, box.ask()) == ([], True, None)
    assert not box.faults.goes_on(course, "x")
    assert not box.faults.goes_on(once, "timeout")
    assert box.faults.off() == []
    assert box.faults.enable("up").enabled


def test_reset_is_the_file_from_the_beginning() -> None:
    box = Box(f"{FILE}x: {{every: 3, status: 503, priority: 1}}\n")
    assert box.fires(2) == "FF"
    box.put("{status: 501}", "y")
    box.faults.enable("idle")
    box.faults.disable("up")
    box.faults.reset()
    assert box.on == ["up", "short", "x"]
    assert box.counted() == (0, 0, 0)
    assert [ask(box).ended_by for _ in range(3)] == ["up", "up", "x"]


def test_a_scenario_has_exactly_its_faults_on_for_good() -> None:
    box = Box(FILE)
    box.put("{status: 501}", "y")
    box.put("{status: 501}", "short")
    box.faults.set_exactly(["idle", "ws-drop"])
    assert box.on == ["idle", "ws-drop"]
    assert [state.name for state in box.faults] == ["up", "idle", "short", "ws-drop"]
    box.pass_time(DAY_S)
    assert box.on == ["idle", "ws-drop"]
    box.faults.set_exactly([])
    assert (box.on, box.faults.is_quiet) == ([], True)


def test_what_a_scenario_switches_on_counts_from_the_beginning() -> None:
    box = Box("x: {every: 2, status: 503}")
    box.fires(1)
    box.faults.set_exactly(["x"])
    assert box.fires(1) == "F"
    box.faults.set_exactly([])
    box.faults.set_exactly(["x"])
    assert box.fires(2) == "SF"


def test_a_name_that_there_is_not_changes_nothing_and_has_its_hint() -> None:
    box = Box(FILE)
    before = box.faults.revision
    with pytest.raises(UnknownFault, match=r"There is no fault 'shrot'; did you mean 'short'\?"):
        box.faults.set_exactly(["idle", "shrot"])
    for switch in (box.faults.enable, box.faults.disable, box.faults.remove, box.faults.get):
        called: Callable[[str], object] = switch
        with pytest.raises(UnknownFault):
            called("nothing-like-it")
    with pytest.raises(UnknownFault, match="did you mean 'slow'"):
        box.faults.enable("slwo")
    assert (box.on, box.faults.revision) == (["up", "short"], before)


def test_a_hint_names_a_preset_that_is_set_once() -> None:
    box = Box()
    box.faults.enable("brownout")
    with pytest.raises(UnknownFault, match="known here: broken-json, brownout, captive-portal, "):
        ask_for(box, "nothing-like-it")


def test_there_is_room_for_so_many() -> None:
    box = Box("x: {status: 503}")
    for place in range(MOST_SET):
        box.put("{match: POST *, status: 503}", f"f{place}")
    with pytest.raises(Conflict, match="There is no room for 'more': 100 faults are set at run time already"):
        box.put("{status: 503}", "more")
    with pytest.raises(Conflict):
        box.faults.enable("slow")
    box.put("{match: POST *, status: 501}", "f7")
    box.faults.remove("f7")
    box.put("{status: 503}", "more")


def test_without_faults_none_acts_whatever_is_declared() -> None:
    box = Box(FILE)
    box.faults.bar()
    assert (box.on, box.faults.is_quiet, box.ask(), box.faults.breaks_connections) == ([], True, None, False)
    assert box.faults.off() == []
    for switch in (
        lambda: box.put("{status: 503}"),
        lambda: box.faults.enable("up"),
        lambda: box.faults.enable("slow"),
    ):
        with pytest.raises(Conflict, match="--no-faults"):
            switch()
    assert ask_for(box, "up") is None
    box.faults.set_exactly(["up"])
    box.put("{status: 503, enabled: false}")
    assert (box.on, box.ask()) == ([], None)


def test_another_definition_leaves_alone_what_is_the_same_in_it() -> None:
    box = Box("a: {every: 3, status: 503}\nb: {status: 500}\nc: {status: 501}\nd: {status: 502, every: 2}\n")
    box.put("{status: 505}", "mine")
    box.put("{status: 506}", "c")
    box.faults.disable("b")
    box.fires(2)
    box.faults.declare(
        faults_of(
            "b: {status: 500}\na: {every: 3, status: 503}\nd: {status: 502, every: 2, describe: two}\ne: {hang: true}\n"
        ),
        SEED,
    )
    assert [(state.name, state.enabled, state.matched) for state in box.faults] == [
        ("b", False, 0),
        ("a", True, 2),
        ("d", True, 2),
        ("e", True, 0),
        ("c", True, 2),
        ("mine", True, 2),
    ]
    assert box.faults.get("d").fault.describe == "two"
    box.faults.remove("c")
    with pytest.raises(LookupError):
        box.faults.get("c")
    box.faults.remove("mine")
    box.pass_time(DAY_S)
    assert box.on == ["a", "d", "e"]


def test_another_definition_of_a_fault_counts_from_the_beginning() -> None:
    box = Box("x: {every: 3, hang: true}")
    box.fires(2)
    course = ask(box)
    box.faults.declare(faults_of("x: {every: 2, hang: true}"), SEED)
    assert box.counted() == (0, 0, 0)
    assert not box.faults.goes_on(course, "x")
    box.fires(2)
    box.faults.declare(faults_of("x: {every: 2, hang: true}"), SEED + 1)
    assert box.counted() == (0, 0, 0)


def test_another_definition_of_a_fault_leaves_it_on_or_off() -> None:
    text = "begun: {status: 500, enabled: false}\nended: {status: 500}\nidle: {status: 500, enabled: false}\n"
    box = Box(text)
    box.faults.enable("begun", 60)
    box.faults.disable("ended")
    box.pass_time(10)
    course = ask(box)
    box.faults.declare(faults_of(text.replace("500", "503")), SEED)
    state = box.faults.get("begun")
    assert (box.on, state.expires_in_s, state.matched) == (["begun"], 50, 0)
    assert state.settings == {"status": 503, "enabled": True, "ttl": "1m"}
    assert not box.faults.goes_on(course, "begun")
    assert box.fires(1) == "F"
    box.pass_time(50)
    assert box.on == []


def test_what_a_definition_says_anew_of_being_on_holds() -> None:
    box = Box("a: {status: 500, enabled: false}\nb: {status: 500}\nc: {status: 500}\n")
    again = "a: {status: 500}\nb: {status: 500, enabled: false}\nc: {status: 500, ttl: 9s}\n"
    box.faults.declare(faults_of(again), SEED)
    assert (box.on, box.faults.get("c").expires_in_s) == (["a", "c"], 9)


def test_a_fault_that_is_declared_no_more_lets_go() -> None:
    box = Box("x: {hang: true}")
    course = ask(box)
    box.faults.declare({}, SEED)
    assert not box.faults.goes_on(course, "x")
    assert (box.faults.is_quiet, len(box.faults)) == (True, 0)


def test_a_sandbox_that_ends_lets_go_of_all() -> None:
    box = Box("x: {hang: true}")
    course, once = ask(box), ask_for(box, "timeout")
    assert once is not None
    changes = box.changes
    box.faults.close()
    assert box.changes == changes + 1
    assert not box.faults.goes_on(course, "x")
    assert not box.faults.goes_on(once, "timeout")
    assert (box.faults.is_quiet, box.ask()) == (True, None)
    box.faults.reset()
    assert box.faults.is_quiet


def test_everybody_is_told_of_every_change_and_may_look_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    box = Box()
    seen: list[bool] = []

    def fail() -> None:
        raise ValueError("a watcher of no use")

    box.faults.watch(fail)
    stop = box.faults.watch(lambda: seen.append(box.faults.is_on("x")))
    box.put("{status: 503, ttl: 5s}")
    box.faults.disable("x")
    box.faults.enable("x", 5)
    box.pass_time(5)
    box.faults.advance()
    stop()
    box.put("{status: 503}")
    assert seen == [True, False, True, False]
    assert "a watcher of no use" in capsys.readouterr().err


def test_somebody_told_may_change_more() -> None:
    box = Box("x: {status: 503}")

    def switch() -> None:
        if box.faults.is_on("x"):
            box.faults.off()

    box.faults.watch(switch)
    box.put("{status: 500}", "y")
    assert box.on == []


def test_connections_are_broken_by_what_ends_those_of_requests() -> None:
    box = Box()
    assert not box.faults.breaks_connections
    for keys, breaks in (
        ("{status: 503}", False),
        ("{match: GET *, reset: connect}", True),
        ("{match: WS *, drop: true}", False),
        ("{match: WS *, reset: connect}", True),
        ("{match: GET *, truncate: 5}", False),
        ("{match: GET *, empty: true, enabled: false}", False),
        ("{preset: offline}", True),
        ("{preset: ws-drop}", False),
    ):
        box.put(keys)
        assert box.faults.breaks_connections is breaks, keys


def test_what_could_hold_nobody_has_not_fired() -> None:
    box = Box("x: {hang: true, times: 1}")
    for _ in range(2):
        course = box.ask()
        assert course is not None
        assert course.held is not None
        course.held.lapse(course)
        assert (course.fired, [one.fired for one in course.decisions]) == ([], [False])
    assert box.fires(2) == "FS"
    assert (box.counted(), box.faults.get("x").overflow) == ((4, 1, 1), 2)


def test_a_fault_that_could_hold_nobody_acts_by_its_other_kinds() -> None:
    box = Box("x: {hang: true, latency: 1s}")
    course = box.ask()
    assert course is not None
    assert course.held is not None
    course.held.lapse(course)
    assert (course.fired, [one.fired for one in course.decisions]) == (["x"], [False])


def test_the_state_is_told_as_json_with_a_tag_of_its_own() -> None:
    box = Box("x: {status: 503, every: 2, describe: Half of it}")
    box.fires(3)
    state = box.faults.get("x")
    assert box.faults.to_json() == [
        {
            "name": "x",
            "describe": "Half of it",
            "effects": ["Every request and every socket: answered 503, every 2nd"],
            "settings": {"status": 503, "every": 2, "describe": "Half of it"},
            "enabled": True,
            "source": "file",
            "preset": None,
            "priority": 100,
            "expires_in_s": None,
            "matched": 3,
            "fired": 1,
            "skipped": 2,
            "overflow": 0,
        }
    ]
    box.fires(1)
    assert box.faults.get("x").tag == state.tag
    assert box.faults.disable("x").tag != state.tag
    assert box.faults.enable("x").tag == state.tag


def test_the_time_that_was_chosen_is_shown_and_in_the_tag() -> None:
    box = Box("x: {status: 503, enabled: false}")
    before = box.faults.get("x")
    usual, chosen = box.faults.enable("x"), box.faults.enable("x", 3600)
    assert (usual.settings, chosen.settings["ttl"]) == ({"status": 503, "enabled": True}, "1h")
    assert len({before.tag, usual.tag, chosen.tag, box.faults.enable("x", 90).tag}) == 4
    box.pass_time(90)
    assert box.faults.get("x").tag == before.tag
    box.put("{status: 503, ttl: 30s}", "y")
    assert box.faults.get("y").settings["ttl"] == "30s"
    assert box.faults.enable("y", 0.25).settings["ttl"] == "250ms"
    assert box.faults.enable("slow", 60).settings == {"preset": "slow", "ttl": "1m"}


def test_each_rule_of_a_bundle_is_told_apart_and_draws_as_no_fault_is_called() -> None:
    box = Box("flaky: {preset: flaky}\nflaky.1: {status: 500, probability: 0.5}\n")
    for n in (1, 2):
        told = {(one.fault, one.rule): one.draw for one in ask(box).decisions}
        assert told == {
            ("flaky", 0): Draw(SEED, "flaky", n).share(),
            ("flaky", 1): Draw(SEED, "flaky#1", n).share(),
            ("flaky", 2): Draw(SEED, "flaky#2", n).share(),
            ("flaky.1", 0): Draw(SEED, "flaky.1", n).share(),
        }


def test_asked_for_a_fault_acts_whatever_its_switch_and_schedule_say() -> None:
    box = Box("x: {status: 503, enabled: false, every: 5, match: POST *}")
    course = ask_for(box, "x", request(method="POST"))
    assert course is not None
    assert (course.fired, course.ended_by, box.counted()) == (["x"], "x", (0, 0, 0))
    assert box.faults.goes_on(course, "x")
    assert ask_for(box, "x") is None
    with pytest.raises(UnknownFault, match="did you mean 'ws-drop'"):
        ask_for(box, "ws-dorp", handshake())


def test_asked_for_twice_a_fault_draws_anew_the_same_in_every_sandbox() -> None:
    found = []
    for box in (Box(), Box()):
        courses = [ask_for(box, "slow") for _ in range(5)]
        found.append([course.waits[0].seconds for course in courses if course is not None])
    assert found[0] == found[1]
    assert len(set(found[0])) == 5


def test_outages_are_those_of_rules_for_everything() -> None:
    box = Box("x: {down: true}\ny: {match: GET /animals, down: true}\nz: {times: 1, down: true}\n")
    assert [(one.fault, one.seconds) for one in box.faults.outages()] == [("x", None)]
    assert box.faults.outages() is box.faults.outages(), "it is looked for anew only when something is due"
    box.faults.disable("x")
    assert [*box.faults.outages()] == []


@pytest.mark.parametrize("clock", ["clock_s", "real_s"])
def test_an_outage_is_over_by_either_clock(clock: str) -> None:
    box = Box()
    box.put("{down: 3s}")
    assert [one.seconds for one in box.faults.outages()] == [3]
    assert box.faults.next_due_s() == 3
    changes = box.changes
    setattr(box, clock, getattr(box, clock) + 3)
    box.faults.advance()
    assert ([*box.faults.outages()], box.changes) == ([], changes + 1)
    assert box.faults.is_on("x")
    assert box.fires(1) == "S"
    box.faults.disable("x")
    box.faults.enable("x")
    assert len(box.faults.outages()) == 1


def test_an_outage_comes_and_goes_with_its_windows() -> None:
    box = Box()
    box.put("{after: 2s, for: 1s, repeat: 5s, down: true}")
    found = ""
    for _ in range(12):
        found += "01"[len(box.faults.outages())]
        due_s = box.faults.next_due_s()
        assert due_s is not None
        assert due_s <= 4
        box.pass_time(1)
    assert found == "001000010000"
    assert box.changes > 4


def test_a_restart_says_so() -> None:
    box = Box()
    box.faults.enable("deploy")
    assert [(one.seconds, one.restarts) for one in box.faults.outages()] == [(3, True)]


def test_a_fault_may_be_set_that_is_named_otherwise() -> None:
    box = Box()
    box.faults.put("y", fault_of("{probability: 0.5, status: 503}", "x"))
    other = Box("y: {probability: 0.5, status: 503}")
    assert box.fires(50) == other.fires(50)
