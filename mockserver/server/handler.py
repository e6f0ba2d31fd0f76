"""One connection: requests in, the WSGI application called, answers out in one send each.

Reading is strict and under deadlines (`receiver`, `head`). What is refused here still goes through the application,
as a `Problem` in the environment, so that the answer has the convention's shape. In the environment:

- `RAW_URI`: path and query as sent, percent-encoding intact
- `mockserver.problem`: why the request is refused, when it is
- `mockserver.started`: `time.perf_counter()` when its head was whole
- `mockserver.socket`, `mockserver.unread`: the connection, and bytes the client sent ahead; whoever takes them over
  ends by raising a `ConnectionError`, on which the connection is closed without a word
"""

import sys
from io import BytesIO
from socket import SHUT_RDWR, SHUT_WR
from time import perf_counter, time
from typing import Any
from urllib.parse import unquote_to_bytes

import gevent
from gevent.pywsgi import WSGIHandler, WSGIServer, format_date_time

from mockserver.errors import Problem
from mockserver.server.head import Framing, Head, find_framing, glimpse, parse_head
from mockserver.server.host import HostList
from mockserver.server.limits import BodyLimit, Limits
from mockserver.server.receiver import Receiver
from mockserver.server.socket import tcp

_JOIN_LIMIT_BYTES = 256 * 1024
_TURN_REQUESTS = 32
_KEEP_ALIVE = (b"Connection", b"keep-alive")
_PLAIN_KEYS = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


class PlaneServer(WSGIServer):  # type: ignore[misc] # gevent has no types
    """A listening socket with its application; knows its open connections, so that it can be emptied."""

    def __init__(self, sock: Any, app: Any, hosts: HostList, limits: Limits, body_limit: BodyLimit) -> None:
        # With SERVER_NAME given, gevent does not ask the name service for it.
        super().__init__(sock, app, log=None, handler_class=Handler, environ={"SERVER_NAME": "localhost"})
        self.hosts = hosts
        self.limits = limits
        self.body_limit = body_limit
        self.handlers: set[Handler] = set()
        self.keeps_alive = True
        """Whether a connection may carry another request; asked as an answer goes out."""
        self.is_down = False
        """Whether no request is served any more, those included of whoever has just been let in."""
        self._date = (0, b"")

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

    def handle(self) -> None:
        """Serve requests until one side has had enough."""
        self.server.handlers.add(self)
        if self.server.is_down:
            tcp.shut(self.socket, SHUT_RDWR)
        try:
            super().handle()
        finally:
            self.server.handlers.discard(self)

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
        self.command, self.request_version = head.method, head.version
        self.close_connection = not framing.keeps_alive
        self.environ = self._build_environ(head, framing, body, started)
        self._run()
        return None if self.close_connection or not self.server.keeps_alive else True

    def _refuse(self, head: Head, problem: Problem) -> None:
        """Answer a request whose end can't be found, and close behind it."""
        self.command, self.request_version = head.method, head.version
        self.close_connection = True
        environ = self._build_environ(head, Framing(), b"", perf_counter())
        environ["mockserver.problem"] = problem
        self.environ = environ
        self._run()
        try:
            self.socket.shutdown(1)
        except OSError:
            return
        self.receiver.linger()

    def _build_environ(self, head: Head, framing: Framing, body: bytes, started: float) -> dict[str, Any]:
        environ: dict[str, Any] = self.server.get_environ()
        for name, value in head.fields:
            # CGI can't tell `_` from `-`; such names could pass for ones that were checked.
            if "_" in name:
                continue
            key = _PLAIN_KEYS.get(name) or f"HTTP_{name.replace('-', '_').upper()}"
            known = environ.get(key)
            environ[key] = value if known is None else f"{known}{'; ' if name == 'cookie' else ', '}{value}"
        environ["REQUEST_METHOD"] = head.method
        environ["RAW_URI"] = f"{head.path}?{head.query}" if head.query else head.path
        environ["PATH_INFO"] = unquote_to_bytes(head.path).decode("latin-1")
        environ["QUERY_STRING"] = head.query
        environ["SERVER_PROTOCOL"] = head.version
        environ["REMOTE_ADDR"] = str(self.client_address[0])
        environ["wsgi.input"] = BytesIO(body)
        environ["wsgi.input_terminated"] = True
        if framing.chunked:
            environ["CONTENT_LENGTH"] = str(len(body))
        environ["mockserver.started"] = started
        environ["mockserver.socket"] = self.socket
        environ["mockserver.unread"] = self.receiver.buffer
        try:
            # Before HTTP/1.1 there was no Host to send; no browser speaks that, so none can be led here by a name.
            if head.authority or head.version != "HTTP/1.0":
                self.server.hosts.verify(head.authority)
            environ["HTTP_HOST"] = head.authority or "localhost"
        except Problem as problem:
            environ["mockserver.problem"] = problem
            # Libraries behind this point must not stumble over what was just refused.
            environ["HTTP_HOST"] = "localhost"
        return environ

    def _run(self) -> None:
        """Call the application and send its answer."""
        self.status, self.code, self.result = b"", 0, None
        self.headers_sent = self.response_use_chunked = False
        self.response_length = 0
        self.application = self.server.application
        # Whoever takes the socket over gets it without a deadline; ours is set again around each send.
        self.socket.settimeout(None)
        try:
            self.run_application()
        except (ConnectionError, TimeoutError):
            # The client has gone or does not read, or a fault has had its way with the connection.
            self.close_connection = True
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
        self.socket.settimeout(self.server.limits.write_s)
        self.socket.sendall(data)
        self.response_length += len(data)
        self.socket.settimeout(None)
