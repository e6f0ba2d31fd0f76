"""Who waits for what before an answer goes out, and what is answered where the disk refuses."""

from collections.abc import Iterator
from pathlib import Path

import gevent
import pytest

from mockserver.messages import Reply, Request
from mockserver.server.assemble import AssembledInstance, AssembledService
from mockserver.server.keeper import Keeper
from mockserver.server.log import ExchangeLog
from mockserver.store.database.database import Database
from tests.store.database.kept import FailingDisk
from tests.store.stocked import prepared

TEXT = """
mock: 1
resources: {notes: {count: 2, fields: {id: {seq: 1}, text: {value: a}}}}
actions: {look: {route: GET /look, do: [{create: notes, set: {text: seen}}]}}
"""
JSON = {"content-type": "application/json"}


class Served:
    """One kept instance, seen to as by a server."""

    def __init__(self, path: Path, *, syncs: bool) -> None:
        self.disk = FailingDisk()
        self.database = Database(path, syncs=syncs, disk=self.disk)
        self.instance = AssembledInstance(prepared(TEXT), database=self.database)
        assert self.instance.keeper is not None
        self.keeper: Keeper = self.instance.keeper
        self.log = ExchangeLog("quiet")
        gevent.spawn(self.keeper.run, self.log)

    def post(self, text: str = "b") -> Reply:
        return self.instance.handle(Request("POST", "/notes", headers=JSON, body=b'{"text":"%b"}' % text.encode()))

    def texts(self) -> list[object]:
        return [row["text"] for row in self.instance.sandbox.store["notes"]]

    def close(self) -> None:
        self.disk.fails = lambda number, name: False
        self.keeper.close(self.log)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.json"


@pytest.fixture
def served(path: Path, request: pytest.FixtureRequest) -> Iterator[Served]:
    made = Served(path, syncs=getattr(request, "param", False))
    assert made.post("first").status == 201
    yield made
    made.close()
    gevent.get_hub().threadpool.kill()


syncing = pytest.mark.parametrize("served", [True], indirect=True)


@syncing
def test_all_who_write_at_once_wait_for_the_disk_once_more(served: Served) -> None:
    before = served.disk.calls.count("sync")
    writers = [gevent.spawn(served.post, f"{number}") for number in range(50)]
    gevent.joinall(writers, raise_error=True)
    assert {writer.value.status for writer in writers} == {201}
    # The first has gone ahead alone; the others came while it waited.
    assert served.disk.calls.count("sync") - before == 2


@syncing
def test_what_a_get_writes_is_waited_for_too(served: Served) -> None:
    before = served.disk.calls.count("sync")
    reply, ground = served.instance.prepare(Request("GET", "/look"))
    assert (reply.status, ground) == (201, None)
    assert served.disk.calls.count("sync") == before + 1


def test_nobody_waits_for_the_disk_who_was_not_asked_to(served: Served) -> None:
    before = served.disk.calls.count("sync")
    assert served.post().status == 201
    assert served.disk.calls.count("sync") == before


@syncing
def test_what_the_journal_may_not_have_is_safe_in_the_image(served: Served) -> None:
    failing = len(served.disk.calls) + 2
    served.disk.fails = lambda number, name: number == failing and name == "sync"
    assert served.post().status == 201
    assert served.disk.calls[failing - 1 :].count("rename") == 1


@syncing
def test_where_neither_has_it_it_is_not_acknowledged(served: Served) -> None:
    served.disk.fails = lambda number, name: name == "sync"
    assert served.post("doubtful").status == 507
    assert served.post("refused").status == 507
    assert "refused" not in served.texts()
    assert served.instance.handle(Request("GET", "/notes")).status == 200


def test_a_full_disk_is_answered_with_507_and_reads_go_on(served: Served) -> None:
    before = served.texts()
    served.disk.fails = lambda number, name: name == "write"
    refused = served.post("lost")
    assert refused.status == 507
    assert b"No space left on device" in refused.body
    assert refused.header("content-type") == "application/problem+json"
    told = served.instance.command(Request("POST", "/notes", headers=JSON, body=b'{"text":"lost"}'))
    assert (told.status, told.came_to) == (507, "insufficient_storage")
    # A read that writes is a write.
    assert served.instance.handle(Request("GET", "/look")).status == 507
    assert served.instance.handle(Request("GET", "/notes")).status == 200
    assert served.texts() == before
    served.disk.fails = lambda number, name: False
    assert served.post("kept").status == 201
    assert served.texts() == [*before, "kept"]


def test_after_a_reset_whoever_writes_waits_for_the_image(served: Served) -> None:
    served.instance.reset(["data"])
    assert not served.database.is_begun
    assert served.instance.handle(Request("GET", "/notes")).status == 200
    assert served.post("later").status == 201
    assert served.database.is_begun


def test_what_can_not_be_kept_after_a_reset_is_not_written(served: Served) -> None:
    served.disk.fails = lambda number, name: name == "create"
    served.instance.reset(["data"])
    assert served.post("lost").status == 507
    assert served.texts() == ["a", "a"]


def test_an_orderly_end_leaves_no_journal(path: Path) -> None:
    served = Served(path, syncs=False)
    try:
        served.post("last")
    finally:
        served.close()
        gevent.get_hub().threadpool.kill()
    assert [one.name for one in path.parent.iterdir() if "journal" in one.name] == []
    database = Database(path)
    database.close()
    assert [row["text"] for row in database.found.image.shelves["notes"].rows][-1] == "last"  # type: ignore[union-attr]


def test_named_sandboxes_are_not_kept(path: Path) -> None:
    database = Database(path)
    service = AssembledService(prepared(TEXT), database=database)
    assert service.default.keeper is not None
    assert service.enter("w3").keeper is None
    database.close()


WORK = """
mock: 1
clock: 2026-01-15T09:00:00Z
freeze: true
resources: {jobs: {count: 0, fields: {id: {seq: 1}, state: {enum: [queued, done], default: queued}}}}
actions: {work: {route: POST /work, job: {resource: jobs, timeline: [{at: 2s, set: {state: done}}]}}}
"""


def test_a_job_stands_still_while_the_disk_is_full(path: Path) -> None:
    disk = FailingDisk()
    database = Database(path, disk=disk)
    instance = AssembledInstance(prepared(WORK), database=database)
    try:
        database.rewrite(instance.keeper._keeping.state(), lambda step: step())  # type: ignore[union-attr]
        assert instance.handle(Request("POST", "/work", headers=JSON)).status == 202
        disk.fails = lambda number, name: name == "write"
        instance.clock.advance(3)
        assert b'"queued"' in instance.handle(Request("GET", "/jobs/1")).body
        disk.fails = lambda number, name: False
        assert b'"done"' in instance.handle(Request("GET", "/jobs/1")).body
        assert instance.sandbox.jobs.failures == type(instance.sandbox.jobs.failures)()
    finally:
        database.close()
