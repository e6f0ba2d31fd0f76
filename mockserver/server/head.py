"""The head of one HTTP/1.x request, from bytes to checked values. Pure: knows nothing of sockets.

Strict where leniency lets two readers see two requests (RFC 9112 §11.2), lenient only with bytes above ASCII in
the target, which are percent-encoded as browsers would have done.
"""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from mockserver.errors import BadRequest, HeadersTooLarge, NotImplementedMethod, Problem, UriTooLong
from mockserver.server.host import host_name
from mockserver.server.limits import Limits
from mockserver.value import dataclass

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VERSION = re.compile(r"HTTP/(\d)\.(\d)")
_ABSOLUTE = re.compile(r"https?://([^/?]*)", re.IGNORECASE)
_TARGET = re.compile(r"[!\"$-~\x80-\xff]+")
_DIGITS = re.compile(r"[0-9]{1,18}")
_CONTROLS = bytes(range(9)) + b"\x0b\x0c" + bytes(range(14, 32)) + b"\x7f"
_BARE_LF = re.compile(rb"(?<!\r)\n")
# The longest request line around a target of the allowed length: a method, two spaces, the version.
_LINE_ROOM_BYTES = 64
_METHOD_LIMIT = 32
_GLIMPSE_BYTES = 48 * 1024
_SHORT_LINE = 200
_FRAMING_NAMES = frozenset({"content-length", "transfer-encoding", "host"})


class UnsupportedVersion(NotImplementedMethod):
    """A version of HTTP that this listener does not speak."""

    status, title = 505, "HTTP Version Not Supported"


class ExpectationFailed(BadRequest):
    """An expectation that this listener can't meet."""

    status, title = 417, "Expectation Failed"


@dataclass(frozen=True, slots=True)
class Head:
    """One request head; `path` and `query` are as sent, header names are in lower case and in order.

    `authority` is what the request is addressed to: that of an absolute target, else `Host`, else empty.
    """

    method: str
    path: str
    query: str
    version: str
    authority: str
    fields: tuple[tuple[str, str], ...]

    def field(self, name: str) -> str | None:
        """The value of a header, repetitions joined with `, `."""
        values = [value for key, value in self.fields if key == name]
        return ", ".join(values) if values else None


@dataclass(frozen=True, slots=True)
class Framing:
    """How the body ends (RFC 9112 §6.3): after `length` bytes, or with the last chunk."""

    length: int = 0
    chunked: bool = False
    expects_continue: bool = False
    keeps_alive: bool = True

    @property
    def has_body(self) -> bool:
        """Whether anything follows the head."""
        return self.chunked or self.length > 0


_FRAMING: Final = ("content-length", "connection", "transfer-encoding", "expect")
_UNFRAMED: Final = Framing()


def verify_unfinished(head: bytes, limits: Limits) -> None:
    """Turn away a head that can't become a right one, before its end has arrived. *Raises* `Problem`."""
    if _TOKEN.match(chr(head[0])) is None:
        hint = " It looks like TLS; this is plain http://." if head[0] == 0x16 else ""
        raise BadRequest(f"The request does not begin with a method.{hint}")
    if _BARE_LF.search(head):
        raise BadRequest("A line of the request head ends without CR.")
    line_end = head.find(b"\r\n")
    if line_end < 0 and len(head) > limits.target_bytes + _LINE_ROOM_BYTES:
        raise UriTooLong(f"The request line is longer than {limits.target_bytes} bytes.")
    if line_end >= 0 and len(head) - line_end - 2 > limits.head_bytes + 2:
        raise _too_large(limits)


def parse_head(raw: bytes, limits: Limits) -> Head:
    """The values of a whole head, given without its empty line. *Raises* `Problem`."""
    returns = raw.count(b"\r\n")
    if raw.count(b"\r") != returns or raw.count(b"\n") != returns:
        raise BadRequest("A line of the request head does not end in CR LF.")
    if len(raw.translate(None, _CONTROLS)) != len(raw):
        raise BadRequest("The request head holds control characters.")
    line, _, block = raw.decode("latin-1").partition("\r\n")
    method, target, version = _split_line(line, limits)
    if len(block) + 2 > limits.head_bytes and block:
        raise _too_large(limits)
    fields = tuple([_read_field(text) for text in block.split("\r\n")]) if block else ()
    rest, authority = _split_target(method, target)
    path, _, query = rest.partition("?")
    host = _host(fields, version)
    if authority and host:
        # It counts for nothing beside an absolute target, and must be sound all the same (RFC 9112 §3.2).
        host_name(host)
    return Head(method, path, query, version, authority or host, fields)


def glimpse(raw: bytes) -> Head:
    """As much of a head that can't be parsed as can be told, for the record and for CORS; nothing rests on it."""
    lines = raw[:_GLIMPSE_BYTES].decode("latin-1").replace("\r\n", "\n").split("\n")
    words = lines[0].split(" ")
    method = words[0] if _TOKEN.fullmatch(words[0]) and len(words[0]) <= _METHOD_LIMIT else "?"
    path, _, query = (words[1] if len(words) > 1 and words[1].isascii() else "").partition("?")
    pairs = [line.partition(":") for line in lines[1:]]
    fields = {
        name.lower(): value.strip()
        for name, _, value in pairs
        if _TOKEN.fullmatch(name) and value.isprintable() and name.lower() not in _FRAMING_NAMES
    }
    return Head(method, path or "/", query, "HTTP/1.1", "localhost", tuple(fields.items()))


def find_framing(head: Head) -> Framing:
    """How the body of a request is delimited and what becomes of its connection. *Raises* `Problem`."""
    old = head.version == "HTTP/1.0"
    found = [pair for pair in head.fields if pair[0] in _FRAMING]
    if not found:
        return _UNFRAMED if not old else Framing(keeps_alive=False)
    lengths = [value for name, value in found if name == "content-length"]
    coding = head.field("transfer-encoding")
    options = set(_words(head.field("connection") or ""))
    keeps_alive = "close" not in options and (not old or "keep-alive" in options)
    expects = not old and _expects_continue(head)
    if coding is None and not lengths:
        return Framing(keeps_alive=keeps_alive)
    if coding is not None:
        _verify_coding(coding, has_length=bool(lengths), old=old)
    return Framing(_read_length(lengths), coding is not None, expects, keeps_alive)


def _words(value: str) -> list[str]:
    # Of the blanks that Python knows, a no-break space among them, these are all that are any in HTTP.
    return [word.strip(" \t").lower() for word in value.split(",")]


def _expects_continue(head: Head) -> bool:
    """*Raises* `ExpectationFailed` for any expectation but the one there is (RFC 9110 §10.1.1)."""
    expected = {*_words(head.field("expect") or "")} - {""}
    if not expected <= {"100-continue"}:
        raise ExpectationFailed("The only expectation this server knows is '100-continue'.")
    return bool(expected)


def _verify_coding(coding: str, *, has_length: bool, old: bool) -> None:
    if has_length or old:
        raise BadRequest("Transfer-Encoding may stand neither beside Content-Length nor in HTTP/1.0.")
    codings = _words(coding)
    if any(word != "chunked" for word in codings):
        raise NotImplementedMethod("The only transfer coding this server knows is 'chunked'.")
    if len(codings) > 1:
        raise BadRequest("Transfer-Encoding names 'chunked' twice.")


def _read_length(lengths: list[str]) -> int:
    if not lengths:
        return 0
    if len(lengths) > 1 or _DIGITS.fullmatch(lengths[0]) is None:
        raise BadRequest("Content-Length must be one number.")
    return int(lengths[0])


def _split_line(line: str, limits: Limits) -> tuple[str, str, str]:
    words = line.split(" ")
    if len(words) != 3:
        raise BadRequest("The request line must be a method, a target and a version.")
    method, target, version = words
    if len(target) > limits.target_bytes:
        raise UriTooLong(f"The URL is longer than {limits.target_bytes} bytes.")
    if _TOKEN.fullmatch(method) is None:
        raise BadRequest("The request method is not a word.")
    if len(method) > _METHOD_LIMIT:
        raise NotImplementedMethod(f"No method is longer than {_METHOD_LIMIT} characters.")
    if version in ("HTTP/1.1", "HTTP/1.0"):
        return method, target, version
    found = _VERSION.fullmatch(version)
    if found is None:
        raise BadRequest("The request line does not end in a version like HTTP/1.1.")
    if found[1] != "1":
        raise UnsupportedVersion("This server speaks HTTP/1.1 and HTTP/1.0.")
    return method, target, "HTTP/1.1"


def _split_target(method: str, target: str) -> tuple[str, str]:
    """Path with query, and the authority of an absolute target."""
    if _TARGET.fullmatch(target) is None:
        raise BadRequest("The request target is empty, or holds a tab or a fragment.")
    if not target.isascii():
        target = quote(target.encode("latin-1"), safe="".join(map(chr, range(33, 127))))
    if target.startswith("/") or (target == "*" and method == "OPTIONS"):
        return target, ""
    found = _ABSOLUTE.match(target)
    if found is None or not found[1]:
        raise BadRequest("The request target must begin with '/'.")
    rest = target[found.end() :]
    return rest if rest.startswith("/") else f"/{rest}", found[1]


def _read_field(line: str) -> tuple[str, str]:
    # Clients send nearly all of their lines again; a long one is not worth its room.
    return _split_again(line) if len(line) <= _SHORT_LINE else _split_field(line)


def _split_field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if line[:1] in (" ", "\t"):
        raise BadRequest("A header is folded over several lines.")
    if not colon:
        raise BadRequest("A header line has no colon.")
    return _field_name(name), value.strip(" \t")


_split_again = lru_cache(maxsize=1024)(_split_field)


@lru_cache(maxsize=1024)
def _field_name(name: str) -> str:
    if _TOKEN.fullmatch(name) is None:
        raise BadRequest("A header's name is not a word.")
    return name.lower()


def _host(fields: tuple[tuple[str, str], ...], version: str) -> str:
    hosts = [value for name, value in fields if name == "host"]
    if len(hosts) > 1:
        raise BadRequest("The request has more than one Host header.")
    if hosts:
        return hosts[0]
    if version == "HTTP/1.1":
        raise BadRequest("The request has no Host header.")
    return ""


def _too_large(limits: Limits) -> Problem:
    return HeadersTooLarge(f"The request headers are longer than {limits.head_bytes} bytes.")
