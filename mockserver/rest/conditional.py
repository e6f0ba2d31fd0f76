"""Entity tags and preconditions (RFC 9110 §8.8.3, §13): strong tags of the bytes that would be sent."""

import re
from hashlib import blake2b

from mockserver.definitions.model import EtagMode
from mockserver.errors import BadRequest, PreconditionFailed, PreconditionRequired
from mockserver.messages import Request

_TAGS = re.compile(r'\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*(?:,\s*(?:(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"\s*)?)*')
_TAG = re.compile(r'((?:W/)?)("[^"]*")')


def entity_tag(body: bytes) -> str:
    """The strong entity tag of a representation."""
    return f'"{blake2b(body, digest_size=12).hexdigest()}"'


def _tags(name: str, header: str) -> list[tuple[bool, str]]:
    if not _TAGS.fullmatch(header):
        raise BadRequest(f"'{name}' must be * or entity tags in double quotes, like \"abc\".")
    return [(bool(found[1]), found[2]) for found in _TAG.finditer(header)]


def check_write(request: Request, tag: str | None, mode: EtagMode) -> None:
    """Whether a write to a document may go on; `tag` is its current one, nothing where there is no document yet.

    *Raises* `PreconditionFailed`, `PreconditionRequired`, `BadRequest`.
    """
    if_match, if_none_match = request.headers.get("if-match"), request.headers.get("if-none-match")
    if if_match is None and mode == "required" and tag is not None:
        raise PreconditionRequired("This API wants an If-Match header with the ETag of the document you read.")
    if if_match is not None and if_match.strip() != "*":
        # Strong comparison (§13.1.1): a weak tag matches nothing.
        wanted = [found for weak, found in _tags("If-Match", if_match) if not weak]
        if tag is None or tag not in wanted:
            raise PreconditionFailed("The document has changed since you read it: its ETag is another now.")
    if if_none_match is not None and tag is not None:
        known = if_none_match.strip() == "*" or any(found == tag for _, found in _tags("If-None-Match", if_none_match))
        if known:
            raise PreconditionFailed("If-None-Match names the document as it is.")


def is_not_modified(request: Request, tag: str) -> bool:
    """Whether a read may be answered with 304: weak comparison with what the client has (§13.1.2)."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    return header.strip() == "*" or any(found == tag for _, found in _tags("If-None-Match", header))


def check_read(request: Request, tag: str) -> None:
    """`If-Match` on a read. *Raises* `PreconditionFailed`, `BadRequest`."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return
    if tag not in [found for weak, found in _tags("If-Match", header) if not weak]:
        raise PreconditionFailed("The document has changed since you read it: its ETag is another now.")
