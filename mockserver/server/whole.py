"""Answers that are whole, as bytes: all of one that is the same whenever it is given, with room for what is not.

Knows HTTP's framing of an answer and nothing of what it says.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from mockserver.messages import BODILESS, Reply, Request, exact
from mockserver.server.cors import OriginList, cors_headers
from mockserver.server.phrase import status_line

AT: Final = "X-Mock-At"
_AT_LINE: Final = f"{AT}: ".encode()
_NOT_MODIFIED: Final = 304
_UNMEASURED: Final = BODILESS - {205}
"""Where no length is said (RFC 9110 §8.6); that of 205 is 0, and has to be (§15.3.6)."""
ENTITY_HEADERS: Final = frozenset({"content-type", "content-length"})
"""What an answer without a body has none of."""
_REPRESENTATION: Final = ENTITY_HEADERS | {
    "allow", "content-encoding", "content-language", "content-location", "content-md5", "content-range", "expires",
    "last-modified",
}  # fmt: skip
"""What says something of a body that a 304 has not."""
_ADDRESSES: Final = ("location", "content-location")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#&=+%,;@!$'()*]*")


class Whole:
    """One answer but for its date, its cursor and the end of its connection, which are put in as it is sent.

    `before` ends where the value of `X-Mock-At` begins, where the answer has one: `at`, unless it is given again later.
    `closes` is that it asks for the end of the connection itself.
    """

    __slots__ = ("after", "at", "before", "body", "closes", "has_date")

    def __init__(self, before: bytes, at: str, after: bytes, body: bytes, names: Mapping[str, str]) -> None:
        self.before = before
        self.at = at
        self.after = after
        self.body = body
        self.has_date = "date" in names
        self.closes = names.get("connection") == "close"

    def __len__(self) -> int:
        return len(self.before) + len(self.after) + len(self.body)

    def shrink(self) -> None:
        """Take no more room than its bytes do, where it is to be kept."""
        self.body = exact(self.body)

    def head(self, date: bytes, connection: bytes) -> bytes:
        """All before the body; `connection` is a whole line that says what becomes of it, or nothing."""
        dated = b"" if self.has_date else b"Date: %b\r\n" % date
        return b"%b%b%b%b%b\r\n" % (self.before, self.at.encode(), self.after, dated, connection)


def write_whole(request: Request, reply: Reply, origins: OriginList) -> Whole:
    """A reply as it goes out to whoever asked. *Raises* `ValueError` for headers that would break its head."""
    status, body = reply.status, reply.body
    headers = finish_headers(request, reply, origins)
    names = {name.lower(): value for name, value in headers}
    if status in BODILESS:
        left_out = _REPRESENTATION if status == _NOT_MODIFIED else ENTITY_HEADERS
        headers = [pair for pair in headers if pair[0].lower() not in left_out]
        body = b""
    if "content-length" not in names and status not in _UNMEASURED:
        headers.append(("Content-Length", str(len(body))))
    if any(name in names and _PLAIN_ADDRESS.fullmatch(names[name]) is None for name in _ADDRESSES):
        headers = [*_addressed(headers)]
    place = headers.index((AT, reply.at)) if reply.at else len(headers)
    before, after = _status(status) + _write(headers[:place]), _write(headers[place + 1 :])
    if reply.at:
        before, after = before + _AT_LINE, b"\r\n" + after
    return Whole(before, reply.at, after, b"" if request.method == "HEAD" else body, names)


def finish_headers(request: Request, reply: Reply, origins: OriginList) -> list[tuple[str, str]]:
    """What goes out before the body: with `X-Mock-At`, CORS, and one `Vary`."""
    headers: list[tuple[str, str]] = []
    vary = "Origin"
    for pair in reply.headers:
        if pair[0] == "Vary" or pair[0].lower() == "vary":
            vary = f"{vary}, {pair[1]}"
        else:
            headers.append(pair)
    if reply.at:
        headers.append((AT, reply.at))
    headers += cors_headers(request.headers, origins)
    headers.append(("Vary", vary))
    return headers


def _addressed(headers: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The headers with addresses in them as URIs: a definition may write them as people do."""
    from werkzeug.urls import iri_to_uri  # noqa: PLC0415 - for those rare ones alone

    for name, value in headers:
        yield name, iri_to_uri(value) if name.lower() in _ADDRESSES else value


@lru_cache(maxsize=128)
def _status(status: int) -> bytes:
    return f"HTTP/1.1 {status_line(status)}\r\n".encode("latin-1")


def _write(lines: Sequence[tuple[str, str]]) -> bytes:
    text = "".join([f"{name}: {value}\r\n" for name, value in lines])
    if text.count("\n") != len(lines) or text.count("\r") != len(lines):
        raise ValueError("a header of the answer holds a line break")
    return text.encode("latin-1")
