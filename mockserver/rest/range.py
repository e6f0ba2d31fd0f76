"""Parts of bytes that are asked for by `Range` and `If-Range` (RFC 9110 §13.1.5, §14). Knows no bytes."""

import re

from mockserver.errors import RangeNotSatisfiable
from mockserver.rest.conditional import State

_RANGES = re.compile(r"bytes\s*=\s*(.*)", re.IGNORECASE)
_RANGE = re.compile(r"(\d{0,18})-(\d{0,18})", re.ASCII)


def part_asked(asked: str, held: str | None, state: State, size: int) -> range | None:
    """The one part to send of so many bytes, nothing for the whole; `held` is what `If-Range` says.

    Several parts are answered with the whole, as §14.2 allows. *Raises* `RangeNotSatisfiable`.
    """
    found = _RANGES.fullmatch(asked.strip())
    if found is None or not _holds(held, state):
        return None
    parts = []
    for text in (one.strip() for one in found[1].split(",")):
        bounds = _RANGE.fullmatch(text)
        if bounds is None or text == "-" or (bounds[1] and bounds[2] and int(bounds[1]) > int(bounds[2])):
            return None  # a Range that can't be read is passed over
        parts.append(_within(bounds[1], bounds[2], size))
    satisfiable = [part for part in parts if part]
    if not satisfiable:
        said = {"Content-Range": f"bytes */{size}"}
        raise RangeNotSatisfiable(f"There are {size} bytes, and none of those asked for.", headers=said)
    return satisfiable[0] if len(parts) == 1 else None


def content_range(part: range, size: int) -> str:
    """A part as `Content-Range` says it."""
    return f"bytes {part.start}-{part.stop - 1}/{size}"


def _within(first: str, last: str, size: int) -> range:
    if not first:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _holds(held: str | None, state: State) -> bool:
    """Whether `If-Range` lets a part be sent: by strong comparison, or by the very date."""
    if held is None:
        return True
    if held.lstrip().startswith(("W/", '"')):
        return held.strip() == state.tag
    return ("Last-Modified", held.strip()) in state.headers()
