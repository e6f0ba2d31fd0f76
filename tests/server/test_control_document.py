"""The control plane describes itself: every route of it, in a document that is valid and that its answers keep to."""

import re
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from mockserver.server.control import Hub
from mockserver.server.control.app import build_control
from mockserver.server.control.page import PAGES
from mockserver.server.guard import Guard
from mockserver.server.limits import Limits
from mockserver.server.log import ExchangeLog
from mockserver.server.renewal import Renewal
from mockserver.server.socket.register import Sockets
from tests.server.fixture_service import FixtureService
from tests.server.pets import tell
from tests.server.process import Running


@pytest.fixture
def plane() -> Flask:
    def trace(error: Exception) -> None:
        raise error

    sockets = Sockets(Limits(), ExchangeLog("quiet"))
    facts = {"api": "http://a", "control": "http://c"}
    service = FixtureService()
    renewal = Renewal(service.load)
    return build_control(
        service, Guard(), lambda: {**facts}, trace, sockets, hub=Hub(), renewal=renewal, settle=lambda: None
    )


@pytest.fixture
def document(server: Running) -> dict[str, Any]:
    found: dict[str, Any] = server.control("GET", "/api/openapi.json").json
    return found


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_route_but_those_of_pages_is_in_it_and_nothing_else(plane: Flask, document: dict[str, Any]) -> None:
    routed = {
        (re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in plane.url_map.iter_rules()
        if rule.rule not in PAGES and not rule.rule.startswith("/panel/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert routed == {(path, method) for path, methods in document["paths"].items() for method in methods}


def test_operations_are_known_by_one_name_each(document: dict[str, Any]) -> None:
    operations = [one for methods in document["paths"].values() for one in methods.values()]
    names = [one["operationId"] for one in operations]
    assert len(set(names)) == len(names)
    assert all(one["summary"] for one in operations)


def test_every_operation_says_whether_it_is_asked_for_a_token(document: dict[str, Any]) -> None:
    everywhere = document["security"]
    said = {
        path: operation.get("security", everywhere)
        for path, methods in document["paths"].items()
        for operation in methods.values()
    }
    assert {path for path, schemes in said.items() if schemes == []} == {"/health", "/openapi.json", "/types.ts"}
    assert all(schemes == [{}, {"token": []}] for path, schemes in said.items() if path.startswith("/api/"))


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
        ("GET", "/health", ""),
        ("GET", "/openapi.json", ""),
        ("GET", "/api/openapi.json", ""),
        ("GET", "/types.ts", ""),
        ("GET", "/api/routes", ""),
        ("GET", "/api/status", ""),
        ("GET", "/api/status?sandbx=1", ""),
        ("POST", "/api/reset", "{}"),
        ("POST", "/api/events", '{"topic": "news"}'),
        ("GET", "/api/clock", ""),
        ("PUT", "/api/clock", '{"advance": "1s"}'),
        ("PUT", "/api/clock", '{"advacne": "1s"}'),
        ("GET", "/api/sockets", ""),
        ("POST", "/api/sockets/close", "{}"),
        ("POST", "/api/sockets/{socket_id=7}/close", "{}"),
        ("GET", "/api/faults", ""),
        ("GET", "/api/faults/{name=outage}", ""),
        ("GET", "/api/faults/{name=flaky}", ""),
        ("PUT", "/api/faults/{name=flaky}", "{}"),
        ("PUT", "/api/faults/{name=flaky}", '{"status": 9, "probability": 2}'),
        ("PATCH", "/api/faults/{name=outage}", '{"enabled": true}'),
        ("DELETE", "/api/faults/{name=moved}", ""),
        ("POST", "/api/faults/off", ""),
        ("GET", "/api/presets", ""),
        ("GET", "/api/scenarios", ""),
        ("GET", "/api/scenario", ""),
        ("PUT", "/api/scenario", '{"name": "lost"}'),
        ("GET", "/api/sandboxes", ""),
        ("POST", "/api/sandboxes", ""),
        ("PUT", "/api/sandboxes/{name=w1}", ""),
        ("GET", "/api/sandboxes/{name=default}", ""),
        ("DELETE", "/api/sandboxes/{name=default}", ""),
        ("GET", "/api/snapshots", ""),
        ("POST", "/api/snapshots", '{"name": "full"}'),
        ("PUT", "/api/snapshots/{name=full}", ""),
        ("GET", "/api/snapshots/{name=fresh}", ""),
        ("POST", "/api/snapshots/{name=fresh}/restore", ""),
        ("DELETE", "/api/snapshots/{name=fresh}", ""),
        ("GET", "/api/requests", ""),
        ("POST", "/api/requests/count", '{"method": "GET"}'),
        ("POST", "/api/requests/search", '{"method": "PUT"}'),
        ("DELETE", "/api/requests", ""),
        ("GET", "/api/definition", ""),
        ("GET", "/api/data", ""),
        ("GET", "/api/data/{resource=pets}?name=Felix&limit=2", ""),
        ("GET", "/api/data/{resource=pets}?nmae=Felix", ""),
        ("GET", "/api/data/{resource=pest}", ""),
        ("POST", "/api/data/{resource=pets}", '{"name": "Minka"}'),
        ("POST", "/api/data/{resource=pets}", '{"name": 1}'),
        ("GET", "/api/data/{resource=pets}/{key=1}", ""),
        ("GET", "/api/data/{resource=pets}/{key=77}", ""),
        ("PUT", "/api/data/{resource=pets}/{key=1}", '{"name": "Rex"}'),
        ("PATCH", "/api/data/{resource=pets}/{key=2}", '{"name": "Rex"}'),
        ("DELETE", "/api/data/{resource=pets}/{key=3}", ""),
    ],
)
def test_answers_are_as_described(pets: Running, document: dict[str, Any], method: str, path: str, body: str) -> None:
    assert pets.control("PUT", "/api/snapshots/fresh").status == 201
    answer = tell(pets, method, re.sub(r"{\w+=(\w+)}", r"\1", path), body)
    operation = document["paths"][re.sub(r"=\w+}", "}", path).partition("?")[0]][method.lower()]
    described = operation["responses"][str(answer.status)]
    assert set(described.get("headers", ())) <= {"ETag", "Location"}
    assert {name.lower() for name in described.get("headers", ())} <= answer.headers.keys()
    if answer.body:
        media = answer.headers["content-type"]
        content = described["content"][media]
        schema = {**content["schema"], "components": document["components"]}
        body = answer.json if "json" in media else answer.body.decode()
        assert [error.message for error in Draft202012Validator(schema).iter_errors(body)] == []
    else:
        assert "content" not in described
