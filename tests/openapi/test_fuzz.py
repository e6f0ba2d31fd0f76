"""The server does what its document says: schemathesis, all phases, over the shipped definitions.

Here a part of each, within seconds; `./scripts/fuzz` takes all of them, and its time.
"""

import pytest

from tests.live import SEEDS, started
from tests.openapi.run import compare

PARTS = {
    "zoo": r"^/v1/(transactions?|employees(/\{id\})?|zoos/\{zoo_id\}/employees(/\{id\})?)$",
    "tickets": r"^/api/(v1/(customers(/\{id\})?|tickets/\{id\}|tickets/\{\w+\}/messages)|services/app/Message/\w+)$",
    "linkis": r"^/api/rest_j/v1/(project/projects/\{id\}|datasource/datasources(/\{id\})?|user/\w+|entrance/\w+)$",
}


@pytest.mark.parametrize("name", PARTS)
def test_nothing_is_found_where_a_definition_is_compared_with_its_document(name: str) -> None:
    with started(str(SEEDS / f"{name}.yaml")) as server:
        code, said = compare(server, "--max-examples", "6", "--include-path-regex", PARTS[name])
    assert code == 0, said
