"""Entity tags and preconditions (RFC 9110 §8.8.3, §13): strong tags of the bytes that would be sent."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from mockserver.definitions.manner import EtagMode
from mockserver.errors import BadRequest, PreconditionFailed, PreconditionRequired
from mockserver.messages import Request

_TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*)?)*')
_TAG = re.compile(r'((?:W/)?)("[^"]*")')
_CODED = "-gzip"


def entity_tag(body: bytes) -> str:
    """The strong entity tag of a representation."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def coded_tag(tag: str) -> str:
    """The tag of the compressed form of what a strong tag stands for; other bytes have another tag (§8.8.3.3)."""
    return tag if tag.startswith("W/") else f'{tag[:-1]}{_CODED}"'


def plain_tags(header: str) -> str:
    """A list of tags in which those of compressed forms are the tags of what they are the form of."""
    return header.replace(f'{_CODED}"', '"')


def names_tag(header: str, tag: str) -> bool:
    """Whether a list of tags holds exactly this one, weak or not; one that can't be read holds none."""
    return any(found[2] == tag for found in _TAG.finditer(header))


@lru_cache(maxsize=256)
def http_date(moment: datetime) -> str:
    """A moment in UTC as headers say it (RFC 9110 §5.6.7)."""
    said = moment.ctime()
    return f"{said[:3]}, {moment.day:02} {said[4:7]} {said[20:]} {said[11:19]} GMT"


def _tags(name: str, header: str) -> list[tuple[bool, str]]:
    if not _TAGS.fullmatch(header):
        raise BadRequest(f"'{name}' must be * or entity tags in double quotes, like \"abc\".")
    return [(bool(found[1]), found[2]) for found in _TAG.finditer(plain_tags(header))]


class State(NamedTuple):
    """What a document can be recognised by: the tag of its representation, and when it was last written."""

    tag: str
    modified: datetime | None = None

    def headers(self) -> tuple[tuple[str, str], ...]:
        """`ETag`, and `Last-Modified` where it is known."""
        if self.modified is None:
            return (("ETag", self.tag),)
        return ("ETag", self.tag), ("Last-Modified", http_date(self.modified))

    def is_newer_than(self, header: str) -> bool | None:
        """Whether it was written after an HTTP date; nothing when either is unknown."""
        date = _date(header) if header else None
        return None if date is None or self.modified is None else self.modified.replace(microsecond=0) > date


def _date(header: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None  # a date that can't be read is passed over (§13.1.3, §13.1.4)
    return found if found.tzinfo is not None else None


def is_conditional(request: Request) -> bool:
    """Whether a write depends on the document's state."""
    return any(name in request.headers for name in ("if-match", "if-none-match", "if-unmodified-since"))


def check_write(request: Request, state: State, mode: EtagMode) -> None:
    """Whether a write to a document may go on. *Raises* `PreconditionFailed`, `PreconditionRequired`, `BadRequest`."""
    if mode == "required" and "if-match" not in request.headers:
        raise PreconditionRequired("This API wants an If-Match header with the ETag of the document you read.")
    check_read(request, state)
    header = request.headers.get("if-none-match")
    if header is not None and _names(header, state.tag):
        raise PreconditionFailed("If-None-Match names the document as it is.")


def check_read(request: Request, state: State) -> None:
    """`If-Match`, or else `If-Unmodified-Since`. *Raises* `PreconditionFailed`, `BadRequest`."""
    header = request.headers.get("if-match")
    if header is None:
        if state.is_newer_than(request.headers.get("if-unmodified-since", "")):
            raise PreconditionFailed("The document has changed since the date in If-Unmodified-Since.")
        return
    # Strong comparison (§13.1.1): a weak tag matches nothing.
    if header.strip() != "*" and state.tag not in [tag for weak, tag in _tags("If-Match", header) if not weak]:
        raise PreconditionFailed("The document has changed since you read it: its ETag is another now.")


def is_not_modified(request: Request, state: State) -> bool:
    """Whether a read may be answered with 304: by tag, or else by date (§13.2.2)."""
    header = request.headers.get("if-none-match")
    if header is not None:
        return _names(header, state.tag)
    return state.is_newer_than(request.headers.get("if-modified-since", "")) is False


def _names(header: str, tag: str) -> bool:
    """Weak comparison (§8.8.3.2) with what the client has."""
    return header == tag or header.strip() == "*" or any(found == tag for _, found in _tags("If-None-Match", header))
