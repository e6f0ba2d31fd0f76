"""One connection: requests in, answers out in one send each, from whoever has them whole or through WSGI.

Reading is strict and under deadlines (`receiver`, `head`). What is refused here is answered like all else, with a
`Problem` beside the request, so that the answer has the convention's shape. What is known of a request, and stands in
the environment of WSGI:

- `RAW_URI`: path and query as sent, percent-encoding intact
- `mockserver.request`: the request as the actions see it, but for its query
- `mockserver.answer`: what carries the answer, where there is one that is not whole
- `mockserver.entered`: the sandbox that the request was led to, and what it is there, once that is known
- `mockserver.problem`: why the request is refused, nothing when it is not
- `mockserver.started`: `time.perf_counter()` when its head was whole
- `mockserver.socket`, `mockserver.unread`: the connection, and bytes the client sent ahead; whoever takes them over
  ends by raising a `ConnectionError`, on which the connection is closed without a word
"""

import sys
from dataclasses import replace
from io import BytesIO
from socket import SHUT_RDWR, SHUT_WR
from time import perf_counter, time
from typing import Any
from urllib.parse import unquote_to_bytes

import gevent
from gevent.pywsgi import WSGIHandler, WSGIServer, format_date_time

from mockserver.errors import Problem
from mockserver.messages import Request
from mockserver.server.front import Front
from mockserver.server.head import Framing, Head, find_framing, glimpse, parse_head
from mockserver.server.host import HostList
from mockserver.server.limits import BodyLimit, Limits
from mockserver.server.receiver import Receiver
from mockserver.server.request import make_request
from mockserver.server.room import Room
from mockserver.server.socket import tcp
from mockserver.server.socket.handshake import asks_for_socket
from mockserver.server.whole import Whole

_JOIN_LIMIT_BYTES = 256 * 1024
_TURN_REQUESTS = 32
_KEEP_ALIVE = (b"Connection", b"keep-alive")
_PLAIN_KEYS = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class PlaneServer(WSGIServer):  # type: ignore[misc] # gevent has no types
    """A listening socket with its application; knows its open connections, so that it can be emptied."""

    def __init__(  # noqa: PLR0913, PLR0917 - what it stands on
        self,
        sock: Any,
        app: Any,
        hosts: HostList,
        limits: Limits,
        body_limit: BodyLimit,
        front: Front | None = None,
        room: Room | None = None,
    ) -> None:
        # With SERVER_NAME given, gevent does not ask the name service for it.
        super().__init__(sock, app, log=None, handler_class=Handler, environ={"SERVER_NAME": "localhost"})
        self.hosts = hosts
        self.limits = limits
        self.body_limit = body_limit
        self.front = front
        """Who answers before the application is asked; where nobody does, it is asked everything."""
        self.room = room or Room()
        self.handlers: set[Handler] = set()
        self.keeps_alive = True
        """Whether a connection may carry another request; asked as an answer goes out."""
        self.is_down = False
        """Whether no request is served any more, those included of whoever has just been let in."""
        self._date = (0, b"")

    def full(self) -> bool:
        """Whether nobody is accepted for now; gevent asks before each, and goes on once it is told to."""
        return self.room.is_full(self._start_accepting_if_started)

    def do_handle(self, *arguments: Any) -> None:
        """Begin with a connection that has just been accepted; `do_close` follows in any case."""
        self.room.take()
        super().do_handle(*arguments)

    def do_close(self, *arguments: Any) -> None:
        """End with it."""
        try:
            super().do_close(*arguments)
        finally:
            self.room.leave()

    def date(self) -> bytes:
        """The `Date` of an answer sent now, written once a second."""
        now = int(time())
        if self._date[0] != now:
            self._date = (now, format_date_time(now))
        return self._date[1]


class Handler(WSGIHandler):  # type: ignore[misc] # gevent has no types
    """The life of one connection."""

    server: PlaneServer
    status: bytes
    provided_date: str | None
    response_headers: list[tuple[bytes, bytes]]

    def __init__(self, sock: Any, address: Any, server: PlaneServer) -> None:
        # Not the inherited one: it wraps the socket in a file, and we read without.
        self.socket = sock
        self.client_address = address
        self.server = server
        self.receiver = Receiver(sock, server.limits, server.body_limit)
        self.served = 0
        self.sandbox = ""
        """Where the latest request was led, nothing where that is not known."""

    def handle(self) -> None:
        """Serve requests until one side has had enough."""
        self.server.handlers.add(self)
        if self.server.is_down:
            tcp.shut(self.socket, SHUT_RDWR)
        try:
            super().handle()
        finally:
            self.server.handlers.discard(self)
            self.receiver.close()

    @property
    def is_at_rest(self) -> bool:
        """Whether a request is waited for, of which nothing has arrived yet."""
        return self.receiver.idle and not tcp.has_unread(self.socket)

    def dismiss(self) -> None:
        """End our side of a connection at rest. A request that is sent right now meets FIN alone, and nothing is done.

        *Source* RFC 9112 §9.5: a connection may end at any time; clients ask again on another.
        """
        self.receiver.is_dismissed = True
        tcp.shut(self.socket, SHUT_WR)

    def handle_one_request(self) -> bool | None:
        """Serve one request. True when the connection may carry another, None when it is to be closed."""
        limits = self.server.limits
        if self.receiver.buffer or self.served % _TURN_REQUESTS == _TURN_REQUESTS - 1:
            # A client that is always ahead of us never makes us wait, and the others must have their turn.
            gevent.sleep(0)
        try:
            raw = self.receiver.read_head(limits.idle_s if self.served else limits.head_s)
        except Problem as problem:
            self._refuse(glimpse(bytes(self.receiver.buffer)), problem)
            return None
        except OSError:
            return None
        if not raw or self.server.is_down:
            return None
        self.served += 1
        return self._serve(raw)

    def _serve(self, raw: bytes) -> bool | None:
        started = perf_counter()
        front = self.server.front
        if front is not None and (found := front.recall(raw, started)) is not None:
            # Only requests are known that let the connection go on.
            self.close_connection, self.request_version = False, "HTTP/1.1"
            self.sandbox = found.instance.name
            self._send(found.whole)
            return self._settle()
        try:
            head = parse_head(raw, self.server.limits)
        except Problem as problem:
            self._refuse(glimpse(raw), problem)
            return None
        try:
            framing = find_framing(head)
            body = self.receiver.read_body(framing) if framing.has_body else b""
        except Problem as problem:
            self._refuse(head, problem)
            return None
        except OSError:
            return None
        is_plain = framing.keeps_alive and not framing.has_body and head.version == "HTTP/1.1"
        self._answer(head, framing, body, started, raw if is_plain else b"")
        return self._settle()

    def _settle(self) -> bool | None:
        """What `handle_one_request` says of a connection, when what was asked is answered."""
        if not self.close_connection and self.server.keeps_alive:
            return True
        if self.receiver.buffer or (self.socket.fileno() >= 0 and tcp.has_unread(self.socket)):
            self._part()
        return None

    def _refuse(self, head: Head, problem: Problem) -> None:
        """Answer a request whose end can't be found, and close behind it."""
        self._answer(head, Framing(keeps_alive=False), b"", perf_counter(), problem=problem)
        self._part()

    def _part(self) -> None:
        """End our side before theirs: closed at once, what they still send would be answered with RST.

        That may overtake our answer. *Source* RFC 9112 §9.6.
        """
        tcp.shut(self.socket, SHUT_WR)
        self.receiver.linger()

    def _answer(  # noqa: PLR0913 - what is known of a request
        self,
        head: Head,
        framing: Framing,
        body: bytes,
        started: float,
        raw: bytes = b"",
        *,
        problem: Problem | None = None,
    ) -> None:
        """Have a request answered; with its `raw` head it may be known again."""
        self.command, self.request_version = head.method, head.version
        self.close_connection = not framing.keeps_alive
        request = make_request(head, body, is_chunked=framing.chunked)
        try:
            # Before HTTP/1.1 there was no Host to send; no browser speaks that, so none can be led here by a name.
            if problem is None and (head.authority or head.version != "HTTP/1.0"):
                self.server.hosts.verify(head.authority)
        except Problem as refusal:
            problem = refusal
        if problem is not None:
            # Whatever is behind this point must not stumble over what was just refused.
            request = replace(request, headers={**request.headers, "host": "localhost"})
        known = self._tell(head, request, started, problem)
        front = self.server.front
        # Whoever takes the socket over gets it without a deadline; ours is set again around each send.
        self.socket.settimeout(None)
        self.sandbox = ""
        if front is None or asks_for_socket(request.headers.get("upgrade", "")):
            self._run(request, known)
            return
        given = front.answer(request, head.query, known, raw)
        if "mockserver.entered" in known:
            self.sandbox = known["mockserver.entered"][0].name
        if isinstance(given, Whole):
            self._send(given)
        else:
            self._run(request, {**known, "mockserver.answer": given})

    def _tell(self, head: Head, request: Request, started: float, problem: Problem | None) -> dict[str, Any]:
        """What is known of a request, as the beginning of this module lists it."""
        return {
            "RAW_URI": f"{head.path}?{head.query}" if head.query else head.path,
            "QUERY_STRING": head.query,
            "SERVER_PROTOCOL": head.version,
            "REMOTE_ADDR": str(self.client_address[0]),
            "mockserver.problem": problem,
            "mockserver.request": request,
            "mockserver.started": started,
            "mockserver.socket": self.socket,
            "mockserver.unread": self.receiver.buffer,
        }

    def _send(self, answer: Whole) -> None:
        """Send a whole answer; what it says of the connection is done."""
        # Asked only now: the server may have begun to stop while the answer was made.
        self.close_connection = self.close_connection or answer.closes or not self.server.keeps_alive
        connection = b""
        if self.close_connection:
            connection = b"" if answer.closes else b"Connection: close\r\n"
        elif self.request_version == "HTTP/1.0":
            connection = b"Connection: keep-alive\r\n"
        head = answer.head(self.server.date(), connection)
        try:
            if len(answer.body) > _JOIN_LIMIT_BYTES:
                self._sendall(head)
                self._sendall(answer.body)
            else:
                self._sendall(head + answer.body)
        except ConnectionError:
            # The client has gone.
            self.close_connection = True
        except TimeoutError:
            self._give_up()

    def _give_up(self) -> None:
        """End a connection whose client does not read: in order, the system would keep what it has not read."""
        self.close_connection = True
        tcp.reset(self.socket)

    def _build_environ(self, request: Request, known: dict[str, Any]) -> dict[str, Any]:
        environ: dict[str, Any] = self.server.get_environ()
        for name, value in request.headers.items():
            environ[_PLAIN_KEYS.get(name) or f"HTTP_{name.replace('-', '_').upper()}"] = value
        environ |= known
        environ["REQUEST_METHOD"] = request.method
        environ["PATH_INFO"] = unquote_to_bytes(request.target).decode("latin-1")
        environ["wsgi.input"] = BytesIO(request.body)
        environ["wsgi.input_terminated"] = True
        return environ

    def _run(self, request: Request, known: dict[str, Any]) -> None:
        """Call the application and send its answer."""
        self.environ = self._build_environ(request, known)
        self.status, self.code, self.result = b"", 0, None
        self.headers_sent = self.response_use_chunked = False
        self.response_length = 0
        self.application = self.server.application
        try:
            self.run_application()
        except ConnectionError:
            # The client has gone, or a fault has had its way with the connection.
            self.close_connection = True
        except TimeoutError:
            self._give_up()
        except Exception:  # noqa: BLE001 - the last line of defence; the traceback goes to stderr
            self.close_connection = True
            self.handle_error(*sys.exc_info())

    def finalize_headers(self) -> None:
        """Add what the listener knows: the date, and whether the connection ends here."""
        if self.provided_date is None:
            self.provided_date = "sent"
            self.response_headers.append((b"Date", self.server.date()))
        # Asked only now: the server may have begun to stop while the application was at work.
        self.close_connection = self.close_connection or not self.server.keeps_alive
        if self.close_connection:
            # To clients of HTTP/1.0 the opposite may have been promised before.
            self.response_headers = [header for header in self.response_headers if header != _KEEP_ALIVE]
            if not any(name.lower() == b"connection" for name, _ in self.response_headers):
                self.response_headers.append((b"Connection", b"close"))
        super().finalize_headers()

    def _write_with_headers(self, data: bytes) -> None:
        """Head and body in one send: two would wait for each other's acknowledgement (Nagle), 40 ms each time."""
        self.headers_sent = True
        self.finalize_headers()
        lines = [b"%b: %b\r\n" % header for header in self.response_headers]
        head = b"HTTP/1.1 %b\r\n%b\r\n" % (self.status, b"".join(lines))
        if self.response_use_chunked or len(data) > _JOIN_LIMIT_BYTES:
            self._sendall(head)
            self._write(data)
        else:
            self._sendall(head + data)

    def _sendall(self, data: bytes) -> None:
        self.response_length += len(data)
        sent = self.socket.send(data, 0, self.server.limits.write_s)
        if sent < len(data):
            self.socket.settimeout(self.server.limits.write_s)
            self.socket.sendall(memoryview(data)[sent:])
            self.socket.settimeout(None)
