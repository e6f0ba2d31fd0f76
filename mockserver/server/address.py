"""Which sandbox a request is for: by its path (`/~w3/…`), a header or a cookie, in this order."""

import re
from dataclasses import replace
from typing import Final
from urllib.parse import unquote

from mockserver.definitions.name import NAME_WORDS
from mockserver.errors import BadRequest, FieldError
from mockserver.messages import Request
from mockserver.sandbox.address import DEFAULT, is_sandbox

HEADER: Final = "X-Mock-Sandbox"
COOKIE: Final = "mock_sandbox"
_HEADER: Final = HEADER.lower()
# A browser may spell the tilde out, though RFC 3986 §2.3 tells it not to.
_BEGINNINGS: Final = ("/~", "/%7E", "/%7e")
_PREFIX: Final = re.compile(r"(/(?:~|%7[Ee])([^/]*))(/.*)?", re.DOTALL)


def locate(request: Request) -> tuple[str, Request]:
    """The sandbox's name, and the request as that sandbox sees it. *Raises* `BadRequest` for what can't be a name."""
    if request.target.startswith(_BEGINNINGS):
        found = _PREFIX.fullmatch(request.target)
        assert found is not None  # noqa: S101 - every text that begins so is matched
        name = unquote(found[2])
        if not is_sandbox(name):
            raise BadRequest(f"'{name}' can't be a sandbox: {_WORDS}, as in /~w3/.")
        return name, replace(request, target=found[3] or "/", base=found[1])
    if _HEADER in request.headers:
        return _checked(request.headers[_HEADER], HEADER), request
    if COOKIE in request.headers.get("cookie", ""):
        return _checked(_read_cookie(request.headers["cookie"]), f"{COOKIE} cookie"), request
    return DEFAULT, request


_WORDS: Final = f"its name is {NAME_WORDS}"


def _checked(name: str, where: str) -> str:
    if not is_sandbox(name):
        raise BadRequest(f"The {where} names no sandbox: {_WORDS}.", [FieldError(_WORDS, parameter=where)])
    return name


def _read_cookie(header: str) -> str:
    """The value of the first cookie of that name (RFC 6265 §4.2.1), the default's where there is none."""
    for pair in header.split(";"):
        name, _, value = pair.strip(" \t").partition("=")
        if name == COOKIE:
            return value.strip('"')
    return DEFAULT
