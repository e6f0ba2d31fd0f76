"""Answers kept for requests that are sent again with the same `Idempotency-Key`.

*Source* draft-ietf-httpapi-idempotency-key-header-07: the first answer is repeated, another request with the key is an
error.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import blake2b
from threading import RLock
from typing import Final, TypeAlias

from mockserver.errors import BadRequest, FieldError, Invalid
from mockserver.messages import Reply, Request, exact
from mockserver.query.caller import Caller
from mockserver.query.parameters import ACCESS_TOKEN
from mockserver.rest.multipart import said
from mockserver.value import dataclass

HEADER: Final = "Idempotency-Key"
_KEPT: Final = 1000
_KEPT_BYTES: Final = 16 * 1024 * 1024
_KEPT_FOR: Final = timedelta(hours=24)
_LONGEST: Final = 255

_Place: TypeAlias = tuple[str, str, str, str]
"""User, method, path, key."""


@dataclass(frozen=True, slots=True)
class _Kept:
    fingerprint: bytes
    reply: Reply
    until: datetime


class Replays:
    """The latest answers to requests with a key, for a day of the running clock; the oldest make room.

    The lock has requests with a key wait for one another, so that the second of two finds the answer to the first.
    """

    __slots__ = ("_clock", "_kept", "_size_bytes", "lock")

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self.lock = RLock()
        self.clear()

    def clear(self) -> None:
        """Forget them all."""
        self._kept: OrderedDict[_Place, _Kept] = OrderedDict()
        self._size_bytes = 0

    def find(self, place: _Place, fingerprint: bytes) -> Reply | None:
        """The answer there was. *Raises* `Invalid` when the key was another request's."""
        kept = self._kept.get(place)
        if kept is None or kept.until <= self._clock():
            return None
        if kept.fingerprint != fingerprint:
            detail = "was used for another request: take a new one"
            raise Invalid(f"The {HEADER} {detail}.", [FieldError(detail, parameter=HEADER)])
        return kept.reply

    def keep(self, place: _Place, fingerprint: bytes, reply: Reply) -> None:
        """Remember an answer."""
        self._drop(place)
        reply = replace(reply, body=exact(reply.body))
        self._kept[place] = _Kept(fingerprint, reply, self._clock() + _KEPT_FOR)
        self._size_bytes += len(reply.body)
        while len(self._kept) > _KEPT or self._size_bytes > _KEPT_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop(self, place: _Place) -> None:
        kept = self._kept.pop(place, None)
        self._size_bytes -= len(kept.reply.body) if kept is not None else 0


def answer_once(replays: Replays, request: Request, caller: Caller, answer: Callable[[], Reply]) -> Reply:
    """The answer to a request that changes something, the first one again where it carries a key that was used.

    A request that was refused has changed nothing and may be sent again, mended. *Raises* `BadRequest` for a key that
    is none, and what `answer` raises.
    """
    key = request.headers.get(HEADER.lower())
    if key is None:
        return answer()
    if not key.strip() or len(key) > _LONGEST or not key.isprintable():
        detail = f"must be 1 to {_LONGEST} printable characters"
        raise BadRequest(f"The {HEADER} {detail}.", [FieldError(detail, parameter=HEADER)])
    place = (caller.user.name if caller.user else "", request.method, request.target, key)
    # Who asks is known already: a token that was renewed meanwhile makes no other request of it.
    query = [pair for pair in request.query if pair[0] != ACCESS_TOKEN]
    fingerprint = blake2b(repr(query).encode() + b"\0" + said(request), digest_size=16).digest()
    with replays.lock:
        found = replays.find(place, fingerprint)
        if found is not None:
            return replace(found, decided_by=f"{found.decided_by} repeated")
        reply = answer()
        replays.keep(place, fingerprint, reply)
    return reply
