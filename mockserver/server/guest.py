"""Somebody at a window of the feed or at a channel; what becomes of that is told to the record of their sandbox."""

from collections.abc import Callable
from dataclasses import replace
from time import time
from typing import Final, Literal

from mockserver.realtime.close_code import ABNORMAL, TRY_AGAIN_LATER
from mockserver.realtime.session import Opening
from mockserver.realtime.witness import Told
from mockserver.sandbox.reconnect.flow import Flow
from mockserver.sandbox.reconnect.link import End, Link
from mockserver.sandbox.reconnect.reconnects import Member, Reconnects
from mockserver.sandbox.reconnect.visitor import Visitor

_CUT: Final = End("drop", "server")


def _end_of(by: Literal["client", "server"], how: str, code: int, reason: str) -> End:
    """An end in the words of the record."""
    if how == "lost" or (how == "drop" and reason):
        # We give reasons for dropping those alone who have been silent.
        return End("drop", "network")
    # Who is closed for not reading has not read what came before either.
    is_whole = how in ("close", "drop") and code != TRY_AGAIN_LATER
    return End(how, by, None if code == ABNORMAL else code, is_whole=is_whole)


class Guest:
    """One request to a window, and the connection that may come of it. Holds on to neither."""

    __slots__ = ("_asked_at", "_member", "_reconnects", "_visitor", "_window")

    def __init__(self, reconnects: Reconnects, visitor: Visitor, window: str) -> None:
        self._reconnects = reconnects
        self._visitor = visitor
        self._window = window
        self._asked_at = time()
        self._member: Member | None = None

    def arrive(self, opening: Opening, flow: Flow, sent: Callable[[], int], status: int) -> None:
        """The connection stands; `sent` tells how many messages have gone out over it."""
        session, listener, at = opening.session, opening.listener, time()
        visitor = replace(self._visitor, user=session.user)
        if listener is None:
            link = Link(self._window, at, None, flow, lambda: frozenset(session.rooms), sent)
        else:
            link = Link(self._window, at, listener.since, flow, lambda: listener.topics, lambda: flow.events)
        self._member = self._reconnects.open(visitor, link, status, at)
        if listener is not None:
            listener.witness = self._member

    def part(self, by: Literal["client", "server"], how: str, code: int, reason: str) -> None:
        """The end of the connection has begun, with a code or without a word (`ABNORMAL`)."""
        if self._member is not None:
            self._member.part(_end_of(by, how, code, reason), time())

    def leave(self, by: Literal["client", "server"], how: str, code: int, reason: str) -> None:
        """The connection is over."""
        if self._member is not None:
            self._member.end(_end_of(by, how, code, reason), time())
            self._member = None

    def refuse(self, status: int) -> None:
        """There is no connection, and no answer of the feed's: another status, 0 for none at all."""
        end = End("status", "server", status) if status else _CUT
        self._reconnects.refuse(self._visitor, self._window, end, status, time())

    def answer(self, told: Told, *, is_sure: bool) -> None:
        """A poll was answered."""
        self._reconnects.answer(self._visitor, self._window, told, (self._asked_at, time()), is_sure=is_sure)
