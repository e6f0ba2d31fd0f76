"""New files that are there whole or not at all, and that never take the place of one that is there."""

import os
from pathlib import Path


def create_file(path: Path, text: str) -> None:
    """A new UTF-8 file with `\\n` line ends. *Raises* `FileExistsError`, `OSError`; then nothing is left behind."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        _take_name(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def _take_name(draft: Path, path: Path) -> None:
    try:
        # Unlike a rename, a link never replaces what another process has put there meanwhile.
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links.
        if path.exists() or path.is_symlink():
            raise FileExistsError(path) from None
        draft.rename(path)
