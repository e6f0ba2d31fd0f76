"""Answers compressed for those who ask: gzip, where it is worth it. Knows headers and bytes, not what they say.

*Source* RFC 9110 §12.5.3 (`Accept-Encoding`), §8.8.3.3 (one tag for each coding), §15.4.5 (304).
"""

import gzip
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Final

import gevent

from mockserver.messages import BODILESS, Reply, Request
from mockserver.rest.conditional import coded_tag, names_tag

LEAST_BYTES: Final = 1024
"""Shorter bodies are sent as they are: they fill one packet either way."""
_LEVEL: Final = 1
"""The quickest: the next ones take half as long again for a twentieth less."""
_APART_BYTES: Final = 128 * 1024
"""Longer bodies are compressed by a thread, so that nobody waits for it."""

_UNCODED: Final = BODILESS | {206}
_TEXT = re.compile(
    r"text/[^;]+|(?:application|image)/(?:[^;/]+\+)?(?:json|xml)"
    r"|application/(?:javascript|x-javascript|ecmascript|x-ndjson|wasm|manifest\+json|yaml)|image/bmp|font/(?:ttf|otf)",
    re.IGNORECASE,
)
_WEIGHTED = re.compile(r"\s*([^\s;,=]+)\s*(?:;\s*q\s*=\s*(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE)
_VARY: Final = ("Vary", "Accept-Encoding")


def code(request: Request, reply: Reply) -> Reply:
    """The reply as this client wants it: compressed where it asks for that and it pays."""
    if reply.status == 304:
        return _recall(request, reply)
    if len(reply.body) < LEAST_BYTES or not is_codable(reply.status, reply.headers, len(reply.body)):
        return reply
    if not wants_gzip(request.headers.get("accept-encoding", "")):
        return replace(reply, headers=(*reply.headers, _VARY))
    return replace(reply, headers=coded_headers(reply.headers), body=_compress(reply.body))


def is_codable(status: int, headers: tuple[tuple[str, str], ...], size: int) -> bool:
    """Whether a body of that size is ever compressed."""
    if size < LEAST_BYTES or status in _UNCODED:
        return False
    known = {name.lower(): value for name, value in headers}
    return (
        _is_text(known.get("content-type", ""))
        and "content-encoding" not in known
        and "no-transform" not in known.get("cache-control", "").lower()
    )


def coded_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """The headers of the compressed representation: its own tag, and no ranges, which would be of other bytes."""
    kept = [(name, value) for name, value in headers if name.lower() != "accept-ranges"]
    tagged = [(name, coded_tag(value)) if name.lower() == "etag" else (name, value) for name, value in kept]
    return (*tagged, ("Content-Encoding", "gzip"), _VARY)


def _recall(request: Request, reply: Reply) -> Reply:
    """A 304 that names the representation the client has."""
    tag, known = reply.header("etag"), request.headers.get("if-none-match", "")
    headers = reply.headers
    if tag is not None and not names_tag(known, tag) and names_tag(known, coded_tag(tag)):
        headers = tuple((name, coded_tag(value) if name.lower() == "etag" else value) for name, value in headers)
    return replace(reply, headers=(*headers, _VARY))


@lru_cache(maxsize=256)
def _is_text(content_type: str) -> bool:
    return _TEXT.fullmatch(content_type.partition(";")[0].strip()) is not None


@lru_cache(maxsize=256)
def wants_gzip(accepted: str) -> bool:
    """Whether an `Accept-Encoding` prefers gzip to nothing; one that can't be read, or is empty, does not."""
    weights = _read_weights(accepted)
    gzipped = weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0)))
    return gzipped > 0 and gzipped >= weights.get("identity", 0.0)


def _read_weights(accepted: str) -> Mapping[str, float]:
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        found = _WEIGHTED.fullmatch(part)
        if found is not None:
            weights[found[1].lower()] = float(found[2] or 1)
    return weights


def _compress(body: bytes) -> bytes:
    # Without a time in it: the same answer is the same bytes.
    work = partial(gzip.compress, body, _LEVEL, mtime=0)
    if len(body) < _APART_BYTES:
        return work()
    done: bytes = gevent.get_hub().threadpool.apply(work)
    return done
