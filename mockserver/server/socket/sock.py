"""flask-sock's way of declaring routes for sockets, with accepting, writing and ending a connection our own.

As shipped it accepts before anybody can refuse, writes an HTTP answer behind the Close frame, and keeps Flask's
context for as long as a socket is open.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import flask_sock
from flask import Flask, Response
from werkzeug.routing import Rule

from mockserver.server.socket.connection import Connection
from mockserver.server.socket.handshake import Accepted, asks_for_socket
from mockserver.server.socket.register import Sockets

View = Callable[..., Response | Accepted]
"""Answers a handshake: with a response that refuses it, or with what was accepted."""


class Over(ConnectionAbortedError):
    """A conversation has ended and its connection with it: there is nothing to answer any more."""


class Sock(flask_sock.Sock):  # type: ignore[misc] # flask-sock has no types
    """Routes whose views say yes or no to a handshake, whatever its method, and however wrong it is otherwise."""

    app: Flask

    def __init__(self, app: Flask, sockets: Sockets) -> None:
        super().__init__(app)
        self._sockets = sockets
        # Werkzeug tells handshakes by two headers that must be spelled just so; others would be plain requests to it.
        app.wsgi_app = _marking(app.wsgi_app)  # type: ignore[method-assign]

    def route(self, path: str, _bp: object = None, **options: Any) -> Callable[[View], View]:
        """Declare the view of a path for sockets."""

        def declare(view: View) -> View:
            endpoint = options.get("endpoint", view.__name__)
            # Flask's own decorator would limit the methods; a rule without any takes them all, unknown ones included.
            self.app.url_map.add(Rule(path, endpoint=endpoint, methods=None, websocket=True))
            self.app.view_functions[endpoint] = self._answering(view)
            return view

        return declare

    def _answering(self, view: View) -> Callable[..., Response]:
        def answer(**arguments: Any) -> Response:
            given = view(**arguments)
            return Upgrade(given, self._sockets) if isinstance(given, Accepted) else given

        return answer


class Upgrade(Response):
    """Stands for the answer; in its place the connection is run, after Flask has put its context away."""

    def __init__(self, accepted: Accepted, sockets: Sockets) -> None:
        super().__init__()
        self._accepted = accepted
        self._sockets = sockets

    def __call__(self, environ: Mapping[str, Any], _start_response: object) -> Iterator[bytes]:
        """What the server iterates over: nothing, for as long as the conversation lasts."""
        return _converse(self._accepted, self._sockets, environ)


def _converse(accepted: Accepted, sockets: Sockets, environ: Any) -> Iterator[bytes]:
    # Nobody asks the environment any more, and it holds the request in all its forms.
    environ.clear()
    Connection(accepted, sockets).run(accepted.head, accepted.unread)
    raise Over
    yield b""


def _marking(application: Any) -> Any:
    def call(environ: dict[str, Any], start_response: object) -> Any:
        if asks_for_socket(environ.get("HTTP_UPGRADE", "")):
            environ["wsgi.url_scheme"] = "ws"
        return application(environ, start_response)

    return call
