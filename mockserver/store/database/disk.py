"""What is asked of the operating system to keep a database: one call a method, so that each of them may fail.

Blocks for as long as the system does. Knows nothing of what is written.
"""

import os
from pathlib import Path


class Disk:
    """Files by their descriptors. Every method *raises* `OSError`."""

    def create(self, path: Path) -> int:
        """A new file to be written; what is in one of its name is gone."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)

    def open(self, path: Path) -> int:
        """A file to be written at its end, made where there is none."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def write(self, fd: int, data: bytes) -> int:
        """Write as much as there is room for; how many bytes that was."""
        return os.write(fd, data)

    def close(self, fd: int) -> None:
        """Have done with a file."""
        os.close(fd)

    def truncate(self, fd: int, size_bytes: int) -> None:
        """Let a file end sooner."""
        os.ftruncate(fd, size_bytes)

    def sync(self, fd: int) -> None:
        """Wait until a file's bytes would survive a loss of power."""
        # Not every system has the cheaper one.
        getattr(os, "fdatasync", os.fsync)(fd)

    def sync_folder(self, path: Path) -> None:
        """Wait until the names in a folder would."""
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)

    def rename(self, path: Path, target: Path) -> None:
        """Put a file in the place of another, at once or not at all."""
        path.replace(target)

    def remove(self, path: Path) -> None:
        """Take a file away; there may be none."""
        path.unlink(missing_ok=True)

    def write_all(self, fd: int, data: bytes) -> None:
        """Write everything; some of it may be there when this fails."""
        written = self.write(fd, data)
        while written < len(data):
            written += self.write(fd, data[written:])
