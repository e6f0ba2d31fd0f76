"""Conventions that a definition declares: three families that nobody built in, and one that never says no by HTTP."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, get_args

from mockserver.conventions.base import conventions
from mockserver.definitions.manner import StatusKey
from mockserver.errors import Problem
from mockserver.messages import Done
from mockserver.server.assemble import AssembledInstance
from tests.client import Client, direct
from tests.server.wire import Answer

VERSION: Final = "v1"
APPLICATION: Final = "shop"

DJANGO: Final = {
    "like": "rest",
    "statuses": {"updated": 200, "invalid": 400, "conflict": 400},
    "paging": {"page": "page", "size": "page_size"},
    "names": {"sort": "ordering", "search": "search"},
    "list": {"count": "$total", "next": "$next", "previous": "$prev", "results": "$items"},
    "error": {"detail": "$message"},
    "invalid": "$fields",
}
LARAVEL: Final = {
    "like": "rest",
    "statuses": {"updated": 200, "deleted": 200},
    "paging": {"page": "page", "size": "per_page"},
    "list": {
        "data": "$items",
        "links": {"first": "$first", "last": "$last", "prev": "$prev", "next": "$next"},
        "meta": {"current_page": "$page", "last_page": "$pages", "per_page": "$size", "total": "$total"},
    },
    "item": {"data": "$item"},
    "deleted": {"data": None},
    "error": {"message": "$message"},
    "invalid": {"message": "$message", "errors": "$fields"},
}
SPRING: Final = {
    "like": "rest",
    "statuses": {"updated": 200, "invalid": 400},
    "paging": {"page": "page", "size": "size", "first": 0},
    "list": {
        "content": "$items",
        "pageable": {"offset": "$offset", "pageNumber": "$page", "pageSize": "$size"},
        "totalElements": "$total",
        "totalPages": "$pages",
        "number": "$page",
        "numberOfElements": "$count",
    },
    "error": {"status": "$status", "error": "$title", "message": "$message", "path": "$path", "errors": "$errors"},
}
CODED: Final = {
    "like": "abp",
    "statuses": dict.fromkeys(get_args(StatusKey), 200),
    "codes": dict.fromkeys(get_args(Done), 0),
    "list": {"code": "$code", "message": "$message", "data": {"list": "$items", "total": "$total"}},
    "item": {"code": "$code", "message": "$message", "data": "$item"},
    "deleted": {"code": "$code", "message": "$message", "data": None},
    "error": {"code": "$code", "message": "$message", "data": "$errors", "cost": "$$0"},
}

DECLARED: Final[Mapping[str, Mapping[str, Any]]] = {
    "coded": CODED,
    "django": DJANGO,
    "laravel": LARAVEL,
    "spring": SPRING,
}
EVERY: Final = (*conventions.names(), *DECLARED)
"""The names of all conventions that are held to the same contract."""
CHECKING: Final = tuple(name for name in EVERY if name in DECLARED or not conventions.get(name)().lenient)
"""Those in which a document holds what is declared, and nothing else."""


def spoken(definition: str, name: str) -> str:
    """A definition that has a section `api:`, in one of these conventions."""
    assert definition.count("\napi:\n") == 1
    # JSON is YAML.
    return definition.replace("\napi:\n", f"\napi:\n  convention: {json.dumps(DECLARED.get(name, name))}\n")


def built_on(name: str) -> str:
    """The built-in convention underneath one of these."""
    return str(DECLARED[name]["like"]) if name in DECLARED else name


def understood(answer: Answer) -> Answer:
    """An answer with the status that its envelope says, where that is what clients of its convention go by."""
    body = answer.json if answer.headers.get("content-type") == "application/json" and answer.body else None
    if isinstance(body, dict) and isinstance(body.get("code"), int) and "cost" in body:
        return replace(answer, status=body["code"])
    return answer


def speaking(service: AssembledInstance) -> Client:
    """A client below the API's prefix that goes by what the envelope says."""
    client = direct(service)

    def exchange(method: str, target: str, headers: Sequence[str], body: bytes) -> Answer:
        return understood(client.exchange(method, target, headers, body))

    return Client(exchange, service.api.convention.prefixes(VERSION, APPLICATION)[0])


def expected(service: AssembledInstance, kind: type[Problem]) -> int:
    """The status that clients of a convention understand a condition by."""
    status = service.api.convention.status_of(kind.slug, kind.status)
    return status if status >= 400 else kind.status
