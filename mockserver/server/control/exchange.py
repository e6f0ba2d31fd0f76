"""Reading the bodies of the control plane's requests and writing its answers: JSON, and problems of RFC 9457."""

from collections.abc import Collection

import orjson
from flask import Response, request
from werkzeug.exceptions import HTTPException

from mockserver.errors import BadRequest, FieldError, Problem, phrase_of, sentence, suggestion
from mockserver.messages import Json, parse_json
from mockserver.server.phrase import status_line


def read_object(known: Collection[str] | None = None) -> dict[str, Json]:
    """The JSON object in the request's body; no body is an empty one. *Raises* `BadRequest`.

    With `known`, a member of another name is refused.
    """
    data = request.get_data()
    if not data:
        return {}
    value = parse_json(data, "The body")
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.")
    for name in value if known is not None else ():
        if name not in (known or ()):
            raise wrong_member(name, "is not known", f" here; {suggestion(name, known or ())}")
    return value


def wrong_member(name: str, detail: str, advice: str = "") -> BadRequest:
    """What is said of a member of a body."""
    return BadRequest(sentence(f"'{name}' {detail}{advice}"), [FieldError(detail, pointer=f"/{escape(name)}")])


def escape(step: str) -> str:
    """A name as a step of a JSON pointer (RFC 6901 §3)."""
    return step.replace("~", "~0").replace("/", "~1")


def write_json(value: Json, status: int = 200, mimetype: str = "application/json") -> Response:
    """A JSON answer."""
    return Response(orjson.dumps(value), status_line(status), mimetype=mimetype)


def write_nothing() -> Response:
    """An answer without a body."""
    return Response(status=status_line(204))


def write_problem(problem: Problem) -> Response:
    """The answer to a request that can't have its way."""
    body: dict[str, Json] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
    }
    if problem.errors:
        body["errors"] = [
            {"parameter": error.parameter, "detail": error.detail}
            if error.parameter
            else {"pointer": error.pointer, "detail": error.detail}
            for error in problem.errors
        ]
    response = write_json(body, problem.status, "application/problem+json")
    response.headers.update(problem.headers)
    return response


def write_http_error(error: HTTPException) -> Response:
    """The answer where Flask found no route, or something of its own to refuse."""
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
