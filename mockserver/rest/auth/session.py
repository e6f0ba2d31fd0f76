"""Who is logged in: what of authentication changes while a definition is served. Holds no token, only what it comes to.

Tokens are drawn from the seed, the user and a count, so that two runs of the same logins agree.
"""

from collections import OrderedDict
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Final

from mockserver.definitions.quantity import shift
from mockserver.generation.seeding import Streams
from mockserver.value import dataclass

KEPT: Final = 10_000
"""How many logins are held; the oldest make room."""


def digest_of(token: str) -> bytes:
    """What a token is kept and found by: so neither is a token held, nor does looking for one tell how near it was."""
    return blake2b(token.encode("utf-8", "surrogatepass"), digest_size=32).digest()


@dataclass(frozen=True, slots=True)
class Session:
    """One login: the digests of its two tokens, and until when each is good."""

    user: str
    access: bytes
    refresh: bytes
    until: datetime
    refresh_until: datetime


class Sessions:
    """The logins of one sandbox, and the sealed tokens that were taken back."""

    __slots__ = ("_drawn", "_open", "_refreshing", "_revoked", "_seed", "changes")

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.changes = 0
        """How often somebody has come or gone."""
        self.clear()

    def __len__(self) -> int:
        return len(self._open)

    def clear(self) -> None:
        """Log everybody out, and count from the beginning."""
        self._drawn = 0
        self.changes += 1
        self._open: OrderedDict[bytes, Session] = OrderedDict()
        self._refreshing: dict[bytes, bytes] = {}
        self._revoked: OrderedDict[bytes, None] = OrderedDict()

    def copy(self) -> "Sessions":
        """The same logins, which change apart from these."""
        made = Sessions(self._seed)
        made.adopt(self, timedelta())
        return made

    def adopt(self, other: "Sessions", later: timedelta) -> None:
        """Hold the logins of others and none else, each good for so much later; the counts go on from theirs."""
        self.changes += 1
        self._drawn = other._drawn
        self._open = OrderedDict((access, _moved(one, later)) for access, one in other._open.items())
        self._refreshing, self._revoked = other._refreshing.copy(), other._revoked.copy()

    def draw(self, user: str) -> str:
        """The next token's text: 43 characters that every scheme can carry."""
        self._drawn += 1
        stream = Streams(self._seed, "sessions", user).at(b"%d" % self._drawn)
        return "".join(_ALPHABET[stream.below(len(_ALPHABET))] for _ in range(43))

    def open(self, session: Session) -> None:
        """Hold a login."""
        self.changes += 1
        self._open[session.access] = session
        self._refreshing[session.refresh] = session.access
        while len(self._open) > KEPT:
            self._drop(next(iter(self._open)))

    def find(self, token: str) -> Session | None:
        """The login of an access token, expired or not."""
        return self._open.get(digest_of(token))

    def spend(self, refresh: str) -> Session | None:
        """The login of a refresh token, which is good for nothing from now on."""
        access = self._refreshing.pop(digest_of(refresh), None)
        return None if access is None else self._open[access]

    def extend(self, session: Session, until: datetime) -> None:
        """Let a login be good for longer."""
        self._open[session.access] = replace(session, until=until)

    def close(self, token: str) -> None:
        """Log out: neither token of this login is good any more."""
        self._drop(digest_of(token))

    def revoke(self, mark: str) -> None:
        """Remember a sealed token that was taken back, by what it is told from others by."""
        self.changes += 1
        self._revoked[digest_of(mark)] = None
        while len(self._revoked) > KEPT:
            self._revoked.popitem(last=False)

    def is_revoked(self, mark: str) -> bool:
        """Whether a sealed token was taken back."""
        return digest_of(mark) in self._revoked

    def _drop(self, access: bytes) -> None:
        session = self._open.pop(access, None)
        if session is not None:
            self.changes += 1
            self._refreshing.pop(session.refresh, None)


def _moved(session: Session, later: timedelta) -> Session:
    return replace(session, until=shift(session.until, later), refresh_until=shift(session.refresh_until, later))


_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
