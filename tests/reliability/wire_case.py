"""The wire cases of `wire_cases.yaml`: what is sent, and what has to become of it. Knows nothing of servers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

_FILE: Final = Path(__file__).with_name("wire_cases.yaml")
_PLACES: Final = {
    "api": ("/notes/1", "/say"),
    "control": ("/health", "/api/requests/count"),
    "echo": ("/read", "/write"),
}
_REPEATED: Final = re.compile(r"\{(\d+) times ([^{}]*)\}")
_ESCAPED: Final = re.compile(r"\\(?:x([0-9a-f]{2})|([rnt0\\]))")
_ESCAPES: Final = {"r": "\r", "n": "\n", "t": "\t", "0": "\0", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Case:
    """One case; the head of the file says what its keys mean."""

    name: str
    rfc: str
    send: str
    then: str
    answers: int | list[int]
    control: int | list[int] | None = None
    listeners: tuple[str, ...] = ("api", "control")
    ends: bool = False
    has: Mapping[str, str] = field(default_factory=dict)
    lacks: tuple[str, ...] = ()
    says: str = ""

    def statuses(self, listener: str) -> list[int]:
        """Those of the answers, in order."""
        told = self.answers if listener == "api" or self.control is None else self.control
        return [told] if isinstance(told, int) else told

    def data(self, listener: str) -> bytes:
        """The bytes that are sent."""
        read, write = _PLACES[listener]
        return spell(self.send.replace("{read}", read).replace("{write}", write))


def spell(text: str) -> bytes:
    """The bytes that a text stands for."""
    text = text.replace("\n", "")
    while _REPEATED.search(text):
        text = _REPEATED.sub(lambda found: found[2] * int(found[1]), text)
    return _ESCAPED.sub(_unescape, text).encode("latin-1")


def read_cases() -> list[Case]:
    """All there are."""
    written: list[dict[str, Any]] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return [Case(**{**one, "rfc": str(one["rfc"])}) for one in written]


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else _ESCAPES[found[2]]
