"""Snapshots: what a sandbox goes back to, as often as is wanted, and what of it still fits after a reload."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mockserver.definitions.source import parse_source
from mockserver.errors import BadRequest, Conflict, NotFound
from mockserver.messages import Request
from mockserver.rest.action.tally import Tally
from mockserver.rest.auth.session import Session, Sessions, digest_of
from mockserver.rest.job.jobs import Jobs
from mockserver.sandbox.snapshot import KEPT, Snapshot, Snapshots
from mockserver.server.assemble import AssembledInstance, prepare
from tests.client import Client, assemble, direct
from tests.store.stocked import shown

TEXT = """
mock: 1
clock: 2026-01-15T09:00:00Z
freeze: true
auth:
  login: {ttl: 1h}
  users: {ada: {password: lovelace}}
  public: ["GET /zoos", "GET /animals", "GET /exports", "ANY *"]
resources:
  zoos: {count: 3, fields: {id: {seq: 1}, name: {seq: "Z{n}"}}}
  animals:
    count: 4
    fields:
      id: {seq: 1}
      name: {seq: "A{n}"}
      zoo_id: {ref: zoos, on_delete: cascade}
      photo: {file: {}}
      label: {computed: "name ~ ' of ' ~ zoo.name"}
  exports:
    count: 0
    fields: {id: {seq: 1}, status: {enum: [queued, running, done], default: queued}}
actions:
  export:
    route: POST /export
    job:
      resource: exports
      timeline: [{at: 5s, set: {status: running}}]
      outcomes: {ends: {at: 10s, set: {status: done}}}
"""


class Kept:
    """An instance with a client, and a clock that is moved by hand."""

    def __init__(self, text: str = TEXT) -> None:
        self.text = text
        self.instance: AssembledInstance = assemble(text)

    @property
    def api(self) -> Client:
        return direct(self.instance)

    def save(self, name: str = "s") -> None:
        self.instance.sandbox.save(name)

    def restore(self, name: str = "s") -> None:
        self.instance.sandbox.restore(name)

    def wait(self, seconds: float) -> None:
        self.instance.sandbox.clock.advance(seconds)

    def reload(self, *changes: tuple[str, str]) -> None:
        for old, new in changes:
            assert old in self.text
            self.text = self.text.replace(old, new)
        self.instance.replace(self.instance.stage(prepare(parse_source(self.text, "test.yaml"))))

    def seen(self) -> dict[str, Any]:
        return shown(self.instance.sandbox.store)


@pytest.fixture
def kept() -> Kept:
    return Kept()


def test_what_was_written_since_is_gone_each_time(kept: Kept) -> None:
    kept.api.patch("/zoos/1", {"name": "saved"})
    kept.api.delete("/animals/2")
    saved = kept.seen()
    kept.save()
    made = []
    for _ in range(3):
        kept.api.patch("/zoos/1", {"name": "other"})
        kept.api.delete("/zoos/3")
        made.append(kept.api.post("/animals", {"name": "new", "zoo_id": 2}).json)
        at = kept.instance.sandbox.feed.at
        kept.restore()
        assert kept.seen() == saved
        assert kept.instance.sandbox.feed.at.split(".")[0] != at.split(".")[0]
        assert kept.instance.sandbox.feed.at.endswith(".0")
    assert made[0] == made[1] == made[2], "ids go on from where they were"


def test_a_snapshot_is_not_written_to(kept: Kept) -> None:
    kept.save("before")
    kept.api.delete("/animals/1")
    kept.save("after")
    kept.restore("before")
    kept.api.delete("/animals/2")
    kept.restore("after")
    assert [kept.api.get(f"/animals/{key}").status for key in (1, 2)] == [404, 200]
    kept.restore("before")
    assert [kept.api.get(f"/animals/{key}").status for key in (1, 2)] == [200, 200]


def test_uploaded_files_come_back(kept: Kept) -> None:
    def put(content: bytes) -> None:
        assert kept.api.ask("PUT", "/animals/1/photo", "Content-Type: text/plain", body=content).status == 201

    put(b"first")
    kept.save()
    put(b"second")
    kept.restore()
    assert kept.api.get("/animals/1/photo").body == b"first"
    kept.instance.sandbox.reset([])
    assert kept.api.get("/animals/1/photo").status == 404
    kept.restore()
    assert kept.api.get("/animals/1/photo").body == b"first"


def test_logins_come_back_with_as_long_to_go_as_they_had(kept: Kept) -> None:
    def logged_in() -> str:
        token = kept.api.post("/login", {"username": "ada", "password": "lovelace"}).json["access_token"]
        return f"Authorization: Bearer {token}"

    def status(line: str) -> int:
        return kept.api.get("/me", line).status

    first = logged_in()
    kept.wait(3000)
    kept.save()
    second = logged_in()
    kept.wait(3000)
    assert (status(first), status(second)) == (401, 200)
    kept.restore()
    assert (status(first), status(second)) == (200, 401)
    assert logged_in() == second, "tokens are drawn again"
    kept.wait(601)
    assert status(first) == 401


@pytest.mark.parametrize("later", [timedelta(days=1), timedelta(days=-1)])
def test_a_login_without_an_end_stays_one(later: timedelta) -> None:
    ends = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
    sessions, moved = Sessions(1), Sessions(1)
    sessions.open(Session("ada", digest_of("t"), digest_of("r"), *ends))
    moved.adopt(sessions, later)
    found = moved.find("t")
    assert found is not None
    if later > timedelta():
        assert (found.until, found.refresh_until) == (ends[0] + later, ends[1])
    else:
        assert (found.until, found.refresh_until) == (ends[0], ends[1] + later)


def test_jobs_go_on_from_where_they_were(kept: Kept) -> None:
    kept.api.post("/export", {})
    kept.wait(6)
    assert kept.api.get("/exports/1").json["status"] == "running"
    kept.save()
    kept.wait(60)
    assert kept.api.get("/exports/1").json["status"] == "done"
    for _ in range(2):
        kept.restore()
        assert kept.api.get("/exports/1").json["status"] == "running"
        kept.wait(3.5)
        assert kept.api.get("/exports/1").json["status"] == "running"
        kept.wait(0.5)
        assert kept.api.get("/exports/1").json["status"] == "done"
    assert kept.api.post("/export", {}).json["id"] == 2


def test_jobs_that_began_later_are_gone(kept: Kept) -> None:
    kept.save()
    kept.api.post("/export", {})
    kept.restore()
    kept.wait(60)
    assert kept.api.get("/exports").json == []
    assert len(kept.instance.sandbox.jobs) == 0


def test_counts_go_on_from_where_they_were(kept: Kept) -> None:
    tally = kept.instance.sandbox.tally
    tally.take("export")
    kept.save()
    assert [tally.take("export"), tally.take("export")] == [1, 2]
    for _ in range(2):
        kept.restore()
        assert tally.take("export") == 1


def test_files_of_all_snapshots_have_a_bound() -> None:
    def snapshot(name: str, *files: bytes) -> Snapshot:
        kept = {str(one): one for one in files}
        return Snapshot(name, datetime.now(UTC), {}, kept, Sessions(1), Tally(), Jobs(), 0)

    snapshots = Snapshots(limit_bytes=10)
    snapshots.put(snapshot("a", b"123456"))
    snapshots.put(snapshot("b", b"123456", b"1234"))
    with pytest.raises(Conflict, match="the files of all snapshots have 10 bytes at most"):
        snapshots.put(snapshot("c", b"x"))
    snapshots.put(snapshot("b", b"xy"))
    assert [one.name for one in snapshots] == ["a", "b"]


def test_journal_clock_and_who_listens_are_no_part_of_it(kept: Kept) -> None:
    kept.save()
    kept.wait(60)
    kept.instance.command(Request("GET", "/zoos"))
    kept.restore()
    assert kept.instance.sandbox.clock.elapsed() == 60
    assert len(kept.instance.journal) == 1


def test_it_can_be_downloaded(kept: Kept) -> None:
    kept.api.delete("/zoos/2")
    kept.wait(1)
    kept.save()
    kept.api.delete("/zoos/1")
    told: Any = kept.instance.sandbox.snapshots.get("s").to_json()
    assert (told["name"], told["created"]) == ("s", "2026-01-15T09:00:01Z")
    assert list(told["data"]) == ["zoos", "animals", "exports"]
    assert [row["name"] for row in told["data"]["zoos"]] == ["Z1", "Z3"]


def test_a_name_is_saved_under_again_and_forgotten(kept: Kept) -> None:
    snapshots = kept.instance.sandbox.snapshots
    kept.save("a")
    kept.save("b")
    kept.api.delete("/zoos/1")
    kept.save("a")
    assert [one.name for one in snapshots] == ["b", "a"]
    kept.restore("b")
    kept.restore("a")
    assert kept.api.get("/zoos/1").status == 404
    snapshots.delete("a")
    with pytest.raises(NotFound, match="There is no snapshot 'a'"):
        kept.restore("a")
    with pytest.raises(NotFound):
        snapshots.delete("a")
    assert len(snapshots) == 1


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "ä", "x" * 65, "a\n"])
def test_what_can_be_no_name_is_refused(kept: Kept, name: str) -> None:
    with pytest.raises(BadRequest, match="1 to 64 letters, digits"):
        kept.save(name)


def test_there_are_64_at_most(kept: Kept) -> None:
    for number in range(KEPT):
        kept.save(f"s{number}")
    with pytest.raises(Conflict, match="64 snapshots already"):
        kept.save("more")
    kept.save("s7")
    assert len(kept.instance.sandbox.snapshots) == KEPT == 64


def test_a_reset_leaves_snapshots_alone(kept: Kept) -> None:
    kept.api.delete("/zoos/1")
    kept.save()
    kept.instance.sandbox.reset([])
    assert kept.api.get("/zoos/1").status == 200
    kept.restore()
    assert kept.api.get("/zoos/1").status == 404


def test_other_rows_of_the_same_definition_come_back_too(kept: Kept) -> None:
    sandbox = kept.instance.sandbox
    file = sandbox.seeded
    empty = file.varied({**file.rows, "animals": []})
    kept.save("full")
    sandbox.reseed(empty)
    kept.save("empty")
    assert kept.api.get("/animals").json == []
    kept.restore("full")
    assert len(kept.api.get("/animals").json) == 4
    sandbox.reseed(file)
    kept.restore("empty")
    assert kept.api.get("/animals").json == []
    assert kept.api.post("/animals", {"name": "first", "zoo_id": 1}).json["id"] == 1


def test_after_a_reload_what_still_fits_comes_back_and_the_rest_is_as_seeded(kept: Kept) -> None:
    zoo = kept.api.post("/zoos", {"name": "mine"}).json["id"]
    animal = kept.api.post("/animals", {"name": "leo", "zoo_id": zoo}).json["id"]
    kept.api.post("/export", {})
    kept.save()
    kept.reload(
        (
            'zoos: {count: 3, fields: {id: {seq: 1}, name: {seq: "Z{n}"',
            'zoos: {count: 2, fields: {id: {seq: 1}, name: {seq: "Y{n}"',
        )
    )
    kept.instance.sandbox.reset([])
    kept.restore()
    assert [row["name"] for row in kept.api.get("/zoos").json] == ["Y1", "Y2"]
    assert kept.api.get(f"/animals/{animal}").status == 404, "its zoo is no more"
    assert [row["status"] for row in kept.api.get("/exports").json] == ["queued"]
    kept.wait(60)
    assert kept.api.get("/exports/1").json["status"] == "queued", "jobs of another definition stand still"


def test_after_a_reload_that_changes_no_data_all_comes_back(kept: Kept) -> None:
    kept.api.delete("/animals/1")
    kept.save()
    kept.reload(("mock: 1", "mock: 1\nname: Other"))
    saved = kept.seen()
    kept.instance.sandbox.reset([])
    kept.restore()
    assert kept.seen() == saved


def test_after_a_reload_that_changes_everything_nothing_does(kept: Kept) -> None:
    kept.api.delete("/animals/1")
    kept.save()
    kept.reload(("{seq: 1}", "{seq: 100}"))
    before = kept.seen()
    with pytest.raises(Conflict, match="The snapshot 's' no longer fits"):
        kept.restore()
    assert kept.seen() == before
    assert kept.api.get("/animals").status == 200


SHARES = """
mock: 1
resources:
  zoos:
    fields: {id: {seq: 1}, size: {value: 1}}
    rows: [{id: 1}, {id: 2}, {id: 3, size: 5}]
  animals:
    fields: {id: {seq: 1}, zoo_id: {ref: zoos}, share: {computed: 100 // zoo.size}}
    rows: [{zoo_id: 1}, {zoo_id: 2}]
  notes: {count: 1}
"""


def test_what_can_not_be_made_to_agree_is_refused_and_changes_nothing() -> None:
    kept = Kept(SHARES)
    assert kept.api.patch("/animals/1", {"zoo_id": 3}).json["share"] == 20
    kept.save()
    kept.reload(("size: 5", "size: 0"))
    assert kept.api.get("/animals/1").json["share"] == 100, "the reload could not keep it either"
    kept.api.delete("/notes/1")
    before = kept.seen()
    with pytest.raises(Conflict, match="The snapshot 's' no longer fits: The computed field 'share' has no value"):
        kept.restore()
    assert kept.seen() == before
