"""The same rows in the form that each server reads; it knows their file formats and nothing of how they are run."""

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from benchmarks.peers.ticket import STATES, Rows, make_rows

PAGE = 10
"""How many rows a canned list has."""


def write_dataset(folder: Path, count: int) -> Rows:
    """Writes every form of so many tickets below a folder."""
    rows = make_rows(count)
    folder.mkdir(parents=True)
    forms = {
        "db.json": rows.database(),
        "db-text-ids.json": rows.with_text_ids().database(),
        "mockoon.json": _describe_for_mockoon(rows),
        "openapi.json": _describe_for_prism(rows.tickets),
        "wiremock/mappings/all.json": _describe_for_wiremock(rows.tickets),
    }
    for name, form in forms.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(form), encoding="utf-8")
    return rows


def _describe_for_mockoon(rows: Rows) -> dict[str, Any]:
    """An environment with a data bucket and a CRUD route for each resource."""
    buckets = {"tickets": rows.tickets, "messages": rows.messages}
    return {
        "uuid": _uuid("environment"),
        "lastMigration": 33,
        "name": "tickets",
        "endpointPrefix": "",
        "latency": 0,
        "port": 3000,
        "hostname": "",
        "folders": [],
        "routes": [_route_for_mockoon(name) for name in buckets],
        "rootChildren": [{"type": "route", "uuid": _uuid(f"route {name}")} for name in buckets],
        "proxyMode": False,
        "proxyHost": "",
        "proxyRemovePrefix": False,
        "tlsOptions": {
            "enabled": False,
            "type": "CERT",
            "pfxPath": "",
            "certPath": "",
            "keyPath": "",
            "caPath": "",
            "passphrase": "",
        },
        "cors": True,
        "headers": [{"key": "Content-Type", "value": "application/json"}],
        "proxyReqHeaders": [],
        "proxyResHeaders": [],
        "data": [
            {"uuid": _uuid(name), "id": name, "name": name, "documentation": "", "value": json.dumps(held)}
            for name, held in buckets.items()
        ],
        "callbacks": [],
    }


def _route_for_mockoon(name: str) -> dict[str, Any]:
    response = {
        "uuid": _uuid(f"response {name}"),
        "body": "{}",
        "latency": 0,
        "statusCode": 200,
        "label": "",
        "headers": [],
        "bodyType": "DATABUCKET",
        "filePath": "",
        "databucketID": name,
        "sendFileAsBody": False,
        "rules": [],
        "rulesOperator": "OR",
        "disableTemplating": False,
        "fallbackTo404": False,
        "default": True,
        "crudKey": "id",
        "callbacks": [],
    }
    return {
        "uuid": _uuid(f"route {name}"),
        "type": "crud",
        "documentation": "",
        "method": "",
        "endpoint": name,
        "responses": [response],
        "responseMode": None,
        "streamingMode": None,
        "streamingInterval": 0,
    }


def _uuid(name: str) -> str:
    return str(uuid5(NAMESPACE_URL, name))


def _describe_for_prism(tickets: list[dict[str, Any]]) -> dict[str, Any]:
    """OpenAPI with an example for each answer."""
    ticket = {
        "type": "object",
        "required": list(tickets[0]),
        "properties": {
            "id": {"type": "integer"},
            "subject": {"type": "string"},
            "state": {"type": "string", "enum": list(STATES)},
            "priority": {"type": "integer", "minimum": 0, "maximum": 4},
            "customer_name": {"type": "string"},
            "created_at": {"type": "string", "format": "date-time"},
            "updated_at": {"type": "string", "format": "date-time"},
        },
    }
    one = {"$ref": "#/components/schemas/Ticket"}
    new = {"$ref": "#/components/schemas/NewTicket"}
    many = {"type": "array", "minItems": PAGE, "maxItems": PAGE, "items": one}
    texts = [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in ("state", "sort", "page", "limit", "q", "created_at_gte")
    ]
    key = {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}
    return {
        "openapi": "3.0.3",
        "info": {"title": "tickets", "version": "1"},
        "components": {"schemas": {"Ticket": ticket, "NewTicket": ticket | {"required": ["subject"]}}},
        "paths": {
            "/tickets": {
                "get": {"parameters": texts, "responses": {"200": _example(many, tickets[:PAGE])}},
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": new}}},
                    "responses": {"201": _example(one, tickets[0])},
                },
            },
            "/tickets/{id}": {"get": {"parameters": [key], "responses": {"200": _example(one, tickets[0])}}},
        },
    }


def _example(schema: dict[str, Any], value: Any) -> dict[str, Any]:
    return {"description": "ok", "content": {"application/json": {"schema": schema, "example": value}}}


def _describe_for_wiremock(tickets: list[dict[str, Any]]) -> dict[str, Any]:
    """Stubs: a document, a list, the list filtered and in order, the list searched, and what a POST answers."""
    page, one = json.dumps(tickets[:PAGE]), json.dumps(tickets[0])
    ordered = {"state": {"matches": "|".join(STATES)}, "sort": {"equalTo": "-priority,created_at"}}
    searched = {"q": {"matches": ".+"}}
    return {
        "mappings": [
            _stub(9, {"method": "GET", "urlPathPattern": "/tickets/[0-9]+"}, 200, one),
            _stub(9, {"method": "GET", "urlPath": "/tickets"}, 200, page),
            _stub(5, {"method": "GET", "urlPath": "/tickets", "queryParameters": ordered}, 200, page),
            _stub(5, {"method": "GET", "urlPath": "/tickets", "queryParameters": searched}, 200, page),
            _stub(9, {"method": "POST", "urlPath": "/tickets"}, 201, one),
        ]
    }


def _stub(priority: int, request: dict[str, Any], status: int, body: str) -> dict[str, Any]:
    response = {"status": status, "headers": {"Content-Type": "application/json"}, "body": body}
    return {"priority": priority, "request": request, "response": response}
