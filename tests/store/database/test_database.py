"""What is written to a kept store is there at the next start, as it was, however the process ended."""

import os
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from shutil import copytree
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tinydb import TinyDB

from mockserver.errors import DatabaseError, InsufficientStorage, Problem
from mockserver.store.database.database import Database
from mockserver.store.database.line import write_line
from tests.store.database.kept import FailingDisk, Kept, kept, open_files, seen
from tests.store.stocked import DEFINITION, Stock, prepared
from tests.store.test_laws import Write, run, writes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data.json"


def begin(path: Path, text: str = DEFINITION) -> dict[str, Any]:
    """A database with an image and three batches behind it; what is in it."""
    with kept(path, text) as stock:
        stock.rewrite()
        stock.put("people", id=3, name="Ada")
        stock.delete("tags", 2)
        stock.put("tasks", id=90, owner_id=3, tag_ids=[1])
        return seen(stock)


def reopened(path: Path) -> dict[str, Any]:
    with kept(path) as stock:
        return seen(stock)


def journal(path: Path) -> Path:
    """The last part of the journal."""
    return max(path.parent.glob(f"{path.name}.journal.*"), key=lambda one: int(one.suffix[1:]))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(writes, min_size=1, max_size=4), max_size=12), st.data())
def test_it_is_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, plan: list[list[Write]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("kept") / "data.json"
    with kept(path) as stock:
        stock.rewrite()
        for batch in plan:
            run(stock.store, batch)
            if data.draw(st.integers(0, 3)) == 0:
                stock.rewrite()
        before = seen(stock)
    for _ in range(2):
        with kept(path) as stock:
            assert seen(stock) == before
            if data.draw(st.booleans()):
                stock.rewrite()


def test_a_process_that_wrote_no_image_has_acknowledged_nothing(path: Path) -> None:
    fresh = seen(Stock())
    with kept(path) as stock:
        stock.put("people", id=3, name="Ada")
    assert reopened(path) == fresh


def test_tinydb_reads_it(path: Path) -> None:
    with kept(path) as stock:
        stock.put("people", id=3, name="Ada")
        stock.rewrite()
        people = [dict(row) for row in stock.store["people"]]
    with TinyDB(path) as database:
        assert [dict(row) for row in database.table("people")] == people
        assert database.table("people").get(doc_id=3) == people[2]


def test_what_is_written_while_the_image_is_being_written_is_kept(path: Path) -> None:
    with kept(path) as stock:

        def write_and(step: Callable[[], object]) -> object:
            stock.put("people", id=3, name=f"Ada {next(number)}")
            return step()

        number = count()
        stock.rewrite(write_and)
        before = seen(stock)
    assert reopened(path) == before


def test_it_may_end_at_every_step_of_writing_the_image(path: Path) -> None:
    class Killed(BaseException):
        """The process is there no more."""

    def ending(most: int) -> Callable[[Callable[[], object]], object]:
        def do(step: Callable[[], object]) -> object:
            if next(done) == most:
                raise Killed
            return step()

        done = count()
        return do

    before = begin(path)
    for most in count():
        with kept(path) as stock:
            assert seen(stock) == before
            stock.put("people", id=3, name=f"{most}")
            before = seen(stock)
            try:
                stock.rewrite(ending(most))
            except Killed:
                continue
        break
    assert most > 5
    assert reopened(path) == before


def test_other_data_is_there_when_its_image_is(path: Path) -> None:
    begin(path)
    with kept(path) as stock:
        stock.service.reset(["data"])
        stock.rewrite()
    assert reopened(path) == seen(Stock())


def test_without_that_the_data_of_before_is_there_and_nothing_of_the_other(path: Path) -> None:
    before = begin(path)
    with kept(path) as stock:
        stock.service.reset(["data"])
        # Whoever writes now is answered only when there is an image.
        stock.put("people", id=3, name="Grace")
    assert reopened(path) == before


def test_what_comes_after_other_data_is_kept(path: Path) -> None:
    begin(path)
    with kept(path) as stock:
        stock.service.save("mine")
        stock.put("people", id=5, name="Later")
        stock.service.restore("mine")
        stock.rewrite()
        stock.put("people", id=6, name="Last")
        before = seen(stock)
    assert reopened(path) == before


def test_a_last_line_that_is_torn_anywhere_is_dropped(path: Path) -> None:
    begin(path)
    whole = journal(path).read_bytes()
    *_, last, _ = whole.split(b"\n")
    journal(path).write_bytes(whole[: -len(last) - 1])
    before = reopened(path)
    for length in range(1, len(last) + 1):
        journal(path).write_bytes(whole[: -len(last) - 1] + last[:length])
        database = Database(path)
        try:
            assert len(database.found.batches) == 2
            assert f"{length} bytes" in database.found.notices[0]
        finally:
            database.close()
    assert reopened(path) == before


def test_what_comes_behind_a_torn_line_is_kept(path: Path) -> None:
    begin(path)
    torn = journal(path)
    torn.write_bytes(torn.read_bytes()[:-5])
    with kept(path) as stock:
        stock.put("people", id=3, name="Grace")
        before = seen(stock)
    assert journal(path) != torn
    assert reopened(path) == before


@pytest.mark.parametrize("line", [1, 2, 3, 4])
def test_a_damaged_line_is_refused(path: Path, line: int) -> None:
    begin(path)
    lines = journal(path).read_bytes().split(b"\n")
    lines[line - 1] = (
        lines[line - 1].replace(b'"', b"'", 1) if line == 1 else lines[line - 1][:-9] + lines[line - 1][-8:]
    )
    journal(path).write_bytes(b"\n".join(lines))
    there = {one: one.read_bytes() for one in path.parent.iterdir()}
    with pytest.raises(DatabaseError, match=f"line {line} is damaged.*lines 1 to {line - 1} are good"):
        Database(path)
    assert {one: one.read_bytes() for one in path.parent.iterdir()} == there


def test_a_line_that_is_missing_is_refused(path: Path) -> None:
    begin(path)
    lines = journal(path).read_bytes().split(b"\n")
    journal(path).write_bytes(b"\n".join([lines[0], *lines[2:]]))
    with pytest.raises(DatabaseError, match="line 2 is damaged: batch 1 should stand there"):
        Database(path)


def test_a_part_of_the_journal_that_is_missing_is_refused(path: Path) -> None:
    begin(path)
    first = journal(path)
    with kept(path) as stock:
        stock.put("people", id=3, name="Grace")
    first.unlink()
    with pytest.raises(DatabaseError, match="begins behind batch 3, and batch 1 is nowhere"):
        Database(path)


def newer_image(path: Path) -> None:
    begin(path)
    path.write_bytes(path.read_bytes().replace(b'"1":{"format":1,', b'"1":{"format":2,'))


def newer_journal(path: Path) -> None:
    begin(path)
    lines = journal(path).read_bytes().split(b"\n", 1)
    journal(path).write_bytes(write_line({"journal": 2, "life": "x"}) + lines[1])


def changed_image(path: Path) -> None:
    begin(path)
    path.write_bytes(path.read_bytes().replace(b"P1", b"P2", 1))


def changed_head(path: Path) -> None:
    begin(path)
    life = orjson.loads(path.read_bytes())["_mockserver"]["1"]["life"]
    path.write_bytes(path.read_bytes().replace(life.encode(), b"0" * 16))


def lost_image(path: Path) -> None:
    begin(path)
    path.unlink()


def plain_tinydb(path: Path) -> None:
    with TinyDB(path) as database:
        database.insert({"name": "somebody else's"})


UNFIT: dict[str, tuple[Callable[[Path], object], str]] = {
    "empty": (lambda path: path.write_bytes(b""), "is empty; remove it"),
    "text": (lambda path: path.write_text("hello: 1"), r"is not JSON \(line 1, column 1\)"),
    "cut": (lambda path: path.write_text('{"_default": {"1": {'), "is not JSON"),
    "list": (lambda path: path.write_text("[1]"), "is not a database of mockserver, though it is JSON"),
    "json-server": (lambda path: path.write_text('{"posts": [{"id": 1}]}'), "served as the PATH"),
    "tinydb": (plain_tinydb, "is not a database of mockserver"),
    "folder": (lambda path: path.mkdir(), "is a folder; name a file in it"),
    "newer image": (newer_image, "belongs to a newer version of mockserver"),
    "newer journal": (newer_journal, "belongs to a newer version of mockserver"),
    "changed": (changed_image, "was changed by another program: its checksum"),
    "changed head": (changed_head, "was changed by another program: its checksum"),
    "lost": (lost_image, "is not there, though its journal is; put it back"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_file_that_is_none_of_ours_is_left_alone(path: Path, name: str) -> None:
    make, problem = UNFIT[name]
    make(path)
    there = {one: one.is_dir() or one.read_bytes() for one in path.parent.iterdir() if one.suffix != ".lock"}
    with pytest.raises(DatabaseError, match=problem) as raised:
        Database(path)
    assert str(path) in str(raised.value)
    assert {one: one.is_dir() or one.read_bytes() for one in path.parent.iterdir() if one.suffix != ".lock"} == there


@pytest.mark.parametrize(
    ("where", "problem"),
    [("nowhere/data.json", "has no folder to be in; make"), ("/proc/data.json", "can't be kept in")],
)
def test_there_has_to_be_a_folder_to_write_in(tmp_path: Path, where: str, problem: str) -> None:
    with pytest.raises(DatabaseError, match=problem):
        Database(tmp_path / where)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda path: path.symlink_to(path), "Too many levels of symbolic links; name a file"),
        (os.mkfifo, "is a device or a pipe; name a file"),
        (lambda path: path.symlink_to("/dev/null"), "/dev/null is a device or a pipe; name a file"),
        (lambda path: path.symlink_to("a" * 300), "File name too long; name a file"),
        (lambda path: path.symlink_to("a" * 245), "File name too long; see to that, or name another file"),
    ],
)
def test_what_can_not_be_a_file_is_refused(path: Path, make: Callable[[Path], None], problem: str) -> None:
    make(path)
    with pytest.raises(DatabaseError, match=problem):
        Database(path)


def test_it_is_one_process_at_a_time(path: Path) -> None:
    with kept(path), pytest.raises(DatabaseError, match=r"is in use by process \d+; end that"):
        Database(path)
    Database(path).close()


# Disks that fail.


def attempt(stock: Kept, work: Callable[[], object]) -> bool:
    """Do something that the disk may refuse; nothing has changed then. Whether it was done."""
    before = seen(stock)
    try:
        work()
    except (InsufficientStorage, OSError):
        assert seen(stock) == before
        return False
    return True


def test_whichever_call_fails_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    begin(tmp_path / "data.json")
    for failing in count(1):
        path = copytree(tmp_path, tmp_path.with_name(f"failing-{failing}")) / "data.json"
        disk = FailingDisk(lambda number, name, failing=failing: number == failing)  # type: ignore[misc]
        with kept(path, disk=disk) as stock:
            for name in ("one", "two"):
                attempt(stock, partial(stock.put, "people", id=3, name=name))
                attempt(stock, stock.rewrite)
                attempt(stock, partial(stock.put, "teams", id=1, name=name))
                attempt(stock, stock.database.sync())
            assert any(attempt(stock, partial(stock.put, "people", id=3, name="last")) for _ in range(2))
            before = seen(stock)
        assert reopened(path) == before
        if len(disk.calls) < failing:
            break
    assert failing > 30


@pytest.mark.parametrize("broken", [("write",), ("write", "truncate"), ("write", "truncate", "open", "create")])
def test_a_full_disk_refuses_writes_until_there_is_room(path: Path, broken: tuple[str, ...]) -> None:
    begin(path)
    disk = FailingDisk()
    with kept(path, disk=disk) as stock:
        stock.put("people", id=3, name="before")
        before = seen(stock)
        disk.fails = lambda number, name: name in broken
        for _ in range(3):
            with pytest.raises(InsufficientStorage, match="No space left on device"):
                stock.put("people", id=3, name="lost")
            with pytest.raises(OSError, match="No space"):
                stock.rewrite()
            assert seen(stock) == before
        assert stock.database.describe()["failing"] == "No space left on device"
        disk.fails = lambda number, name: False
        stock.put("people", id=3, name="after")
        before = seen(stock)
    assert reopened(path) == before


def test_nothing_is_written_while_other_data_cannot_be(path: Path) -> None:
    before = begin(path)
    disk = FailingDisk()
    with kept(path, disk=disk) as stock:
        stock.service.reset(["data"])
        disk.fails = lambda number, name: name == "create"
        with pytest.raises(OSError, match="No space"):
            stock.rewrite()
        with pytest.raises(Problem, match="No space"):
            stock.put("people", id=3, name="lost")
    assert reopened(path) == before


def test_a_disk_that_can_not_say_whether_the_journal_is_kept_is_not_trusted(path: Path) -> None:
    begin(path)
    with kept(path) as stock:
        stock.put("people", id=3, name="doubtful")
        stock.database.doubt(OSError(5, "Input/output error"))
        with pytest.raises(InsufficientStorage, match="Input/output error"):
            stock.put("people", id=3, name="refused")
        assert stock.database.is_due
        stock.rewrite()
        stock.put("people", id=3, name="safe")
        assert stock.database.failing is None


@pytest.mark.parametrize("syncs", [False, True])
def test_an_image_that_fails_for_long_holds_no_files_open(path: Path, syncs: bool) -> None:  # noqa: FBT001
    begin(path)
    disk = FailingDisk()
    with kept(path, disk=disk) as stock:
        stock.database.syncs = syncs
        disk.fails = lambda number, name: name == "create"
        held = []
        for number in range(20):
            stock.put("people", id=3, name=f"behind {number}")
            if syncs:
                stock.database.sync()()
            assert not attempt(stock, stock.rewrite)
            held.append(open_files())
        before = seen(stock)
        assert held[-1] == held[1]
    assert reopened(path) == before


def test_who_writes_after_its_end_is_refused(path: Path) -> None:
    before = begin(path)
    stock = Kept(path)
    stock.database.close()
    with pytest.raises(InsufficientStorage, match="it is closed"):
        stock.put("people", id=3, name="late")
    assert reopened(path) == before


# Files, and what is said.


def test_it_says_how_it_is(path: Path) -> None:
    begin(path)
    with kept(path) as stock:
        told = stock.service.status()["db"]
        assert isinstance(told, dict)
        assert told["file"] == str(path)
        assert told["journal_bytes"] == journal(path).stat().st_size
        assert (told["failing"], told["aside"], told["notices"]) == (None, None, [])
    assert Stock().service.status()["db"] is None


def test_a_short_journal_stays_and_a_long_one_goes_into_the_image(path: Path) -> None:
    with kept(path) as stock:
        stock.rewrite()
        stock.put("people", id=3, name="Ada")
        assert not stock.database.is_due
        stock.put("tags", id=1, name="A" * 5_000_000)
        assert stock.database.is_due
        stock.rewrite()
        assert not stock.database.is_due
        assert list(path.parent.glob("*.journal.*")) == []


def test_ids_may_be_texts(path: Path) -> None:
    text = "mock: 1\nresources: {pets: {count: 3, fields: {id: {seq: 'p{n}'}}}}\n"
    with kept(path, text) as stock:
        stock.rewrite()
    assert orjson.loads(path.read_bytes())["pets"] == {str(n): {"id": f"p{n}"} for n in (1, 2, 3)}
    with kept(path, text) as stock:
        assert stock.ids("pets") == ["p1", "p2", "p3"]


FILES = "mock: 1\nresources: {pets: {count: 2, fields: {id: {seq: 1}, photo: {file: {}}}}}\n"


def attach(stock: Kept, key: int, content: bytes) -> Path:
    """Let a document hold a file; where that is kept."""
    digest = stock.store.contents.put(content)
    stock.put("pets", id=key, photo={"name": "a.txt", "sha256": digest})
    return stock.database.path.with_name("data.json.files") / digest


def test_uploaded_files_are_kept_as_long_as_a_document_holds_them(path: Path) -> None:
    with kept(path, FILES) as stock:
        stock.rewrite()
        first, second = attach(stock, 1, b"first"), attach(stock, 2, b"second")
    assert (first.read_bytes(), second.read_bytes()) == (b"first", b"second")
    with kept(path, FILES) as stock:
        assert {*stock.store.contents.kept.values()} == {b"first", b"second"}
        stock.delete("pets", 2)
        stock.rewrite()
        assert (first.exists(), second.exists()) == (True, False)
        attach(stock, 1, b"second")
    with kept(path, FILES) as stock:
        assert {*stock.store.contents.kept.values()} == {b"second"}


def test_a_file_that_is_put_again_while_the_image_is_written_stays(path: Path) -> None:
    with kept(path, FILES) as stock:
        file = attach(stock, 1, b"first")
        stock.put("pets", id=1, photo=None)
        again: list[Path] = []

        def attach_and(step: Callable[[], object]) -> object:
            if not again:
                again.append(attach(stock, 2, b"first"))
            return step()

        stock.rewrite(attach_and)
        assert again == [file]
    with kept(path, FILES) as stock:
        assert {*stock.store.contents.kept.values()} == {b"first"}


def test_a_file_that_is_put_again_while_it_is_removed_stays(path: Path) -> None:
    disk = FailingDisk()
    with kept(path, FILES, disk) as stock:
        file = attach(stock, 1, b"first")
        stock.put("pets", id=1, photo=None)
        again: list[Path] = []

        def attach_before(_: int, name: str) -> bool:
            if name == "remove" and not again:
                again.append(attach(stock, 2, b"first"))
            return False

        disk.fails = attach_before
        stock.rewrite()
        assert again == [file]
        assert file.read_bytes() == b"first"


def test_a_file_that_may_not_be_kept_is_put_again(path: Path) -> None:
    disk = FailingDisk()
    with kept(path, FILES, disk) as stock:
        stock.rewrite()
        file = attach(stock, 1, b"first")
        disk.fails = lambda number, name: name == "sync"
        with pytest.raises(OSError, match="No space"):
            stock.database.sync()()
        disk.fails = lambda number, name: False
        # As what the system had of it may be lost.
        file.unlink()
        stock.rewrite()
        assert file.read_bytes() == b"first"


def test_a_file_that_is_damaged_is_told_of(path: Path) -> None:
    with kept(path, FILES) as stock:
        stock.rewrite()
        attach(stock, 1, b"first").write_bytes(b"other")
    with kept(path, FILES) as stock:
        assert stock.keeping.notices == ["1 uploaded file is missing or damaged"]
        assert stock.store.contents.kept == {}


def test_a_document_whose_file_can_not_be_kept_is_not_written(path: Path) -> None:
    disk = FailingDisk()
    with kept(path, FILES, disk) as stock:
        stock.rewrite()
        before = seen(stock)
        disk.fails = lambda number, name: name == "rename"
        with pytest.raises(InsufficientStorage):
            attach(stock, 1, b"first")
        assert seen(stock) == before
        assert [*path.with_name("data.json.files").iterdir()] == []


def test_a_definition_that_takes_over_is_kept_with_its_data(path: Path) -> None:
    begin(path)
    other = DEFINITION.replace("enum: [red, green, blue]", "enum: [black]")
    with kept(path) as stock:
        stock.service.replace(stock.service.stage(prepared(other)))
        stock.store = stock.service.sandbox.store
        stock.rewrite()
        stock.put("tags", id=1, name="behind it")
        before = seen(stock)
    with kept(path, other) as stock:
        assert stock.keeping.notices == []
        assert seen(stock) == before
