"""Queries and bodies as long as may be, of what a parser could go over again and again."""

from collections.abc import Iterator
from typing import Final

MOST_PARTS: Final = 90_000
"""How often something stands in a body: more values are refused for their number."""

_QUERIES: Final = {
    "a filter again and again": "id=1&",
    "a window again and again": "limit=1&",
    "names that nobody knows": "x{n}=1&",
    "values between commas": "id=1,1,1,1,1,1,1,1&",
    "a range": "whole[between]=1,2,3,4,5,6,7,8&",
    "orders": "sort=-id,whole,-id,whole&",
    "an order nobody knows": "sort=ab{n}&",
    "fields": "fields=id,text,maker.name&",
    "relations of relations": "embed=maker.things.maker.things.maker&",
    "indexes": "ids[{n}]=1&",
    "brackets": "filter[a{n}]=1&",
}
_WITHIN: Final = {
    "brackets that open": ("filter", "[", "=1"),
    "brackets that close": ("id", "]", "=1"),
    "operators of operators": ("whole", "_gte", "=1"),
    "one relation": ("embed=maker", ".things.maker", ""),
    "what looks like a pattern": ("text_like=", "(a+)+", "$"),
    "a search": ("q=", "a+", ""),
    "a filter in JSON": ("filter=", '{"and":[{"or":[', ""),
    "ids in JSON": ('filter={"id":[', "1,", "1]}"),
    "members in JSON": ("filter={", '"x{n}":1,', '"z":1}'),
    "a cursor": ("limit=1&cursor=", "WyJhIl0", ""),
    "digits": ("whole=", "9", ""),
    "percents": ("text=", "%2541", ""),
}
_BODIES: Final = {
    "members that nobody knows": ("{", '"x{n}":1,', '"z":1}'),
    "members to pass over": ("{", '"__x{n}":1,', '"__z":1}'),
    "members of an object": ('{"object":{', '"x{n}":1,', '"z":1}}'),
    "one member": ("{", '"text":"a",', '"text":"a"}'),
    "a long name": ('{"', "x", '":1}'),
    "a long text": ('{"text":"', "x", '"}'),
    "a text of escapes": ('{"text":"', "\\u0041", '"}'),
    "a long date": ('{"day":"', "2026-01-15", '"}'),
    "a list": ('{"list":[', '"a",', "1]}"),
    "references": ('{"maker_ids":[', "{n},", "1]}"),
    "documents": ("[", '{"text":1},', '{"text":1}]'),
    "documents with a name nobody knows": ("[", '{"texxt":1},', '{"texxt":1}]'),
    "documents of one id": ("[", '{"id":1},', '{"id":1}]'),
    "digits": ('{"whole":', "9", "}"),
    "lists of lists": ("", "[", ""),
    "objects of objects": ("", '{"a":', ""),
}


def _fill(before: str, unit: str, after: str, length: int) -> str:
    count = min((length - len(before) - len(after)) // len(unit.replace("{n}", "00000")), MOST_PARTS)
    if "{n}" not in unit:
        return before + unit * (count if len(unit) > 1 else length - len(before) - len(after)) + after
    return before + "".join(unit.replace("{n}", str(number)) for number in range(count)) + after


def long_queries(length: int) -> Iterator[tuple[str, str]]:
    """Each so long, with what it is of."""
    for what, unit in _QUERIES.items():
        yield what, _fill("", unit, "", length)
    for what, (before, unit, after) in _WITHIN.items():
        yield what, _fill(before, unit, after, length)


def long_bodies(length: int) -> Iterator[tuple[str, bytes]]:
    """Each so long, with what it is of."""
    for what, (before, unit, after) in _BODIES.items():
        yield what, _fill(before, unit, after, length).encode()
