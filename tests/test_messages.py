"""What bodies may hold, and that looking takes no longer for one that is made to take long."""

from time import thread_time
from typing import Final

import orjson
import pytest

from mockserver.errors import BadRequest
from mockserver.messages import MAX_DEPTH, MOST_VALUES, Json, parse_json

TRICKS: Final = ["]", "[" * 60, "}{", '"', '["', "\\", '\\"', '\\\\"[', '"\\\\\\"[{', '\n"', "é[", ","]
"""Texts that look like what stands around them."""


def nested(levels: int, inner: Json) -> bytes:
    """A list in an object in a list …, so deep, each beside a trick."""
    value = inner
    for level in range(levels):
        trick = TRICKS[level % len(TRICKS)]
        value = [trick, value] if level % 2 else {trick: trick, f"{trick}!": value}
    return orjson.dumps(value)


@pytest.mark.parametrize("inner", ["", *TRICKS])
def test_texts_in_a_body_are_no_part_of_its_depth(inner: str) -> None:
    assert parse_json(nested(MAX_DEPTH, inner), "The body") is not None
    with pytest.raises(BadRequest, match="deeper than 50"):
        parse_json(nested(MAX_DEPTH + 1, inner), "The body")


@pytest.mark.parametrize("trick", TRICKS)
def test_texts_in_a_body_are_no_part_of_the_count_of_its_values(trick: str) -> None:
    commas = f"{trick}," * MOST_VALUES
    assert parse_json(orjson.dumps([commas] * 3), "The body") == [commas] * 3
    with pytest.raises(BadRequest, match="more than 100,000 values"):
        parse_json(orjson.dumps([trick] * (MOST_VALUES + 1)), "The body")


@pytest.mark.parametrize("end", [b"", b'"', b"\\\n", b"\\"])
def test_a_text_that_never_ends_is_looked_through_once(end: bytes) -> None:
    body = b"," * MOST_VALUES + b'"' + rb"\"" * 400_000 + end
    began = thread_time()
    with pytest.raises(BadRequest):
        parse_json(body, "The body")
    assert thread_time() - began < 1


def test_lists_within_one_another_are_values_too() -> None:
    """They have no commas, and a document of 400,000 made every full collection of garbage take 100 ms."""
    pile = [singles(40) for _ in range(MOST_VALUES // 40 - 1)]
    assert parse_json(orjson.dumps(pile), "The body") == pile
    with pytest.raises(BadRequest, match="more than 100,000 values"):
        parse_json(orjson.dumps([*pile, *pile[:2]]), "The body")


def singles(levels: int) -> Json:
    value: Json = []
    for _ in range(levels - 1):
        value = [value]
    return value
