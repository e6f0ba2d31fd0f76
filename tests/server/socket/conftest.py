"""A server that many tests share although they want to know what it says: it logs JSON."""

from collections.abc import Iterator

import pytest

from tests.server.process import Running, await_ready, end, launch


@pytest.fixture(scope="session")
def telling() -> Iterator[Running]:
    """A server whose log can be read; each test looks for its own path in it."""
    process = launch({"log": "json"})
    try:
        yield await_ready(process)
    finally:
        end(process)
