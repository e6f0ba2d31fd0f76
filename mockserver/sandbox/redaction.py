"""Taking what counts as a secret out of headers, queries and bodies.

`secrets` are further names, in lower case, that a definition gives to what is one.
"""

import re
from collections.abc import Iterable
from functools import partial
from urllib.parse import parse_qsl, urlencode

import orjson

from mockserver.definitions.secret import NONE, REDACTED, WORDS, is_secret
from mockserver.messages import FORM, Json

_SECRET_BYTES = tuple(word.encode() for word in WORDS)
# Every class leaves out what begins the next match, so no text is read twice.
_URL_PAIR = re.compile(r"([?&#])([^?&#=\s]*)=([^?&#\s>\"]*)")
_ESCAPED_NAME = re.compile(r"[?&#][^?&#=\s]*%")
# Only the beginning of a body is kept; reading all of a long one for that would hold everyone else up.
_READ_LIMIT_BYTES = 64 * 1024


def redact_pairs(pairs: Iterable[tuple[str, str]], secrets: frozenset[str] = NONE) -> tuple[tuple[str, str], ...]:
    """Headers or query parameters without their secrets, URLs inside values included (`Referer`, `Location`)."""
    return tuple([(name, _redact_value(name, value, secrets)) for name, value in pairs])


def redact_text(text: str, secrets: frozenset[str] = NONE) -> str:
    """A text without the secrets in the URLs that are in it."""
    if "=" not in text:
        return text
    if not secrets and text.isascii() and _ESCAPED_NAME.search(text) is None and not _has_word(text.lower()):
        # Nothing in it, then, is called as a secret is. Beyond ASCII lowering does not find all that is (`paſſword`).
        return text
    return _URL_PAIR.sub(partial(_redact_url_pair, secrets), text)


def _has_word(lowered: str) -> bool:
    for word in WORDS:  # noqa: SIM110 - quicker than `any`, and asked of every header
        if word in lowered:
            return True
    return False


def _redact_value(name: str, value: str, secrets: frozenset[str]) -> str:
    if is_secret(name, secrets):
        return REDACTED
    return redact_text(value, secrets)


def _redact_url_pair(secrets: frozenset[str], found: re.Match[str]) -> str:
    mark, name, _ = found.groups()
    # A name can be spelled with escapes, and decoding it is not worth the rare case.
    return f"{mark}{name}={REDACTED}" if "%" in name or is_secret(name, secrets) else found[0]


def redact_body(body: bytes, content_type: str, secrets: frozenset[str] = NONE) -> str:
    """A request body as text without its secrets: JSON at any depth, forms by name.

    A body that names a secret and is too long or can't be read as either is left out whole, because nothing says
    where the secret ends.
    """
    if content_type.lower().startswith(FORM) and len(body) <= _READ_LIMIT_BYTES:
        return _redact_form(body, secrets)
    if not _may_name_secret(body, content_type, secrets):
        return body[:_READ_LIMIT_BYTES].decode("utf-8", "replace")
    if len(body) <= _READ_LIMIT_BYTES:
        try:
            return orjson.dumps(_redact_json(orjson.loads(body), secrets)).decode()
        except (orjson.JSONDecodeError, orjson.JSONEncodeError, RecursionError):
            pass
    return f"{REDACTED} {len(body)} bytes that name a secret"


def _may_name_secret(body: bytes, content_type: str, secrets: frozenset[str]) -> bool:
    lowered = body.lower()
    # A name can be spelled with escapes; then only a real parser knows it.
    escapes = (b"%",) if content_type.lower().startswith(FORM) else (b"\\u",)
    return any(word in lowered for word in (*_SECRET_BYTES, *escapes, *(name.encode() for name in secrets)))


def _redact_form(body: bytes, secrets: frozenset[str]) -> str:
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
    return urlencode(redact_pairs(pairs, secrets), safe="[]")


def _redact_json(value: Json, secrets: frozenset[str]) -> Json:
    if isinstance(value, dict):
        return {
            name: REDACTED if is_secret(name, secrets) else _redact_json(inner, secrets)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_redact_json(inner, secrets) for inner in value]
    return value
