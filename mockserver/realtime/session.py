"""The contract of a conversation over a connection that stays open, and of the connection it is handed.

A session knows neither sockets nor greenlets, and never waits; a connection knows nothing of what is said on it.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final, Protocol, TypeAlias

from mockserver.messages import Reply
from mockserver.realtime.frame import Frame
from mockserver.realtime.witness import Witnessed
from mockserver.value import dataclass

MESSAGE_BYTES: Final = 1024 * 1024
"""How long a message from a client may be, unless a definition says otherwise."""

Message: TypeAlias = str | bytes | Frame


class Wire(Protocol):
    """The sending half of a connection, and the ways to end it.

    Nothing here waits. What can't be sent at once is queued, within bounds; a client that does not read is cut off
    (close code 1013). After an end everything is let go without a word.
    """

    def send(self, message: Message) -> None:
        """Send one message; on an event stream text is the data of an event."""
        ...

    def play(self, messages: Iterable[Message]) -> None:
        """Send these, drawn one by one as the client takes them, so that they fill no queue.

        What is sent later comes after the last of them.
        """
        ...

    def close(self, code: int, reason: str = "") -> None:
        """End it in order: what is queued first, then Close with this code, then TCP once the client has answered.

        With 1005 the Close frame has no code and no reason (RFC 6455 §7.1.5). *Raises* `ValueError` for a code that
        no connection may be closed with (`close_code.may_close`).
        """
        ...

    def drop(self) -> None:
        """End TCP (FIN) without a Close frame."""
        ...

    def reset(self) -> None:
        """Reset TCP (RST)."""
        ...

    def stall(self) -> None:
        """Go silent and stay open: read nothing, send nothing, answer neither Ping nor Close."""
        ...


class Session(Protocol):
    """One conversation. `open` comes first, `end` last and exactly once, however the connection ended."""

    @property
    def name(self) -> str:
        """What it is, in a word or two, for log and journal."""
        ...

    @property
    def user(self) -> str:
        """Who it is with, empty for nobody."""
        ...

    @property
    def rooms(self) -> Collection[str]:
        """What it has joined, for those who look on."""
        ...

    def open(self, wire: Wire) -> None:
        """The connection stands; say what there is to say first."""
        ...

    def receive(self, message: str | bytes) -> None:
        """A whole message came from the client."""
        ...

    def beat(self) -> None:
        """Its heartbeat is due."""
        ...

    def farewell(self) -> None:
        """The server is about to end the connection: say so, where there is a word for it."""
        ...

    def end(self) -> None:
        """The connection is gone: let go of everything."""
        ...


@dataclass(frozen=True, slots=True)
class Opening:
    """A session about to begin, and the terms of its connection.

    `beat_s` is the time between two heartbeats (`Session.beat`, and Ping on a WebSocket). `deflate` lets
    permessage-deflate be negotiated. `subprotocols` are those that are understood, the best first. `sandbox` is the
    name of the state it is about. `listener` is who listens to the feed in it, where somebody does.
    """

    session: Session
    beat_s: float
    subprotocols: tuple[str, ...] = ()
    deflate: bool = False
    max_message_bytes: int = MESSAGE_BYTES
    sandbox: str = "default"
    listener: Witnessed | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """What follows a reply's head on a connection that stays open: an event stream (`Reply.live`).

    `preamble` comes before anything that the session says.
    """

    opening: Opening
    preamble: bytes = b""


@dataclass(frozen=True, slots=True)
class Held:
    """An answer that waits for the feed (`Reply.live`), at most `wait_s`.

    `poll` gives it as soon as there is something to tell, asked again after every change; `last` gives it in any case.
    """

    wait_s: float
    poll: Callable[[], Reply | None]
    last: Callable[[], Reply]
