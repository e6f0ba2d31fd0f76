"""Plain YAML scalars under the core schema of YAML 1.2 (§10.3.2), narrowed to what JSON can hold.

Knows one piece of text at a time, nothing of files, positions or the tree.
"""

import math
import re
from typing import TypeAlias

Scalar: TypeAlias = bool | int | float | str | None
Step: TypeAlias = str | int
"""One step into a tree: the key of a mapping, or the index of a list."""

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGERS = ((re.compile(r"[-+]?[0-9]+"), 10), (re.compile(r"0o[0-7]+"), 8), (re.compile(r"0x[0-9a-fA-F]+"), 16))
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NO_NUMBER = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_NUMBER_STARTS = frozenset("+-.0123456789")
# No number of 64 bits is longer, leading zeros aside; Python refuses to convert far longer ones at all.
_LONGEST_INTEGER = 100
_AMBIGUOUS_KEYS = frozenset(("true", "false", "yes", "no", "on", "off", "null", "~"))
_SURROGATE = re.compile(r"[\ud800-\udfff]")


class UnfitScalar(ValueError):
    """A scalar that can't be taken: what is wrong with it, and what to write instead."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.hint = hint


def resolve_scalar(text: str) -> Scalar:
    """The value of an unquoted scalar: `no`, `12:30` and dates are strings, `0o17` and `0x1F` are integers.

    *Raises* `UnfitScalar` for numbers JSON can't hold: infinities, not-a-number, integers beyond 64 bits.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return check_text(text)
    for pattern, base in _INTEGERS:
        if pattern.fullmatch(text):
            return _read_integer(text, base)
    if _NO_NUMBER.fullmatch(text):
        raise UnfitScalar(f"'{text}' is not a number that JSON can hold", "write a finite number, or quotes round it")
    return _read_float(text) if _FLOAT.fullmatch(text) else check_text(text)


def resolve_key(text: str) -> Step:
    """The key an unquoted scalar is: text, or an integer where it reads as one.

    *Raises* `UnfitScalar` for words that some YAML reader or other takes for a boolean or null, and for fractions.
    """
    if not text:
        raise UnfitScalar("there is no key before the ':'", "write the key's name before the ':'")
    if text.casefold() in _AMBIGUOUS_KEYS:
        raise UnfitScalar(
            f"'{text}' can't be a key: many YAML readers take it for a boolean or null",
            f'rename it; where it is a value of your data, write it in quotes: "{text}"',
        )
    key = resolve_scalar(text)
    if isinstance(key, str | int):
        return key
    raise UnfitScalar(f"'{text}' can't be a key: keys are text or whole numbers", f'write it in quotes: "{text}"')


def check_text(text: str) -> str:
    """The text itself. *Raises* `UnfitScalar` for half a character, which UTF-8 can't hold."""
    if not text.isascii() and _SURROGATE.search(text):
        raise UnfitScalar("half a character: a lone surrogate such as \\ud800", "write the character itself")
    return text


def _read_integer(text: str, base: int) -> int:
    number = int(text, base) if len(text) <= _LONGEST_INTEGER else None
    if number is None or not -(2**63) <= number < 2**63:
        shown = text if len(text) <= 40 else f"{text[:40]}…"
        raise UnfitScalar(f"the integer {shown} does not fit in 64 bits", f"as text it may be any length: '{shown}'")
    return number


def _read_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise UnfitScalar("the number is too large for a 64-bit float", "write a smaller number, or quotes round it")
    return number
