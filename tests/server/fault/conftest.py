"""A bench for courses that several tests share, and one of its own for whoever changes its state."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import live
from tests.server.fault.bench import Bench, started
from tests.server.fault.serving import DEFINITION, Served
from tests.server.fault.switch import Switch
from tests.server.process import Running, await_ready, end, launch
from tests.server.test_stop import wait_until


@pytest.fixture(scope="session")
def shared_bench() -> Iterator[Bench]:
    with started() as bench:
        yield bench


@pytest.fixture(scope="session")
def own_bench() -> Iterator[Bench]:
    with started(held_sandbox=3, held=4, close_s=0.3) as bench:
        yield bench


@pytest.fixture
def bench(own_bench: Bench) -> Bench:
    own_bench.tell("/reset")
    return own_bench


@pytest.fixture(scope="session")
def fault_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp("faulted") / "things.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with live.started(str(path)) as server:
        yield Served(server)


@pytest.fixture
def served(fault_server: Served) -> Served:
    """A server on which nothing is on, as its definition has it."""
    fault_server.reset()
    wait_until(lambda: fault_server.status()["listener"]["up"])
    return fault_server


@pytest.fixture
def held_server(tmp_path: Path) -> Iterator[Served]:
    """One that the test may end."""
    path = tmp_path / "things.yaml"
    path.write_text(DEFINITION, encoding="utf-8")
    with live.started(str(path)) as server:
        yield Served(server)


@pytest.fixture(scope="session")
def switched_server() -> Iterator[Running]:
    process = launch({"log": "quiet"})
    try:
        yield await_ready(process)
    finally:
        end(process)


@pytest.fixture
def switch(switched_server: Running) -> Switch:
    """A server without faults, whose clock stands still."""
    switch = Switch(switched_server)
    switch.say("begin")
    wait_until(lambda: not switched_server.control("GET", "/api/sockets").json)
    return switch
