"""What is open on a plane: an entry each, found by its number, counted against a limit, and told of when it ends.

WebSockets and event streams are alike here.
"""

from collections.abc import Callable, Iterator
from time import monotonic, time
from typing import Final, TypeAlias

import gevent

from mockserver.errors import Unavailable
from mockserver.realtime.close_code import GOING_AWAY, INTERNAL_ERROR, SERVICE_RESTART
from mockserver.realtime.session import Wire
from mockserver.server.limits import Limits
from mockserver.server.log import ExchangeLog
from mockserver.server.socket.conversation import Conversation, Entry
from mockserver.server.socket.ending import Ending, write_notice
from mockserver.server.socket.lookout import Lookout
from mockserver.server.socket.pulse import Pulse

_TURN_ENDS: Final = 64

Watcher: TypeAlias = Callable[[Entry, Ending | None], None]
"""Is shown what opens, and with its ending what has ended."""


class Sockets:
    """All that is open; the ground that every connection stands on: its limits, and where bugs are reported."""

    def __init__(self, limits: Limits, log: ExchangeLog) -> None:
        self.limits = limits
        self.lookout = Lookout()
        self._log = log
        self._entries: dict[str, Entry] = {}
        self._pulse = Pulse(self._beat)
        self._is_stopping = False
        self._at_stop: list[Callable[[], None]] = []
        self._watchers: tuple[Watcher, ...] = ()
        self.opened = 0
        """How many there have been."""

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        """Those that are open now, the oldest first."""
        return iter(tuple(self._entries.values()))

    def verify_room(self) -> None:
        """Nothing, when one more may be opened. *Raises* `Unavailable`."""
        if self._is_stopping:
            raise Unavailable("The server is stopping.", headers={"Retry-After": "1"})
        if len(self._entries) >= self.limits.sockets:
            said = f"There are {self.limits.sockets} sockets open, and no more are kept"
            raise Unavailable(f"{said}: close some, or start the server with another --limit sockets=NUMBER.")

    def add(self, conversation: Conversation, beat_s: float) -> Entry:
        """Take up one that has just been opened; `remove` must follow."""
        self.opened += 1
        entry = Entry(self.opened, conversation, time(), monotonic())
        self._entries[entry.id] = entry
        self._pulse.follow(entry.number, beat_s)
        for watcher in self._watchers:
            watcher(entry, None)
        return entry

    def remove(self, entry: Entry, ending: Ending) -> None:
        """Let go of one that has ended, and say how it did."""
        if self._entries.pop(entry.id, None) is not None:
            self._log.tell(write_notice(entry, ending))
            for watcher in self._watchers:
                watcher(entry, ending)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Show every one that opens or ends, until the returned function is called; it must not block."""
        self._watchers = (*self._watchers, watcher)

        def stop() -> None:
            self._watchers = tuple(other for other in self._watchers if other is not watcher)

        return stop

    def serves(self, sandbox: str) -> bool:
        """Whether anything is open that is about a sandbox."""
        return any(entry.conversation.sandbox == sandbox for entry in self._entries.values())

    def dismiss(self, sandbox: str) -> None:
        """Close what is about a sandbox that is no more; whoever comes back finds it as it begins."""
        for entry in self:
            if entry.conversation.sandbox == sandbox:
                entry.conversation.hurry(SERVICE_RESTART, "The sandbox has ended.")

    def fail(self, conversation: Wire, error: Exception) -> None:
        """Report a bug in what is said on a connection, and end that one."""
        self._log.trace(error)
        conversation.close(INTERNAL_ERROR, "The mock server itself failed; its log says more.")

    def at_stop(self, function: Callable[[], None]) -> None:
        """Have something done as soon as nobody is let in any more."""
        self._at_stop.append(function)

    def stop(self) -> None:
        """Let nobody in any more, and tell everyone that the server goes away."""
        self._is_stopping = True
        for function in self._at_stop:
            function()
        self._send_off(GOING_AWAY, "The server is stopping.")

    def restart(self) -> None:
        """Tell everyone that the server goes away for a moment."""
        self._send_off(SERVICE_RESTART, "The server is being restarted.")

    def _send_off(self, code: int, reason: str) -> None:
        for turn, entry in enumerate(self, start=1):
            try:
                entry.conversation.session.farewell()
            except Exception as error:  # noqa: BLE001 - a bug of one session must not keep the others open
                self._log.trace(error)
            entry.conversation.hurry(code, reason)
            if turn % _TURN_ENDS == 0:
                gevent.sleep(0)

    def _beat(self, number: int) -> bool:
        entry = self._entries.get(str(number))
        if entry is None:
            return False
        try:
            entry.conversation.beat()
        except Exception as error:  # noqa: BLE001 - a bug of one session must not be the end of everybody's heartbeat
            self.fail(entry.conversation, error)
        return True
