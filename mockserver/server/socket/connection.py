"""One WebSocket: its protocol, its two directions, and every way in which it can end.

It lives in the greenlet that handled its handshake and reads there; what it sends never waits. What is said on it is
the session's business.
"""

import socket
from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

import gevent
from gevent.event import Event
from wsproto.frame_protocol import Frame as WireFrame
from wsproto.frame_protocol import Opcode, ParseFailed

from mockserver.realtime.close_code import ABNORMAL, TRY_AGAIN_LATER
from mockserver.realtime.frame import frame_of
from mockserver.realtime.session import Message
from mockserver.server.disconnection import Disconnection
from mockserver.server.socket import tcp
from mockserver.server.socket.conversation import Companion, Gate, State, Traffic, end
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.engine import PING, PONG, Engine, close_frame
from mockserver.server.socket.handshake import Accepted
from mockserver.server.socket.outlet import Outlet, Overflow
from mockserver.server.socket.register import Sockets
from mockserver.server.socket.speech import Speech

_PIECE_BYTES: Final = 64 * 1024
_TURN_FRAMES: Final = 32
_LOOK_S: Final = 0.5
_PATIENCE_S: Final = 0.05
_SILENT_BEATS: Final = 2
_PING: Final = frame_of(b"", PING)


class Connection:
    """Implements `Wire` for the session and `Conversation` for those who look on."""

    __slots__ = (
        "_bell", "_companion", "_ending", "_engine", "_is_heard", "_opening", "_outlet", "_silent", "_sock",
        "_sockets", "_speech", "_turn", "remote", "sandbox", "session", "state", "target", "traffic",
    )  # fmt: skip

    transport: Literal["websocket"] = "websocket"

    def __init__(self, accepted: Accepted, sockets: Sockets) -> None:
        self._companion: Companion = accepted.companion
        self._sock = accepted.sock
        self._sockets = sockets
        self._opening = accepted.opening
        self._engine = Engine(accepted.opening.max_message_bytes, accepted.deflate)
        self._outlet = Outlet(accepted.sock, sockets.limits, self._fail)
        self._ending: Ending | None = None
        self._bell: Event | None = None
        self._is_heard = True
        self._silent = 0
        self._turn = 0
        self.session = accepted.opening.session
        self.sandbox = accepted.opening.sandbox
        self.target = accepted.target
        self.remote = accepted.remote
        self.state: State = "open"
        self.traffic = Traffic()
        self._speech = Speech(self._engine, self._outlet, self.traffic)

    @property
    def gate(self) -> Gate | None:
        """What messages pass on their way, if anything."""
        return self._speech.gate

    @gate.setter
    def gate(self, gate: Gate | None) -> None:
        self._speech.gate = gate

    @property
    def queue(self) -> tuple[int, int]:
        """How many messages and how many bytes wait for the client."""
        return len(self._outlet), self._outlet.queued

    # How it lives.

    def run(self, head: bytes, unread: bytes) -> None:
        """Answer the handshake and converse until all is over."""
        entry = self._sockets.add(self, self._opening.beat_s)
        try:
            self._outlet.put(head)
            self._call(self._companion.join, self)
            self._call(self.session.open, self)
            self._call(self._companion.stand)
            self._listen(unread)
        finally:
            self._companion.leave()
            is_orderly = self._finish_sending()
            self._sockets.remove(entry, self._ending or Ending("client", "lost", ABNORMAL))
            self._call(self.session.end)
            if is_orderly:
                tcp.linger(self._sock, self._sockets.limits.close_s)
            self._sock.close()

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

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        """Call a part of the session; a bug in it ends this connection and nothing else."""
        try:
            function(*arguments)
        except Exception as error:  # noqa: BLE001 - the last line of defence; the traceback goes to stderr
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._sockets.fail(self, error)

    # What comes in.

    def _listen(self, data: bytes) -> None:
        """Take in what the client sends until one side is done."""
        recv = self._sock.recv
        try:
            while not data or self._take(data):
                if self._outlet.queued:
                    # One that asks faster than it reads is waited for, but a moment only.
                    self._outlet.flush(_PATIENCE_S)
                data = recv(_PIECE_BYTES)
                if not data:
                    return
        except OSError:
            return

    def _take(self, data: bytes) -> bool:
        """Take in some bytes; false when there is nothing more to read."""
        self._is_heard = True
        self.traffic.bytes_in += len(data)
        self._engine.receive_bytes(data)
        while self.state != "ended":
            if self.state == "stalled" and not self._hold():
                return False
            try:
                for frame in self._engine.received_frames():
                    self._turn += 1
                    if self._turn % _TURN_FRAMES == 0:
                        # A client that is always ahead of us never makes us wait, and the others must have their turn.
                        gevent.sleep(0)
                    if frame.opcode > Opcode.BINARY:
                        if not self._heed(frame):
                            return False
                    elif self.state == "open":
                        self._take_data(frame)
                    if self.state in ("stalled", "ended"):
                        break
                else:
                    return True
            except ParseFailed as error:
                self._refuse(int(error.code), self._engine.explain(error))
                return False
        return False

    def _take_data(self, frame: WireFrame) -> None:
        """Take in a frame of a message, or as much of one as has arrived."""
        message: Any = frame.payload
        if self._engine.is_joining or not frame.message_finished:
            message = self._engine.join(frame)
            if not frame.message_finished:
                return
        self.traffic.messages_in += 1
        try:
            gate = self._speech.gate
            if gate is None:
                self.session.receive(message)
            else:
                self._receive_gated(gate, message)
        except Exception as error:  # noqa: BLE001 - as in `_call`, which would cost every message its time
            self._fail(error)

    def _receive_gated(self, gate: Gate, message: str | bytes) -> None:
        for passed in gate.receive(message):
            if self.state == "open":
                self.session.receive(passed)

    def deliver(self, message: str | bytes) -> None:
        """Have the session hear a message that has passed the gate."""
        if self.state == "open":
            self._call(self.session.receive, message)

    def _heed(self, frame: WireFrame) -> bool:
        """Act on a control frame; false after Close."""
        payload: Any = frame.payload
        if frame.opcode is Opcode.PING:
            self._put(frame_of(payload, PONG))
        elif frame.opcode is Opcode.CLOSE:
            code, reason = int(payload[0]), payload[1]
            if self.state == "open":
                self._begin_end(Ending("client", "close", code, reason), close_frame(code, reason))
            return False
        return True

    def _refuse(self, code: int, reason: str) -> None:
        """Fail the connection (RFC 6455 §7.1.7): say why, and read nothing more."""
        if self.state == "open":
            self._begin_end(Ending("server", "close", code, reason), close_frame(code, reason))

    def _hold(self) -> bool:
        """Be silent as long as the connection stalls; false when the client has gone meanwhile."""
        while self.state == "stalled" and self._bell is not None:
            # A FIN behind more than the system takes in unread can't arrive; an RST always does.
            if tcp.has_gone(self._sock):
                return False
            self._bell.wait(_LOOK_S)
        return True

    # What goes out.

    def send(self, message: Message) -> None:
        """Send one message."""
        if self.state == "open":
            try:
                self._speech.send(message)
            except Overflow:
                self._give_up()

    def emit(self, message: Message) -> None:
        """Send a message that has passed the gate."""
        if self.state == "open":
            try:
                self._speech.emit(message)
            except Overflow:
                self._give_up()

    def play(self, messages: Iterable[Message]) -> None:
        """Send these, drawn one by one as the client takes them."""
        if self.state == "open":
            try:
                self._speech.play(messages)
            except Overflow:
                self._give_up()

    def _put(self, data: bytes) -> None:
        try:
            self._outlet.put(data)
        except Overflow:
            self._give_up()

    def _give_up(self) -> None:
        self.hurry(TRY_AGAIN_LATER, "The client does not read what it is sent.")

    def beat(self) -> None:
        """Its heartbeat is due: the session's own, and a Ping. Who has been silent for too long is gone.

        Nothing is heard of one that has much to read yet, but it reads.
        """
        if self.state != "open":
            return
        has_moved = self._outlet.note_progress()
        self._silent = 0 if self._is_heard or has_moved else self._silent + 1
        self._is_heard = False
        if self._silent >= _SILENT_BEATS:
            self._leave(Ending("server", "drop", ABNORMAL, "The client gave no sign of life."))
            return
        self.session.beat()
        if self.state == "open":
            self._outlet.put_ahead(_PING)

    # How it ends.

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
        self._ending = ending
        self.state = "closing"
        self._outlet.finish(last)
        self._ring()

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
        self._ending = ending
        self.state = "ended"
        self._outlet.discard()
        self._ring()
        return True

    def stall(self) -> None:
        """Go silent and stay open, until the client leaves or another end is put to it."""
        if self.state == "open":
            self._bell = Event()
            self.state = "stalled"
            self._outlet.halt()

    def garble(self, data: bytes, wanted: Disconnection) -> None:
        """Send bytes that are no frame, behind all that waits, nothing after them, and then end as is wanted."""
        if self.state != "open":
            return
        if wanted.how == "close":
            last = data + close_frame(wanted.code, wanted.reason)
            self._let_out()
            self._begin_end(Ending("server", "close", wanted.code, wanted.reason), last)
            gevent.spawn(self._see_off)
        else:
            self._outlet.finish(data)
            gevent.spawn(self._end_behind, wanted)

    def _end_behind(self, wanted: Disconnection) -> None:
        """End when everything is sent, or after a while."""
        self._outlet.flush(self._sockets.limits.close_s)
        end(self, wanted)

    def _ring(self) -> None:
        """Wake whoever holds still."""
        if self._bell is not None:
            self._bell.set()
