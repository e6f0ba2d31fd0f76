"""Texts that are broken on purpose: none of them is JSON any more, and none but that one is touched."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.faults.damage import DAMAGES, PAGE, damage_bytes, damage_message

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner),
)  # fmt: skip


def is_json(text: str) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


@given(value=JSON, mode=st.sampled_from(sorted(DAMAGES)))
def test_nothing_is_json_afterwards(value: Any, mode: str) -> None:
    for text in (json.dumps(value), json.dumps(value, indent=2, ensure_ascii=False)):
        assert not is_json(DAMAGES[mode](text))
        assert damage_bytes(mode, text.encode()) == DAMAGES[mode](text).encode()


@given(text=st.text(st.characters(exclude_categories=["Cs"])), data=st.binary(), mode=st.sampled_from(sorted(DAMAGES)))
def test_texts_and_bytes_that_are_no_json_are_taken_too(text: str, data: bytes, mode: str) -> None:
    assert isinstance(damage_message(mode, text), str)
    assert isinstance(damage_message(mode, data), bytes)


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        ("cut", '{"id":1}', '{"id'),
        ("cut", "12", ""),
        ("nan", '{"name":"7","id":1,"n":2}', '{"name":"7","id":NaN,"n":2}'),
        ("nan", r'{"a\"1":"x"}', r'{"a\"1":NaN}'),
        ("nan", "[]", "NaN"),
        ("bom", "{}", "\ufeff{}"),
        ("trailing_comma", '[{"id":1}]\n', '[{"id":1},]\n'),
        ("trailing_comma", "null", "null,"),
        ("html", "{}", PAGE),
    ],
)
def test_each_does_what_it_is_called(mode: str, before: str, after: str) -> None:
    assert DAMAGES[mode](before) == after


def test_a_string_that_nobody_closes_is_read_once() -> None:
    # One look at each character is a matter of milliseconds; one for each quote would be one of hours.
    assert DAMAGES["nan"]('"' + r"\"" * 500_000 + "\\") == "NaN"
    assert DAMAGES["nan"]('{"a":"' + r"\"" * 500_000) == '{"a":NaN'


def test_bytes_that_are_no_text_are_cut() -> None:
    assert damage_bytes("nan", b"\xff\xfe\x00\x01") == b"\xff\xfe"
    assert damage_bytes("html", b"\xff\xfe\x00\x01") == PAGE.encode()
