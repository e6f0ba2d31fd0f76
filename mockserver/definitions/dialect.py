"""The language of expressions: Jinja's immutable sandbox with no methods, no attributes, and bounds on everything.

It has no loops, `*` and `**` are bounded, `%` never formats, what joins texts counts before it joins, and the filters
are the few listed here. Nothing is worked out while it is compiled, so that compiling can't be made slow either.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

import orjson
from jinja2 import StrictUndefined
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

MAX_RESULT = 65_536
"""The most characters and values that an expression may make."""

_MAX_BITS = 256
_MAX_DIGITS = 15
_TESTS = ("defined", "undefined", "none", "even", "odd", "in", "string", "number", "mapping", "iterable")


def text_of(value: Any) -> str:
    """A value as text: null is nothing, the rest is as JSON has it. *Raises* `SecurityError` for what JSON hasn't."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        what = "a whole row as text: name one of its fields" if isinstance(value, Mapping) else "text of no value"
        raise SecurityError(what) from None


def join_texts(values: Iterable[Any], separator: str = "") -> str:
    """The values as one text. *Raises* `SecurityError` before it is made when it would be too long."""
    texts = [text_of(value) for value in values]
    _limit(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _limit(size: int) -> None:
    if size > MAX_RESULT:
        raise SecurityError(f"more than {MAX_RESULT} characters or values")


def _replace(value: str, old: str, new: str) -> str:
    _limit(len(value) + (value.count(old) + 1) * len(new))
    return value.replace(old, new)


def _default(value: Any, other: Any = "") -> Any:
    return other if value is None or isinstance(value, StrictUndefined) else value


def _float(value: Any) -> float:
    number = float(value)
    if not isfinite(number):
        raise SecurityError("a number that JSON can't hold")
    return number


def _int(value: Any) -> int:
    return int(value) if not isinstance(value, str) or len(value) <= 20 else int(_float(value))


def _split(value: Any, separator: str | None = None, most: int = -1) -> list[str]:
    """The parts of a text, cut at most so many times."""
    return text_of(value).split(separator, most)


def _item(value: Any, key: Any, other: Any = None) -> Any:
    """The member of an object, or the entry of a list, by a name or place that is worked out."""
    is_there = isinstance(value, Mapping) or (isinstance(value, list) and isinstance(key, int))
    try:
        return value[key] if is_there else other
    except (LookupError, TypeError):
        return other


def _header_lines(value: Any) -> dict[str, str]:
    """The lines `name: value` of a text up to its first empty one, by name; of several alike the first."""
    found: dict[str, str] = {}
    for line in text_of(value).splitlines():
        if not line:
            break
        name, colon, said = line.partition(":")
        if colon:
            found.setdefault(name.strip(), said.strip())
    return found


def _round(value: Any, digits: int = 0) -> Any:
    if not isinstance(digits, int) or abs(digits) > _MAX_DIGITS:
        raise SecurityError(f"a number rounded to more than {_MAX_DIGITS} digits")
    return round(value, digits) if digits > 0 else int(round(value, digits))


FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "capitalize": lambda value: text_of(value).capitalize(),
    "containing": lambda values, part: [value for value in values if part in text_of(value)],
    "default": _default,
    "first": lambda values: next(iter(values), None),
    "float": _float,
    "header_lines": _header_lines,
    "int": _int,
    "item": _item,
    "join": join_texts,
    "json": lambda value: orjson.dumps(value).decode(),
    "last": lambda values: values[-1] if values else None,
    "length": len,
    "lower": lambda value: text_of(value).lower(),
    "max": max,
    "min": min,
    "replace": _replace,
    "reverse": lambda values: values[::-1],
    "round": _round,
    "sort": sorted,
    "split": _split,
    "string": text_of,
    "sum": sum,
    "title": lambda value: text_of(value).title(),
    "trim": lambda value: text_of(value).strip(),
    "unique": lambda values: list(dict.fromkeys(values)),
    "upper": lambda value: text_of(value).upper(),
}
"""What may stand behind `|`; each is bounded by the size of its input."""

TEXT_FILTERS = frozenset(("capitalize", "join", "json", "lower", "replace", "string", "title", "trim", "upper"))


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str | list) and isinstance(right, str | list):
        _limit(len(left) + len(right))
    return left + right


def _multiply(left: Any, right: Any) -> Any:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise SecurityError("'*' of anything but numbers")
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > _MAX_BITS:
        raise SecurityError("a number that large")
    return left * right


def _raise_to(left: Any, right: Any) -> Any:
    if not isinstance(left, int | float) or not isinstance(right, int | float):
        raise SecurityError("'**' of anything but numbers")
    if abs(right) > 64 or (isinstance(left, int) and left.bit_length() * abs(right) > _MAX_BITS):
        raise SecurityError("a number that large")
    return left**right


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, str):
        raise SecurityError("'%' of a text")
    return left % right


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": _add, "*": _multiply, "**": _raise_to, "%": _remainder,
}  # fmt: skip


class Dialect(ImmutableSandboxedEnvironment):
    """Jinja's environment for expressions."""

    intercepted_binops = frozenset(_OPERATORS)

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=False, cache_size=0, optimized=False)
        self.filters = dict(FILTERS)
        self.globals = {}
        self.tests = {name: self.tests[name] for name in _TESTS}

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        del context
        return _OPERATORS[operator](left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:
        return self.getitem(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None:
            return None  # what is not there has no parts: a null reference must not break a row
        try:
            if isinstance(obj, Mapping) or (isinstance(obj, Sequence) and isinstance(argument, int | slice)):
                return obj[argument]
        except LookupError:
            pass
        return self.undefined(f"there is no '{argument}' here")


class OpenDialect(Dialect):
    """The same where values come from elsewhere, in any shape: what is not there is null, whatever it is asked of."""

    def getitem(self, obj: Any, argument: Any) -> Any:
        found = super().getitem(obj, argument)
        return None if isinstance(found, StrictUndefined) else found


STRICT = Dialect()
OPEN = OpenDialect()
