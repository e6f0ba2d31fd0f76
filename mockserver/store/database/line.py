"""One line of a database's journal: JSON with a checksum of its own."""

import re
from typing import Any, Final
from zlib import crc32

import orjson

_LINE: Final = re.compile(rb'\{"crc":(\d{1,10}),"batch":(\{.*\})\}', re.DOTALL)


class DamagedLine(ValueError):
    """A line that is not as it was written."""


def write_line(batch: dict[str, Any]) -> bytes:
    """A batch as a line, its end included. It is made at every write."""
    content = orjson.dumps(batch)
    return b'{"crc":%d,"batch":%b}\n' % (crc32(content), content)


def read_line(line: bytes) -> dict[str, Any]:
    """The batch of a line without its end. *Raises* `DamagedLine`."""
    found = _LINE.fullmatch(line)
    if found is None or crc32(found[2]) != int(found[1]):
        raise DamagedLine
    batch: dict[str, Any] = orjson.loads(found[2])
    return batch
