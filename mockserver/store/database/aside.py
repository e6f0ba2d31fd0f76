"""A file for documents that are not served any more: TinyDB reads it, and so does everything that reads JSON."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import orjson

from mockserver.messages import Json
from mockserver.store.database.disk import Disk


def put_aside(disk: Disk, path: Path, documents: Mapping[str, Sequence[Json]]) -> Path:
    """Write documents, by resource, to a new file beside that of a database. *Raises* `OSError`."""
    number = 1
    while (target := path.with_name(f"{path.stem}.aside-{number}.json")).exists():
        number += 1
    tables = {name: {str(place): one for place, one in enumerate(rows, 1)} for name, rows in documents.items()}
    fd = disk.create(target)
    try:
        disk.write_all(fd, orjson.dumps(tables, option=orjson.OPT_INDENT_2))
        disk.sync(fd)
    finally:
        disk.close(fd)
    disk.sync_folder(target.parent)
    return target
