"""Where everything that happens is told, and those who read it: numbered once, written once, and only if anybody reads.

Knows nothing of HTTP, nor of what is told.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

import orjson
from gevent.event import Event

from mockserver.errors import Unavailable
from mockserver.messages import Json

KINDS: Final = (
    "request",
    "fault",
    "socket",
    "event",
    "sandbox",
    "scenario",
    "say",
    "definition",
    "clock",
    "snapshot",
    "journal",
)
"""What is told to whoever asks for nothing else, beside `hello` and `dropped`."""
FRAME: Final = "frame"
"""Messages on sockets: so many that they are told to those alone who ask for them."""

_READERS_LIMIT: Final = 64
_QUEUE_EVENTS: Final = 1_000
_QUEUE_BYTES: Final = 4 * 1024 * 1024
_CHUNK_BYTES: Final = 64 * 1024

Tell: TypeAlias = Callable[[], Mapping[str, Json]]
"""Gives what is told; called only where somebody wants to know."""


class Reader:
    """Somebody who reads: certain kinds, of one sandbox or of all (empty). What does not fit is dropped and counted."""

    def __init__(self, kinds: Iterable[str] = KINDS, sandbox: str = "", socket: str = "") -> None:
        self.kinds = frozenset(kinds)
        self.sandbox = sandbox
        self.socket = socket
        """The id of the one whose frames are wanted, empty for all."""
        self.is_open = True
        self.at_close: Callable[[], None] = _do_nothing
        """What is done as it is to end."""
        self._ready = Event()
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._dropped = 0

    def wants(self, kind: str, sandbox: str | None) -> bool:
        """Whether something is for this reader; what concerns no sandbox alone is for everybody."""
        return kind in self.kinds and (sandbox is None or self.sandbox in {"", sandbox})

    def wants_frames(self, sandbox: str, socket: str) -> bool:
        """Whether what is said on a socket is for this reader."""
        return self.wants(FRAME, sandbox) and self.socket in {"", socket}

    def put(self, event: bytes) -> None:
        """Keep an event until it is read; never waits."""
        if len(self._queue) >= _QUEUE_EVENTS or self._queued_bytes + len(event) > _QUEUE_BYTES:
            self._dropped += 1
            return
        self._tell_dropped()
        self._append(event)
        self._ready.set()

    def take(self) -> bytes:
        """What is there to be read, at most so much as is sent at a time; nothing when that is nothing."""
        taken: list[bytes] = []
        size = 0
        if not self._queue:
            self._tell_dropped()
        while self._queue and size < _CHUNK_BYTES:
            event = self._queue.popleft()
            taken.append(event)
            size += len(event)
        self._queued_bytes -= size
        return b"".join(taken)

    def wait(self, seconds: float) -> bool:
        """Whether there is something to read, or it is over, before so much time has passed."""
        if not self._queue and not self._dropped and self.is_open:
            self._ready.clear()
            return bool(self._ready.wait(seconds))
        return True

    def close(self) -> None:
        """Have it end."""
        self.is_open = False
        self._ready.set()
        self.at_close()

    def _tell_dropped(self) -> None:
        if self._dropped:
            self._append(write_event("dropped", {"sandbox": None, "dropped": self._dropped}))
            self._dropped = 0

    def _append(self, event: bytes) -> None:
        self._queue.append(event)
        self._queued_bytes += len(event)


class Hub:
    """Tells everybody who reads; costs next to nothing while nobody does."""

    def __init__(self) -> None:
        self._readers: dict[Reader, None] = {}
        self._sources: list[Callable[[], Callable[[], None]]] = []
        self._stops: list[Callable[[], None]] = []
        self._changed: list[Callable[[], None]] = []
        self._is_open = True
        self.number = 0
        """That of the last event that was told to anybody."""

    @property
    def is_quiet(self) -> bool:
        """Whether nobody reads."""
        return not self._readers

    def at_change(self, notify: Callable[[], None]) -> None:
        """Call `notify` whenever somebody begins to read or ends."""
        self._changed.append(notify)

    @property
    def has_frame_readers(self) -> bool:
        """Whether anybody wants to know what is said on any socket."""
        return any(FRAME in reader.kinds for reader in self._readers)

    def has_frame_reader(self, sandbox: str, socket: str) -> bool:
        """Whether anybody wants to know what is said on a socket."""
        return any(reader.wants_frames(sandbox, socket) for reader in self._readers)

    def publish_frame(self, sandbox: str, socket: str, tell: Tell) -> None:
        """Tell whoever wants to know what was said on a socket. Never waits."""
        self._tell(FRAME, sandbox, tell, [one for one in self._readers if one.wants_frames(sandbox, socket)])

    def draw_from(self, source: Callable[[], Callable[[], None]]) -> None:
        """Have something begin to publish when somebody reads; what it returns is called when nobody does any more."""
        self._sources.append(source)

    def publish(self, kind: str, sandbox: str | None, tell: Tell) -> None:
        """Tell whoever wants to know what has happened in a sandbox, or to all of them (nothing). Never waits."""
        self._tell(kind, sandbox, tell, [reader for reader in self._readers if reader.wants(kind, sandbox)])

    def _tell(self, kind: str, sandbox: str | None, tell: Tell, wanting: Sequence[Reader]) -> None:
        if not wanting:
            return
        self.number += 1
        event = write_event(kind, {"sandbox": sandbox, **tell()}, self.number)
        for reader in wanting:
            reader.put(event)

    def join(self, reader: Reader) -> None:
        """Tell somebody everything from now on; `leave` must follow. *Raises* `Unavailable`."""
        if not self._is_open:
            raise Unavailable("The server is stopping.", headers={"Retry-After": "1"})
        if len(self._readers) >= _READERS_LIMIT:
            raise Unavailable(f"{_READERS_LIMIT} read the stream already.", headers={"Retry-After": "1"})
        if not self._readers:
            self._stops = [source() for source in self._sources]
        self._readers[reader] = None
        self._note_change()

    def leave(self, reader: Reader) -> None:
        """Tell somebody no more."""
        if self._readers.pop(reader, reader) is None and not self._readers:
            stops, self._stops = self._stops, []
            for stop in stops:
                stop()
        self._note_change()

    def _note_change(self) -> None:
        for notify in self._changed:
            notify()

    def close(self) -> None:
        """Let everybody go at once, and nobody in any more."""
        self._is_open = False
        for reader in tuple(self._readers):
            reader.close()


def _do_nothing() -> None:
    """Nothing."""


def write_event(kind: str, data: Mapping[str, Json], number: int | None = None) -> bytes:
    """An event as an event stream has it (WHATWG HTML §9.2)."""
    numbered = b"" if number is None else b"id: %d\n" % number
    return b"event: %b\n%bdata: %b\n\n" % (kind.encode(), numbered, orjson.dumps(data))
