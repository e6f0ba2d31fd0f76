"""Watching the files of a definition: by a look at each now and then, and told apart by content, never by time alone.

Only files that were named, or that lie in a folder that was, are looked at. Knows nothing of what they hold.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Final, TypeAlias

from mockserver.definitions.textfile import find_files
from mockserver.errors import DefinitionError

LOOK_EVERY_S: Final = 0.1
_STILL_LOOKS: Final = 2
"""So many looks in a row must find the same: an editor may not have finished."""
_HOLE_LOOKS: Final = 5
"""The same where a file has vanished or is empty, which it may only be between two steps of saving it."""
_CLOSE_LOOKS: Final = 10
"""So many looks after a sign of change read the contents: two writes in one tick of the clock leave one sign."""
_PIECE_BYTES: Final = 1024 * 1024
_EMPTY: Final = b""

Stamp: TypeAlias = tuple[int, int, int, int] | None
Content: TypeAlias = bytes | None
"""A digest; nothing where there is no file that can be read."""


class FileWatch:
    """The definition files at these paths, folders included; what they hold now counts as loaded.

    A look may block on a slow disk, so it belongs into a thread.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self.paths = tuple(paths)
        self._stamps = self._read_stamps()
        self._loaded = self._read_contents()
        self._found: Mapping[str, Content] = self._loaded
        self._looks = 0
        self._close = _CLOSE_LOOKS

    def look(self) -> bool:
        """Whether the files hold something else than what was loaded, and have come to rest."""
        stamps = self._read_stamps()
        if stamps != self._stamps:
            self._stamps, self._close = stamps, _CLOSE_LOOKS
        if self._close == 0 and self._found == self._loaded:
            return False
        self._close = max(0, self._close - 1)
        found = self._read_contents()
        self._looks = self._looks + 1 if found == self._found else 1
        self._found = found
        return found != self._loaded and self._looks >= (_HOLE_LOOKS if self._has_hole() else _STILL_LOOKS)

    def has_moved(self) -> bool:
        """Whether the files changed since the last look: what was read of them in the meantime may be a mixture."""
        return self._read_stamps() != self._stamps or self._read_contents() != self._found

    def accept(self) -> None:
        """Take what was found at the last look as loaded."""
        self._loaded = self._found

    def _has_hole(self) -> bool:
        return any(not self._found.get(name) for name, content in self._loaded.items() if content)

    def _read_stamps(self) -> Mapping[str, Stamp]:
        return {str(path): _stamp(path) for path in self._files()}

    def _read_contents(self) -> Mapping[str, Content]:
        return {str(path): _digest(path) for path in self._files()}

    def _files(self) -> list[Path]:
        files: list[Path] = []
        for path in self.paths:
            try:
                files += find_files(path)
            except DefinitionError:
                files.append(path)
        return files


def _stamp(path: Path) -> Stamp:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _digest(path: Path) -> Content:
    digest, size = blake2b(digest_size=16), 0
    try:
        if not path.is_file():  # a pipe would be waited for
            return None
        with path.open("rb") as file:
            while piece := file.read(_PIECE_BYTES):
                size += len(piece)
                digest.update(piece)
    except (OSError, ValueError):
        return None
    return digest.digest() if size else _EMPTY
