"""Where things stand in a JSON text. Read again only when somebody asks, which is when something is wrong.

Knows JSON and positions; nothing of what the values mean.
"""

import json
import re
from collections.abc import Sequence
from typing import Final

from mockserver.definitions.scalar import Step
from mockserver.definitions.textfile import TextFile, place_after
from mockserver.errors import DefinitionProblem

_ESCAPE = re.compile(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|.)", re.DOTALL)
_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


def find_value(text: str, where: Sequence[Step]) -> tuple[int, int]:
    """Where a key and its value begin in a text that is JSON; an item of a list has no key but itself.

    As near as there is one: a way that leads nowhere ends at the last step that there is.
    """
    key = place = _skip(text, 0)
    for step in where:
        try:
            found = _find_step(text, place, step)
        except RecursionError:
            found = None  # what stands before it nests too deep to be passed over
        if found is None:
            break
        key, place = found
    return key, place


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def _find_step(text: str, place: int, step: Step) -> tuple[int, int] | None:
    opening = text[place : place + 1]
    if opening == "{":
        return _find_member(text, place + 1, step)
    return _find_item(text, place + 1, step) if opening == "[" and isinstance(step, int) else None


def _find_member(text: str, place: int, name: Step) -> tuple[int, int] | None:
    """The last member of that name, as readers of JSON have it."""
    found: tuple[int, int] | None = None
    place = _skip(text, place)
    while text[place] == '"':
        key, end = _DECODER.raw_decode(text, place)
        value = _skip(text, _skip(text, end) + 1)
        if key == name:
            found = place, value
        place = _next(text, value)
    return found


def _find_item(text: str, place: int, number: int) -> tuple[int, int] | None:
    place = _skip(text, place)
    for _ in range(number):
        if text[place] == "]":
            return None
        place = _next(text, place)
    return None if text[place] == "]" else (place, place)


def _next(text: str, value: int) -> int:
    """Where what follows a value begins: another one, or the end of what holds them."""
    place = _skip(text, _DECODER.raw_decode(text, value)[1])
    return _skip(text, place + 1) if text[place] == "," else place


def spell_as_yaml(text: str) -> str:
    """A JSON text as a reader of YAML takes it, with everything in the lines where it was.

    YAML 1.2 is said to hold all of JSON, but its readers know no halves of characters and no tabs between values.
    *Source* RFC 8259 §7.
    """
    return _ESCAPE.sub(_join_halves, text).replace("\t", " ")


def _join_halves(found: re.Match[str]) -> str:
    high, low = found[1], found[2]
    return found[0] if high is None else chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00)


def refuse_at(file: TextFile, place: int, problem: str, hint: str, path: str = "") -> DefinitionProblem:
    """A problem at a place of the text, counted in characters."""
    return file.refuse(*place_after(file.text[:place]), problem, hint, path)
