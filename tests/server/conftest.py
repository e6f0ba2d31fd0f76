"""Real servers in processes of their own, ready when the fixture returns."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.server.pets import put_back, serving_pets
from tests.server.process import Running, await_ready, end, launch

Serve = Callable[..., Running]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a server with the entry script's options; it ends with the test."""
    with ExitStack() as stack:

        def start(**options: Any) -> Running:
            process = launch(options)
            stack.callback(end, process)
            return await_ready(process)

        yield start


@pytest.fixture(scope="session")
def server() -> Iterator[Running]:
    """One server that every test shares that needs nothing of its own: quiet, with short deadlines."""
    limits = {"head_s": 1.0, "body_idle_s": 0.3, "linger_s": 1.0}
    process = launch(
        {
            "log": "quiet",
            "limits": limits,
            "allow_hosts": ["mock.example"],
            "allow_origins": ["https://app.example.org"],
        }
    )
    try:
        yield await_ready(process)
    finally:
        end(process)


@pytest.fixture(scope="session")
def pets_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with serving_pets(tmp_path_factory.mktemp("pets")) as server:
        yield server


@pytest.fixture
def pets(pets_server: Running) -> Running:
    """A server of a real definition with the faults of that and no others, in the default sandbox alone."""
    put_back(pets_server)
    return pets_server
