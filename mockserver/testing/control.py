"""The control plane of a running server, asked over connections that are kept: what is refused is an error.

Standard library only, safe to be used from several threads at once.
"""

import json
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from mockserver.testing.answer import connect
from mockserver.testing.error import MockServerError, ServerGone, refusal

__tracebackhide__ = True

USUAL: Final = "http://127.0.0.1:8001"
_MARK_OF_API: Final = "X-Mock-At"
_LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
Query = Iterable[tuple[str, str]]


def usual_url() -> str:
    """Where the commands look too: `MOCKSERVER_CONTROL`, else port 8001 of this machine."""
    return os.environ.get("MOCKSERVER_CONTROL", "") or USUAL


class Control:
    """A control plane: its URL, and the token it may ask for (None: that of `MOCKSERVER_TOKEN`).

    `explain` says why nothing answers any more, as far as anybody knows.
    """

    def __init__(
        self, url: str, token: str | None = None, timeout_s: float = 10.0, explain: Callable[[], str] = str
    ) -> None:
        self.url = url.rstrip("/")
        self._place = _read_url(self.url)
        self._token = os.environ.get("MOCKSERVER_TOKEN", "") if token is None else token
        self._timeout_s = timeout_s
        self._explain = explain
        # Appending and taking away are one step each: threads need no lock here.
        self._idle: deque[HTTPConnection] = deque()

    @cached_property
    def api_url(self) -> str:
        """Where the API of the default sandbox is, as seen from here."""
        status = self.ask("GET", "/api/status")
        if not (isinstance(status, dict) and isinstance(status.get("api"), str)):
            raise self._stranger()
        told = urlsplit(status["api"])
        if self._place.hostname in _LOOPBACK or told.hostname not in _LOOPBACK:
            return str(status["api"])
        # It only knows itself by the name that it has on its own machine.
        host = self._place.hostname or ""
        return f"{told.scheme}://{f'[{host}]' if ':' in host else host}:{told.port}"

    def ask(self, method: str, path: str, body: Any = None, query: Query = ()) -> Any:
        """The JSON that is answered, None where that is nothing. *Raises* `MockServerError`."""
        connection = self._take()
        try:
            answer = self._send(connection, method, path, body, query)
            data = answer.read()
        except (OSError, HTTPException) as error:
            connection.close()
            raise self.gone(error) from None
        except BaseException:
            connection.close()
            raise
        if connection.sock is not None:
            self._idle.append(connection)
        value = self._read(data, answer)
        if answer.status >= 400:
            raise refusal(answer.status, value)
        return value

    def follow(self, path: str, query: Query) -> tuple[socket.socket, HTTPResponse]:
        """An answer that goes on, with the socket it comes from: both are the caller's to close.

        *Raises* `MockServerError`.
        """
        connection = connect(self._place, self._timeout_s)
        try:
            connection.connect()
            sock = connection.sock
            answer = self._send(connection, "GET", path, None, query)
        except (OSError, HTTPException) as error:
            connection.close()
            raise self.gone(error) from None
        if answer.status >= 400:
            value = self._read(answer.read(), answer)
            connection.close()
            raise refusal(answer.status, value)
        return sock, answer

    def gone(self, error: Exception) -> ServerGone:
        """What to say where nothing answers."""
        if isinstance(error, TimeoutError):
            said = f"The mock server at {self.url} did not answer within {self._timeout_s:g} s."
        else:
            said = f"No mock server answers at {self.url} ({error or type(error).__name__})."
        return ServerGone("\n".join(filter(None, (said, self._explain()))))

    def close(self) -> None:
        """Close the connections that are kept; others are opened when they are needed."""
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> HTTPConnection:
        """A connection that is kept and still open, else a new one."""
        try:
            while True:
                kept = self._idle.pop()
                if _is_open(kept.sock, self._timeout_s):
                    return kept
                kept.close()
        except IndexError:
            return connect(self._place, self._timeout_s)

    def _send(self, connection: HTTPConnection, method: str, path: str, body: Any, query: Query) -> HTTPResponse:
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = _write(body)
        asked = urlencode([*query])
        connection.request(method, f"{self._place.path}{path}{'?' if asked else ''}{asked}", data, headers)
        return connection.getresponse()

    def _read(self, data: bytes, answer: HTTPResponse) -> Any:
        if answer.headers.get(_MARK_OF_API) is not None:
            raise self._stranger(answer.status, "; it is the API of one, whose control plane has another port")
        try:
            return json.loads(data) if data else None
        except ValueError:
            raise self._stranger(answer.status) from None

    def _stranger(self, status: int = 0, hint: str = "") -> MockServerError:
        return MockServerError(f"What answers at {self.url} is no mockserver control plane{hint}.", status)


def _read_url(url: str) -> SplitResult:
    with suppress(ValueError):
        place = urlsplit(url)
        # What is no number is refused where it is read.
        if place.scheme in ("http", "https") and place.hostname and place.port != 0:
            return place
    raise ValueError(f"'{url}' is no URL of a control plane; write it like {USUAL}")


def _write(body: Any) -> bytes:
    try:
        return json.dumps(body).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise MockServerError(f"That can't be sent as JSON: {error}.") from None


def _is_open(sock: socket.socket, timeout_s: float) -> bool:
    """Whether nothing has come on a connection that waits: neither its end, nor bytes that belong to nobody."""
    sock.settimeout(0)
    try:
        sock.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        sock.settimeout(timeout_s)
    return False
