"""Servers that are killed, or whose disk is full: what was acknowledged is there, and no start ends in a traceback."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from benchmarks.durability import run
from tests.live import started
from tests.server.process import Running
from tests.server.wire import ask, request

TEXT = """\
mock: 1
api: {convention: rest}
resources: {notes: {count: 2, fields: {id: {seq: 1}, text: {value: seeded}}}}
scenarios: {many: {data: {notes: {count: 7}}}}
"""
JSON = "Content-Type: application/json"


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    path = tmp_path / "notes.yaml"
    path.write_text(TEXT, encoding="utf-8")
    return path


@contextmanager
def keeping(definition: Path, *options: str) -> Iterator[Running]:
    """A server with a database beside its definition; it is killed at the end."""
    with started(str(definition), "--db", str(definition.with_name("data.json")), "--no-watch", *options) as server:
        yield server


def post(server: Running, text: str) -> int:
    """The status that a new note is answered with."""
    return ask(server.port, request("POST", "/notes", JSON, body=json.dumps({"text": text}).encode())).status


def texts(server: Running) -> list[Any]:
    return [note["text"] for note in server.get("/notes?limit=100").json]


def test_whenever_it_is_killed_what_was_acknowledged_is_there(tmp_path: Path, is_thorough: bool) -> None:  # noqa: FBT001
    for runs, option in ((200, "--no-watch"), (200, "--fsync")) if is_thorough else ((5, "--no-watch"),):
        folder = tmp_path / option
        folder.mkdir()
        *_, figures = run(folder, runs, 4, random.Random(), option)
        assert figures.runs == runs
        assert figures.acknowledged >= runs


def test_other_data_outlives_the_process_too(definition: Path) -> None:
    with keeping(definition) as server:
        assert post(server, "mine") == 201
    with keeping(definition) as server:
        assert texts(server) == ["seeded", "seeded", "mine"]
        assert server.control("POST", "/api/reset").status == 200
    with keeping(definition) as server:
        assert texts(server) == ["seeded"] * 2
        assert server.control("PUT", "/api/scenario", JSON, body=b'{"name": "many"}').status == 200
        assert post(server, "behind it") == 201
    with keeping(definition, "--scenario", "many") as server:
        assert texts(server) == [*["seeded"] * 7, "behind it"]


def test_a_full_disk_stops_writes_alone_until_there_is_room(definition: Path) -> None:
    with keeping(definition) as server:
        assert post(server, "before") == 201
        pid, (_, most) = server.process.pid, resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, most))
        kept = 0
        while (status := post(server, "x" * 300)) == 201:
            kept += 1
        assert status == 507
        assert texts(server) == ["seeded", "seeded", "before", *["x" * 300] * kept]
        assert server.control("GET", "/api/status").json["db"]["failing"] == "File too large"
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        assert post(server, "after") == 201
        there = texts(server)
    with keeping(definition) as server:
        assert texts(server) == there
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
    assert list(definition.parent.glob("data.json.journal.*")) == []


SMALL = ("unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=256k tmpfs "$0" && exec "$@"')
"""Starts a process that has a small file system of its own."""


def fill(folder: Path) -> None:
    """Leave no room in a file system."""
    with (folder / "filler").open("wb", buffering=0) as filler, suppress(OSError):
        while True:
            filler.write(bytes(4096))


def can_mount(folder: Path) -> bool:
    return subprocess.run([*SMALL, folder, "true"], capture_output=True, check=False).returncode == 0


@contextmanager
def held(server: Running, folder: Path) -> Iterator[Path]:
    """A folder as a server sees it, which is there for as long as it is held."""
    fd = os.open(f"/proc/{server.process.pid}/root{folder}", os.O_RDONLY)
    try:
        yield Path(f"/proc/self/fd/{fd}")
    finally:
        os.close(fd)


def test_a_full_file_system_loses_nothing(definition: Path, tmp_path: Path) -> None:
    small, copy = tmp_path / "small", tmp_path / "copy"
    small.mkdir()
    # Where nothing can be mounted, it has to do that there is room, and the limit on files of the test before.
    is_small = can_mount(small)
    within, kept_status = ((*SMALL, str(small)), 507) if is_small else ((), 201)
    with ExitStack() as stack:
        with started(str(definition), "--db", str(small / "data.json"), "--no-watch", within=within) as server:
            seen = stack.enter_context(held(server, small))
            for other_data in (False, True, False):
                if other_data:
                    assert server.control("POST", "/api/snapshots", JSON, body=b'{"name": "a"}').status == 201
                if is_small:
                    fill(seen)
                    if other_data:
                        assert server.control("POST", "/api/snapshots/a/restore").status == 507
                statuses = {post(server, "x" * 300) for _ in range(20)}
                assert kept_status in statuses
                (seen / "filler").unlink(missing_ok=True)
                assert post(server, "after") == 201
            if is_small:
                fill(seen)
            there = texts(server)
        copytree(seen, copy, ignore=ignore_patterns("filler"))
    with started(str(definition), "--db", str(copy / "data.json"), "--no-watch") as server:
        assert texts(server) == there


def refused(definition: Path, *options: str) -> str:
    """What is said where it does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "mockserver", "serve", str(definition), "--port", "0", "--control-port", "0", *options],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_file_that_another_process_has_is_refused(definition: Path) -> None:
    path = definition.with_name("data.json")
    with keeping(definition) as server:
        assert refused(definition, "--db", str(path)) == (
            f"Error: {path} is in use by process {server.process.pid}; end that, or name another file.\n"
        )


def test_fsync_is_for_a_database(definition: Path) -> None:
    assert "--fsync is for what --db keeps" in refused(definition, "--fsync")
