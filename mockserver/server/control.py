"""The control plane: a second Flask application with the switches, on its own port, without CORS.

Every error is `application/problem+json` (RFC 9457). Who may call is `guard`'s business.
"""

from collections.abc import Callable, Iterable

import orjson
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from mockserver.errors import BadRequest, FieldError, NotFound, Problem, ServerError, phrase_of, suggestion
from mockserver.messages import Json
from mockserver.sandbox.clock import Clock
from mockserver.sandbox.sandbox import PARTS
from mockserver.server.disconnection import read_disconnection
from mockserver.server.guard import Guard
from mockserver.server.phrase import status_line
from mockserver.server.publication import read_publication
from mockserver.server.service import Service
from mockserver.server.socket.conversation import Entry
from mockserver.server.socket.register import Sockets
from mockserver.server.timekeeping import change_time, tell_time

_ALWAYS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def build_control(
    service: Service,
    guard: Guard,
    facts: Callable[[], dict[str, Json]],
    trace: Callable[[Exception], None],
    sockets: Sockets,
) -> Flask:
    """The WSGI application of the control plane.

    `facts` is what the process adds to `GET /api/status`; `trace` is told of our own mistakes; `sockets` are those of
    the API plane.
    """
    app = Flask("mockserver.control", static_folder=None)
    app.url_map.strict_slashes = False
    app.before_request(lambda: guard.verify(request))
    app.after_request(_harden)
    app.register_error_handler(Problem, _write_problem)
    app.register_error_handler(HTTPException, _write_http_error)

    @app.errorhandler(Exception)
    def fail(error: Exception) -> Response:
        trace(error)
        return _write_problem(ServerError("The mock server itself failed; its log says more."))

    @app.get("/health")
    def health() -> Response:
        return write_json({"status": "ok"})

    @app.get("/api/status")
    def status() -> Response:
        return write_json({**facts(), **service.status()})

    @app.get("/openapi.json")
    def openapi() -> Response:
        return write_json(service.openapi(str(facts()["api"])))

    @app.post("/api/reset")
    def reset() -> Response:
        parts = _read_parts(read_object())
        service.reset(parts)
        return write_json({"reset": list(dict.fromkeys(parts or PARTS))})

    @app.post("/api/events")
    def publish() -> Response:
        return write_json({"id": service.publish(*read_publication(read_object()))})

    _add_clock(app, service.clock)
    _add_sockets(app, sockets)
    return app


def _add_clock(app: Flask, clock: Clock) -> None:
    @app.get("/api/clock")
    def tell() -> Response:
        return write_json(tell_time(clock))

    @app.put("/api/clock")
    def change() -> Response:
        change_time(clock, read_object())
        return write_json(tell_time(clock))


def _add_sockets(app: Flask, sockets: Sockets) -> None:
    @app.get("/api/sockets")
    def show() -> Response:
        return write_json([entry.describe() for entry in sockets])

    @app.post("/api/sockets/close")
    def close_all() -> Response:
        return _end(sockets)

    @app.post("/api/sockets/<socket_id>/close")
    def close(socket_id: str) -> Response:
        try:
            entry = sockets.find(socket_id)
        except LookupError:
            raise NotFound(f"There is no open socket '{socket_id}'.") from None
        return _end([entry])


def _end(entries: Iterable[Entry]) -> Response:
    """End some sockets as the body says; it is read first, so that one that can't be ends none."""
    wanted = read_disconnection(read_object())
    ended: list[Json] = []
    for entry in entries:
        entry.end(wanted)
        ended.append(entry.id)
    return write_json({"closed": ended})


def read_object() -> dict[str, Json]:
    """The JSON object in the request's body; no body is an empty one. *Raises* `BadRequest`."""
    data = request.get_data()
    if not data:
        return {}
    try:
        value: Json = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    return value


def write_json(value: Json, status: int = 200, mimetype: str = "application/json") -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status_line(status), mimetype=mimetype)


def _read_parts(body: dict[str, Json]) -> tuple[str, ...]:
    for name in body:
        if name != "what":
            raise BadRequest(
                f"'{name}' is not known here; {suggestion(name, ['what'])}",
                [FieldError("is not known", pointer=f"/{name}")],
            )
    what = body.get("what", [])
    if not isinstance(what, list):
        raise BadRequest("'what' must be a list.", [FieldError("must be a list", pointer="/what")])
    for index, part in enumerate(what):
        if part not in PARTS:
            detail = f"must be one of {', '.join(PARTS)}"
            raise BadRequest(f"'what' {detail}.", [FieldError(detail, pointer=f"/what/{index}")])
    return tuple(str(part) for part in what)


def _harden(response: Response) -> Response:
    response.headers.update(_ALWAYS)
    return response


def _write_problem(problem: Problem) -> Response:
    body: dict[str, Json] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
    }
    if problem.errors:
        body["errors"] = [{"pointer": error.pointer, "detail": error.detail} for error in problem.errors]
    response = write_json(body, problem.status, "application/problem+json")
    response.headers.update(problem.headers)
    return response


def _write_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    body: Json = {
        "type": "about:blank",
        "title": phrase_of(status),
        "status": status,
        "detail": error.description or "",
        "instance": request.path,
    }
    response = write_json(body, status, "application/problem+json")
    allowed = getattr(error, "valid_methods", None)
    if allowed:
        response.headers["Allow"] = ", ".join(sorted({*allowed} - {"OPTIONS"}))
    return response
