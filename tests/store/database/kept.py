"""The small store of `stocked`, kept in a database; disks that fail; and all that a reader can see of it."""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockserver.sandbox.durable.keeping import Keeping
from mockserver.server.assemble import AssembledInstance
from mockserver.store.database.database import Database, Do
from mockserver.store.database.disk import Disk
from tests.store.stocked import DEFINITION, Stock, prepared, shown


class Kept(Stock):
    """A store that is kept, without anybody who sees to it: the image is written when a test says so."""

    def __init__(self, path: Path, text: str = DEFINITION, disk: Disk | None = None) -> None:
        self.database = Database(path, disk=disk)
        try:
            self.service = AssembledInstance(prepared(text), database=self.database)
        except BaseException:
            self.database.close()
            raise
        self.store = self.service.sandbox.store

    @property
    def keeping(self) -> Keeping:
        assert self.service.keeper is not None
        return self.service.keeper._keeping

    def rewrite(self, do: Do = lambda step: step()) -> None:
        self.database.rewrite(self.keeping.state(), do)


@contextmanager
def kept(path: Path, text: str = DEFINITION, disk: Disk | None = None) -> Iterator[Kept]:
    """One that ends as a process does that is killed: nothing more is written."""
    stock = Kept(path, text, disk)
    try:
        yield stock
    finally:
        stock.database.close()


def seen(stock: Stock) -> dict[str, Any]:
    """Everything that a reader can see of the documents, their versions included."""
    store = stock.store
    versions = {name: {key: store[name].version_of(key) for key in range(60)} for name in store.schema.resources}
    return {"versions": versions, "tally": dict(stock.service.sandbox.tally.counts), **shown(store)}


def open_files() -> int:
    """How many this process has."""
    return len([*Path("/proc/self/fd").iterdir()])


class FailingDisk(Disk):
    """One whose calls fail as long as `fails` says so of their number and name; half of a write may be there then."""

    def __init__(self, fails: Callable[[int, str], bool] = lambda number, name: False) -> None:
        self.fails = fails
        self.calls: list[str] = []

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.fails(len(self.calls), name):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def create(self, path: Path) -> int:
        self._call("create")
        return super().create(path)

    def open(self, path: Path) -> int:
        self._call("open")
        return super().open(path)

    def write(self, fd: int, data: bytes) -> int:
        try:
            self._call("write")
        except OSError:
            super().write(fd, data[: len(data) // 2])
            raise
        return super().write(fd, data)

    def truncate(self, fd: int, size_bytes: int) -> None:
        self._call("truncate")
        super().truncate(fd, size_bytes)

    def sync(self, fd: int) -> None:
        self._call("sync")
        super().sync(fd)

    def sync_folder(self, path: Path) -> None:
        self._call("sync_folder")
        super().sync_folder(path)

    def rename(self, path: Path, target: Path) -> None:
        self._call("rename")
        super().rename(path, target)

    def remove(self, path: Path) -> None:
        self._call("remove")
        super().remove(path)
