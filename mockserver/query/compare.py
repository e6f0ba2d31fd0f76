"""Values as filters and orders see them: read by a field's declared type, compared within it."""

import re
from collections.abc import Callable, Collection
from datetime import datetime
from math import isfinite
from typing import Any, Final

from mockserver.definitions.field import MAX_INTEGER
from mockserver.definitions.quantity import is_date, parse_instant
from mockserver.generation.rules import is_date_time
from mockserver.generation.shape import Shape
from mockserver.messages import Json

_TRUE, _FALSE = ("true", "1"), ("false", "0")
_WHOLE = re.compile(r"-?[0-9]{1,30}", re.ASCII)


class Unreadable(ValueError):
    """A text that is no value of the type; the message continues a sentence about the parameter."""


def _read_integer(text: str) -> int:
    text = text.removesuffix(".0")  # as some write a whole number
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not digits.isascii() or not digits.isdigit() or len(digits) > 16 or int(digits) > MAX_INTEGER:
        raise Unreadable("must be an integer")
    return int(text)


def _read_number(text: str) -> float:
    try:
        found = float(text) if text.isascii() and "_" not in text else float("nan")
    except ValueError:
        found = float("nan")
    if not isfinite(found):
        raise Unreadable("must be a number")
    return found


def _read_boolean(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise Unreadable("must be true or false")


def _read_date(text: str) -> str:
    if not is_date(text):
        raise Unreadable("must be a date like 2026-01-15")
    return text


def _read_instant(text: str) -> datetime:
    # A plus sign in a query that was not percent-encoded arrives as a space.
    candidate = text.replace(" ", "+") if "T" in text else text
    if not is_date(candidate) and not is_date_time(candidate):
        raise Unreadable("must be a date-time like 2026-01-15T09:00:00Z, or a date")
    try:
        return parse_instant(candidate.upper())
    except OverflowError:
        raise Unreadable("must be a date-time within the calendar, whatever its zone") from None


class Loose:
    """A query's text beside values of no declared type: a number to numbers, true or false to booleans, else text."""

    __slots__ = ("number", "text")
    __hash__ = None  # type: ignore[assignment]  # equal to values of several kinds

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            # As a float a long whole number would be another.
            self.number: float | None = int(text) if _WHOLE.fullmatch(text) else _read_number(text)
        except Unreadable:
            self.number = None

    def _beside(self, value: object) -> tuple[Any, Any]:
        if isinstance(value, bool):
            return self.text.lower(), "true" if value else "false"
        if isinstance(value, int | float):
            return (self.text, str(value)) if self.number is None else (self.number, value)
        return self.text, str(value)

    def __eq__(self, value: object) -> bool:
        own, other = self._beside(value)
        return bool(own == other)

    def __lt__(self, value: object) -> bool:
        own, other = self._beside(value)
        return bool(own < other)

    def __gt__(self, value: object) -> bool:
        own, other = self._beside(value)
        return bool(own > other)

    def __le__(self, value: object) -> bool:
        return not self > value

    def __ge__(self, value: object) -> bool:
        return not self < value


def equals_any(wanted: Collection[Loose]) -> Callable[[object], bool]:
    """Whether a value equals one of these; a great many of them are looked up and not gone through."""
    texts = frozenset(one.text for one in wanted)
    truths = frozenset(text.lower() for text in texts)
    numbers = frozenset(one.number for one in wanted if one.number is not None)
    words = frozenset(one.text for one in wanted if one.number is None)

    def is_wanted(value: object) -> bool:
        if isinstance(value, bool):
            return ("true" if value else "false") in truths
        if isinstance(value, int | float):
            return value in numbers or str(value) in words
        return str(value) in texts

    return is_wanted


_READERS: dict[str, Callable[[str], Any]] = {
    "integer": _read_integer,
    "number": _read_number,
    "boolean": _read_boolean,
    "date": _read_date,
    "datetime": _read_instant,
    "uuid": str.lower,
    "any": Loose,
}


def read_value(text: str, shape: Shape) -> Any:
    """A query's text as a value to compare with. *Raises* `Unreadable`."""
    value = _READERS.get(shape.type, str)(text)
    if shape.choices and value not in shape.choices:
        shown = ", ".join(str(choice) for choice in shape.choices[:20])
        raise Unreadable(f"must be one of {shown}")
    return value


def _instant_of(value: Json) -> Any:
    try:
        return parse_instant(value) if isinstance(value, str) else None
    except (ValueError, OverflowError):  # its zone leads out of the calendar
        return None


_COMPARABLES: dict[str, Callable[[Json], Any]] = {
    "datetime": _instant_of,
    "uuid": lambda value: value.lower() if isinstance(value, str) else None,
}


def comparable(shape: Shape) -> Callable[[Json], Any] | None:
    """How a stored value (never null) is turned into what `read_value` gives; nothing where it is that already."""
    return _COMPARABLES.get(shape.type)


RANKS: Final = {bool: 0, int: 1, float: 1, str: 2}
"""In which order values of several types stand."""


def sort_key(shape: Shape) -> Callable[[Json], Any]:
    """A key that puts values in order and null after all others; values of several types never meet in comparison."""
    if shape.type == "datetime":
        return lambda value: (9, 0) if (instant := _instant_of(value)) is None else (0, instant)
    return _mixed


def _mixed(value: Json) -> Any:
    if value is None:
        return (9, "")
    rank = RANKS.get(type(value), 3)
    # What equals not even itself has no place among numbers.
    return (rank, value) if rank < 3 and value == value else (3, str(value))  # noqa: PLR0124
