"""Reads `Accept` (RFC 9110 §12.5.1): the media ranges a client takes."""

import re
from functools import lru_cache

_RANGE = re.compile(r"\s*([\w!#$&^.+*-]+/[\w!#$&^.+*-]+)\s*((?:;[^,]*)?)", re.ASCII)
_REFUSED = re.compile(r";\s*q\s*=\s*0(\.0{0,3})?\s*(;|$)", re.IGNORECASE)


@lru_cache(maxsize=256)
def accepted_ranges(header: str | None) -> tuple[str, ...]:
    """The ranges with a weight above 0, lower case; everything when nothing readable is said.

    A more specific range with weight 0 takes JSON out of a wider one: `application/json;q=0, */*`.
    """
    if header is None or not header.strip():
        return ("*/*",)
    found = [part for text in header.split(",") if (part := _RANGE.fullmatch(text)) is not None]
    if not found:
        return ("*/*",)
    refused = {part[1].lower() for part in found if _REFUSED.search(part[2])}
    taken = tuple(part[1].lower() for part in found if not _REFUSED.search(part[2]))
    if "application/json" in refused:
        return tuple(one for one in taken if "*" not in one)
    if "application/*" in refused:
        return tuple(one for one in taken if one != "*/*")
    return taken
