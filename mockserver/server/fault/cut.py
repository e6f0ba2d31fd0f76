"""What of an answer goes over the wire before it breaks off. Pure: bytes in, bytes out.

*Source* RFC 9112 §6 (how a body is delimited), §8 (messages that are not complete).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from email.utils import formatdate
from typing import Final

from mockserver.faults.course import Cut
from mockserver.messages import BODILESS
from mockserver.server.phrase import status_line
from mockserver.value import dataclass

_FRAMING: Final = frozenset({"content-length", "transfer-encoding", "connection"})
_LENGTHLESS: Final = frozenset({204, 304})
"""What must not, or need not, say how long its body is (RFC 9110 §8.6)."""
_WORDS: Final = {"fin": "cut", "rst": "reset"}


@dataclass(frozen=True, slots=True)
class Fragment:
    """As much of an answer as is sent: its head, or a part of that; so many bytes of its body; and what comes then."""

    head: bytes = b""
    body_bytes: int = 0
    tail: bytes = b""


def fit(cut: Cut, method: str, status: int, size: int) -> Cut | None:
    """The cut that an answer allows: no body is sent whole.

    One without a body has nothing to lose: nothing is cut off then, and RST comes behind the whole head.
    """
    if cut.at in ("nothing", "head"):
        return cut
    if method == "HEAD" or status in BODILESS or (size == 0 and cut.length != "chunked"):
        return replace(cut, at=0, tail=b"") if cut.by == "rst" else None
    return replace(cut, at=_place(cut, size))


def _place(cut: Cut, size: int) -> int:
    """How many bytes of the body are sent. In chunks all of it may be: what is missing then is the last, empty one."""
    wanted = int(size * cut.at) if isinstance(cut.at, float) else int(cut.at)
    return max(0, min(wanted, size if cut.length == "chunked" else size - 1))


def fragment(status: int, headers: Sequence[tuple[str, str]], size: int, cut: Cut) -> Fragment:
    """What is sent by a cut that fits of an answer whose body has that size."""
    if cut.at == "nothing":
        return Fragment(tail=cut.tail)
    lines = _head_lines(status, headers, cut, size)
    if cut.at == "head":
        return Fragment(_encode(lines), tail=cut.tail)
    head, sent = _encode([*lines, ""]), int(cut.at)
    if cut.length == "chunked" and sent:
        # One chunk, whatever it is read in.
        return Fragment(head + b"%x\r\n" % sent, sent, b"\r\n" + cut.tail)
    return Fragment(head, sent, cut.tail)


def _head_lines(status: int, headers: Sequence[tuple[str, str]], cut: Cut, size: int) -> list[str]:
    kept = [(name, value) for name, value in headers if name.lower() not in _FRAMING]
    if not any(name.lower() == "date" for name, _ in kept):
        kept.append(("Date", formatdate(usegmt=True)))
    if status in _LENGTHLESS:
        pass
    elif cut.length == "declared":
        kept.append(("Content-Length", str(size)))
    elif cut.length == "chunked":
        kept.append(("Transfer-Encoding", "chunked"))
    kept.append(("Connection", "close"))
    return [f"HTTP/1.1 {status_line(status)}", *(f"{name}: {value}" for name, value in kept)]


def _encode(lines: list[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1", "replace")


def first_bytes(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """The first bytes of a body; no more of it is read."""
    left = most
    for chunk in chunks if most else ():
        yield chunk[:left]
        left -= len(chunk)
        if left <= 0:
            return


def describe(cut: Cut) -> str:
    """The cut in two or three words, for log and journal."""
    if cut.at == "nothing" and cut.by == "fin":
        return "garbage" if cut.tail else "empty"
    place = {"nothing": "connect", "head": "head"}.get(str(cut.at), "body")
    return f"{_WORDS[cut.by]} {place}"
