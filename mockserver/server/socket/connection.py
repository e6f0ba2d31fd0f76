"""One WebSocket: its protocol and its two directions.

It lives in the greenlet that handled its handshake and reads there; what it sends never waits. What is said on it is
the session's business.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, Literal

import gevent
from wsproto.frame_protocol import Frame as WireFrame
from wsproto.frame_protocol import Opcode, ParseFailed

from mockserver.realtime.close_code import ABNORMAL, TRY_AGAIN_LATER
from mockserver.realtime.frame import frame_of
from mockserver.realtime.session import Message
from mockserver.server.socket import tcp
from mockserver.server.socket.closing import Closable
from mockserver.server.socket.conversation import Companion, Gate, Traffic
from mockserver.server.socket.ending import Ending
from mockserver.server.socket.engine import PING, PONG, Engine, close_frame
from mockserver.server.socket.handshake import Accepted
from mockserver.server.socket.outlet import Outlet, Overflow
from mockserver.server.socket.register import Sockets
from mockserver.server.socket.speech import Speech

_PIECE_BYTES: Final = 64 * 1024
_TURN_FRAMES: Final = 32
_PATIENCE_S: Final = 0.05
_SILENT_BEATS: Final = 2
_PING: Final = frame_of(b"", PING)


class Connection(Closable):
    """Implements `Wire` for the session and `Conversation` for those who look on."""

    __slots__ = (
        "_companion", "_engine", "_is_heard", "_silent", "_turn", "opening", "remote", "sandbox", "session",
        "target",
    )  # fmt: skip

    transport: Literal["websocket"] = "websocket"

    def __init__(self, accepted: Accepted, sockets: Sockets) -> None:
        self._companion: Companion = accepted.companion
        self.opening = accepted.opening
        self._engine = Engine(accepted.opening.max_message_bytes, accepted.deflate)
        self._is_heard = True
        self._silent = 0
        self._turn = 0
        self.session = accepted.opening.session
        self.sandbox = accepted.opening.sandbox
        self.target = accepted.target
        self.remote = accepted.remote
        traffic, outlet = Traffic(), Outlet(accepted.sock, sockets.limits, self._fail)
        super().__init__(accepted.sock, sockets, outlet, Speech(self._engine, outlet, traffic), accepted.guest)

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
        entry = self._sockets.add(self, self.opening.beat_s)
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
            self._outlet.abandon()
            if is_orderly:
                tcp.linger(self._sock, self._sockets.limits.close_s)
            self._sock.close()

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
        traffic = self.traffic
        traffic.messages_in += 1
        if traffic.tap is not None:
            traffic.tap("in", message)
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

    def _let_in(self) -> None:
        """Have the session hear what was kept on its way: nothing comes behind Close."""
        gate = self._speech.gate
        for message in () if gate is None else gate.let_in():
            self.deliver(message)

    def _heed(self, frame: WireFrame) -> bool:
        """Act on a control frame; false after Close."""
        payload: Any = frame.payload
        if frame.opcode is Opcode.PING:
            self._put(frame_of(payload, PONG))
        elif frame.opcode is Opcode.CLOSE:
            code, reason = int(payload[0]), payload[1]
            self._let_in()
            if self.state == "open":
                self._begin_end(Ending("client", "close", code, reason), close_frame(code, reason))
            return False
        return True

    def _refuse(self, code: int, reason: str) -> None:
        """Fail the connection (RFC 6455 §7.1.7): say why, and read nothing more."""
        if self.state == "open":
            self._begin_end(Ending("server", "close", code, reason), close_frame(code, reason))

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
