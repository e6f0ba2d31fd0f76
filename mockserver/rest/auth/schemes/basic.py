"""`basic`: `Authorization: Basic …` with name and password in every request. *Source* RFC 7617."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Sequence

from mockserver.messages import Request
from mockserver.rest.auth.scheme import Credentials, NameAndPassword, Options, Scheme, quoted, schemes

_NOBODY = NameAndPassword("", "")
"""What can't be read: credentials, and nobody's."""


def _read(request: Request) -> Sequence[Credentials]:
    scheme, _, coded = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() != "basic":
        return ()
    try:
        name, colon, password = b64decode(coded.strip(), validate=True).decode().partition(":")
    except (Error, UnicodeDecodeError, ValueError):
        return (_NOBODY,)
    return (NameAndPassword(name, password) if colon else _NOBODY,)


def _show(credentials: Credentials) -> str:
    pair = f"{credentials.name}:{credentials.password}" if isinstance(credentials, NameAndPassword) else ""
    return f"Authorization: Basic {b64encode(pair.encode()).decode()}"


@schemes.register("basic")
def make(options: Options) -> Scheme:
    """The scheme of a definition."""
    challenge = f'Basic realm={quoted(options.realm)}, charset="UTF-8"'
    described = {"type": "http", "scheme": "basic"}
    return Scheme("password", _read, lambda flaw: challenge, _show, described=described)  # noqa: ARG005 - no place for it
