"""What an occasion comes to where several faults are on: who decides, what adds up, and that it is always the same."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults.course import Course
from mockserver.faults.occasion import Occasion
from mockserver.faults.preference import Preferences
from tests.faults.acting import told
from tests.faults.box import Box, handshake, message, request, socket, stream


def decided(course: Course | None) -> str:
    """What was decided: a status, a cut, a hold."""
    assert course is not None
    return course.ended_by


def test_nothing_is_nothing() -> None:
    assert Box().ask() is None
    assert Box("x: {status: 503, enabled: false}").ask() is None
    assert Box("x: {status: 503, match: POST *}").ask() is None


def test_the_smallest_priority_decides() -> None:
    box = Box("a: {status: 500}\nb: {status: 501, priority: 5}\nc: {hang: true, priority: 50}\n")
    course = box.ask()
    assert decided(course) == "b"
    assert course is not None
    assert [(one.fault, one.n, one.fired) for one in course.decisions] == [
        ("b", 1, True),
        ("c", 1, False),
        ("a", 1, False),
    ]
    assert course.fired == ["b"]


def test_what_is_set_at_run_time_goes_before_the_file_the_newest_first() -> None:
    box = Box("a: {status: 500}\nb: {status: 501}\n")
    assert decided(box.ask()) == "a"
    box.put("{status: 502}", "c")
    assert decided(box.ask()) == "c"
    box.put("{status: 503}", "d")
    assert decided(box.ask()) == "d"
    box.put("{status: 504}", "b")
    assert decided(box.ask()) == "b"
    box.put("{status: 505, priority: 99}", "c")
    assert decided(box.ask()) == "c"


def test_one_that_loses_has_not_used_up_its_times() -> None:
    box = Box("a: {status: 500, times: 2}\nb: {status: 501, times: 1, priority: 5}\n")
    assert [decided(box.ask()) for _ in range(3)] == ["b", "a", "a"]
    assert box.counted("a") == (3, 2, 1)
    assert box.fires(1) == "S"


def test_modifiers_of_several_faults_add_up_beside_what_decides() -> None:
    box = Box(
        "a: {latency: 1s}\nb: {latency: 2s, headers: {X-B: b}}\nc: {status: 503, headers: {X-C: c}}\n"
        "d: {bandwidth: 10KiB/s}\ne: {bandwidth: 5KiB/s}\n"
    )
    course = box.ask()
    assert course is not None
    assert sum(wait.seconds for wait in course.waits) == 3
    assert course.additions == [("X-B", "b"), ("X-C", "c")]
    assert course.pace is not None
    assert course.pace.bytes_s == 5 * 1024
    assert course.fired == ["a", "b", "c", "d", "e"]


def test_what_a_losing_rule_would_have_done_beside_its_end_is_not_done() -> None:
    course = Box("a: {status: 500}\nb: {status: 501, latency: 2s}\n").ask()
    assert course is not None
    assert course.waits == []


def test_a_fault_that_lets_it_pass_has_not_fired_and_leaves_the_end_to_others() -> None:
    box = Box("a: {rate_limit: {limit: 2, window: 10s}, times: 1}\nb: {status: 503}\n")
    assert [decided(box.ask()) for _ in range(4)] == ["b", "b", "a", "b"]
    assert box.counted("a") == (4, 1, 3)


def test_commit_is_said_where_it_acts_alone() -> None:
    box = Box("x: {match: POST *, commit: true, every: 2, reset: connect}")
    courses = [box.ask(request(method="POST")) for _ in range(2)]
    assert [course is not None and course.commits for course in courses] == [False, True]


def test_a_bundle_is_one_fault_whose_rules_draw_for_themselves() -> None:
    box = Box("x: {preset: flaky}")
    found = [box.ask() for _ in range(300)]
    ends = [course.ended_by for course in found if course is not None]
    assert 20 < ends.count("x") < 80
    assert {decision.fault for course in found if course for decision in course.decisions} == {"x"}
    assert all(len(course.decisions) == 3 and course.fired == ["x"] for course in found if course)
    kinds = {(course.problem is not None, course.chop is not None) for course in found if course}
    assert kinds == {(False, False), (True, False), (False, True)}


@pytest.mark.parametrize(
    ("keys", "acts"),
    [
        ("status: 503", ["request", "handshake"]),
        ("match: ANY *, status: 503", ["request"]),
        ("match: WS *, status: 503", ["handshake"]),
        ("match: WS *, drop: true", ["socket"]),
        ("match: ANY *, drop: true", ["stream"]),
        ("drop: true", ["socket", "stream"]),
        ("match: WS *, lose: true", ["message"]),
        ("match: WS *, direction: in, drop: true", []),
        ("match: WS *, direction: out, drop: true", ["message"]),
        ("match: [ANY *, WS *], latency: 1s, bandwidth: 5KiB/s", ["request", "handshake"]),
        ("match: [ANY *, WS *], truncate: 5", ["request"]),
        ("match: [ANY *, WS *], close: 1012", ["socket"]),
        ("match: [ANY *, WS *], reset: true", ["socket", "stream"]),
        ("match: [ANY *, WS *], reset: connect", ["request", "handshake"]),
    ],
)
def test_a_rule_acts_in_its_scope_alone(keys: str, acts: list[str]) -> None:
    occasions: dict[str, Occasion] = {
        "request": request(),
        "handshake": handshake(),
        "socket": socket(),
        "stream": stream(),
        "message": message("animals"),
    }
    box = Box(f"x: {{{keys}}}")
    assert [name for name, one in occasions.items() if box.ask(one) is not None] == acts
    assert box.counted()[0] == len(acts)
    watched = {(one.scope, one.transport) for one in occasions.values() if box.faults.watches(one.scope, one.transport)}
    assert {(occasions[name].scope, occasions[name].transport) for name in acts} <= watched


def test_a_connection_stands_for_a_time_of_its_own() -> None:
    box = Box("x: {match: WS *, after: [3s, 8s], drop: true}")
    found = [course.after_s for course in (box.ask(socket()) for _ in range(20)) if course is not None]
    assert len(set(found)) == 20
    assert all(3 <= one <= 8 for one in found)
    again = Box("x: {match: WS *, after: [3s, 8s], drop: true}")
    assert [course.after_s for course in (again.ask(socket()) for _ in range(20)) if course is not None] == found


def test_frames_are_counted_where_they_are_spoken_of() -> None:
    box = Box("x: {match: WS *, direction: out, skip: 2, close: 1012}")
    courses = [box.ask(message("a")) for _ in range(3)]
    assert [course is not None and course.finish is not None for course in courses] == [False, False, True]


def test_only_what_has_come_on_since_is_asked_of_what_is_open() -> None:
    box = Box("a: {match: WS *, drop: true}")
    opened = box.faults.revision
    box.ask(socket())
    box.put("{match: WS *, close: 1012}", "b")
    course = box.faults.decide(socket(), since=opened)
    assert decided(course) == "b"
    assert box.counted("a")[0] == 1
    assert box.faults.decide(socket(), since=box.faults.revision) is None


def test_what_is_asked_for_acts_where_its_rules_do() -> None:
    box = Box("a: {match: WS *, drop: true, enabled: false}\nb: {match: WS *, lose: true, enabled: false}")
    assert not box.faults.watches("frame", "ws", Preferences(names=("a", "c")))
    assert box.faults.watches("frame", "ws", Preferences(names=("a", "b")))
    assert not box.faults.watches("frame", "sse", Preferences(names=("b",)))
    box.faults.bar()
    assert not box.faults.watches("frame", "ws", Preferences(names=("b",)))


def test_when_the_newest_rule_of_a_scope_came_on_is_known() -> None:
    box = Box("a: {status: 503}")
    assert box.faults.last_armed("connection") == 0
    box.put("{match: WS *, drop: true}", "b")
    armed = box.faults.revision
    box.put("{match: WS *, lose: true}", "c")
    assert box.faults.last_armed("connection") == armed
    box.faults.disable("b")
    assert box.faults.last_armed("connection") == 0


TEXTS = [
    "{probability: 0.4, status: 503}",
    "{every: 3, reset: body}",
    "{latency: [1s, 3s]}",
    "{pattern: FFS, hang: true}",
    "{skip: 3, times: 2, status: 500}",
    "{match: POST *, probability: 0.5, truncate: 0.5}",
]
SECTIONS = st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4).map(
    lambda rules: "\n".join(f"f{place}: {rule}" for place, rule in enumerate(rules))
)
ASKED = st.lists(st.sampled_from([request(), request(method="POST"), request("/zoos")]), max_size=20)


def log(box: Box, occasions: list[Occasion]) -> list[Any]:
    return [None if course is None else told(course) for course in (box.ask(one) for one in occasions)]


@given(section=SECTIONS, asked=ASKED)
def test_every_sandbox_and_run_sees_the_same(section: str, asked: list[Occasion]) -> None:
    assert log(Box(section), asked) == log(Box(section), asked)


@given(
    section=SECTIONS, asked=st.lists(st.tuples(st.integers(0, 2), st.sampled_from([request(), request(method="POST")])))
)
def test_how_sandboxes_take_turns_changes_nothing(section: str, asked: list[tuple[int, Occasion]]) -> None:
    together = [Box(section) for _ in range(3)]
    mixed: list[list[Any]] = [[], [], []]
    for which, occasion in asked:
        mixed[which] += log(together[which], [occasion])
    apart = [log(Box(section), [occasion for one, occasion in asked if one == which]) for which in range(3)]
    assert mixed == apart


@given(section=SECTIONS, asked=ASKED)
def test_a_fault_with_probability_0_is_the_identity(section: str, asked: list[Occasion]) -> None:
    with_it = Box(f"{section}\nnever: {{probability: 0, status: 418, latency: 9s, headers: {{X-A: b}}, priority: 1}}\n")
    for occasion in asked:
        course, plain = with_it.ask(occasion), Box(section).ask(occasion)
        assert course is not None
        if plain is None:
            assert (course.fired, course.ended_by, course.waits, course.additions) == ([], "", [], [])
    without = Box(section)
    left = [
        [one for one in course.decisions if one.fault != "never"]
        for course in (with_it.ask(one) for one in asked)
        if course
    ]
    for occasion in asked:
        without.ask(occasion)
    kept = [course.decisions if course else [] for course in (without.ask(one) for one in asked)]
    assert left == kept


@given(
    order=st.permutations(
        ["{latency: 1s}", "{latency: 2s}", "{bandwidth: 5KiB/s}", "{bandwidth: 9KiB/s}", "{stale: 2s}"]
    )
)
def test_the_order_of_modifiers_does_not_matter(order: list[str]) -> None:
    course = Box("\n".join(f"f{place}: {rule}" for place, rule in enumerate(order))).ask()
    assert course is not None
    assert (sum(wait.seconds for wait in course.waits), course.lag_s) == (3, 2)
    assert course.pace is not None
    assert course.pace.bytes_s == 5 * 1024
