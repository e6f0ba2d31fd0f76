"""What counts as a change of the files: other bytes that have come to rest, never a time alone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.server.watch import FileWatch

LOOKS = 12


def looked(watch: FileWatch, count: int = LOOKS) -> int:
    """At which look a change was seen, 0 for none; it counts as loaded then."""
    for number in range(1, count + 1):
        if watch.look():
            watch.accept()
            return number
    return 0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.yaml"
    path.write_text("name: A")
    return path


def test_other_bytes_are_seen_once_when_they_have_come_to_rest(file: Path) -> None:
    watch = FileWatch([file])
    assert looked(watch) == 0
    file.write_text("name: B")
    assert looked(watch) == 2
    assert looked(watch) == 0


def test_bytes_of_the_same_length_and_time_are_seen(file: Path) -> None:
    watch, before = FileWatch([file]), file.stat()
    file.write_text("name: B")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert looked(watch) == 2


def test_two_writes_in_one_tick_are_both_seen(file: Path) -> None:
    watch, before = FileWatch([file]), file.stat()
    for text in ("name: B", "name: C"):
        file.write_text(text)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert looked(watch) == 2


@pytest.mark.parametrize(
    "touch",
    [
        lambda path: os.utime(path, (1, 1)),
        lambda path: path.chmod(0o600),
        lambda path: path.write_bytes(path.read_bytes()),
        lambda path: path.replace(path.with_suffix(".bak")).replace(path),
        lambda path: path.with_name("b.txt").write_text("beside it"),
        lambda path: path.with_name(".a.yaml.swp").write_text("beside it"),
    ],
)
def test_the_same_bytes_are_no_change(file: Path, touch: Callable[[Path], object]) -> None:
    watches = FileWatch([file]), FileWatch([file.parent])
    touch(file)
    assert [looked(watch) for watch in watches] == [0, 0]


def test_a_file_that_is_still_being_written_is_waited_for(file: Path) -> None:
    watch = FileWatch([file])
    for size in range(1, 20):
        file.write_text("name: " + "B" * size)
        assert not watch.look()
    assert looked(watch) == 1


@pytest.mark.parametrize("away", [lambda path: path.write_text(""), lambda path: path.unlink()])
@pytest.mark.parametrize("folder", [False, True])
def test_a_file_that_is_gone_or_empty_for_a_moment_is_waited_for(
    file: Path, away: Callable[[Path], object], *, folder: bool
) -> None:
    (file.parent / "b.yaml").write_text("seed: 1")
    watch = FileWatch([file.parent if folder else file])
    for text in ("name: A", "name: B"):
        away(file)
        assert looked(watch, 4) == 0
        file.write_text(text)
        assert bool(looked(watch)) == (text == "name: B")
    away(file)
    assert looked(watch) == 5, "it does not come back"
    assert looked(watch) == 0
    file.write_text("name: B")
    assert looked(watch) == 2


def test_a_folder_is_its_definition_files(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("name: A")
    watch = FileWatch([tmp_path])
    (tmp_path / "b.yml").write_text("seed: 1")
    assert looked(watch) == 2
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/c.yaml").write_text("seed: 1")
    (tmp_path / "notes.txt").write_text("x")
    assert looked(watch) == 0
    (tmp_path / "a.yaml").rename(tmp_path / "z.yaml")
    assert looked(watch) > 0
    for path in tmp_path.glob("*.y*ml"):
        path.unlink()
    assert looked(watch) == 5


def test_a_link_is_what_it_leads_to(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.yaml").write_text(f"name: {name}")
    (tmp_path / "now").symlink_to("one")
    watch = FileWatch([tmp_path / "now/a.yaml"])
    (tmp_path / "next").symlink_to("two")
    (tmp_path / "next").replace(tmp_path / "now")
    assert looked(watch) == 2


def test_what_changes_while_it_is_loaded_is_known(file: Path) -> None:
    watch = FileWatch([file])
    file.write_text("name: B")
    assert [watch.look(), watch.look(), watch.has_moved()] == [False, True, False]
    file.write_text("name: C")
    assert watch.has_moved()
    assert looked(watch) == 2


def test_what_was_never_there_may_come(tmp_path: Path) -> None:
    watch = FileWatch([tmp_path / "a.yaml", tmp_path / "folder"])
    assert looked(watch) == 0
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder/a.yaml").write_text("name: A")
    assert looked(watch) == 2
