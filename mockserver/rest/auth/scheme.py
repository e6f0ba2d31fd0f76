"""The contract of a scheme: where credentials stand in a request, how they are asked for and handed out.

A scheme knows neither users nor sessions; it reads and writes texts.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, Literal, TypeAlias

from mockserver.messages import Json, Request
from mockserver.registry import Registry
from mockserver.value import dataclass

Headers: TypeAlias = tuple[tuple[str, str], ...]
_BEARER: Final = re.compile(r"bearer(?: +(.*))?", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """One text that stands for somebody."""

    text: str


@dataclass(frozen=True, slots=True)
class NameAndPassword:
    """What somebody is called, and what proves it."""

    name: str
    password: str


Credentials: TypeAlias = Token | NameAndPassword


class Unsealed(Exception):
    """A sealed token that is none of ours, for whatever reason."""


@dataclass(frozen=True, slots=True)
class Options:
    """What a definition says about its scheme; `login` is the path to log in at, empty where there is none."""

    realm: str
    cookie: str
    header: str
    secret: str
    algorithm: str
    login: str


def _nothing(token: str, lives_s: int, base: str) -> Headers:
    del token, lives_s, base
    return ()


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way to say who is asking.

    `read` gives what a request says, right or wrong; `challenge` is `WWW-Authenticate` with what is wrong, empty where
    nothing was said; `show` writes the header line of a token, or of a name and a password, to be pasted. `hand`
    are the headers that make a browser keep a token for what is below `base`; one that lives 0 s is to be forgotten.

    `seal` and `unseal` are there where tokens hold what they say; `unseal` *raises* `Unsealed`.
    """

    needs: Literal["token", "password"]
    read: Callable[[Request], Sequence[Credentials]]
    challenge: Callable[[str], str]
    show: Callable[[Credentials], str]
    hand: Callable[[str, int, str], Headers] = _nothing
    seal: Callable[[Mapping[str, Json]], str] | None = None
    unseal: Callable[[str], Mapping[str, Any]] | None = None
    headers: tuple[str, ...] = ("Authorization",)
    """Where credentials stand."""
    takes: tuple[str, ...] = ()
    """The options of a definition that it reads."""
    described: Mapping[str, str] = field(default_factory=dict)
    """The scheme as a security scheme object of OpenAPI."""
    kind: str = "Bearer"
    """What its tokens are called where they are given (RFC 6749 §7.1)."""

    @property
    def is_cookie(self) -> bool:
        """Whether tokens go along on their own."""
        return self.hand is not _nothing


schemes: Registry[Callable[[Options], Scheme]] = Registry("scheme", "mockserver.rest.auth.schemes")


def read_bearer(request: Request) -> Sequence[Credentials]:
    """The token of `Authorization: Bearer …` (RFC 6750 §2.1)."""
    found = _BEARER.fullmatch(request.headers.get("authorization", "").strip())
    return () if found is None else (Token((found[1] or "").strip()),)


def bearer_challenge(realm: str) -> Callable[[str], str]:
    """What asks for a bearer token, by what is wrong with the one that came (RFC 6750 §3)."""

    def challenge(flaw: str) -> str:
        said = f', error="invalid_token", error_description={quoted(flaw)}' if flaw else ""
        return f"Bearer realm={quoted(realm)}{said}"

    return challenge


def show_bearer(credentials: Credentials) -> str:
    """A token as a header line."""
    return f"Authorization: Bearer {text_of(credentials)}"


def text_of(credentials: Credentials) -> str:
    """The token, of credentials that are one."""
    return credentials.text if isinstance(credentials, Token) else ""


def quoted(text: str) -> str:
    """A text as a quoted string of a header (RFC 9110 §5.6.4), in ASCII."""
    plain = "".join(char if " " <= char <= "~" else "?" for char in text)
    escaped = plain.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
