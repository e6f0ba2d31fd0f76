"""The uploaded files of a database: each once, under its digest, in a folder beside it.

A file is there before the document that holds it, and goes when no document of an image does.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from hashlib import sha256
from pathlib import Path

from mockserver.store.database.disk import Disk


class Files:
    """Those of one database."""

    __slots__ = ("_disk", "_folder", "_idle", "_there", "_unsynced")

    def __init__(self, disk: Disk, path: Path) -> None:
        self._disk = disk
        self._folder = path.with_name(f"{path.name}.files")
        self._there = {one.name for one in self._folder.iterdir()} if self._folder.is_dir() else set()
        self._idle: set[str] = set()
        self._unsynced: list[str] = []

    def put(self, digest: str, content: bytes) -> None:
        """Keep a file, unless it is kept already. *Raises* `OSError`; it is not there then."""
        self._idle.discard(digest)
        if digest in self._there:
            return
        self._folder.mkdir(exist_ok=True)
        new = self._folder / f"{digest}.new"
        try:
            self._write(new, content)
            self._disk.rename(new, self._folder / digest)
        except OSError:
            with suppress(OSError):
                self._disk.remove(new)
            raise
        self._there.add(digest)
        self._unsynced.append(digest)

    def _write(self, path: Path, content: bytes) -> None:
        fd = self._disk.create(path)
        try:
            self._disk.write_all(fd, content)
        finally:
            self._disk.close(fd)

    def get(self, digest: str) -> bytes | None:
        """The bytes of a file, where it is there as it was."""
        try:
            content = (self._folder / digest).read_bytes()
        except FileNotFoundError:
            return None
        return content if sha256(content).hexdigest() == digest else None

    def sync(self) -> Iterator[Callable[[], None]]:
        """What makes all of them survive a loss of power. It *raises* `OSError`; they are to be put again then."""
        digests, self._unsynced = self._unsynced, []
        if digests:
            yield partial(self._sync, digests)

    def _sync(self, digests: list[str]) -> None:
        try:
            for digest in digests:
                self._sync_one(digest)
            for folder in (self._folder, self._folder.parent):
                self._disk.sync_folder(folder)
        except OSError:
            # The system has told of it once: to sync them again would succeed, and mean nothing.
            self._there.difference_update(digests)
            raise

    def _sync_one(self, digest: str) -> None:
        fd = self._disk.open(self._folder / digest)
        try:
            self._disk.sync(fd)
        finally:
            self._disk.close(fd)

    def keep(self, files: Mapping[str, bytes]) -> Iterator[Callable[[], None]]:
        """Have all of these, safely; in steps, as they may be large. Others are idle unless they are put again."""
        self._idle = self._there - files.keys()
        for digest, content in files.items():
            if digest not in self._there:
                yield partial(self.put, digest, content)
        yield from self.sync()

    def drop_idle(self) -> Iterator[Callable[[], None]]:
        """Remove those that are idle."""
        while self._idle:
            digest = self._idle.pop()
            gone = self._folder / f"{digest}.gone"
            # It may be put again while what takes long is being done: that must not be what is removed.
            with suppress(FileNotFoundError):
                self._disk.rename(self._folder / digest, gone)
            self._there.discard(digest)
            yield partial(self._disk.remove, gone)
