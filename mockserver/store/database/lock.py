"""A database is one process's at a time: a file beside it that is locked for as long as it is open."""

import os
from contextlib import suppress
from pathlib import Path

from mockserver.errors import DatabaseError


class FileLock:
    """The lock on a database. The system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Take it. *Raises* `DatabaseError` where another has it, or where nothing can be written."""
        import fcntl  # noqa: PLC0415 - not every system has it, and most who serve don't ask for it

        if path.is_dir():
            raise DatabaseError(path, "is a folder", "name a file in it")
        if path.exists() and not os.access(path, os.W_OK):
            raise DatabaseError(path, "can't be written to", "give yourself the right to, or work with a copy")
        beside = path.with_name(f"{path.name}.lock")
        try:
            self._fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _refused(path, error) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(self._fd, 20, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            problem = f"is in use{holder and f' by process {holder}'}"
            raise DatabaseError(path, problem, "end that, or name another file") from None
        with suppress(OSError):
            # Only to be told: with a full disk there is a lock all the same.
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let others have it."""
        os.close(self._fd)


def _refused(path: Path, error: OSError) -> DatabaseError:
    folder = path.parent
    if not folder.is_dir():
        return DatabaseError(path, "has no folder to be in", f"make {folder} first")
    return DatabaseError(path, f"can't be kept in {folder}: {error.strerror}", "name a file where you may write")
