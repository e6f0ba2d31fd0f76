"""What is open on a plane: an entry each, found by its number, counted against a limit, and told of when it ends.

WebSockets and event streams are alike here. Knows nothing of how either works.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, time
from typing import Final, Literal, Protocol, TypeAlias

import gevent

from mockserver.errors import Unavailable
from mockserver.messages import Json
from mockserver.realtime.close_code import GOING_AWAY
from mockserver.realtime.session import Session, Wire
from mockserver.server.limits import Limits
from mockserver.server.log import ExchangeLog, Notice
from mockserver.server.socket.pulse import Pulse

How: TypeAlias = Literal["close", "drop", "reset", "stall"]
State: TypeAlias = Literal["open", "closing", "stalled", "ended"]
_TURN_ENDS: Final = 64


@dataclass(slots=True)
class Traffic:
    """What went to and fro so far: messages as the sessions have them, bytes as the wire has them."""

    messages_in: int = 0
    messages_out: int = 0
    bytes_in: int = 0
    bytes_out: int = 0


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended: by whom (`client` or `server`), which way, and with what code and reason.

    Without a Close frame the code is `ABNORMAL`.
    """

    by: Literal["client", "server"]
    how: Literal["close", "drop", "reset", "lost"]
    code: int
    reason: str = ""


class Conversation(Wire, Protocol):
    """A connection that stays open, as those see it who look on: a WebSocket or an event stream."""

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

    def end(self, how: How, code: int = 1000, reason: str = "") -> None:
        """End it, or make it stall. *Raises* `ValueError` for a code that may not be on the wire."""
        talk = self.conversation
        match how:
            case "close":
                talk.close(code, reason)
            case "drop":
                talk.drop()
            case "reset":
                talk.reset()
            case "stall":
                talk.stall()


class Sockets:
    """All that is open; the ground that every connection stands on: its limits, and where bugs are reported."""

    def __init__(self, limits: Limits, log: ExchangeLog) -> None:
        self.limits = limits
        self._log = log
        self._entries: dict[str, Entry] = {}
        self._pulse = Pulse(self._beat)
        self._is_stopping = False
        self._at_stop: list[Callable[[], None]] = []
        self.opened = 0
        """How many there have been."""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Those that are open now, the oldest first."""
        return iter(tuple(self._entries.values()))

    def find(self, socket_id: str) -> Entry:
        """The one of that id. *Raises* `LookupError` when none is open that has it."""
        entry = self._entries.get(socket_id)
        if entry is None:
            raise LookupError(f"no socket '{socket_id}' is open")
        return entry

    def verify_room(self) -> None:
        """Nothing, when one more may be opened. *Raises* `Unavailable`."""
        if self._is_stopping:
            raise Unavailable("The server is stopping.", headers={"Retry-After": "1"})
        if len(self._entries) >= self.limits.sockets:
            raise Unavailable(f"There are {self.limits.sockets} sockets open, and no more are kept.")

    def add(self, conversation: Conversation, beat_s: float) -> Entry:
        """Take up one that has just been opened; `remove` must follow."""
        self.opened += 1
        entry = Entry(self.opened, conversation, time(), monotonic())
        self._entries[entry.id] = entry
        self._pulse.follow(entry.number, beat_s)
        return entry

    def remove(self, entry: Entry, ending: Ending) -> None:
        """Let go of one that has ended, and say how it did."""
        if self._entries.pop(entry.id, None) is not None:
            self._log.tell(_write_notice(entry, ending))

    def trace(self, error: BaseException) -> None:
        """Report a bug in what is said on a connection."""
        self._log.trace(error)

    def at_stop(self, function: Callable[[], None]) -> None:
        """Have something done as soon as nobody is let in any more."""
        self._at_stop.append(function)

    def stop(self) -> None:
        """Let nobody in any more, and tell everyone that the server goes away."""
        self._is_stopping = True
        for function in self._at_stop:
            function()
        for turn, entry in enumerate(self, start=1):
            try:
                entry.conversation.session.farewell()
            except Exception as error:  # noqa: BLE001 - a bug of one session must not keep the others open
                self.trace(error)
            entry.conversation.hurry(GOING_AWAY, "The server is stopping.")
            if turn % _TURN_ENDS == 0:
                gevent.sleep(0)

    def _beat(self, number: int) -> bool:
        entry = self._entries.get(str(number))
        if entry is None:
            return False
        entry.conversation.beat()
        return True


_LABELS: Final = {"websocket": "WS", "sse": "SSE"}
_WORDS: Final = {"drop": "dropped", "reset": "reset", "lost": "left"}


def _write_notice(entry: Entry, ending: Ending) -> Notice:
    """What the log says of an end, as a line and as an event."""
    talk = entry.conversation
    lasted_s, traffic = monotonic() - entry.began, talk.traffic
    told = f"closed {ending.code}" if ending.how == "close" else _WORDS[ending.how]
    clock = datetime.now().astimezone().strftime("%H:%M:%S")
    line = (
        f"{clock} {_LABELS[talk.transport]} {talk.target} {told} by the {ending.by} after {lasted_s:.1f} s  "
        f"#{entry.id} {traffic.messages_in} in, {traffic.messages_out} out  {ending.reason}"
    ).rstrip()
    event: dict[str, Json] = {
        "event": "socket_end",
        "id": entry.id,
        "transport": talk.transport,
        "path": talk.target,
        "by": ending.by,
        "how": ending.how,
        "code": ending.code,
        "reason": ending.reason,
        "seconds": round(lasted_s, 3),
        "messages_in": traffic.messages_in,
        "messages_out": traffic.messages_out,
    }
    return Notice(line, event)
