"""Kinds that answer in place of the API: statuses, refusals, limits."""

from dataclasses import replace

import orjson
import pytest

from mockserver.errors import FieldError, Invalid
from mockserver.faults.course import Course
from mockserver.messages import Reply
from tests.faults.acting import Acting, course_of, occasion_of


def problem_in(course: Course) -> tuple[int, str]:
    assert course.problem is not None
    # The convention's own words, and no definition's.
    assert course.problem.details is None
    return course.problem.status, course.problem.title


@pytest.mark.parametrize("status", [400, 401, 404, 409, 418, 422, 429, 451, 500, 503, 599])
def test_an_error_is_left_to_the_convention_to_write(status: int) -> None:
    course = course_of(f"{{match: GET *, status: {status}}}")
    assert problem_in(course)[0] == status
    assert course.reply is None


def test_a_status_that_is_no_error_is_an_answer_without_a_body() -> None:
    assert course_of("{match: GET *, status: 204}").reply == Reply(204)
    assert course_of("{match: GET *, status: 302, headers: {Location: /}}").additions == [("Location", "/")]


def test_a_body_of_one_s_own_is_sent_as_it_is() -> None:
    said = course_of("{match: GET *, status: 503, body: <p>Zoo</p>, content_type: text/html}")
    assert said.reply == Reply(503, (("Content-Type", "text/plain; charset=utf-8"),), b"<p>Zoo</p>")
    assert said.additions == [("Content-Type", "text/html")]
    for body in ("{a: [1, ü]}", "null", "5", "[]"):
        reply = course_of(f"{{match: GET *, status: 200, body: {body}}}").reply
        assert reply is not None
        assert reply.header("content-type") == "application/json"
        assert orjson.dumps(orjson.loads(reply.body)) == reply.body


def test_fields_are_found_invalid_in_the_words_of_their_resource() -> None:
    asked: list[str] = []

    def invalid(names: object) -> Invalid:
        asked.append(str(names))
        return Invalid("The animal is not valid.", [FieldError("is required", "/name")])

    occasion = replace(occasion_of(), invalid=invalid)
    problem = course_of("{match: POST *, fields: [name]}", replace(occasion, scope="request")).problem
    assert problem is not None
    assert (problem.status, problem.errors, problem.detail) == (
        422, (FieldError("is required", "/name"),), "The animal is not valid.",
    )  # fmt: skip
    other = course_of("{match: POST *, status: 400, fields: [name]}", occasion).problem
    assert other is not None
    assert (other.status, other.errors, other.detail, other.details) == (400, problem.errors, problem.detail, None)
    assert asked == ["['name']"] * 2


def test_where_nobody_knows_a_field_it_is_named_all_the_same() -> None:
    problem = course_of("{match: POST *, fields: [chip.code, name]}").problem
    assert problem is not None
    assert [error.pointer for error in problem.errors] == ["/chip/code", "/name"]


def test_a_status_that_is_named_is_meant() -> None:
    for text in ("status: 409", "status: 422, fields: [name]", "refuse: 410"):
        course = course_of(f"{{match: WS *, {text}}}", occasion_of("handshake", "ws"))
        assert course.problem is not None
        assert course.problem.is_exact
    problem = course_of("{match: POST *, fields: [name]}").problem
    assert problem is not None
    assert not problem.is_exact


def test_a_conflict_asks_for_the_current_document() -> None:
    assert course_of("{match: PUT *, status: 409, current: true}").shows_current
    assert not course_of("{match: PUT *, status: 409}").shows_current


def test_retry_after_goes_along_with_whatever_is_answered() -> None:
    for what in ("status: 503", "status: 503, body: Later", "status: 302"):
        assert course_of(f"{{match: GET *, {what}, retry_after: 2}}").additions == [("Retry-After", "2")]


def test_a_handshake_is_refused_with_either_key() -> None:
    handshake = occasion_of("handshake", "ws")
    for key in ("status", "refuse"):
        course = course_of(f"{{match: WS *, {key}: 503, retry_after: 0}}", handshake)
        assert problem_in(course)[0] == 503
        assert course.additions == [("Retry-After", "0")]
    assert course_of("{match: WS *, refuse: 302, headers: {Location: /}}", handshake).reply == Reply(302)


def headers_in(course: Course) -> dict[str, str]:
    return dict(course.additions)


def test_a_limit_lets_so_many_pass_in_a_window_that_begins_with_the_first() -> None:
    limited = Acting("{match: ANY *, rate_limit: {limit: 2, window: 10s}}")
    first, second, third = (limited.on(at_s=at_s) for at_s in (103.0, 104.0, 105.5))
    assert (first.is_passed, second.is_passed, third.is_passed) == (True, True, False)
    assert (first.problem, second.problem) == (None, None)
    assert headers_in(first) == {
        "RateLimit-Policy": '"default";q=2;w=10',
        "RateLimit": '"default";r=1;t=10',
        "X-RateLimit-Limit": "2",
        "X-RateLimit-Remaining": "1",
        "X-RateLimit-Reset": "10",
    }
    assert headers_in(second)["RateLimit"] == '"default";r=0;t=9'
    assert problem_in(third) == (429, "Too Many Requests")
    assert headers_in(third)["Retry-After"] == headers_in(third)["X-RateLimit-Reset"] == "8"
    # What is turned away does not prolong it.
    assert not limited.on(at_s=112.9).is_passed
    assert limited.on(at_s=113.0).is_passed


def test_a_limit_of_none_lets_nobody_pass() -> None:
    assert not Acting("{match: ANY *, rate_limit: {limit: 0, window: 1s}}").on().is_passed


def test_a_clock_that_was_set_back_begins_another_window() -> None:
    limited = Acting("{match: ANY *, rate_limit: {limit: 1, window: 1h}}")
    assert limited.on(at_s=500.0).is_passed
    assert not limited.on(at_s=501.0).is_passed
    assert limited.on(at_s=1.0).is_passed
