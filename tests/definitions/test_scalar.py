"""Plain scalars mean what YAML 1.2's core schema says, and nothing JSON can't hold gets through."""

import contextlib
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.definitions.scalar import Step, UnfitScalar, resolve_key, resolve_scalar

VALUES: list[tuple[str, Any]] = [
    *((text, None) for text in ("", "~", "null", "Null", "NULL")),
    *((text, True) for text in ("true", "True", "TRUE")),
    *((text, False) for text in ("false", "False", "FALSE")),
    ("0", 0),
    ("-0", 0),
    ("+12", 12),
    ("-19", -19),
    ("010", 10),
    ("0o17", 15),
    ("0x1F", 31),
    ("9223372036854775807", 2**63 - 1),
    ("-9223372036854775808", -(2**63)),
    ("1.5", 1.5),
    ("-.5", -0.5),
    ("1.", 1.0),
    ("+12e03", 12000.0),
    ("-2E+05", -200000.0),
    ("1e-999", 0.0),
]
STRINGS = [
    *("no", "No", "NO", "yes", "on", "off", "y", "n", "nULL", "tRUE", "TrUe"),
    *("12:30", "1:02:03", "2026-01-15", "2026-01-15T09:00:00Z", "2001-12-14 21:59:43.10 -5"),
    *("1_000", "0b101", "-0x1F", "+0o17", "0o8", "0xG", "1e", "e5", ".", "-", "+", "1.2.3", "--1", "=", "<<"),
    *("-30d", "250ms", "１２", "inf", "nan", ".INf", "${now}", "GET /a/:id"),
]


@pytest.mark.parametrize(("text", "value"), VALUES)
def test_core_schema_values_have_their_type(text: str, value: Any) -> None:
    found = resolve_scalar(text)
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", STRINGS)
def test_everything_else_stays_the_text_it_is(text: str) -> None:
    assert resolve_scalar(text) == text


@pytest.mark.parametrize("text", [".inf", "-.Inf", "+.INF", ".nan", ".NaN", "1e999", "-1e999"])
def test_floats_json_cannot_hold_are_refused(text: str) -> None:
    with pytest.raises(UnfitScalar):
        resolve_scalar(text)


@pytest.mark.parametrize("text", [str(2**63), str(-(2**63) - 1), "0x8000000000000000", "9" * 99, "9" * 100_000])
def test_integers_beyond_64_bits_are_refused_in_a_short_sentence(text: str) -> None:
    with pytest.raises(UnfitScalar) as raised:
        resolve_scalar(text)
    assert "64 bits" in raised.value.problem
    assert len(raised.value.problem) < 120


@pytest.mark.parametrize(("text", "key"), [("name", "name"), ("2", 2), ("-1", -1), ("12:30", "12:30"), ("y", "y")])
def test_keys_are_text_or_integers(text: str, key: Step) -> None:
    assert resolve_key(text) == key
    assert type(resolve_key(text)) is type(key)


@pytest.mark.parametrize("text", ["yes", "No", "ON", "off", "true", "False", "null", "NULL", "~", "", "1.5", ".inf"])
def test_keys_that_are_no_names_are_refused(text: str) -> None:
    with pytest.raises(UnfitScalar) as raised:
        resolve_key(text)
    assert raised.value.hint


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_64_bit_integer_reads_back(number: int) -> None:
    assert resolve_scalar(str(number)) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_float_reads_back(number: float) -> None:
    assert resolve_scalar(repr(number)) == number


@given(st.text())
def test_any_text_resolves_to_something_json_holds_or_is_refused(text: str) -> None:
    with contextlib.suppress(UnfitScalar):
        value = resolve_scalar(text)
        assert not isinstance(value, float) or math.isfinite(value)
