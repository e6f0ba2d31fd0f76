"""The arguments of a provider: which it takes, how much they may ask for, and dates in them.

Knows no provider by name; what a value is made of stays with Faker.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from inspect import Parameter, signature
from math import isfinite
from typing import Any

from mockserver.errors import nearest
from mockserver.generation.fake_error import FakeError
from mockserver.generation.fake_value import MAX_INTEGER, MAX_ITEMS, MAX_TEXT
from mockserver.generation.faker_clock import Day, Moment

MAX_FORMAT = 4_096
MAX_LEVELS = 100
_PYTHON_ONLY = frozenset({"cast_to", "cls", "distrib", "raw_output", "tzinfo"})
_COUNTS = frozenset({"count", "deep", "depth", "digits", "left_digits", "nb", "right_digits"})
_VALUES = frozenset({"max", "max_value", "maximum", "min", "min_value", "minimum", "number", "step"})
_DATES = frozenset(
    {"birthday", "date_end", "date_start", "datetime_end", "datetime_start", "dob"}
    | {f"{edge}_{kind}" for edge in ("start", "end") for kind in ("date", "datetime")}
)


def read_arguments(provider: str, method: Callable[..., Any], args: Mapping[str, Any]) -> dict[str, Any]:
    """The keyword arguments for a method, with ISO dates made dates where it takes dates.

    *Raises* `FakeError` for one the method doesn't take, and for a number no value should be as large as.
    """
    known = allowed_arguments(method)
    for name in args:
        if name not in known:
            close = nearest(name, known)
            hint = (f"did you mean '{close}'? " if close else "") + f"allowed: {', '.join(known) or 'none'}"
            raise FakeError(f"'{provider}' takes no argument '{name}'", hint)
    return {name: _read(provider, name, value) for name, value in args.items()}


def allowed_arguments(method: Callable[..., Any]) -> tuple[str, ...]:
    """The names of the arguments a definition can give, in the method's order."""
    named = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    parameters = signature(method).parameters.values()
    return tuple(each.name for each in parameters if each.kind in named and each.name not in _PYTHON_ONLY)


def _read(provider: str, name: str, value: Any) -> Any:
    _check_size(provider, name, value)
    if name in _DATES and isinstance(value, (str, date)):
        return _date(value)
    return value


def _check_size(provider: str, name: str, value: Any) -> None:
    if isinstance(value, Mapping):
        value = [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple)):
        for item in value:
            _check_size(provider, name, item)
    elif isinstance(value, str) and len(value) > MAX_FORMAT:
        raise FakeError(f"'{provider}' with {name}: the text is too long", f"at most {MAX_FORMAT:,} characters")
    elif isinstance(value, float) and not isfinite(value):
        raise FakeError(f"'{provider}' with {name}: {value} is no finite number", "give a finite number")
    elif isinstance(value, (int, float)):
        limit = _limit(name)
        if abs(value) > limit:
            raise FakeError(f"'{provider}' with {name}: {value:g} asks for too much", f"at most {limit:,} is allowed")


def _limit(name: str) -> int:
    if name in _VALUES | _DATES:
        return MAX_INTEGER
    if name == "levels":
        return MAX_LEVELS
    return MAX_ITEMS if name in _COUNTS or name.startswith("nb_") else MAX_TEXT


def _date(value: str | date) -> Any:
    """A day or moment of Faker's clock; what is not ISO 8601 (`-30y`, `now`) stays as it is."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        return value
    if not isinstance(moment, datetime) or (isinstance(value, str) and len(value) == len("2026-01-31")):
        return Day(moment.year, moment.month, moment.day)
    return Moment.of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
