"""What a request asks to go wrong with itself: `Prefer: code=503, delay=2s, fault=ws-drop`, or its twins in the query.

*Source* RFC 7240 §2 for the grammar; a preference that is not ours is passed over, as it says.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final

from pydantic_core import PydanticCustomError

from mockserver.definitions.bound import LONGEST_WAIT_S
from mockserver.definitions.name import is_name
from mockserver.definitions.quantity import Duration
from mockserver.errors import BadRequest, FieldError
from mockserver.faults.fault import Fault
from mockserver.faults.parameter import TOKEN
from mockserver.messages import Document
from mockserver.value import dataclass

PREFER: Final = "prefer"
"""What is called the fault that `code` and `delay` make."""
GRAMMAR: Final = "code=200 to 599, delay=2s (or 300ms, at most 10m), fault=name"
_OURS: Final = ("code", "delay", "fault")
_PREFERENCE: Final = re.compile(rf'({TOKEN})(?:[ \t]*=[ \t]*({TOKEN}|"(?:[^"\\]|\\.)*"))?')
_NAMED: Final = re.compile(rf"[ \t]*({TOKEN})")
_PART: Final = re.compile(r'(?:[^",;\\]|\\.|"(?:[^"\\]|\\.)*"?)*')
_CODE: Final = re.compile(r"[2-5][0-9]{2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What a request asks for: a status, a pause as it was written, the name of a fault."""

    code: int | None = None
    delay: str = ""
    names: tuple[str, ...] = ()

    def applied_by(self, fired: Collection[str]) -> str:
        """What `Preference-Applied` says (RFC 7240 §3) where these faults acted."""
        said = [] if self.code is None else [f"code={self.code}"]
        said += [f"delay={self.delay}"] if self.delay else []
        return ", ".join([*said, *(f"fault={name}" for name in self.names if name in fired)])

    def fault(self) -> Fault | None:
        """A fault that does what `code` and `delay` say; nothing where they say nothing."""
        from mockserver.faults.load import make_rules  # noqa: PLC0415 - takes all kinds, and few requests ask

        settings: Document = {} if self.code is None else {"status": self.code}
        settings |= {"latency": self.delay} if self.delay else {}
        return Fault(PREFER, make_rules(PREFER, [settings]), settings) if settings else None


def read_preferences(headers: Mapping[str, str], query: Sequence[tuple[str, str]]) -> Preferences | None:
    """What a request asks for, nothing where it does not. *Raises* `BadRequest` for values that say nothing.

    Names of headers are in lower case. The query is read where there is no `Prefer` at all.
    """
    header = headers.get(PREFER)
    if header is None:
        pairs = [(name[2:], value, name) for name, value in query if name.startswith("__") and name[2:] in _OURS]
    else:
        pairs = [(name, value, "Prefer") for name, value in _preferences(header)]
    found: dict[str, str] = {}
    for name, value, parameter in pairs:
        if name not in found:
            found[name] = _checked(name, value, parameter)
    if not found:
        return None
    code, fault = found.get("code"), found.get("fault")
    return Preferences(None if code is None else int(code), found.get("delay", ""), () if fault is None else (fault,))


def _preferences(header: str) -> Iterator[tuple[str, str]]:
    """Those of ours with their values, in order; one that can't be read has none."""
    for element in _split(header):
        named = _NAMED.match(element)
        name = "" if named is None else named[1].lower()
        if name in _OURS:
            read = _PREFERENCE.fullmatch(element.strip(" \t"))
            yield name, "" if read is None or read[2] is None else _unquoted(read[2])


def _split(header: str) -> Iterator[str]:
    """The preferences of a header, each without its parameters."""
    place, is_parameter = 0, False
    while place <= len(header):
        part = _PART.match(header, place)
        end = place if part is None else part.end()
        if not is_parameter:
            yield header[place:end]
        is_parameter = header[end : end + 1] == ";"
        place = end + 1


def _unquoted(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word


def _checked(name: str, value: str, parameter: str) -> str:
    if {"code": _is_code, "delay": _is_delay, "fault": is_name}[name](value):
        return value
    shown = f"{name}={value}" if parameter == "Prefer" else f"{parameter}={value}"
    problem = f"says '{shown[:100]}', and it may say {GRAMMAR}"
    raise BadRequest(f"{parameter} {problem}.", [FieldError(problem, parameter=parameter)])


def _is_code(value: str) -> bool:
    return _CODE.fullmatch(value) is not None


def _is_delay(value: str) -> bool:
    try:
        duration = Duration.parse(value)
    except PydanticCustomError:
        return False
    return not duration.years and 0 <= duration.seconds <= LONGEST_WAIT_S
