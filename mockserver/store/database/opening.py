"""Reading a database as it was left: the image, and of the journal what came after it, whole or not at all."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from mockserver.errors import DatabaseError
from mockserver.store.database.image import Image, read_image
from mockserver.store.database.segment import Read, read_batches, read_segment
from mockserver.value import dataclass

_LONGEST: Final = 999_999
"""No part of the journal is expected to have a number that is longer to write."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there was. `number` is the highest that a part of the journal has; `paths` are all of them."""

    image: Image | None
    batches: list[dict[str, Any]]
    sequence: int
    number: int
    paths: list[Path]
    journal_bytes: int
    notices: list[str]
    """What whoever serves it should know."""


def segment_path(path: Path, number: int) -> Path:
    """Where a part of the journal is."""
    return path.with_name(f"{path.name}.journal.{number}")


def read_database(path: Path) -> Found:
    """All there is of a database. *Raises* `DatabaseError`."""
    try:
        return _read(path)
    except OSError as error:
        raise DatabaseError(path, f"can't be read: {error.strerror}", "see to that, or name another file") from None


def _read(path: Path) -> Found:
    with suppress(FileNotFoundError):
        # Where its name would be too long, it is known now, and not with the first write.
        segment_path(path, _LONGEST).stat()
    image, numbers = read_image(path), _numbers(path)
    paths = [segment_path(path, number) for number in numbers]
    read = [one for one in map(read_segment, paths) if one is not None]
    if image is None:
        # What there may be was acknowledged to nobody: that waits for the first image.
        if any(one.is_behind_image for one in read):
            raise DatabaseError(path, "is not there, though its journal is", f"put it back, or remove {paths[0]}")
        return Found(None, [], 0, max(numbers, default=0), paths, 0, [])
    batches = list(_follow(image, [one for one in read if one.life == image.life]))
    notices = [
        f"{one.path}: its last line had no end, {one.torn_bytes} bytes: nobody was told that it is kept, and it is not"
        for one in read
        if one.torn_bytes
    ]
    size_bytes = sum(one.whole_bytes for one in read)
    return Found(image, batches, image.sequence + len(batches), max(numbers, default=0), paths, size_bytes, notices)


def _numbers(path: Path) -> list[int]:
    """The numbers of the parts of the journal, in order."""
    stem = f"{path.name}.journal."
    found = (one.name.removeprefix(stem) for one in path.parent.iterdir() if one.name.startswith(stem))
    return sorted(int(number) for number in found if number.isdecimal())


def _follow(image: Image, parts: list[Read]) -> Iterator[dict[str, Any]]:
    """The batches behind an image, each part of the journal beginning where the one before it ends."""
    sequence = image.sequence
    for part in parts:
        if part.after > sequence:
            missing = f"begins behind batch {part.after}, and batch {sequence + 1} is nowhere"
            raise DatabaseError(part.path, missing, "put back the file that is missing")
        for batch in read_batches(part, sequence):
            sequence = batch["n"]
            yield batch
