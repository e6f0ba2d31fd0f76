"""What a definition may ask for in all is told before anything is drawn."""

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import GenerationError
from mockserver.generation.budget import MOST_ROWS, MOST_VALUES, Budget, most_values
from mockserver.server.assemble import prepare

TEXT = """
mock: 1
resources:
  a:
    count: 1
    fields:
      x: {list: {object: {y: word, z: {list: word, items: 5}}}, items: [1, 4]}
"""


def test_rows_and_values_are_bounded_over_all_resources() -> None:
    resource = prepare(parse_source(TEXT, "x.yaml")).seeded.schema["a"]
    assert most_values(resource.attributes["x"].rules) == 4 * (1 + 5)
    width = 1 + 24
    budget = Budget()
    budget.spend(resource, MOST_VALUES // width)
    with pytest.raises(GenerationError, match="values"):
        budget.spend(resource, 1)
    budget = Budget()
    with pytest.raises(GenerationError, match="rows"):
        budget.spend(resource, MOST_ROWS + 1)
