"""The shipped definitions behind real listeners, one process for each, put back before every test that uses one."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.client import Client, wired
from tests.server.process import Running, await_ready, end

ROOT = Path(__file__).parent.parent
SEEDS = ROOT / "seeds"
OPTIONS = ("--port", "0", "--control-port", "0", "--log", "json")


@contextmanager
def started(*arguments: str, within: Sequence[str] = ()) -> Iterator[Running]:
    """`mockserver serve` with these arguments, on free ports, until the block ends; started by the command `within`."""
    process = subprocess.Popen(
        [*within, sys.executable, "-W", "error", "-m", "mockserver", "serve", *OPTIONS, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield await_ready(process)
    finally:
        end(process)


def put_back(server: Running) -> Client:
    """A client to a server whose data, feed, journal and clock are as its definition has them."""
    assert server.control("POST", "/api/reset").status == 200
    return wired(server.port)


@pytest.fixture(scope="session")
def zoo_server() -> Iterator[Running]:
    with started(str(SEEDS / "zoo.yaml")) as server:
        yield server


@pytest.fixture(scope="session")
def tickets_server() -> Iterator[Running]:
    with started(str(SEEDS / "tickets.yaml")) as server:
        yield server


@pytest.fixture(scope="session")
def linkis_server() -> Iterator[Running]:
    with started(str(SEEDS / "linkis.yaml")) as server:
        yield server


@pytest.fixture
def zoo(zoo_server: Running) -> Client:
    return put_back(zoo_server)


@pytest.fixture
def tickets(tickets_server: Running) -> Client:
    return put_back(tickets_server)


@pytest.fixture
def linkis(linkis_server: Running) -> Client:
    return put_back(linkis_server)
