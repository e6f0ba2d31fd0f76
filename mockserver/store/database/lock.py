"""A database is one process's at a time: a file beside it that is locked for as long as it is open."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_ISDIR, S_ISREG

from mockserver.errors import DatabaseError


class FileLock:
    """The lock on a database. The system lets go of it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        """Take it. *Raises* `DatabaseError` where another has it, or where nothing can be written."""
        import fcntl  # noqa: PLC0415 - not every system has it, and most who serve don't ask for it

        _verify(path)
        beside = path.with_name(f"{path.name}.lock")
        try:
            self._fd = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise _refused(path, error) from None
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._fd, 20, 0).decode("ascii", "replace").strip()
            os.close(self._fd)
            problem = f"is in use{holder and f' by process {holder}'}"
            raise DatabaseError(path, problem, "end that, or name another file") from None
        except OSError as error:
            os.close(self._fd)
            raise _refused(path, error) from None
        with suppress(OSError):
            # Only to be told: with a full disk there is a lock all the same.
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, b"%d\n" % os.getpid(), 0)

    def release(self) -> None:
        """Let others have it."""
        os.close(self._fd)


def _verify(path: Path) -> None:
    """Look at what is there by that name. Reading a pipe would wait for whoever writes to it."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise _refused(path, error) from None
    if S_ISDIR(mode):
        raise DatabaseError(path, "is a folder", "name a file in it")
    if not S_ISREG(mode):
        raise DatabaseError(path, "is a device or a pipe", "name a file")
    if not os.access(path, os.W_OK):
        raise DatabaseError(path, "can't be written to", "give yourself the right to, or work with a copy")


def _refused(path: Path, error: OSError) -> DatabaseError:
    folder = path.parent
    if not os.path.lexists(folder):
        return DatabaseError(path, "has no folder to be in", f"make {folder} first")
    return DatabaseError(path, f"can't be kept in {folder}: {error.strerror}", "name a file where you may write")
