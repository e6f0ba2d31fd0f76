"""Writes forms as browsers do."""

from collections.abc import Sequence
from typing import Final, TypeAlias

BOUNDARY: Final = "----FormBoundary7MA4YWxkTrZu0gW"
CONTENT_TYPE: Final = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"

Part: TypeAlias = tuple[str, bytes, str | None, str]
"""Name, content, file name, media type."""


def text(name: str, value: str) -> Part:
    return name, value.encode(), None, ""


def file(name: str, content: bytes, filename: str = "a.png", media: str = "image/png") -> Part:
    return name, content, filename, media


def form(parts: Sequence[Part], boundary: str = BOUNDARY) -> bytes:
    body = b""
    for name, content, filename, media in parts:
        head = f'Content-Disposition: form-data; name="{escaped(name)}"'
        head += "" if filename is None else f'; filename="{escaped(filename)}"'
        head += f"\r\nContent-Type: {media}" if media else ""
        body += f"--{boundary}\r\n{head}\r\n\r\n".encode() + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode()


def escaped(name: str) -> str:
    """HTML §4.10.21.8."""
    return name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
