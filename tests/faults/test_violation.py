"""Validation failures that nobody has caused are as those that somebody has."""

import pytest

from mockserver.faults.violation import invalid_of
from tests.client import assemble

DEFINITION = """\
mock: 1
api: {case: camel}
resources:
  zoos: {}
  animals:
    fields:
      first_name: {faker: first_name, required: true, min_length: 2}
      species: {enum: [lion, zebra]}
      weight: {float: [1, 5]}
      zoo_id: {ref: zoos}
      free: {value: null}
      chip: {object: {serial_no: {int: [1, 9]}}}
      tags: {list: {object: {colour: {enum: [red]}}}, items: [1, 2]}
"""


@pytest.mark.parametrize(
    ("name", "pointer", "detail"),
    [
        ("first_name", "/firstName", "must have at least 2 characters"),
        ("species", "/species", "must be one of lion, zebra"),
        ("weight", "/weight", "must be a number"),
        ("zoo_id", "/zooId", "must be an integer"),
        ("chip.serial_no", "/chip/serialNo", "must be an integer"),
        ("tags.colour", "/tags/colour", "must be one of red"),
        ("free", "/free", "is not valid"),
        ("unknown.at/all", "/unknown/at~1all", "is not valid"),
    ],
)
def test_a_field_is_said_to_break_a_rule_that_it_has(name: str, pointer: str, detail: str) -> None:
    service = assemble(DEFINITION)
    problem = invalid_of(service.sandbox.store.schema["animals"], service.api.naming, [name])
    (error,) = problem.errors
    assert (error.pointer, error.detail) == (pointer, detail)
    assert problem.detail == f"The animal is not valid: {error.name} {detail}."
