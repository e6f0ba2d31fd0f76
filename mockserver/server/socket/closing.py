"""Every way in which a WebSocket can end: in order, in haste, without a word, by garbage, or by silence.

Knows nothing of what comes in.
"""

import socket
from time import time
from typing import Any

import gevent
from gevent.event import Event

from mockserver.realtime.close_code import ABNORMAL
from mockserver.server.disconnection import Disconnection
from mockserver.server.guest import Guest
from mockserver.server.socket import tcp
from mockserver.server.socket.conversation import State
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.engine import close_frame
from mockserver.server.socket.outlet import Outlet, Overflow
from mockserver.server.socket.register import Sockets
from mockserver.server.socket.speech import Speech


class Closable:
    """What a WebSocket sends on, and its end."""

    __slots__ = ("_bell", "_ending", "_outlet", "_sock", "_sockets", "_speech", "guest", "state", "traffic")

    def __init__(self, sock: Any, sockets: Sockets, outlet: Outlet, speech: Speech, guest: Guest | None) -> None:
        self._sock = sock
        self._sockets = sockets
        self._outlet = outlet
        self._speech = speech
        self.traffic = speech.traffic
        self.guest = guest
        self._ending: Ending | None = None
        self._bell: Event | None = None
        self.state: State = "open"

    def close(self, code: int, reason: str = "") -> None:
        """Close in order. *Raises* `ValueError` for a code that may not be on the wire."""
        if self._begin_close(code, reason):
            gevent.spawn(self._see_off)

    def hurry(self, code: int, reason: str) -> None:
        """Close, without waiting long for one that does not read, nor for what is yet to be played."""
        if self.state != "ended":
            self._outlet.cut()
            self._begin_close(code, reason)
            gevent.spawn(self._see_off_soon)

    def _begin_close(self, code: int, reason: str) -> bool:
        """Close, unless an end has begun already; whether it had not."""
        last, is_first = close_frame(code, reason), self.state in ("open", "stalled")
        if is_first:
            self._let_out()
            self._begin_end(Ending("server", "close", code, reason), last)
        return is_first

    def _let_out(self) -> None:
        """Send what was kept on its way, as far as there is room for it."""
        if self.state == "open":
            try:
                self._speech.let_out()
            except Overflow:
                return

    def _begin_end(self, ending: Ending, last: bytes) -> None:
        """From now on nothing is sent but what waits already, and Close behind it."""
        self._note(ending)
        self.state = "closing"
        self._outlet.finish(last)
        self._ring()

    def _note(self, ending: Ending) -> None:
        self._ending = ending
        if self.guest is not None:
            self.guest.part(ending.by, ending.how, ending.code, ending.reason)

    def _see_off(self) -> None:
        """End TCP when nothing moves any more: the client neither reads on nor answers Close."""
        tcp.wait_while_taken(lambda: self._outlet.taken, lambda: self.state == "closing", self._sockets.limits.close_s)
        self._break_off()

    def _see_off_soon(self) -> None:
        """End TCP when the client has not done its part in time: to read what is sent, then to answer Close."""
        if self._outlet.flush(self._sockets.limits.close_s):
            gevent.sleep(self._sockets.limits.close_s)
        self._break_off()

    def _break_off(self) -> None:
        if self.state == "closing" and self._outlet.is_busy:
            tcp.reset(self._sock)
        elif self.state == "closing":
            tcp.shut(self._sock, socket.SHUT_RDWR)

    def drop(self) -> None:
        """End TCP without a Close frame."""
        self._leave(Ending("server", "drop", ABNORMAL))

    def _leave(self, ending: Ending) -> None:
        if self._let_go(ending):
            tcp.shut(self._sock, socket.SHUT_RDWR)

    def reset(self) -> None:
        """Reset TCP."""
        if self._let_go(Ending("server", "reset", ABNORMAL)):
            tcp.reset(self._sock)

    def _let_go(self, ending: Ending) -> bool:
        """Forget all that waits; false when everything was over already."""
        if self.state == "ended":
            return False
        self._note(ending)
        self.state = "ended"
        self._outlet.discard()
        self._ring()
        return True

    def stall(self) -> None:
        """Go silent and stay open, until the client leaves or another end is put to it."""
        if self.state == "open":
            self._bell = Event()
            self.state = "stalled"
            self.traffic.flow.stalled_at = time()
            self._outlet.halt()

    def garble(self, data: bytes, wanted: Disconnection) -> None:
        """Send bytes that are no frame, behind all that waits, nothing after them, and then end as is wanted."""
        if self.state != "open":
            return
        self._let_out()
        if wanted.how == "close":
            last = data + close_frame(wanted.code, wanted.reason)
            self._begin_end(Ending("server", "close", wanted.code, wanted.reason), last)
            gevent.spawn(self._see_off)
        else:
            ending = Ending("server", "reset" if wanted.how == "reset" else "drop", ABNORMAL)
            self._begin_end(ending, data)
            gevent.spawn(self._end_behind, ending)

    def _end_behind(self, ending: Ending) -> None:
        """End when everything is sent, or after a while."""
        self._outlet.flush(self._sockets.limits.close_s)
        if ending.how == "reset":
            self.reset()
        else:
            self.drop()

    def _ring(self) -> None:
        """Wake whoever holds still."""
        if self._bell is not None:
            self._bell.set()

    def _hold(self) -> bool:
        """Be silent as long as the connection stalls; false when the client has gone meanwhile."""
        if self.state == "stalled" and self._bell is not None:
            with self._sockets.lookout.watching(self._sock, self._bell.set):
                self._bell.wait()
        return self.state != "stalled"

    def _finish_sending(self) -> bool:
        """Send what is left and FIN behind it; false when that is no longer possible or wanted."""
        is_orderly = self.state == "closing" and self._outlet.flush(self._sockets.limits.close_s)
        if is_orderly:
            tcp.shut(self._sock, socket.SHUT_WR)
        elif self.state == "closing":
            tcp.reset(self._sock)
        self.state = "ended"
        self._outlet.discard()
        return is_orderly
