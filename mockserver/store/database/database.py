"""A database: the image of all documents in its file, and the journal of the batches that came after it.

A batch is in the journal before anybody learns of it. The image is written anew now and then, beside the one there is,
and takes its place at once; the parts of the journal that it covers go then. Whatever puts other documents in the place
of all of them begins another *life* of the database: until its image is there, the file and the journal are those of
the life before, so that whoever reads them finds the one or the other. Knows nothing of what batches say, nor of
threads: it is used by one at a time, but for the calls that `rewrite` and `sync` hand out.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import Any, Final, TypeAlias

from mockserver.definitions.quantity import write_instant
from mockserver.messages import Json
from mockserver.store.database.disk import Disk
from mockserver.store.database.files import Files
from mockserver.store.database.image import State, write_image
from mockserver.store.database.line import write_line
from mockserver.store.database.lock import FileLock
from mockserver.store.database.opening import Found, read_database, segment_path
from mockserver.store.database.segment import Segment

Do: TypeAlias = Callable[[Callable[[], object]], object]
"""Makes a call, and comes back when it is done; it *raises* what that does."""
_LEAST_BYTES: Final = 4 * 1024 * 1024
_SHARE: Final = 0.5
"""The image is written anew when the journal is longer than this, and than this share of it."""


class Database:
    """One that is open, and nobody else's until it is closed. `on_begin` is called when another life begins.

    With `syncs`, what is acknowledged is to survive a loss of power: whoever acknowledges it calls `sync` before.
    """

    def __init__(self, path: Path, *, syncs: bool = False, disk: Disk | None = None) -> None:
        """Open a file, or begin one where there is none. *Raises* `DatabaseError`; nothing has changed then."""
        self.disk = disk or Disk()
        self.syncs = syncs
        # Where links lead round in a circle, this goes on: what is wrong is said by whoever reads.
        self.path = Path(os.path.realpath(path))
        self._lock = FileLock(self.path)
        try:
            self.found: Found = read_database(self.path)
            self.files = Files(self.disk, self.path)
        except BaseException:
            self._lock.release()
            raise
        image = self.found.image
        self._life = token_hex(8) if image is None else image.life
        self._image_bytes = 0 if image is None else image.size_bytes
        self.covered = 0 if image is None else image.sequence
        """The number of the last batch that the image has."""
        self.saved_at = None if image is None else image.saved_at
        self.sequence = self.found.sequence
        self._left = self.found.paths
        self._left_bytes = self.found.journal_bytes
        self._segment: Segment | None = None
        self._segments: list[Segment] = []
        self._number = self.found.number
        self._is_folder_synced = True
        self.is_begun = image is not None
        """Whether the image of this life is there."""
        self._failures: dict[str, str] = {}
        self.is_barred = False
        """Whether nothing is written before the image is: what is in the journal may not be there after all."""
        self._doubts = 0
        self.on_begin: Callable[[], None] = lambda: None

    # Writing.

    @property
    def failing(self) -> str | None:
        """Why something could not be written, as long as it can't."""
        return next(iter(self._failures.values()), None)

    def forget(self) -> None:
        """Hold what was found no longer: whoever has opened it has it now."""
        self.found = replace(self.found, image=None, batches=[])

    def append(self, batch: dict[str, Any]) -> None:
        """Number a batch, and put it at the end of the journal. *Raises* `OSError`; the journal is then as it was."""
        if self.is_barred:
            raise OSError(self.failing)
        batch["n"] = self.sequence + 1
        line = write_line(batch)
        try:
            (self._segment or self._open_segment()).append(line)
        except OSError as error:
            self._failures["journal"] = _told(error)
            raise
        self.sequence += 1
        if self._failures:
            self._failures.pop("journal", None)

    def _open_segment(self) -> Segment:
        """A new part of the journal."""
        head = {"life": self._life, "after": self.sequence, "behind_image": self.is_begun}
        self._retire()
        made = Segment(self.disk, segment_path(self.path, self._number + 1), head)
        self._number += 1
        self._segments.append(made)
        self._segment = made
        self._is_folder_synced = False
        return made

    def _retire(self) -> None:
        """Hold no file open that nothing waits for: as long as the image fails, there are ever more of them."""
        for one in self._segments:
            if one.is_synced or not self.syncs:
                one.end()

    def begin(self) -> None:
        """Other documents have taken the place of all there were: another life, whose image is yet to be written."""
        self._life = token_hex(8)
        self._segment = None
        self.is_begun = False
        self.is_barred = False
        self.on_begin()

    def sync(self) -> Callable[[], None]:
        """What makes everything appended so far survive a loss of power; any thread may call it.

        It *raises* `OSError`; then `doubt` is to be told.
        """
        dirty = [one for one in self._segments if not one.is_synced]
        # Copies: the journal may go on, and this part of it may be closed, while this waits.
        copies = [os.dup(one.fd) for one in dirty]
        for one in dirty:
            one.is_synced = True
        folder = None if self._is_folder_synced else self.path.parent
        self._is_folder_synced = True
        return partial(_sync, self.disk, [*self.files.sync()], copies, folder)

    def doubt(self, error: OSError) -> None:
        """The system could not say that the journal is kept: nothing more goes into it before the image is written."""
        self._failures["journal"] = _told(error)
        self.is_barred = True
        self._doubts += 1

    # The image.

    @property
    def is_due(self) -> bool:
        """Whether the image is to be written anew; what an earlier process has left behind it is taken in at once."""
        is_long = self.journal_bytes > max(_LEAST_BYTES, self._image_bytes * _SHARE)
        return not self.is_begun or self.is_barred or is_long or bool(self._left)

    @property
    def is_ahead(self) -> bool:
        """Whether there is anything that the image does not have."""
        return not self.is_begun or self.is_barred or self.sequence > self.covered

    @property
    def journal_bytes(self) -> int:
        """How long the journal is."""
        return self._left_bytes + sum(one.size_bytes for one in self._segments)

    def rewrite(self, state: State, do: Do) -> None:
        """Write the image anew. `state` is as everything is now; batches may be appended while it is being written.

        `do` makes the calls that wait for the disk; any thread may. *Raises* `OSError`; the image and all that is
        appended meanwhile are then as they would be without.
        """
        life, sequence, doubts = self._life, self.sequence, self._doubts
        saved_at = write_instant(datetime.now(UTC))
        covered, self._segment = self._segments.copy(), None
        try:
            for step in self.files.keep(state.files):
                do(step)
            size_bytes = self._replace(write_image(state, life, sequence, saved_at), do)
        except OSError as error:
            self._failures["image"] = _told(error)
            self.is_barred = self.is_barred or (life == self._life and not self.is_begun)
            raise
        self._image_bytes, self.saved_at, self.covered = size_bytes, saved_at, sequence
        if life == self._life:
            if not self.is_begun:
                # The part of the journal that is there already says that it has no image.
                self._segment, self.is_begun = None, True
            self.is_barred = self.is_barred and doubts != self._doubts
            self._failures.clear()
        for step in self.files.drop_idle():
            do(step)
        self._drop(covered, do)

    def _replace(self, pieces: Iterator[bytes], do: Do) -> int:
        """Put a new file in the place of the image; how many bytes it has."""
        temporary = self.path.with_name(f"{self.path.name}.new")
        try:
            size_bytes = self._write(temporary, pieces, do)
            do(partial(self.disk.rename, temporary, self.path))
            do(partial(self.disk.sync_folder, self.path.parent))
        except OSError:
            # What room it has taken is wanted for the journal.
            with suppress(OSError):
                self.disk.remove(temporary)
            raise
        return size_bytes

    def _write(self, path: Path, pieces: Iterator[bytes], do: Do) -> int:
        """Write a new file safely; how many bytes it has."""
        fd, size_bytes = self.disk.create(path), 0
        try:
            for piece in pieces:
                do(partial(self.disk.write_all, fd, piece))
                size_bytes += len(piece)
            do(partial(self.disk.sync, fd))
        finally:
            self.disk.close(fd)
        return size_bytes

    def _drop(self, covered: list[Segment], do: Do) -> None:
        """Remove what of the journal the image has."""
        self._segments = [one for one in self._segments if one not in covered]
        for segment in covered:
            segment.end()
        self._left, self._left_bytes = [*self._left, *(one.path for one in covered)], 0
        while self._left:
            do(partial(self.disk.remove, self._left[-1]))
            self._left.pop()

    def describe(self) -> dict[str, Json]:
        """As it is told."""
        return {
            "file": str(self.path), "journal_bytes": self.journal_bytes, "snapshot_at": self.saved_at,
            "failing": self.failing,
        }  # fmt: skip

    def close(self) -> None:
        """Let others have it: whoever still writes is refused."""
        self._failures["journal"], self.is_barred = "it is closed", True
        for segment in self._segments:
            segment.end()
        self._segments, self._segment = [], None
        self._lock.release()


def _sync(disk: Disk, files: list[Callable[[], None]], copies: list[int], folder: Path | None) -> None:
    try:
        for sync in files:
            sync()
        for fd in copies:
            disk.sync(fd)
        if folder is not None:
            disk.sync_folder(folder)
    finally:
        for fd in copies:
            disk.close(fd)


def _told(error: OSError) -> str:
    return error.strerror or str(error)
