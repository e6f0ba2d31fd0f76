"""What stays open, as those see it who look on: a WebSocket or an event stream. Knows nothing of how either works."""

from collections.abc import Callable, Iterable
from dataclasses import field
from datetime import UTC, datetime
from time import monotonic
from typing import Literal, Protocol, TypeAlias

from mockserver.messages import Json
from mockserver.realtime.session import Message, Opening, Session, Wire
from mockserver.sandbox.reconnect.flow import Flow
from mockserver.server.disconnection import Disconnection
from mockserver.server.guest import Guest
from mockserver.value import dataclass

Tap: TypeAlias = Callable[[Literal["in", "out"], Message], None]
"""Is shown a message: which way it went, and what it was."""
State: TypeAlias = Literal["open", "closing", "stalled", "ended"]


@dataclass(slots=True)
class Traffic:
    """What went to and fro so far: messages as the sessions have them, bytes as the wire has them.

    `flow` is how much of the feed that was; `tap` is told of every message, as long as somebody wants to see them.
    """

    messages_in: int = 0
    messages_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0
    flow: Flow = field(default_factory=Flow)
    tap: "Tap | None" = None


class Gate(Protocol):
    """What messages pass on their way while something may happen to them there, in their order on the wire."""

    def send(self, message: Message) -> Iterable[Message]:
        """What goes out now that the session says this."""
        ...

    def receive(self, message: str | bytes) -> Iterable[str | bytes]:
        """What the session hears now that the client says this."""
        ...

    def let_go(self) -> Iterable[Message]:
        """What has been kept on its way out; nothing is kept from now on."""
        ...

    def let_in(self) -> Iterable[str | bytes]:
        """What has been kept on its way in, which the session is to hear."""
        ...


class Companion(Protocol):
    """Whoever goes along with a connection from its beginning to its end, and may interfere."""

    def join(self, talk: "Conversation") -> None:
        """It is about to begin."""
        ...

    def stand(self) -> None:
        """It has begun: the client knows that it stands, and the session has said what it says first."""
        ...

    def leave(self) -> None:
        """It is over."""
        ...


class Conversation(Wire, Protocol):
    """A connection that stays open."""

    gate: Gate | None

    @property
    def transport(self) -> Literal["websocket", "sse"]:
        """What it is on the wire."""
        ...

    @property
    def session(self) -> Session:
        """What is talked about."""
        ...

    @property
    def target(self) -> str:
        """The path it was opened at, without the query."""
        ...

    @property
    def sandbox(self) -> str:
        """The name of the state that it is about."""
        ...

    @property
    def opening(self) -> Opening:
        """The terms that it began on."""
        ...

    @property
    def guest(self) -> Guest | None:
        """Who it is with, where that is recorded."""
        ...

    @property
    def remote(self) -> str:
        """Address and port of the client."""
        ...

    @property
    def state(self) -> State:
        """Whether it is still open."""
        ...

    @property
    def traffic(self) -> Traffic:
        """What went to and fro."""
        ...

    @property
    def queue(self) -> tuple[int, int]:
        """How many messages and how many bytes wait for the client."""
        ...

    def emit(self, message: Message) -> None:
        """Send a message that has passed the gate."""
        ...

    def deliver(self, message: str | bytes) -> None:
        """Have the session hear a message that has passed the gate."""
        ...

    def beat(self) -> None:
        """Its heartbeat is due."""
        ...

    def hurry(self, code: int, reason: str) -> None:
        """The same as `close`, but whoever does not read is waited for only a moment."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One of those that are open."""

    number: int
    conversation: Conversation
    since: float
    began: float

    @property
    def id(self) -> str:
        """What it is known by: small, and never used again."""
        return str(self.number)

    def describe(self) -> dict[str, Json]:
        """The shape the control plane shows."""
        talk = self.conversation
        messages, size = talk.queue
        return {
            "id": self.id,
            "transport": talk.transport,
            "path": talk.target,
            "session": talk.session.name,
            "user": talk.session.user,
            "sandbox": talk.sandbox,
            "rooms": [*sorted(talk.session.rooms)],
            "remote": talk.remote,
            "state": talk.state,
            "since": datetime.fromtimestamp(self.since, UTC).isoformat(timespec="milliseconds"),
            "age_s": round(monotonic() - self.began, 3),
            "messages_in": talk.traffic.messages_in,
            "messages_out": talk.traffic.messages_out,
            "bytes_in": talk.traffic.bytes_in,
            "bytes_out": talk.traffic.bytes_out,
            "queue": messages,
            "queue_bytes": size,
        }

    def end(self, wanted: Disconnection) -> None:
        """End it, or make it stall."""
        end(self.conversation, wanted)


def end(wire: Wire, wanted: Disconnection) -> None:
    """End a connection, or make it stall."""
    match wanted.how:
        case "close":
            wire.close(wanted.code, wanted.reason)
        case "drop":
            wire.drop()
        case "reset":
            wire.reset()
        case "stall":
            wire.stall()
