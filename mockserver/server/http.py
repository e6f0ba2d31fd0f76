"""The API plane as a Flask application: carries what is no whole answer, and opens sockets.

What it carries was answered by `front` before; one route for everything, since paths are not Flask's to know.
"""

from flask import Flask, Response
from flask import request as flask_request
from werkzeug.routing import BaseConverter, Rule

from mockserver.server.front import Front
from mockserver.server.socket.handshake import Accepted
from mockserver.server.socket.register import Sockets
from mockserver.server.socket.sock import Sock


class _Anything(BaseConverter):
    regex = r"[\s\S]*"
    part_isolating = False


def build_api(front: Front, sockets: Sockets) -> Flask:
    """The WSGI application of the API plane. In the environment, `mockserver.answer` is what it carries."""
    app = Flask("mockserver.api", static_folder=None)
    app.url_map.converters["anything"] = _Anything
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    # Flask's own decorator would limit the methods; a rule without any takes them all, unknown ones included.
    app.url_map.add(Rule("/<anything:path>", endpoint="api", methods=None))

    def carry(path: str = "") -> Response:  # noqa: ARG001 - the raw target is what counts
        response: Response = flask_request.environ["mockserver.answer"]
        return response

    def open_socket(path: str = "") -> Response | Accepted:  # noqa: ARG001 - as above
        return front.answer_handshake(flask_request.environ)

    app.view_functions["api"] = carry
    Sock(app, sockets).route("/<anything:path>", endpoint="socket")(open_socket)
    app.register_error_handler(Exception, lambda error: front.fail(flask_request.environ, error))
    return app
