"""The pytest plugin: fixtures `mockserver` and `mockserver_server`, the marker, the options, what failed tests show.

Loaded in every project that the package is installed in, so it imports pytest alone; all else comes with the first test
that asks. It defines no `base_url`: that belongs to the application under test.
"""

from collections.abc import Generator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.testing.broker import Answer, Broker
    from mockserver.testing.client import Client
    from mockserver.testing.session import Seat, Session

_SESSION: "pytest.StashKey[Session]" = pytest.StashKey()
_SEAT: "pytest.StashKey[Seat]" = pytest.StashKey()
_BROKER: "pytest.StashKey[Broker]" = pytest.StashKey()
_MARKER = (
    "mockserver(definition=…, scenario=…, faults=[…]): the definition (a path, a shipped name, text or a mapping), "
    "scenario and faults that the test's sandbox begins with"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options and ini values, all of which begin with `mockserver`."""
    group = parser.getgroup("mockserver", "mock API server")
    group.addoption(
        "--mockserver-definition", action="append", metavar="PATH", help="Serve this definition, or a shipped one."
    )
    group.addoption(
        "--mockserver-url", metavar="URL", help="Use the server whose control plane is there, and start none."
    )
    group.addoption(
        "--mockserver-keep", action="store_true", help="There, keep the sandboxes of failed tests to look at."
    )
    parser.addini("mockserver_definition", "The definitions that tests have unless they say otherwise.", "args", [])
    parser.addini("mockserver_args", "Further options of `mockserver serve`.", "args", [])


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", _MARKER)


def pytest_itemcollected(item: pytest.Item) -> None:
    """A test that says what its server should be like has one, before its other fixtures."""
    names: list[str] = getattr(item, "fixturenames", [])
    if item.get_closest_marker("mockserver") is not None and "mockserver" not in names:
        # A list of its own: items that are made of one function share theirs, and marks may be of one alone.
        item.fixturenames = ["mockserver", *names]  # type: ignore[attr-defined]


@pytest.fixture
def mockserver(request: pytest.FixtureRequest) -> "Iterator[Client]":
    """A client of a mock API server, in a sandbox that is this test's alone: `mockserver.url` is where it answers."""
    seat = _open(request.config).begin(request.node)
    request.node.stash[_SEAT] = seat
    yield seat.client
    seat.end()


@pytest.fixture(scope="session")
def mockserver_server(request: pytest.FixtureRequest) -> "Client":
    """The default sandbox of the server that tests share: for what is set up once, like the application under test."""
    return _open(request.config).usual()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[Any]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Below a test that failed, what its sandbox was asked, or how its server died."""
    sections = _look_back(item, call)
    report = yield
    if report.failed:
        # What has failed in a `unittest.TestCase` is known only now.
        report.sections += sections or _look_back(item, call)
    return report


def _look_back(item: pytest.Item, call: "pytest.CallInfo[Any]") -> "list[tuple[str, str]]":
    seat = item.stash.get(_SEAT, None)
    if seat is None or call.excinfo is None or call.excinfo.errisinstance(pytest.skip.Exception):
        return []
    return seat.look_back(call.excinfo.value)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist whom to ask for servers."""
    from mockserver.testing.broker import Broker  # noqa: PLC0415 - only in runs with workers

    stash = node.config.stash
    if _BROKER not in stash:
        stash[_BROKER] = Broker(lambda: _begin_answering(node.config))
    node.workerinput["mockserver_ticket"] = stash[_BROKER].ticket


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Servers that died, each with its last lines."""
    session = config.stash.get(_SESSION, None)
    if session is not None and session.fleet.deaths:
        terminalreporter.section("mockserver: servers that died and were begun anew")
        for death in session.fleet.deaths:
            terminalreporter.line(death)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what the run has begun."""
    if _BROKER in config.stash:
        config.stash[_BROKER].close()
    if _SESSION in config.stash:
        config.stash[_SESSION].close()


def _open(config: pytest.Config) -> "Session":
    """The servers of this process, begun now where nobody has asked before."""
    if _SESSION not in config.stash:
        from mockserver.testing.session import Session  # noqa: PLC0415 - only where it is used

        config.stash[_SESSION] = Session(config)
    return config.stash[_SESSION]


def _begin_answering(config: pytest.Config) -> "Answer":
    from mockserver.testing.fleet import answer_worker  # noqa: PLC0415 - only where it is used

    return partial(answer_worker, _open(config).fleet)
