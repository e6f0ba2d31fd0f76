"""JSON texts broken in the ways that they break on their way. Pure, and no stranger to texts that are no JSON."""

import re
from collections.abc import Callable, Mapping
from typing import Final

PAGE: Final = """\
<!DOCTYPE html>
<html>
<head><title>502 Bad Gateway</title></head>
<body>
<center><h1>502 Bad Gateway</h1></center>
<hr><center>proxy</center>
</body>
</html>
"""
"""What a proxy says that stands between, whatever its status."""

# A string that nobody closes goes on to the end, so that each character is looked at once.
_STRING: Final = r'"[^"\\]*(?:\\.[^"\\]*)*\\?(?:"|\Z)'
_NUMBER: Final = r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
_TOKEN: Final = re.compile(rf"{_STRING}(?P<key>\s*:)?|(?P<number>{_NUMBER})|true|false|null", re.DOTALL)
_CLOSING: Final = "]}"


def cut(text: str) -> str:
    """The first half; nothing of a bare number, half of which would be one too."""
    return "" if text[:1] in "-0123456789" else text[: len(text) // 2]


def put_nan(text: str) -> str:
    """`NaN` in the place of the first number, or of the first value where there is no number."""
    tokens = [found for found in _TOKEN.finditer(text) if found["key"] is None]
    chosen = next((found for found in tokens if found["number"] is not None), tokens[0] if tokens else None)
    return "NaN" if chosen is None else f"{text[: chosen.start()]}NaN{text[chosen.end() :]}"


def add_bom(text: str) -> str:
    """A byte order mark before the text."""
    return f"\ufeff{text}"


def add_comma(text: str) -> str:
    """A comma before what closes the outermost list or object, or at the end."""
    end = len(text.rstrip())
    at = end - 1 if end and text[end - 1] in _CLOSING else end
    return f"{text[:at]},{text[at:]}"


def replace_by_page(text: str) -> str:
    """A page in HTML instead."""
    del text
    return PAGE


DAMAGES: Final[Mapping[str, Callable[[str], str]]] = {
    "cut": cut,
    "html": replace_by_page,
    "nan": put_nan,
    "bom": add_bom,
    "trailing_comma": add_comma,
}


def damage_bytes(mode: str, data: bytes) -> bytes:
    """The same for bytes; those that are no text are cut, unless a page takes their place."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return PAGE.encode() if mode == "html" else data[: len(data) // 2]
    return DAMAGES[mode](text).encode()


def damage_message(mode: str, message: str | bytes) -> str | bytes:
    """The same for a message of either kind, which stays of that kind."""
    return DAMAGES[mode](message) if isinstance(message, str) else damage_bytes(mode, message)
