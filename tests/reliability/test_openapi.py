"""The server does what its documents say: schemathesis, all phases, over the shipped definitions and the control plane.

In the short variant a part of each, within seconds.
"""

from typing import Final

import pytest

from tests.live import SEEDS, started
from tests.reliability.comparison import compare
from tests.scorecard import Figures

PARTS: Final = {
    "zoo": r"^/v1/(transactions?|employees(/\{id\})?|zoos/\{zoo_id\}/employees(/\{id\})?)$",
    "tickets": r"^/api/(v1/(customers(/\{id\})?|tickets/\{id\}|tickets/\{\w+\}/messages)|services/app/Message/\w+)$",
    "linkis": r"^/api/rest_j/v1/(project/projects/\{id\}|datasource/datasources(/\{id\})?|user/\w+|entrance/\w+)$",
}
CONTROL_PART: Final = r"^/api/(clock|faults/\{name\}|reset|requests|sandboxes/\{name\}|sockets/close)$"
THOROUGH: Final = ("--max-examples", "25")


@pytest.mark.parametrize("name", PARTS)
def test_nothing_is_found_where_a_definition_is_compared_with_its_document(
    name: str, *, is_thorough: bool, figure: Figures
) -> None:
    options = THOROUGH if is_thorough else ("--max-examples", "6", "--include-path-regex", PARTS[name])
    with started(str(SEEDS / f"{name}.yaml")) as server:
        document = f"http://127.0.0.1:{server.control_port}/openapi.json"
        found = compare(document, f"http://127.0.0.1:{server.port}", "api", *options)
    assert found.code == 0, found.said
    figure(f"requests made from the document of `{name}`", found.requests, least=1)
    figure(f"kinds of answers of `{name}` that its document does not say", found.failures, exactly=0)


def test_nothing_is_found_where_the_control_plane_is_compared_with_its_document(
    *, is_thorough: bool, figure: Figures
) -> None:
    options = THOROUGH if is_thorough else ("--max-examples", "6", "--include-path-regex", CONTROL_PART)
    with started(str(SEEDS / "zoo.yaml")) as server:
        origin = f"http://127.0.0.1:{server.control_port}"
        found = compare(f"{origin}/api/openapi.json", origin, "control", *options)
    assert found.code == 0, found.said
    figure("requests made from the document of the control plane", found.requests, least=1)
    figure("kinds of answers of the control plane that its document does not say", found.failures, exactly=0)
