"""The control plane: a second Flask application with the switches, on its own port, without CORS.

Every error is `application/problem+json` (RFC 9457). Who may call is `guard`'s business; what can be asked is added by
the modules beside this one.
"""

from collections.abc import Callable
from typing import Final

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from mockserver.errors import Problem, ServerError
from mockserver.messages import Json
from mockserver.server.control.clock import add_clock
from mockserver.server.control.data import add_data
from mockserver.server.control.document import add_document
from mockserver.server.control.exchange import write_http_error, write_problem
from mockserver.server.control.fault import add_faults
from mockserver.server.control.fault_kind import add_fault_kinds
from mockserver.server.control.hub import Hub
from mockserver.server.control.offer import add_offer
from mockserver.server.control.page import add_pages
from mockserver.server.control.reconnect import add_reconnects
from mockserver.server.control.request import add_requests
from mockserver.server.control.route import Routes
from mockserver.server.control.sandbox import add_sandboxes
from mockserver.server.control.scenario import add_scenarios
from mockserver.server.control.snapshot import add_snapshots
from mockserver.server.control.socket import add_sockets
from mockserver.server.control.state import add_state
from mockserver.server.control.stream import add_stream
from mockserver.server.control.upload import add_definition
from mockserver.server.guard import Guard
from mockserver.server.renewal import Renewal
from mockserver.server.service import Service
from mockserver.server.socket.register import Sockets

_ALWAYS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer says that does not say otherwise."""


def build_control(  # noqa: PLR0913 - it has switches for all the parts
    service: Service,
    guard: Guard,
    facts: Callable[[], dict[str, Json]],
    trace: Callable[[Exception], None],
    sockets: Sockets,
    *,
    hub: Hub,
    renewal: Renewal,
    settle: Callable[[], None],
) -> Flask:
    """The WSGI application of the control plane.

    `facts` is what the process adds to `GET /api/status`; `trace` is told of our own mistakes; `sockets` are those of
    the API plane, `hub` is where everything that happens is told, and `renewal` puts other definitions in force.
    `settle` waits until what was written is as safe as was asked for.
    """
    app = Flask("mockserver.control", static_folder=None)
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    routes = Routes(app, settle)
    app.before_request(lambda: guard.verify(request))
    app.after_request(_harden)
    _answer_failures(routes, trace)
    add_state(routes, service, facts)
    add_offer(routes, service, facts)
    add_faults(routes, service)
    add_fault_kinds(routes)
    add_scenarios(routes, service)
    add_sandboxes(routes, service, sockets)
    add_snapshots(routes, service)
    add_clock(routes, service)
    add_data(routes, service)
    add_sockets(routes, sockets)
    add_reconnects(routes, service)
    add_requests(routes, service)
    add_stream(routes, hub)
    add_definition(routes, service, renewal)
    add_document(routes)
    add_pages(app, facts)
    return app


def _answer_failures(routes: Routes, trace: Callable[[Exception], None]) -> None:
    """Have whatever is raised end in an answer."""
    app = routes.app
    app.register_error_handler(Problem, write_problem)
    app.register_error_handler(HTTPException, lambda error: write_http_error(error, routes.near(request.path)))

    @app.errorhandler(Exception)
    def fail(error: Exception) -> Response:
        trace(error)
        return write_problem(ServerError("The mock server itself failed; its log says more."))


def _harden(response: Response) -> Response:
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    return response
