"""A server of our own fixtures' making, and projects whose tests an inner pytest runs with the plugin."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from mockserver.testing import Client, Server

PETS = """
mock: 1
name: Pets
resources:
  pets: {count: 3, fields: {name: {enum: [Felix, Rex, Minka], required: true}, age: {int: [1, 9]}}}
faults:
  outage: {match: ANY *, status: 503, enabled: false}
  teapot: {match: ANY *, status: 418, enabled: false}
scenarios:
  empty: {data: {pets: {count: 0}}}
"""
Run = Callable[..., pytest.RunResult]
_numbers = count(1)


@pytest.fixture(scope="session")
def pets_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    path = tmp_path_factory.mktemp("pets") / "pets.yaml"
    path.write_text(PETS, encoding="utf-8")
    with Server(path) as server:
        yield server


@pytest.fixture
def pets(pets_server: Server) -> Iterator[Client]:
    client = pets_server.client(f"p{next(_numbers)}")
    yield client
    client.end()
    # Kept connections are of the server, and opened when they are needed: none is to be left of a test.
    client.close()


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with `mockserver.yaml`; no plugin is loaded that is not named."""
    # Without the last, every server compiles all its modules anew.
    for name in ("PYTEST_ADDOPTS", "MOCKSERVER_CONTROL", "MOCKSERVER_TOKEN", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    Path(pytester.path / "mockserver.yaml").write_text(PETS, encoding="utf-8")
    # Our own folder's name must not hide the package from the tests of the project.
    pytester.makeini("[pytest]\naddopts = --strict-markers --import-mode=importlib -W error")
    return pytester


@pytest.fixture
def project(folder: pytest.Pytester) -> Run:
    """Runs pytest on that project."""

    def run(*arguments: str) -> pytest.RunResult:
        return folder.runpytest_subprocess("-p", "mockserver.testing.plugin", *arguments, timeout=60)

    return run


@pytest.fixture
def quick_project(folder: pytest.Pytester) -> Run:
    """Runs pytest on that project in this process: for what a process of its own would not show better."""

    def run(*arguments: str) -> pytest.RunResult:
        return folder.runpytest_inprocess("-p", "mockserver.testing.plugin", *arguments)

    return run
