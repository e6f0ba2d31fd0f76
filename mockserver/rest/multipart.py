"""Reads `multipart/form-data` bodies (RFC 7578, RFC 2046 §5.1): bytes to parts, nothing of what the parts mean.

The whole body is at hand, so that boundaries are found by searching and no byte is looked at twice.
"""

import re
from typing import Final
from urllib.parse import unquote

from mockserver.errors import BadRequest
from mockserver.messages import Request
from mockserver.value import dataclass

MEDIA: Final = "multipart/form-data"
MOST_PARTS: Final = 1000
_MOST_HEAD_BYTES: Final = 8 * 1024
_BOUNDARY = re.compile(r";\s*boundary\s*=\s*(?:\"([^\"]{1,70})\"|([^\s;\"]{1,70}))", re.IGNORECASE)
_PARAMETER = re.compile(r";\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:\"((?:\\\"|[^\"])*)\"|([^\s;\"]+))")
_EXTENDED = re.compile(r"utf-8'[^']*'(.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: `filename` is nothing where the part is no file, `media` empty where none is said."""

    name: str
    content: bytes
    filename: str | None = None
    media: str = ""


def is_form(request: Request) -> bool:
    """Whether a request carries a form."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == MEDIA


def _boundary(request: Request) -> bytes:
    """What stands between the parts, empty where the head of the request does not say."""
    found = _BOUNDARY.search(request.headers.get("content-type", ""))
    return (found[1] or found[2]).encode("utf-8", "replace") if found is not None else b""


def said(request: Request) -> bytes:
    """The body, of a form without its boundary: clients draw a new one each time they send the form."""
    boundary = _boundary(request) if is_form(request) else b""
    return request.body.replace(boundary, b"") if boundary else request.body


def read_parts(request: Request) -> list[Part]:
    """The parts of a form, in order. *Raises* `BadRequest` that says where the body is broken."""
    boundary = _boundary(request)
    if not boundary:
        raise _broken("Content-Type names no boundary")
    # The line end before a boundary belongs to it; the first stands at the beginning of the body.
    body, mark = b"\r\n" + request.body, b"\r\n--" + boundary
    at = body.find(mark)
    if at < 0:
        raise _broken("the boundary that Content-Type names is nowhere in it")
    parts: list[Part] = []
    while True:
        start = at + len(mark)
        if body.startswith(b"--", start):
            return parts
        start = _line_end(body, start)
        at = body.find(mark, start - 2)
        if at < 0:
            raise _broken(f"part {len(parts) + 1} has no end: the closing boundary is missing")
        if len(parts) == MOST_PARTS:
            raise _broken(f"it has more than {MOST_PARTS} parts")
        parts.append(_read_part(body, start, at, len(parts) + 1))


def _line_end(body: bytes, start: int) -> int:
    """Where the line of a boundary ends; blanks may pad it."""
    end = body.find(b"\r\n", start)
    if end < 0 or body[start:end].strip(b" \t"):
        raise _broken("a boundary is not alone in its line")
    return end + 2


def _read_part(body: bytes, start: int, end: int, number: int) -> Part:
    if body.startswith(b"\r\n", start):
        head, content = b"", body[start + 2 : end]
    else:
        stop = body.find(b"\r\n\r\n", start, min(end, start + _MOST_HEAD_BYTES) + 4)
        if stop < 0 or stop > end:
            raise _broken(f"the head of part {number} has no end within {_MOST_HEAD_BYTES} bytes")
        head, content = body[start:stop], body[stop + 4 : max(end, stop + 4)]
    fields = _read_head(head, number)
    kind, parameters = _read_disposition(fields.get("content-disposition", ""))
    if kind != "form-data" or "name" not in parameters:
        raise _broken(f'part {number} has no Content-Disposition: form-data; name="…"')
    if fields.get("content-transfer-encoding", "binary").lower() not in ("binary", "8bit", "7bit"):
        raise _broken(f"part {number} is coded as '{fields['content-transfer-encoding']}': send it as it is")
    return Part(parameters["name"], content, parameters.get("filename"), fields.get("content-type", ""))


def _read_head(head: bytes, number: int) -> dict[str, str]:
    try:
        lines = head.decode().split("\r\n") if head else []
    except UnicodeDecodeError:
        raise _broken(f"the head of part {number} is not UTF-8") from None
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise _broken(f"the head of part {number} has a line without a colon")
        fields[name.strip().lower()] = value.strip()
    return fields


def _read_disposition(header: str) -> tuple[str, dict[str, str]]:
    """The kind of a `Content-Disposition` with its parameters; `filename*` (RFC 8187) wins over `filename`."""
    kind = header.partition(";")[0].strip().lower()
    parameters: dict[str, str] = {}
    for found in _PARAMETER.finditer(header):
        name, quoted, plain = found[1].lower(), found[2], found[3]
        parameters[name] = plain if quoted is None else _unescape(quoted)
    extended = _EXTENDED.fullmatch(parameters.pop("filename*", ""))
    if extended is not None:
        parameters["filename"] = unquote(extended[1])
    return kind, parameters


def _unescape(text: str) -> str:
    """Quotes and line ends as browsers write them in names (HTML §4.10.21.8), and quotes as older clients do."""
    return re.sub(r"%(22|0D|0A)", lambda code: chr(int(code[1], 16)), text.replace('\\"', '"'), flags=re.IGNORECASE)


def filename_of(header: str) -> str:
    """The file name in a `Content-Disposition`, empty where there is none."""
    return _read_disposition(header)[1].get("filename", "")


def _broken(problem: str) -> BadRequest:
    return BadRequest(f"The body is no readable {MEDIA}: {problem}.")
