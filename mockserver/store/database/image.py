"""The TinyDB file of a database: all documents as they were at one moment, a table a resource, and one of our own.

TinyDB reads it; documents are numbered there by their places. What stands last in it is a checksum of all the rest.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final
from zlib import crc32

import orjson

from mockserver.errors import DatabaseError
from mockserver.store.facts import Facts, Shelf
from mockserver.value import dataclass

TABLE: Final = "_mockserver"
"""The table that holds what is known of the documents beside what stands in them."""
FORMAT: Final = 1
_SLICE_BYTES: Final = 128 * 1024
"""About so much is written at a time: whoever serves meanwhile waits for no more."""
_SLICE: Final = 500
_HEAD: Final = "1"


@dataclass(frozen=True, slots=True)
class State:
    """All there is to be kept at one moment."""

    shelves: Mapping[str, Shelf]
    files: Mapping[str, bytes]
    """What was uploaded and is held by a document, by digest."""
    about: Mapping[str, Any]
    """Of which definition they are, and what else has to be known to go on from them."""


@dataclass(frozen=True, slots=True)
class Image:
    """A file as it was found: of which life of the database, and up to which batch of its journal."""

    life: str
    sequence: int
    saved_at: str
    about: dict[str, Any]
    shelves: dict[str, Shelf]
    size_bytes: int


def write_image(state: State, life: str, sequence: int, saved_at: str) -> Iterator[bytes]:
    """The bytes of a file, in pieces that are made one after the other, each quickly."""
    crc, size_bytes = 0, 0
    for piece in _pieces(state):
        crc, size_bytes = crc32(piece, crc), size_bytes + len(piece)
        yield piece
    head = {
        "format": FORMAT, "life": life, "sequence": sequence, "saved_at": saved_at, "about": state.about,
        "bytes": size_bytes,
    }  # fmt: skip
    yield b'"%b":%b}}\n' % (_HEAD.encode(), orjson.dumps({**head, "crc": crc32(orjson.dumps(head), crc)}))


def _pieces(state: State) -> Iterator[bytes]:
    """Everything before the head."""
    yield b"{"
    for name, shelf in state.shelves.items():
        yield b"%b:{" % orjson.dumps(name)
        yield from _members((str(place), row) for place, row in enumerate(shelf.rows, 1))
        yield b"},"
    yield b'"%b":{' % TABLE.encode()
    facts = (one for name, shelf in state.shelves.items() for one in _facts(name, shelf.facts))
    end = b""
    for piece in _members((str(number), one) for number, one in enumerate(facts, 2)):
        end = b","
        yield piece
    yield end


def _members(pairs: Iterator[tuple[str, Any]]) -> Iterator[bytes]:
    """The members of an object without its braces, some at a time."""
    count, comma = 1, b""
    while some := dict(islice(pairs, count)):
        text = orjson.dumps(some)[1:-1]
        # Documents may be of any size: as many next time as these suggest.
        count = max(1, min(1000, count * _SLICE_BYTES // len(text)))
        yield comma + text
        comma = b","


def _facts(name: str, facts: Facts) -> Iterator[dict[str, Any]]:
    """What is known of a collection, in documents of the table that is ours."""
    yield {
        "resource": name, "version": facts.version, "floor": facts.floor, "numbered": facts.numbered,
        "highest": facts.highest,
    }  # fmt: skip
    written = ([key, version, facts.modified.get(key)] for key, version in facts.versions.items())
    while some := list(islice(written, _SLICE)):
        yield {"resource": name, "written": some}
    buried = iter(facts.buried.values())
    while kept := list(islice(buried, _SLICE)):
        yield {"resource": name, "buried": kept}


def read_image(path: Path) -> Image | None:
    """A file as it was written; nothing where there is none. *Raises* `DatabaseError`, `OSError`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    if not content.strip():
        raise DatabaseError(path, "is empty", "remove it to begin anew, or put a copy back")
    tables = _parse(path, content)
    head = _read_head(path, tables, content)
    known: dict[str, list[dict[str, Any]]] = {}
    for number, fact in tables.pop(TABLE).items():
        if number != _HEAD:
            known.setdefault(fact["resource"], []).append(fact)
    shelves = {name: Shelf(list(rows.values()), _read_facts(known[name])) for name, rows in tables.items()}
    return Image(head["life"], head["sequence"], head["saved_at"], head["about"], shelves, len(content))


def _parse(path: Path, content: bytes) -> dict[str, Any]:
    try:
        tables = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        problem = f"is not JSON (line {error.lineno}, column {error.colno})"
        raise DatabaseError(path, problem, "name another file, or put a copy back") from None
    if isinstance(tables, dict) and isinstance(tables.get(TABLE), dict) and _HEAD in tables[TABLE]:
        return tables
    raise DatabaseError(
        path,
        "is not a database of mockserver, though it is JSON",
        "name another file: this one is left as it is; collections as json-server has them are served as the PATH",
    )


def _read_head(path: Path, tables: dict[str, Any], content: bytes) -> dict[str, Any]:
    head: dict[str, Any] = tables[TABLE][_HEAD]
    if not isinstance(head, dict) or head.get("format") != FORMAT:
        problem = "belongs to a newer version of mockserver"
        raise DatabaseError(path, problem, "serve it with that version, or name another file")
    if not _is_as_written(head, content):
        problem = "is damaged, or was changed by another program: its checksum does not match"
        raise DatabaseError(path, problem, "put a copy back, or remove it with its journal to begin anew")
    return head


def _is_as_written(head: dict[str, Any], content: bytes) -> bool:
    said = {**head}
    crc, size_bytes = said.pop("crc", None), said.get("bytes")
    return isinstance(size_bytes, int) and crc == crc32(orjson.dumps(said), crc32(memoryview(content)[:size_bytes]))


def _read_facts(known: list[dict[str, Any]]) -> Facts:
    numbers = {name: value for name, value in known[0].items() if name != "resource"}
    written = [one for fact in known for one in fact.get("written", ())]
    return Facts(
        **numbers,
        versions={key: version for key, version, _ in written},
        modified={key: datetime.fromisoformat(text) for key, _, text in written if text is not None},
        buried={row["id"]: row for fact in known for row in fact.get("buried", ())},
    )
