"""Logins that are over: who is turned away, and what is good again."""

from collections.abc import Sequence
from dataclasses import replace

import orjson
import pytest

from mockserver.faults.course import Course, Finish
from mockserver.faults.credential import Logins
from mockserver.faults.occasion import Occasion
from mockserver.messages import Reply, Request
from mockserver.realtime.close_code import UNAUTHENTICATED
from tests.faults.acting import Acting, answered, occasion_of

ALWAYS = "{match: [ANY *, WS *], auth_expiry: true}"
FOR_30S = "{match: [ANY *, WS *], auth_expiry: {after: 30s}}"
TWICE = "{match: [ANY *, WS *], auth_expiry: {requests: 2}}"


def with_token(token: str, user: str = "ada") -> Occasion:
    return occasion_of(user=user, credentials=[token])


def log_in(acting: Acting, reply: Reply, at_s: float = 0.0) -> None:
    course = acting.on(occasion_of(credentials=[], is_login=True), at_s)
    assert course.is_passed
    assert answered(course, reply) == reply


def is_refused(course: Course) -> bool:
    """Whether it is, and rightly so."""
    if course.is_passed:
        assert (course.problem, course.finish) == (None, None)
        return False
    assert course.problem is not None
    assert (course.problem.status, course.problem.slug) == (401, "unauthenticated")
    assert 'error="invalid_token"' in course.problem.headers["WWW-Authenticate"]
    return True


def test_all_that_was_in_use_is_over_and_a_new_login_is_good() -> None:
    acting = Acting(ALWAYS)
    assert is_refused(acting.on(with_token("old")))
    log_in(acting, Reply(200, (), orjson.dumps({"data": {"token": "new", "ttl": 5}})))
    assert not is_refused(acting.on(with_token("new")))
    assert is_refused(acting.on(with_token("old")))
    assert is_refused(acting.on(with_token("other", user="bob")))


def test_somebody_may_log_in_before_being_turned_away() -> None:
    acting = Acting(ALWAYS)
    log_in(acting, Reply(200, (("Set-Cookie", 'session="new"; Path=/'),), b"<p>Welcome</p>"))
    assert not is_refused(acting.on(with_token("new")))


def test_a_login_that_fails_hands_out_nothing() -> None:
    acting = Acting(ALWAYS)
    log_in(acting, Reply(401, (), b'{"was":"old"}'))
    assert is_refused(acting.on(with_token("old")))


def test_tokens_from_elsewhere_are_good_once_their_user_was_turned_away() -> None:
    acting = Acting(ALWAYS)
    assert is_refused(acting.on(with_token("old")))
    assert not is_refused(acting.on(with_token("from elsewhere")))
    assert is_refused(acting.on(with_token("old")))


def test_credentials_are_good_for_a_time_from_their_first_use() -> None:
    acting = Acting(FOR_30S)
    assert [is_refused(acting.on(with_token("one"), at_s)) for at_s in (100.0, 129.9, 130.0, 131.0)] == [
        False, False, True, True,
    ]  # fmt: skip
    log_in(acting, Reply(200, (), b'["two"]'), 140.0)
    assert [is_refused(acting.on(with_token("two"), at_s)) for at_s in (169.0, 170.0)] == [False, True]
    # A token that is handed out again is good again.
    log_in(acting, Reply(200, (), b'["two"]'), 180.0)
    assert not is_refused(acting.on(with_token("two"), 181.0))


def test_credentials_are_good_for_so_many_requests() -> None:
    acting = Acting(TWICE)
    assert [is_refused(acting.on(with_token("one"))) for _ in range(4)] == [False, False, True, True]
    assert [is_refused(acting.on(with_token("two"))) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(
    ("credentials", "user", "refused"),
    [([], "", False), ([], "ada", True), (["good", "bad"], "ada", True)],
    ids=["visitor", "stand-in", "several"],
)
def test_visitors_have_no_login_that_could_be_over(credentials: Sequence[str], user: str, *, refused: bool) -> None:
    assert is_refused(Acting(ALWAYS).on(occasion_of(user=user, credentials=credentials))) == refused


def test_one_of_several_credentials_is_enough() -> None:
    acting = Acting(ALWAYS)
    log_in(acting, Reply(200, (), b'"new"'))
    assert not is_refused(acting.on(occasion_of(user="ada", credentials=["old", "new"])))


def test_where_nobody_is_asked_all_are_over_but_those_with_a_new_token() -> None:
    acting = Acting(ALWAYS)

    def bearing(*headers: tuple[str, str]) -> Occasion:
        return replace(occasion_of(), request=Request("GET", "/animals", headers=dict(headers)))

    assert is_refused(acting.on(bearing()))
    assert is_refused(acting.on(bearing()))
    assert not is_refused(acting.on(bearing(("authorization", "Bearer new"))))


def test_open_sockets_are_closed() -> None:
    socket = occasion_of("connection", "ws", user="ada", credentials=["old"])
    closed = Finish("close", UNAUTHENTICATED, "The login has expired")
    at_once = Acting(ALWAYS).on(socket)
    assert (at_once.finish, at_once.after_s, at_once.problem) == (closed, 0.0, None)
    limited = Acting(FOR_30S)
    assert not is_refused(limited.on(replace(socket, scope="request", transport="http"), 100.0))
    later = limited.on(socket, 110.0)
    assert (later.finish, later.after_s, later.is_passed) == (closed, 20.0, False)
    assert limited.on(socket, 140.0).after_s == 0.0


def test_what_is_remembered_is_bounded() -> None:
    acting = Acting(ALWAYS)
    for _ in range(3):
        log_in(acting, Reply(200, (), orjson.dumps([f"token {n}" for n in range(9_000)])))
    assert not is_refused(acting.on(with_token("token 8999")))
    (logins,) = acting.memory.values()
    assert isinstance(logins, Logins)
    assert len(logins.lives) <= 10_000
