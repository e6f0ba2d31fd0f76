"""Headers that a definition gives to an answer: their names checked when loaded, their values as they are sent."""

import re
from collections.abc import Mapping
from typing import Any, Final

from mockserver.errors import ServerError
from mockserver.formula.formula import Formula, Loading, Where
from mockserver.formula.names import Names

_TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")
_FRAMING: Final = frozenset(
    ("connection", "content-length", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "date")
)
_LONGEST: Final = 8_000


def header_values(headers: Mapping[str, Formula], scope: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers as they are sent. *Raises* `ServerError` for a value that no header can hold."""
    return tuple((name, _value(formula, scope)) for name, formula in headers.items())


def _value(formula: Formula, scope: Mapping[str, Any]) -> str:
    value = formula.text(scope)
    problem = _unfit(value)
    if problem:
        raise ServerError(f"{formula.place}: gives a header that {problem}.")
    return value


def _unfit(value: str) -> str:
    """What keeps a text from being the value of a header; empty when nothing does."""
    if len(value) > _LONGEST:
        return f"has more than {_LONGEST} characters"
    if not value.isascii() or any(ord(one) < ord(" ") or ord(one) == 127 for one in value if one != "\t"):
        return "holds characters that no header can hold"
    return ""


def load_headers(loading: Loading, where: Where, given: Mapping[str, Any], names: Names) -> dict[str, Formula]:
    """The headers with their expressions compiled; what can't be sent is noted."""
    for name, value in given.items():
        at = (*where, name)
        if _TOKEN.fullmatch(name) is None:
            loading.note(at, f"'{name}' can't be the name of a header", "letters, digits and -", key=True)
        elif name.lower() in _FRAMING:
            loading.note(at, f"'{name}' is the server's to say", "leave it out", key=True)
        elif isinstance(value, dict | list):
            loading.note(at, "should be text", 'e.g. "${made.id}"')
        elif isinstance(value, str) and "${" not in value and (problem := _unfit(value)):
            loading.note(at, problem)
    return {name: loading.formula(value, (*where, name), names) for name, value in given.items()}
