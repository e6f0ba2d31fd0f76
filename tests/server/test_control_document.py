"""The control plane describes itself: every route of it, in a document that is valid and that its answers keep to."""

import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver.server.control import Hub, build_control
from mockserver.server.guard import Guard
from mockserver.server.limits import Limits
from mockserver.server.log import ExchangeLog
from mockserver.server.renewal import Renewal
from mockserver.server.socket.register import Sockets
from tests.server.fixture_service import FixtureService
from tests.server.process import Running
from tests.server.test_control import JSON


@pytest.fixture
def plane() -> Flask:
    def trace(error: Exception) -> None:
        raise error

    sockets = Sockets(Limits(), ExchangeLog("quiet"))
    facts = {"api": "http://a", "control": "http://c"}
    service = FixtureService()
    return build_control(service, Guard(), lambda: {**facts}, trace, sockets, hub=Hub(), renewal=Renewal(service.load))


@pytest.fixture
def document(server: Running) -> dict[str, Any]:
    found: dict[str, Any] = server.control("GET", "/api/openapi.json").json
    return found


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_is_in_it_and_nothing_else(plane: Flask, document: dict[str, Any]) -> None:
    routed = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in plane.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routed == {(path, method) for path, methods in document["paths"].items() for method in methods}


def test_operations_are_known_by_one_name_each(document: dict[str, Any]) -> None:
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all(one["summary"] for one in operations)


def test_every_step_of_a_path_and_every_refusal_is_described(document: dict[str, Any]) -> None:
    for path, methods in document["paths"].items():
        for method, one in methods.items():
            steps = {each["name"] for each in one["parameters"] if each["in"] == "path"}
            assert steps == set(re.findall(r"{(\w+)}", path)), path
            refusals = {status for status in one["responses"] if status >= "400"}
            assert refusals >= {"400", "403", "421"} | ({"415"} if method != "get" else set()), (path, method)
            for status in refusals:
                assert set(one["responses"][status]["content"]) == {"application/problem+json"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/health", b""),
        ("GET", "/openapi.json", b""),
        ("GET", "/api/openapi.json", b""),
        ("GET", "/api/status", b""),
        ("GET", "/api/clock", b""),
        ("PUT", "/api/clock", b'{"advance": "1s"}'),
        ("GET", "/api/sockets", b""),
        ("POST", "/api/sockets/close", b"{}"),
        ("POST", "/api/reset", b"{}"),
        ("POST", "/api/events", b'{"topic": "news"}'),
        ("PUT", "/api/clock", b'{"advacne": "1s"}'),
        ("GET", "/api/status?sandbx=1", b""),
    ],
)
def test_answers_are_as_described(
    server: Running, document: dict[str, Any], method: str, path: str, body: bytes
) -> None:
    answer = server.control(method, path, *([JSON] if body else []), body=body)
    operation = document["paths"][path.partition("?")[0]][method.lower()]
    described = operation["responses"][str(answer.status)]["content"][answer.headers["content-type"]]
    schema = {**described["schema"], "components": document["components"]}
    assert [error.message for error in Draft202012Validator(schema).iter_errors(answer.json)] == []
