"""Faker's values as plain JSON, and their neutral type.

Owns which Python types may leave a provider and how large a value may be. Knows nothing of providers.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

from mockserver.definitions.field import TypeName
from mockserver.generation.fake_error import FakeError
from mockserver.messages import Json

MAX_TEXT = 65_536
MAX_ITEMS = 1_000
MAX_INTEGER = 2**53 - 1
_SHAPES: tuple[tuple[TypeName, re.Pattern[str]], ...] = (
    ("date", re.compile(r"\d{4}-\d\d-\d\d")),
    ("uuid", re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")),
)


def as_json(value: object) -> Json:
    """The value as JSON: moments in UTC with `Z`, decimals as numbers, sets as sorted lists.

    *Raises* `FakeError` for a type JSON has no form for, a text over 64 Ki characters, a collection over 1,000
    elements, and numbers that are not finite or that no double holds exactly.
    """
    if type(value) is str and len(value) <= MAX_TEXT:
        return value
    if value is None or isinstance(value, bool):
        return value
    return _convertible(value)[1](value)


def kind_of(value: object) -> TypeName:
    """The neutral type of one value, before it is turned into JSON. *Raises* `FakeError`."""
    return "boolean" if isinstance(value, bool) else _convertible(value)[0]


def common_kind(values: Iterable[object]) -> TypeName | None:
    """The neutral type that values have, empty ones aside, or nothing where all are empty.

    *Raises* `FakeError` where they have no single type.
    """
    present = [value for value in values if value is not None]
    kinds = {kind_of(value) for value in present}
    if kinds == {"string"}:
        return _shape_of([str(value) for value in present])
    if kinds == {"integer", "number"}:
        return "number"
    if len(kinds) > 1:
        raise FakeError(f"gives {' and '.join(sorted(kinds))} values", "give the field a `type`")
    return kinds.pop() if kinds else None


def _shape_of(texts: Sequence[str]) -> TypeName:
    """`date` or `uuid` where every text is one."""
    shaped = (name for name, shape in _SHAPES if all(map(shape.fullmatch, texts)))
    return next(shaped, "string")


def _text(value: Any) -> Json:
    if len(value) > MAX_TEXT:
        raise FakeError(f"gives a text of {len(value):,} characters", f"at most {MAX_TEXT:,} are given")
    return str(value)


def _integer(value: Any) -> Json:
    if abs(value) > MAX_INTEGER:
        raise FakeError("gives integers over 2^53 - 1, which JavaScript can't hold", "ask for fewer digits")
    return int(value)


def _number(value: Any) -> Json:
    if not isfinite(value):
        raise FakeError(f"gives {value:.3g}, which is no number in JSON", "ask for less, or fewer digits")
    return float(value)


def _moment(value: Any) -> Json:
    moment = value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.isoformat(moment).removesuffix("+00:00") + "Z"


def _object(value: Any) -> Json:
    return {str(name): as_json(inner) for name, inner in _few(value).items()}


def _array(value: Any) -> Json:
    return [as_json(item) for item in _few(value)]


def _sorted(value: Any) -> Json:
    return sorted((as_json(item) for item in _few(value)), key=lambda item: (type(item).__name__, json.dumps(item)))


def _few(value: Any) -> Any:
    if len(value) > MAX_ITEMS:
        raise FakeError(f"gives {len(value):,} elements", f"at most {MAX_ITEMS:,} are given")
    return value


def _convertible(value: object) -> tuple[TypeName, Callable[[Any], Json]]:
    for types, kind, convert in _CONVERSIONS:
        if isinstance(value, types):
            return kind, convert
    raise FakeError(f"gives a Python {type(value).__name__}, which JSON has no form for")


_CONVERSIONS: tuple[tuple[type[Any] | tuple[type[Any], ...], TypeName, Callable[[Any], Json]], ...] = (
    (str, "string", _text),
    (int, "integer", _integer),
    ((float, Decimal), "number", _number),
    (datetime, "datetime", _moment),
    (date, "date", date.isoformat),
    (time, "string", time.isoformat),
    (UUID, "uuid", str),
    (Mapping, "object", _object),
    ((list, tuple), "array", _array),
    ((set, frozenset), "array", _sorted),
)
