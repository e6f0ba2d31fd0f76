"""The mock servers of one pytest process, and the seat that each test has at one of them. Imported when a test asks."""

import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest

from mockserver.testing.broker import Remote
from mockserver.testing.client import Client
from mockserver.testing.control import Control
from mockserver.testing.error import MockServerError, ServerGone
from mockserver.testing.fleet import Fleet, Lease, Outside, Source, start_server
from mockserver.testing.launch import Launch, Unusable, Wanted, find_definitions, read_markers

__tracebackhide__ = True

_LISTED: Final = 50
_MARKER: Final = "@pytest.mark.mockserver"
Section = tuple[str, str]
T = TypeVar("T")


class Seat:
    """What one test has: a client of its own sandbox, which is gone when the test is."""

    def __init__(self, client: Client, *, keeps_failed: bool) -> None:
        self.client = client
        self._keeps_failed = keeps_failed
        self._has_failed = False
        self._is_over = False

    def look_back(self, error: BaseException) -> list[Section]:
        """What to show below a test that failed; where its server has died, the error says so too."""
        self._has_failed = True
        if self._is_over:
            return []
        try:
            found = self.client.requests.latest(_LISTED)
        except ServerGone as gone:
            if not isinstance(error, ServerGone):
                error.add_note(str(gone))
            return [("mockserver log", str(gone))]
        except MockServerError as refused:
            return [("mockserver requests", str(refused))]
        lines = [str(one) for one in found] or ["Nothing was asked in this sandbox."]
        where = f"{self.client.control_url}/#/requests?sandbox={self.client.sandbox}"
        return [("mockserver requests", "\n".join([*lines, *([f"Kept: {where}"] if self._keeps_failed else [])]))]

    def end(self) -> None:
        """Have nothing left of the sandbox. Fails the test behind which the server has died unnoticed."""
        died = ""
        try:
            if not (self._keeps_failed and self._has_failed):
                self.client.end()
        except ServerGone as gone:
            died = str(gone)
        self._is_over = True
        if died and not self._has_failed:
            pytest.fail(died, pytrace=False)


class Session:
    """Servers and seats, as the options of a run say."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.fleet = Fleet(start_server)
        self._worker: dict[str, Any] = getattr(config, "workerinput", {})
        self._own = self._find_own()
        url = config.getoption("mockserver_url") or os.environ.get("MOCKSERVER_CONTROL", "")
        self._outside = Outside(url) if url else None
        self._controls: dict[Lease, Control] = {}
        self._count = 0
        # Others may use a server from outside at the same time.
        run = f"{(self._worker.get('testrunuid') or secrets.token_hex(2))[:4]}-" if url else ""
        self._prefix = f"t-{run}{self._worker.get('workerid', 'main')}"

    def begin(self, item: pytest.Item) -> Seat:
        """A seat for a test, as its markers want it. Fails the test where that can't be."""
        return _or_fail(lambda: self._begin(item))

    def usual(self) -> Client:
        """The default sandbox of the server that tests without a definition of their own have."""
        return _or_fail(lambda: Client(control=self._reach(self._lease(None, ()))))

    def close(self) -> None:
        """End what was begun here."""
        for control in self._controls.values():
            control.close()
        self.fleet.close()

    def _begin(self, item: pytest.Item) -> Seat:
        with _said_by(_MARKER):
            wanted = read_markers(item.iter_markers("mockserver"))
        seat = self._sit_down(item, wanted)
        try:
            if wanted.scenario is not None:
                seat.client.scenario(wanted.scenario)
            for name, settings in wanted.faults:
                seat.client.fault(name, **settings)
        except MockServerError as error:
            seat.end()
            raise Unusable(f"{_MARKER} can't be had: {error}") from None
        return seat

    def _sit_down(self, item: pytest.Item, wanted: Wanted) -> Seat:
        lease = self._lease(wanted.definition, (item.path.parent,))
        if lease.why_fresh:
            item.add_report_section("setup", "mockserver", f"A fresh server was begun for this test. {lease.why_fresh}")
        self._count += 1
        client = Client(sandbox=f"{self._prefix}-{self._count}", control=self._reach(lease))
        try:
            client.begin()
        except ServerGone:
            if not lease.number:
                raise
            # It has died just now: the next one that is asked for is fresh.
            return self._sit_down(item, wanted)
        return Seat(client, keeps_failed=self._config.getoption("mockserver_keep") and not lease.number)

    def _lease(self, definition: Any, folders: Sequence[Path]) -> Lease:
        """A server of a definition, or of what the run is about. *Raises* `MockServerError`, `Unusable`."""
        root = self._config.rootpath
        if definition is not None:
            return self._own.lease(self._launch(_MARKER, definition, (*folders, root)))
        if self._outside is not None:
            return self._outside.lease(self._launch("", (), ()))
        options = self._config.getoption("mockserver_definition")
        if options:
            folders = (self._config.invocation_params.dir, root)
            return self._own.lease(self._launch("--mockserver-definition", options, folders))
        named = "mockserver_definition"
        return self._own.lease(self._launch(f"{named} in the ini file", self._config.getini(named), (root,)))

    def _launch(self, said_by: str, definition: Any, folders: Sequence[Path]) -> Launch:
        args = tuple(self._config.getini("mockserver_args"))
        with _said_by(said_by):
            found = find_definitions(definition, folders, self._kept)
        return Launch(found, args, str(self._config.rootpath))

    def _reach(self, lease: Lease) -> Control:
        """Connections to a server, kept from test to test."""
        known = Lease(lease.number, lease.control_url)
        if known not in self._controls:
            explain = (lambda: self._own.obituary(lease.number)) if lease.number else str
            try:
                self._controls[known] = Control(lease.control_url, explain=explain)
            except ValueError as error:
                raise Unusable(f"--mockserver-url or MOCKSERVER_CONTROL: {error}") from None
        return self._controls[known]

    def _find_own(self) -> Source:
        """Where servers of our own come from: in a worker, from the process that started it, if that can be reached."""
        ticket = self._worker.get("mockserver_ticket")
        if ticket is None:
            return self.fleet
        remote = Remote(ticket)
        return remote if remote.is_near() else self.fleet

    def _kept(self) -> Path:
        """The folder of definitions that are given as text: one for all workers, so that they share a server."""
        factory: pytest.TempPathFactory = self._config._tmp_path_factory  # type: ignore[attr-defined]
        base = factory.getbasetemp()
        return base.parent if self._worker else base


@contextmanager
def _said_by(name: str) -> Iterator[None]:
    """Say in which marker or option what can't be used stands."""
    try:
        yield
    except Unusable as error:
        raise Unusable(f"{name} {error}") from None


def _or_fail(work: Callable[[], T]) -> T:
    """What work comes to; fails the test with the reason alone, where that is none of the test's code."""
    try:
        return work()
    except (Unusable, MockServerError) as error:
        reason = str(error)
    pytest.fail(reason, pytrace=False)
