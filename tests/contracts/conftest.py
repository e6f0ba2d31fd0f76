"""The golden definition in every convention, without a socket."""

from pathlib import Path
from typing import Final

import pytest

from mockserver.server.assemble import AssembledInstance
from tests.client import Client, assemble
from tests.contracts.declared import CHECKING, EVERY, speaking, spoken

DEFINITION: Final = Path(__file__).parent.parent / "golden" / "definition.yaml"


@pytest.fixture(params=EVERY)
def service(request: pytest.FixtureRequest) -> AssembledInstance:
    return assemble(spoken(DEFINITION.read_text(encoding="utf-8"), request.param))


@pytest.fixture(params=CHECKING)
def checking(request: pytest.FixtureRequest) -> AssembledInstance:
    return assemble(spoken(DEFINITION.read_text(encoding="utf-8"), request.param))


@pytest.fixture
def client(service: AssembledInstance) -> Client:
    return speaking(service)
