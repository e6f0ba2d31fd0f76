"""Reads windows: `limit` and `offset`, `page_number` and `page_size`, `cursor` and `limit`, in whatever spelling."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import orjson

from mockserver.messages import Key
from mockserver.query.compare import Unreadable
from mockserver.query.parameters import Parameters
from mockserver.query.query import Window
from mockserver.query.spelling import PageRules

_FARTHEST: Final = 2**53 - 1
_UNBOUNDED_PAGE: Final = 10
"""The size of a page asked for by number where nothing else gives one."""


def write_cursor(offset: int, last: Key) -> str:
    """The opaque place after the document `last`, which stood just before `offset`."""
    return urlsafe_b64encode(orjson.dumps([offset, last])).decode().rstrip("=")


def read_cursor(text: str) -> tuple[int, Key]:
    """*Raises* `Unreadable` for anything `write_cursor` does not write."""
    try:
        offset, last = orjson.loads(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        raise Unreadable("must be a cursor that an answer gave") from None
    if type(offset) is not int or offset < 0 or type(last) not in (int, str):
        raise Unreadable("must be a cursor that an answer gave")
    return offset, last


def read_window(parameters: Parameters, paging: PageRules, least: int) -> Window:
    """The window asked for, or the default one; what is wrong with it is noted."""
    limit = parameters.number("limit", least, paging.largest)
    size = parameters.number("size", max(1, least), paging.largest)
    offset = parameters.number("offset", 0, _FARTHEST)
    page = parameters.number("page", paging.first, _FARTHEST)
    if limit is not None and size is not None:
        parameters.fail(size[0], f"says again what '{limit[0]}' says")
    if page is not None and offset is not None:
        parameters.fail(offset[0], f"can't be combined with '{page[0]}'")
    chosen = size or limit
    length = chosen[1] if chosen else paging.default
    if "cursor" in parameters.given:
        return _by_cursor(parameters, length, page or offset)
    numbered = paging.numbered and limit is None and length is not None
    if page is not None or (offset is None and (size is not None or numbered)):
        number, length = (page[1] - paging.first + 1 if page else 1), (length or _UNBOUNDED_PAGE)
        return Window((number - 1) * length, length, number)
    return Window(offset[1] if offset else 0, length)


def _by_cursor(parameters: Parameters, length: int | None, other: tuple[str, int] | None) -> Window:
    found = parameters.one("cursor")
    if other is not None:
        parameters.fail(other[0], "can't be combined with a cursor")
    if found is None or not found[1]:
        return Window(0, length, by_cursor=True)
    try:
        offset, last = read_cursor(found[1])
    except Unreadable as error:
        parameters.fail(found[0], str(error))
        return Window()
    return Window(offset, length, after=last, by_cursor=True)
