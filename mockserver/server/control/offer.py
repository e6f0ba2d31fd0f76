"""The endpoints for whoever writes a client: what is served, as a document, as types, and as a list to paste from."""

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from flask import Response, request

from mockserver.messages import Json
from mockserver.sandbox.address import prefix_of
from mockserver.server.control.exchange import write_json
from mockserver.server.control.operation import (
    DOCUMENT,
    MAYBE_TEXT,
    TEXT,
    TEXTS,
    Answer,
    Operation,
    Rows,
    Shape,
    answer,
)
from mockserver.server.control.route import Routes
from mockserver.server.control.target import instance_of
from mockserver.server.service import Instance, Service

_TYPES: Final = "text/plain; charset=utf-8"
_ROUTE: Final = Shape("Route", {"method": TEXT, "path": TEXT, "what": TEXT, "resource": MAYBE_TEXT})
_SOCKET: Final = Shape("SocketAddress", {"url": TEXT, "what": TEXT})
_USER: Final = Shape(
    "DeclaredUser",
    {
        "name": TEXT,
        "roles": TEXTS,
        "how": {**TEXT, "description": "A header to send with each request, or the command that logs in."},
        "kind": {"enum": ["header", "login"]},
    },
)
_OFFER: Final = Shape("Offer", {"routes": Rows(_ROUTE), "sockets": Rows(_SOCKET), "users": Rows(_USER)})


def add_offer(routes: Routes, service: Service, facts: Callable[[], dict[str, Json]]) -> None:
    """`/openapi.json`, `/types.ts`, `/api/routes`; `facts` tell where the API is."""

    def address_of(instance: Instance) -> str:
        return f"{_reached(str(facts()['api']))}{prefix_of(instance.name)}"

    @routes.on("GET", "/openapi.json", Operation("The document of the mocked API", answer("OpenAPI 3.1.", DOCUMENT)))
    def openapi() -> Response:
        instance = instance_of(service)
        return write_json(instance.openapi(address_of(instance)))

    typescript = {200: Answer("A module of types.", TEXT, media=_TYPES)}

    @routes.on("GET", "/types.ts", Operation("TypeScript types of what is served", typescript))
    def types() -> Response:
        from mockserver.openapi.typescript import write_types  # noqa: PLC0415 - only for those who ask

        return Response(write_types(instance_of(service).openapi("")), content_type=_TYPES)

    @routes.on("GET", "/api/routes", Operation("List what there is to ask for", answer("All of it.", _OFFER)))
    def show() -> Response:
        instance = instance_of(service)
        return write_json(instance.offer(address_of(instance)))


def _reached(origin: str) -> str:
    """Where the API is for whoever asks: the host that they know us by, and the API's own port."""
    host = urlsplit(f"//{request.host}").hostname or "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{urlsplit(origin).port}"
