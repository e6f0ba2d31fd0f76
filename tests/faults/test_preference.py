"""What a single request asks for, and what comes of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import BadRequest
from mockserver.faults.preference import GRAMMAR, Preferences, read_preferences
from mockserver.faults.roster import UnknownFault
from tests.faults.box import Box, handshake, request, socket


def read(header: str) -> Preferences | None:
    return read_preferences({"prefer": header}, ())


@pytest.mark.parametrize(
    ("header", "code", "delay", "names"),
    [
        ("code=503", 503, "", ()),
        ("delay=300ms", None, "300ms", ()),
        ("delay=1.5s", None, "1.5s", ()),
        ("delay=0s", None, "0s", ()),
        ("fault=ws-drop", None, "", ("ws-drop",)),
        ("code=503, delay=2s, fault=ws-drop", 503, "2s", ("ws-drop",)),
        ("CODE=503", 503, "", ()),
        ('code="503"', 503, "", ()),
        (r'code="5\03"', 503, "", ()),
        ("code = 503", 503, "", ()),
        ("code\t=\t503 ; foo; bar=baz", 503, "", ()),
        ('code=503; why="a, b=c; d"; x, delay=2s', 503, "2s", ()),
        ("respond-async, wait=10, code=503", 503, "", ()),
        ('foo="code=500, \\" fault=x", code=503', 503, "", ()),
        ("code=503, code=500", 503, "", ()),
        ("fault=a, fault=b", None, "", ("a",)),
        (", ,code=503,,", 503, "", ()),
        ('"broken, code=503', None, "", ()),
        ("===, ;;;, code=503", 503, "", ()),
        ("return=minimal; code=503", None, "", ()),
    ],
)
def test_preferences_are_read_as_they_are_meant(
    header: str, code: int | None, delay: str, names: tuple[str, ...]
) -> None:
    found = read(header) or Preferences()
    assert (found.code, found.delay, found.names) == (code, delay, names)


@pytest.mark.parametrize(
    "header", ["", "respond-async", "return=minimal", "handling=lenient; code=5", "codes=1", "=code"]
)
def test_what_is_not_ours_is_passed_over(header: str) -> None:
    assert read(header) is None


@pytest.mark.parametrize(
    "header",
    [
        "code", "code=", 'code=""', "code=99", "code=600", "code=100", "code=5O3", "code=5.3", "code=+503", "code=٥٠٣",
        "code=503 x", "code=503=1", "code=a/b", 'code="503', "delay=2", "delay=-2s", "delay=1y", "delay=11m",
        "delay=soon", "delay=2s 3s", "delay=1h", "fault", "fault=", 'fault="a b"', "fault=a*b", f"fault={'x' * 65}",
        "fault=a/b", "delay=2s, code=0", "delay=٣s", f"delay={'1' * 5000}y", f"delay={'0' * 16}s", "fault=..",
    ],
)  # fmt: skip
def test_a_value_that_says_nothing_is_told_the_grammar(header: str) -> None:
    with pytest.raises(BadRequest) as raised:
        read(header)
    assert GRAMMAR in raised.value.detail
    assert [error.parameter for error in raised.value.errors] == ["Prefer"]


def test_the_query_has_twins_of_them() -> None:
    pairs = (("__delay", "2s"), ("page", "1"), ("__code", "503"), ("__code", "500"), ("__fault", "slow"), ("__x", "y"))
    assert read_preferences({}, pairs) == Preferences(503, "2s", ("slow",))
    assert read_preferences({}, (("page", "1"), ("code", "503"), ("__Code", "503"))) is None


def test_the_query_is_not_read_beside_a_header() -> None:
    assert read_preferences({"prefer": "return=minimal"}, (("__code", "503"),)) is None
    assert read_preferences({"prefer": "code=500"}, (("__code", "oops"),)) == Preferences(500)


@pytest.mark.parametrize(
    "pair",
    [
        ("__code", ""),
        ("__code", "99"),
        ("__delay", "2"),
        ("__delay", "٣s"),
        ("__delay", f"{'1' * 5000}y"),
        ("__fault", "."),
        ("__fault", "a b"),
        ("__fault", ""),
    ],
)
def test_a_twin_that_says_nothing_is_named(pair: tuple[str, str]) -> None:
    with pytest.raises(BadRequest) as raised:
        read_preferences({}, (pair,))
    assert [error.parameter for error in raised.value.errors] == [pair[0]]


def test_what_was_applied_is_what_was_done() -> None:
    found = Preferences(503, "2s", ("slow",))
    assert found.applied_by(["prefer", "slow"]) == "code=503, delay=2s, fault=slow"
    assert found.applied_by([]) == "code=503, delay=2s"
    assert Preferences(names=("slow",)).applied_by(["prefer"]) == ""


def test_a_code_and_a_delay_are_a_fault_of_the_request_alone() -> None:
    box = Box()
    course = box.faults.decide(request(), Preferences(418, "2s"))
    assert course is not None
    assert (course.fired, course.ended_by, [wait.seconds for wait in course.waits]) == (["prefer"], "prefer", [2.0])
    assert course.problem is not None
    assert course.problem.status == 418
    assert box.faults.goes_on(course, "prefer")
    assert box.ask() is None
    box.faults.off()
    assert not box.faults.goes_on(course, "prefer")


@pytest.mark.parametrize("code", [200, 204, 304, 400, 422, 503, 599])
def test_any_status_may_be_asked_for(code: int) -> None:
    course = Box().faults.decide(request(), Preferences(code))
    assert course is not None
    assert (course.reply.status if course.reply else course.problem.status if course.problem else 0) == code


def test_a_delay_of_nothing_is_no_wait() -> None:
    course = Box().faults.decide(request(), Preferences(delay="0s"))
    assert course is None or sum(wait.seconds for wait in course.waits) == 0


def test_a_handshake_may_ask_too() -> None:
    course = Box().faults.decide(handshake(), Preferences(503, names=("ws-drop",)))
    assert course is not None
    assert course.fired == ["prefer"]
    course = Box().faults.decide(socket(), Preferences(names=("ws-drop",)))
    assert course is not None
    assert course.finish is not None


def test_what_a_request_asks_for_goes_before_what_is_on_and_adds_to_it() -> None:
    box = Box("x: {status: 503, latency: 1s, priority: 0}\ny: {latency: 4s}\n")
    course = box.faults.decide(request(), Preferences(500, "2s", ("timeout",)))
    assert course is not None
    assert (course.ended_by, course.fired) == ("prefer", ["prefer", "y"])
    assert sum(wait.seconds for wait in course.waits) == 6
    assert box.counted() == (1, 0, 1)
    assert [(one.fault, one.fired) for one in course.decisions] == [
        ("prefer", True),
        ("timeout", False),
        ("x", False),
        ("y", True),
    ]


def test_a_fault_that_there_is_not_is_named_with_its_hint() -> None:
    with pytest.raises(UnknownFault, match=r"There is no fault 'outgae'; did you mean 'outage'\?"):
        Box("outage: {status: 503}").faults.decide(request(), Preferences(names=("outgae",)))


@given(header=st.text(max_size=60) | st.text(st.sampled_from('code=503, delay2s;fault"\\ \tx='), max_size=40))
def test_any_header_is_read_or_refused(header: str) -> None:
    try:
        found = read(header)
    except BadRequest:
        return
    assert found is None or found.applied_by(found.names)


def test_a_long_header_takes_no_time() -> None:
    assert read('x="' + "\\" * 30_000) is None
    assert read("a;" * 15_000 + ",code=503") == Preferences(503)
    assert read('"' * 30_000) is None


def test_a_fault_that_is_on_and_asked_for_acts_once() -> None:
    box = Box("x: {latency: 1s}\nprefer: {latency: 4s}\n")
    course = box.faults.decide(request(), Preferences(names=("x",)))
    assert course is not None
    assert sorted(wait.seconds for wait in course.waits) == [1, 4]
    assert box.counted() == (0, 0, 0)
    box.faults.disable("prefer")
    assert not box.faults.goes_on(course, "prefer")
