"""One file of a database's journal: written line by line at its end, and read as far as it is whole.

Its first line says whose it is and what came before it; each of the others is one batch with the next number.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from mockserver.errors import DatabaseError
from mockserver.store.database.disk import Disk
from mockserver.store.database.line import DamagedLine, read_line, write_line
from mockserver.value import dataclass

FORMAT: Final = 1
"""The version of the files; one that is newer is left alone."""


class Segment:
    """A file that is written to."""

    __slots__ = ("_disk", "_is_torn", "fd", "has_ended", "is_synced", "path", "size_bytes")

    def __init__(self, disk: Disk, path: Path, head: dict[str, Any]) -> None:
        """Begin one. *Raises* `OSError`, and then nothing in it counts."""
        self._disk = disk
        self._is_torn = False
        self.path = path
        self.size_bytes = 0
        self.is_synced = True
        self.has_ended = False
        self.fd = disk.open(path)
        try:
            # It may be there already: from an attempt of before that failed, and could not be taken back.
            disk.truncate(self.fd, 0)
            self.append(write_line({"journal": FORMAT, **head}))
        except OSError:
            self.end()
            raise

    def append(self, line: bytes) -> None:
        """Put a line at the end. *Raises* `OSError`; then it is not there, and nothing can be put before that is so."""
        if self._is_torn:
            self._disk.truncate(self.fd, self.size_bytes)
            self._is_torn = False
        try:
            self._disk.write_all(self.fd, line)
        except OSError:
            self._is_torn = True
            raise
        self.size_bytes += len(line)
        self.is_synced = False

    def end(self) -> None:
        """Write to it no more; it may have ended."""
        if not self.has_ended:
            self.has_ended = True
            self._disk.close(self.fd)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a file: whose it is, what came before it, and how many bytes of it are whole."""

    path: Path
    life: str
    after: int
    is_behind_image: bool
    """Whether there was an image of this life when it began."""
    lines: list[bytes]
    whole_bytes: int
    torn_bytes: int


def read_segment(path: Path) -> Read | None:
    """A file as far as its lines have an end; nothing where not even the first one has. *Raises* `DatabaseError`."""
    content = path.read_bytes()
    *lines, torn = content.split(b"\n")
    if not lines:
        return None
    head = _read(path, lines[0], 1)
    if head.get("journal") != FORMAT:
        raise DatabaseError(
            path,
            "belongs to a newer version of mockserver",
            "serve it with that version, or name another file",
        )
    whole_bytes = len(content) - len(torn)
    return Read(path, head["life"], head["after"], head["behind_image"], lines[1:], whole_bytes, len(torn))


def read_batches(segment: Read, sequence: int) -> Iterator[dict[str, Any]]:
    """The batches behind a number, in order. *Raises* `DatabaseError` for what is not as it was written."""
    number = segment.after
    for place, line in enumerate(segment.lines, 2):
        batch = _read(segment.path, line, place)
        number += 1
        if batch.get("n") != number:
            raise _damaged(segment.path, place, f"batch {number} should stand there")
        if number > sequence:
            yield batch


def _read(path: Path, line: bytes, place: int) -> dict[str, Any]:
    try:
        return read_line(line)
    except DamagedLine:
        raise _damaged(path, place, "its checksum does not match") from None


def _damaged(path: Path, place: int, problem: str) -> DatabaseError:
    return DatabaseError(
        path,
        f"line {place} is damaged: {problem}",
        f"lines 1 to {place - 1} are good: keep a copy of all files, cut this one behind them to go on from there",
    )
