"""What several examples have in common is said once, however many they are."""

import pytest

from mockserver.messages import Json
from mockserver.openapi.component import Schema
from mockserver.openapi.inference import infer

TEXT: Schema = {"type": "string"}
PAIR: Schema = {
    "type": "object",
    "properties": {"a": TEXT},
    "additionalProperties": False,
    "required": ["a"],
}


@pytest.mark.parametrize(
    ("examples", "schema"),
    [
        ([[{"a": "x"}], None] * 50, {"type": ["array", "null"], "items": PAIR}),
        ([None, [], [{"a": "x"}], None, []], {"type": ["array", "null"], "items": PAIR}),
        (["x", 1, None, "y", 2, None], {"anyOf": [TEXT, {"type": "integer"}, {"type": "null"}]}),
        ([True, True], {"type": "boolean", "const": True}),
        ([True, None], {"anyOf": [{"type": "boolean", "const": True}, {"type": "null"}]}),
        ([True, None, False, True], {"type": ["boolean", "null"]}),
        (
            [{"a": "x"}, None, {"a": None}],
            {**PAIR, "type": ["object", "null"], "properties": {"a": {"type": ["string", "null"]}}},
        ),
    ],
)  # fmt: skip
def test_examples_of_a_kind_are_one_schema(examples: list[Json], schema: Schema) -> None:
    assert infer(examples, {}) == schema
