"""What the tests of pages and peers share: one server that they try to read and to change, and to have ask others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.stranger import FOLDER, watched
from tests.server.process import Running


@pytest.fixture(scope="session")
def audit(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the victim notes whom it connects to."""
    return tmp_path_factory.mktemp("audit") / "connections.txt"


@pytest.fixture(scope="session")
def victim(audit: Path) -> Iterator[Running]:
    """It is alive at the end, whatever was tried, and has complained of nothing."""
    with watched(audit, "--static", str(FOLDER / "site")) as server:
        yield server
        assert server.process.poll() is None
