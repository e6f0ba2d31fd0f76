"""A field's rules as a check on values: the same for what is generated, what a row says and what a client sends."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, Field, Strict, StringConstraints, TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError, SchemaError

from mockserver.definitions.field import MAX_INTEGER, FieldRules
from mockserver.definitions.quantity import is_date
from mockserver.generation.shape import Shape
from mockserver.messages import Json
from mockserver.value import dataclass

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s.\x00-\x1f]+(\.[^@\s.\x00-\x1f]+)*")
_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00-\x1f]+")


def is_date_time(text: str) -> bool:
    """Whether a text is a date-time of RFC 3339 that exists on the calendar."""
    if not _DATE_TIME.fullmatch(text):
        return False
    return _constructs(datetime.fromisoformat, text.upper())


def _constructs(make: Callable[[str], object], text: str) -> bool:
    try:
        make(text)
    except ValueError:
        return False
    return True


_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "date": (is_date, "a date like 2026-01-15"),
    "date-time": (is_date_time, "a date-time like 2026-01-15T09:00:00Z"),
    "datetime": (is_date_time, "a date-time like 2026-01-15T09:00:00Z"),
    "email": (lambda text: _EMAIL.fullmatch(text) is not None, "an e-mail address"),
    "hostname": (lambda text: len(text) <= 253 and _HOST.fullmatch(text) is not None, "a host name"),
    "ipv4": (lambda text: _constructs(IPv4Address, text), "an IPv4 address"),
    "ipv6": (lambda text: _constructs(IPv6Address, text), "an IPv6 address"),
    "uri": (lambda text: _URI.fullmatch(text) is not None, "a URI with its scheme"),
    "uuid": (lambda text: len(text) == 36 and _constructs(UUID, text), "a UUID"),
}


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong with a value: the way to it inside the value, and what is allowed there."""

    where: tuple[str | int, ...]
    detail: str


def _fails(text: str) -> PydanticCustomError:
    return PydanticCustomError("rule", "{text}", {"text": text})


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise _fails("must not hold a NUL character")
    return text


def _formatted(name: str) -> AfterValidator:
    holds, described = _FORMATS[name]

    def check(text: str) -> str:
        if not holds(text):
            raise _fails(f"must be {described}")
        return text

    return AfterValidator(check)


def _chosen(choices: Sequence[Json]) -> AfterValidator:
    kinds = {(type(choice), choice) for choice in choices if not isinstance(choice, list | dict)}
    shown = ", ".join(str(choice) for choice in choices[:20])

    def check(value: Any) -> Any:
        if isinstance(value, list | dict) or (type(value), value) not in kinds:
            raise _fails(f"must be one of {shown}{', …' if len(choices) > 20 else ''}")
        return value

    return AfterValidator(check)


def _plain(value: Any) -> Any:
    """Free JSON: whatever it is, no NUL may hide in it."""
    stack = [value]
    while stack:
        inner = stack.pop()
        if isinstance(inner, str):
            _without_nul(inner)
        elif isinstance(inner, int) and abs(inner) > MAX_INTEGER:
            raise _fails("must not hold an integer beyond ±(2^53 - 1), which no JavaScript reader keeps")
        elif isinstance(inner, dict):
            stack.extend((*inner.keys(), *inner.values()))
        elif isinstance(inner, list):
            stack.extend(inner)
    return value


def _number(value: Any) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _fails("must be a number")
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise _fails("must be within ±(2^53 - 1) when it is whole")
    return value


def _bounds(rules: FieldRules) -> Any:
    return Field(ge=rules.min, le=rules.max)


def _whole_bounds(rules: FieldRules) -> Any:
    lowest = -MAX_INTEGER if rules.min is None else max(rules.min, -MAX_INTEGER)
    highest = MAX_INTEGER if rules.max is None else min(rules.max, MAX_INTEGER)
    return Field(ge=lowest, le=highest)


def _annotation(shape: Shape, rules: FieldRules) -> Any:
    """The type pydantic checks a value by."""
    if shape.type == "array":
        length = Field(min_length=rules.min_length, max_length=rules.max_length)
        checked: Any = Annotated[list[Any], Strict(), length]
    elif shape.type == "object":
        checked = Annotated[dict[str, Any], Strict()]
    elif shape.type == "integer":
        checked = Annotated[int, Strict(), _whole_bounds(rules)]
    elif shape.type == "number":
        checked = Annotated[Any, AfterValidator(_number), _bounds(rules)]
    elif shape.type == "boolean":
        checked = Annotated[bool, Strict()]
    elif shape.type == "any":
        checked = Annotated[Any, AfterValidator(_plain)]
    else:
        checked = _text(shape, rules)
    return Annotated[checked, _chosen(shape.choices)] if shape.choices else checked


def _text(shape: Shape, rules: FieldRules) -> Any:
    limits = StringConstraints(
        strict=True, min_length=rules.min_length, max_length=rules.max_length, pattern=rules.pattern
    )
    checked: Any = Annotated[str, limits, AfterValidator(_without_nul)]
    for name in (shape.type, rules.format):
        if name in _FORMATS:
            checked = Annotated[checked, _formatted(name)]
    return checked


_SENTENCES: dict[str, str] = {
    "string_type": "must be a string",
    "int_type": "must be an integer",
    "int_from_float": "must be an integer",
    "int_parsing_size": "must be an integer within ±2^53",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "string_pattern_mismatch": "must match the pattern {pattern}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must have at least {min_length} items",
    "too_long": "must have at most {max_length} items",
}


def _number_text(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _said(kind: str, context: dict[str, Any], message: str) -> str:
    if kind == "rule":
        return str(context["text"])
    numbers = {name: _number_text(value) for name, value in context.items()}
    return _SENTENCES[kind].format(**numbers) if kind in _SENTENCES else message


class RuleCheck:
    """One field's rules, compiled. *Raises* `ValueError` for a pattern that is none.

    Looks at the value itself; what is inside an array or object has rules of its own. Patterns run in linear time
    (Rust's regex), so no value can make one stall; look-around does not exist in them.
    """

    __slots__ = ("_validate",)

    def __init__(self, shape: Shape, rules: FieldRules) -> None:
        try:
            # The adapter's own way to it would cost as much again.
            self._validate = TypeAdapter(_annotation(shape, rules)).validator.validate_python
        except SchemaError as error:
            said = str(error).strip().splitlines()
            raise ValueError(f"the pattern can't be used: {said[-1].strip().removeprefix('SchemaError: ')}") from None

    def flaws(self, value: Any) -> list[Flaw]:
        """What is wrong with a value that is not null; empty when nothing is."""
        try:
            self._validate(value)
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
            return [Flaw(one["loc"], _said(one["type"], one.get("ctx", {}), one["msg"])) for one in found]
        return []
