"""Close codes: which may be sent, which say to come back, and what they are called."""

import pytest

from mockserver.errors import Forbidden, Problem, Unauthenticated
from mockserver.realtime.close_code import (
    NAMES,
    REASON_BYTES,
    fit_reason,
    may_be_sent,
    may_close,
    name_of,
    reconnects,
)


@pytest.mark.parametrize("code", [1001, 1012, 1013, 4000, 4001, 4400, 4402, 4404, 4499])
def test_these_say_to_come_back(code: int) -> None:
    assert reconnects(code)
    assert may_be_sent(code)


@pytest.mark.parametrize("code", [1000, 1008, 4401, 4403, 4500, 4999])
def test_these_say_not_to(code: int) -> None:
    assert not reconnects(code)
    assert may_be_sent(code)


@pytest.mark.parametrize("code", [1005, 1006, 1011, 1014])
def test_a_connection_that_failed_is_worth_another_attempt(code: int) -> None:
    assert reconnects(code)


@pytest.mark.parametrize("code", [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999])
def test_these_may_be_sent(code: int) -> None:
    assert may_be_sent(code)
    assert may_close(code)


@pytest.mark.parametrize("code", [-1, 0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535])
def test_these_may_not(code: int) -> None:
    assert not may_be_sent(code)
    assert may_close(code) == (code == 1005)


def test_every_code_of_the_protocol_has_a_name_and_others_have_none() -> None:
    assert {code for code in range(1000, 1016) if not name_of(code)} == {1004}
    assert [name_of(code) for code in (1000, 1012, 4401)] == ["normal closure", "service restart", "not logged in"]
    assert len(set(NAMES.values())) == len(NAMES)
    assert name_of(4242) == ""


@pytest.mark.parametrize("kind", [Problem, *Problem.__subclasses__()], ids=lambda kind: kind.__name__)
def test_every_condition_closes_with_a_code_that_may_be_sent(kind: type[Problem]) -> None:
    assert may_be_sent(kind.close_code)
    if kind in (Unauthenticated, Forbidden):
        assert not reconnects(kind.close_code)


@pytest.mark.parametrize(
    ("text", "fitted"),
    [
        ("", ""), ("not logged in", "not logged in"), ("a" * 124, "a" * 123), ("a" * 122 + "é", "a" * 122),
        ("é" * 61 + "a", "é" * 61 + "a"), ("😀" * 31, "😀" * 30), ("\ud800", "?"),
    ],
)  # fmt: skip
def test_a_reason_is_cut_to_fit_between_characters(text: str, fitted: str) -> None:
    assert fit_reason(text) == fitted
    assert len(fitted.encode()) <= REASON_BYTES
