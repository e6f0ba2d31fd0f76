"""A file for documents that are not served any more: TinyDB reads it, and so does everything that reads JSON."""

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import orjson

from mockserver.messages import Json
from mockserver.store.database.disk import Disk


def put_aside(disk: Disk, path: Path, documents: Mapping[str, Sequence[Json]]) -> Path:
    """Write documents, by resource, to a new file beside that of a database. *Raises* `OSError`; there is none then."""
    number = 1
    while os.path.lexists(target := path.with_name(f"{path.stem}.aside-{number}.json")):
        number += 1
    tables = {name: {str(place): one for place, one in enumerate(rows, 1)} for name, rows in documents.items()}
    try:
        _write(disk, target, orjson.dumps(tables, option=orjson.OPT_INDENT_2))
    except OSError:
        # Half of it is of no use, and the next start would put all of it beside that.
        with suppress(OSError):
            disk.remove(target)
        raise
    return target


def _write(disk: Disk, path: Path, content: bytes) -> None:
    fd = disk.create(path)
    try:
        disk.write_all(fd, content)
        disk.sync(fd)
    finally:
        disk.close(fd)
    disk.sync_folder(path.parent)
