"""Quantities as they are written: which spellings there are, and that no other is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from mockserver.definitions.quantity import Duration, SizeText, read_wait, write_duration


@pytest.mark.parametrize(
    ("text", "seconds"), [("250ms", 0.25), ("1.5s", 1.5), ("+15m", 900), ("-1h", -3600), ("000000000000002s", 2)]
)
def test_a_duration_is_read(text: str, seconds: float) -> None:
    assert Duration.parse(text).seconds == seconds


@pytest.mark.parametrize("text", ["٣s", "", "s", "2", "2 s", "1e3s", "1" * 5000 + "y", "1" * 16 + "s", "2s\n", None, 2])
def test_anything_else_is_told_the_spelling(text: object) -> None:
    with pytest.raises(PydanticCustomError, match="should be a duration like 250ms, 2s, 15m, 1h, -30d or 18y"):
        Duration.parse(text)
    with pytest.raises(PydanticCustomError, match="should be a duration like 250ms, 2s, 15m or 1h"):
        read_wait(text)


@pytest.mark.parametrize("text", ["٣KB", "1" * 400 + "B", "0B", "-1B"])
def test_a_size_has_digits_that_can_be_counted(text: str) -> None:
    with pytest.raises(ValidationError, match="should be a size like"):
        TypeAdapter(SizeText).validate_python(text)


@pytest.mark.parametrize(
    ("seconds", "text"), [(3600, "1h"), (5400, "90m"), (90, "90s"), (0.25, "250ms"), (1.1, "1100ms"), (86400, "24h")]
)
def test_a_duration_is_written_in_its_largest_unit(seconds: float, text: str) -> None:
    assert write_duration(seconds) == text


@given(st.integers(1, 86_400_000))
def test_a_duration_that_was_written_is_read_again(milliseconds: int) -> None:
    seconds = milliseconds / 1000
    assert Duration.parse(write_duration(seconds)).seconds == pytest.approx(seconds)
