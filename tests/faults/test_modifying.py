"""Kinds that let an exchange go on, in another way."""

from math import log
from statistics import mean, quantiles

import pytest

from mockserver.faults.course import Pace, Turn, Wait
from tests.faults.acting import ANSWER, Acting, course_of, occasion_of
from tests.faults.box import Box


def waits(text: str, count: int = 1) -> list[Wait]:
    acting = Acting(f"{{match: ANY *, {text}}}")
    return [wait for _ in range(count) for wait in acting.on().waits]


def test_a_latency_is_what_it_says() -> None:
    assert waits("latency: 2s") == [Wait("example", 2.0)]
    assert waits("latency: 250ms, stage: body") == [Wait("example", 0.25, "body")]


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("latency: {p50: 1s, p95: 1s, stage: body}", "body"),
        ("latency: {p50: 1s, p95: 1s}, stage: body", "body"),
        ("latency: {p50: 1s, p95: 1s}", "head"),
    ],
)
def test_the_stage_stands_inside_or_beside(text: str, stage: str) -> None:
    (wait,) = waits(text)
    assert (wait.stage, round(wait.seconds, 9)) == (stage, 1.0)


def test_latencies_between_two_are_spread_evenly() -> None:
    seconds = [wait.seconds for wait in waits("latency: [200ms, 2s]", 2000)]
    assert min(seconds) >= 0.2
    assert max(seconds) <= 2.0
    assert mean(seconds) == pytest.approx(1.1, abs=0.05)


def test_latencies_of_servers_have_the_quantiles_that_are_asked_for() -> None:
    seconds = [wait.seconds for wait in waits("latency: {p50: 120ms, p95: 900ms, max: 5s}", 20_000)]
    cuts = quantiles(seconds, n=20)
    assert log(cuts[9]) == pytest.approx(log(0.120), abs=0.05)
    assert log(cuts[18]) == pytest.approx(log(0.900), abs=0.08)
    assert max(seconds) == 5.0


def test_chance_at_its_very_ends_gives_a_latency_too() -> None:
    kind = Acting("{match: ANY *, latency: {p50: 120ms, p95: 900ms}}").rule.acts["request", "http"][0]
    spread = kind.latency  # type: ignore[attr-defined]
    assert 0 < spread.draw_s(0.0) < spread.draw_s(1.0) <= 600.0


@pytest.mark.parametrize(
    ("text", "pace"),
    [
        ("50KiB/s", Pace(bytes_s=51_200.0)),
        ("1MB/s", Pace(bytes_s=1_000_000.0)),
        ("{chunks: 5, over: 2s}", Pace(pieces=5, over_s=2.0)),
    ],
)
def test_a_body_goes_out_at_a_pace(text: str, pace: Pace) -> None:
    assert course_of(f"{{match: GET *, bandwidth: {text}}}").pace == pace


def test_headers_are_put_in_and_left_out() -> None:
    course = course_of('{match: GET *, headers: {X-A: "1", Age: 5, ETag: null}}')
    assert (course.additions, course.removals) == ([("X-A", "1"), ("Age", "5")], ["ETag"])
    assert course_of("{match: GET *, content_type: text/html}").additions == [("Content-Type", "text/html")]


def test_small_ones() -> None:
    assert course_of("{match: GET *, stale: 2s}").lag_s == 2.0
    assert not course_of("{match: GET *, cors: false}").shows_cors
    assert course_of("{match: GET *, buffer: 4KiB}").buffer_bytes == 4096
    assert course_of("{match: GET *, hold: next}").turn == Turn("example", 10.0)
    assert course_of("{match: GET *, hold: {next: 1500ms}}").turn == Turn("example", 1.5)


def test_json_is_patched_and_nothing_else_is_touched() -> None:
    course = course_of("{match: GET *, patch: {name: null}}")
    assert (course.needs_whole, course.ends_streams, course.rewrites) == (True, False, [])
    (edit,) = course.edits
    assert edit(ANSWER).body == b'{"id":1}'


def test_of_two_that_say_a_header_the_first_wins() -> None:
    first = "{priority: 1, headers: {X-A: a, X-B: null, Set-Cookie: a=1}}"
    course = Box(f"b: {{headers: {{x-a: b, x-b: b, x-c: b, Set-Cookie: b=1}}}}\na: {first}\n").ask()
    assert course is not None
    cookies = [("Set-Cookie", "a=1"), ("Set-Cookie", "b=1")]
    assert [one for one in course.additions if one[0] != "Set-Cookie"] == [("X-A", "a"), ("x-c", "b")]
    assert [one for one in course.additions if one[0] == "Set-Cookie"] == cookies
    assert course.removals == ["X-B"]
    one = course_of("{match: GET *, status: 503, retry_after: 2, headers: {Retry-After: 5}}")
    assert one.additions == [("Retry-After", "2"), ("Retry-After", "5")]


FRAME = occasion_of("frame", "ws")


def test_messages_are_lost_repeated_swapped_and_late() -> None:
    assert course_of("{match: WS *, lose: true}", FRAME).copies == 0
    assert course_of("{match: WS *, duplicate: true}", FRAME).copies == 2
    assert course_of("{match: WS *, duplicate: 10}", FRAME).copies == 10
    assert course_of("{match: WS *, lose: true, duplicate: true}", FRAME).copies == 0
    assert course_of("{match: WS *, reorder: true}", FRAME).is_swapped
    assert course_of("{match: WS *, delay: 500ms}", FRAME).delay_s == 0.5
    drawn = Acting("{match: WS *, delay: [100ms, 1s]}")
    seconds = {drawn.on(FRAME).delay_s for _ in range(50)}
    assert len(seconds) == 50
    assert all(0.1 <= one <= 1.0 for one in seconds)


@pytest.mark.parametrize(
    ("mode", "expected"), [("true", '{"id'), ("cut", '{"id'), ("nan", '{"id":NaN}'), ("trailing_comma", '{"id":1,}')]
)
def test_messages_are_spoilt_and_stay_of_their_kind(mode: str, expected: str) -> None:
    (spoil,) = course_of(f"{{match: WS *, corrupt: {mode}}}", FRAME).spoils
    assert spoil('{"id":1}') == expected
    assert spoil(b'{"id":1}') == expected.encode()
