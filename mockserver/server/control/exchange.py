"""Reading the bodies of the control plane's requests and writing its answers: JSON, and problems of RFC 9457."""

from collections.abc import Collection, Sequence
from http import HTTPStatus

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
            hint = suggestion(name, known or ())
            raise wrong_member(name, "is not known", f" here{hint and f'; {hint}'}")
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


def write_nothing(status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status=status_line(status))


def located(response: Response, path: str) -> Response:
    """The answer where something has come to be that is at a path."""
    response.status = status_line(201)
    response.headers["Location"] = path
    return response


def write_problem(problem: Problem, errors: Sequence[Json] = ()) -> Response:
    """The answer to a request that can't have its way; `errors` are told in place of the problem's own."""
    body: dict[str, Json] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": request.path,
    }
    found = [*errors] or [
        {"parameter": error.parameter, "detail": error.detail}
        if error.parameter
        else {"pointer": error.pointer, "detail": error.detail}
        for error in problem.errors
    ]
    if found:
        body["errors"] = found
    response = write_json(body, problem.status, "application/problem+json")
    response.headers.update(problem.headers)
    return response


def write_http_error(error: HTTPException, near: str | None) -> Response:
    """The answer where Flask found no route, or something of its own to refuse; `near` is the nearest path."""
    status = error.code or 500
    detail = error.description or ""
    allowed = ", ".join(sorted({*(getattr(error, "valid_methods", None) or ())} - {"OPTIONS"}))
    if status == HTTPStatus.NOT_FOUND:
        detail = f"There is nothing at {request.path}." + (f" Did you mean {near}?" if near else "")
    elif allowed:
        detail = f"There is no {request.method} at {request.path}; it takes {allowed}."
    body: Json = {
        "type": "about:blank",
        "title": phrase_of(status),
        "status": status,
        "detail": detail,
        "instance": request.path,
    }
    response = write_json(body, status, "application/problem+json")
    if allowed:
        response.headers["Allow"] = allowed
    return response
