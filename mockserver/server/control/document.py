"""The OpenAPI document of the control plane itself, made of what its routes say of themselves."""

import re
from collections.abc import Iterator
from typing import Any, Final

from flask import Response, request

from mockserver import __version__
from mockserver.errors import phrase_of
from mockserver.server.control.exchange import write_json
from mockserver.server.control.operation import (
    COUNT,
    DOCUMENT,
    FILLED,
    NAMED,
    TEXT,
    Answer,
    Described,
    Operation,
    Parameter,
    Rows,
    Schema,
    Shape,
    answer,
)
from mockserver.server.control.query import ANY_NAME
from mockserver.server.control.route import Routes

_STEP: Final = re.compile(r"<(?:(\w+):)?(\w+)>")
_PROBLEM: Final = Shape(
    "Problem",
    {
        "type": TEXT,
        "title": TEXT,
        "status": {"type": "integer"},
        "detail": TEXT,
        "instance": TEXT,
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": TEXT,
                    "parameter": TEXT,
                    "detail": TEXT,
                    "line": COUNT,
                    "column": COUNT,
                    "hint": TEXT,
                },
                "required": ["detail"],
                "additionalProperties": False,
            },
        },
    },
    optional=frozenset({"errors"}),
)
_MOST: Final = 2**53 - 1
_ALWAYS: Final = (400, 403, 421)
"""A request that can't be read, one from another page, one for another host."""
_TOLD: Final = (
    "Control plane of mockserver: its switches, and what it has seen. JSON only; no page elsewhere may use it."
)


def add_document(routes: Routes) -> None:
    """`/api/openapi.json`."""

    @routes.on("GET", "/api/openapi.json", Operation("This document", answer("OpenAPI 3.1.", DOCUMENT)))
    def document() -> Response:
        return write_json(describe_plane(routes, request.host_url.rstrip("/")))


def describe_plane(routes: Routes, origin: str) -> dict[str, Any]:
    """The document (OpenAPI 3.1) of everything that has been added, served at `origin`."""
    shapes: dict[str, Schema] = {}
    paths = {
        _write_path(path): {
            method.lower(): _describe(method, path, operation, shapes) for method, operation in operations.items()
        }
        for path, operations in sorted(routes.described.items())
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "mockserver control plane", "version": __version__, "description": _TOLD},
        "servers": [{"url": origin}],
        # What says nothing of it is everybody's.
        "security": [],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(shapes.items())),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _write_path(path: str) -> str:
    return _STEP.sub(r"{\2}", path)


def _describe(method: str, path: str, operation: Operation, shapes: dict[str, Schema]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": _name(method, path),
        "summary": operation.summary,
        "description": " ".join([f"{operation.summary}.", *_told(operation)]),
        "tags": [_tag(path)],
        "parameters": [
            *(_step(kind, name) for kind, name in _STEP.findall(path)),
            *(_parameter(one) for one in operation.parameters if not _is_told(one)),
        ],
        "responses": dict(_responses(method, path, operation, shapes)),
    }
    if operation.body is not None:
        is_needed = isinstance(operation.body, Shape) and operation.body.needs_any
        content = {"application/json": {"schema": _refer(operation.body, shapes)}}
        described["requestBody"] = {"required": is_needed, "content": content}
    if path.startswith("/api/"):
        # Asked for where the plane listens beyond loopback, or a token was given.
        described["security"] = [{}, {"token": []}]
    return described


def _step(kind: str, name: str) -> dict[str, Any]:
    schema = {**COUNT, "maximum": _MOST} if kind == "int" else NAMED if name == "name" else FILLED
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _is_told(one: Parameter) -> bool:
    """Whether no schema says what is good: a header's value depends on what is there, and some have any name."""
    return one.where == "header" or one.name.endswith(ANY_NAME)


def _told(operation: Operation) -> Iterator[str]:
    """Such parameters, in words."""
    return (f"`{one.name}`: {one.describe}" for one in operation.parameters if _is_told(one))


def _tag(path: str) -> str:
    """What a path is about: the step that others stand below."""
    steps = path.removeprefix("/api").split("/")
    return "about" if len(steps) == 2 and not path.startswith("/api/") else steps[1]


def _name(method: str, path: str) -> str:
    """`putApiFaultsName`: as unique as method and path are together."""
    words = re.findall(r"[A-Za-z0-9]+", _STEP.sub(r"\2", path))
    return method.lower() + "".join(word[0].upper() + word[1:] for word in words)


def _parameter(one: Parameter) -> dict[str, Any]:
    schema: Schema = {"type": "array", "items": one.schema} if one.many else one.schema
    return {"name": one.name, "in": one.where, "description": one.describe, "schema": schema}


def _responses(
    method: str, path: str, operation: Operation, shapes: dict[str, Schema]
) -> Iterator[tuple[str, dict[str, Any]]]:
    for status, one in sorted(operation.answers.items()):
        yield str(status), _answer(one, shapes)
    refusals = {*_ALWAYS, *operation.problems}
    if path.startswith("/api/"):
        refusals.add(401)
    if method != "GET":
        refusals |= {413, 415}
    problem = {"application/problem+json": {"schema": _refer(_PROBLEM, shapes)}}
    for status in sorted(refusals):
        yield str(status), {"description": phrase_of(status), "content": problem}


def _answer(one: Answer, shapes: dict[str, Schema]) -> dict[str, Any]:
    described: dict[str, Any] = {"description": one.describe}
    if one.content is not None:
        described["content"] = {one.media: {"schema": _refer(one.content, shapes)}}
    if one.headers:
        described["headers"] = {
            name.replace("_", "-"): {"description": told, "schema": TEXT} for name, told in one.headers.items()
        }
    return described


def _refer(described: Described, shapes: dict[str, Schema]) -> Schema:
    """A schema as it stands in a place; one with a name stands among the components."""
    if isinstance(described, Rows):
        return {"type": "array", "items": _refer(described.of, shapes)}
    if not isinstance(described, Shape):
        return described
    if described.name not in shapes:
        shapes[described.name] = {}
        shapes[described.name] = _write(described, shapes)
    return {"$ref": f"#/components/schemas/{described.name}"}


def _write(shape: Shape, shapes: dict[str, Schema]) -> Schema:
    required = [name for name in shape.members if name not in shape.optional]
    written: Schema = {
        "type": "object",
        "properties": {name: _refer(member, shapes) for name, member in shape.members.items()},
    }
    if required:
        written["required"] = required
    if shape.least:
        written["minProperties"] = shape.least
    if shape.most is not None:
        written["maxProperties"] = shape.most
    if shape.describe:
        written["description"] = shape.describe
    return written if shape.open else {**written, "additionalProperties": False}
