"""Who is asking, and what they may see. How somebody is recognised is the gate's to know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Protocol

from mockserver.messages import Json, Request
from mockserver.query.view import Eyes, sees_all
from mockserver.value import dataclass


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who is logged in."""

    name: str
    roles: tuple[str, ...] = ()
    claims: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Caller:
    """The user of a request, nobody where it has none, and the documents that exist for them."""

    user: User | None = None
    sees: Eyes = sees_all


ANYBODY = Caller()
"""Whoever asks an API that asks for nobody."""


class Gate(Protocol):
    """Lets requests in."""

    @property
    def headers(self) -> Sequence[str]:
        """The headers of a request that what it is answered depends on."""
        ...

    @property
    def stamp(self) -> object:
        """Another one whenever a caller may be somebody else than before: after a login, a logout, a reload."""
        ...

    def admit(self, request: Request, paths: Iterable[tuple[str, ...]]) -> Caller:
        """Who is asking.

        `paths` are the steps of the path below the prefix in their canonical spelling, a nested one followed by the
        flat one that means the same. *Raises* `Unauthenticated`, `Forbidden`.
        """
        ...

    def visitor(self) -> Caller:
        """Somebody who is not logged in, as far as they get without."""
        ...

    def identify(self, request: Request) -> Caller:
        """Who is asking, whatever for. *Raises* `Unauthenticated` for nobody."""
        ...

    def is_timeless(self, request: Request) -> bool:
        """Whether its sender is the same one however late it comes, as long as the stamp is the same."""
        ...


class OpenGate:
    """Lets everybody in."""

    headers: Sequence[str] = ()

    @property
    def stamp(self) -> object:
        """This gate: whoever was let in stays."""
        return self

    def admit(self, request: Request, paths: Iterable[tuple[str, ...]]) -> Caller:
        """Anybody."""
        del request, paths
        return ANYBODY

    def visitor(self) -> Caller:
        """Anybody."""
        return ANYBODY

    def identify(self, request: Request) -> Caller:
        """Anybody."""
        del request
        return ANYBODY

    def is_timeless(self, request: Request) -> bool:
        """Always."""
        del request
        return True
